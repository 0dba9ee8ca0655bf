import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { loadHclParser } from "tfprovider/hcl";
import { AnchorwatchError, messageOf, type Warning } from "../../domain/errors.ts";
import { Budget } from "./budget.ts";
import { Configuration } from "./configuration.ts";
import { Evaluator } from "./evaluation/evaluator.ts";
import type { FileAccess } from "./functions/define.ts";
import { confinedFiles } from "./functions/fileAccess.ts";
import { type Flavour, flavourOf, holdsConfiguration } from "./modules/configFiles.ts";
import { gatherInputs, type VariableInput } from "./modules/inputs.ts";
import { manifestFile, readableFolders, repositoryOf } from "./modules/moduleFolders.ts";
import { modulesOf, readModuleTree } from "./modules/moduleTree.ts";
import type { ResourceValues } from "./modules/resourceReference.ts";

export interface LoadOptions {
  /** `TF_VAR_*` and `TF_DATA_DIR` are looked at. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** In the order of the command line. */
  readonly variables?: readonly VariableInput[];
  /** What `--var-file` is relative to, and `path.cwd`; the module's folder if absent. */
  readonly workingDirectory?: string;
  readonly workspace?: string;
  /** Local modules may lie in here; the repository around the folder if absent, or the folder itself. */
  readonly boundary?: string;
  /** False: what `terraform init` left in the data folder counts for nothing, and only local modules are read. */
  readonly installedModules?: boolean;
  /** If absent, OpenTofu where the folder holds `.tofu` files. */
  readonly flavour?: Flavour;
  /** Steps that all evaluating together may take; what is left then is unknown. Two million if absent: about two seconds. */
  readonly steps?: number;
  /** For `pathexpand`. */
  readonly homeDir?: string;
  /** Told of everything that is read, now or when something is evaluated later, right before it is. */
  readonly seen?: SeeFile;
  /** Known values of resources and data sources, for code that refers to them. */
  readonly resourceValues?: ResourceValues;
}

const HOSTS: Readonly<Record<Flavour, string>> = {
  terraform: "registry.terraform.io",
  opentofu: "registry.opentofu.org",
};

/**
 * Reads the root module of a folder and all modules below it. What is broken in it is a warning of the result; the rest
 * is there all the same.
 * @throws AnchorwatchError `code_missing`, `code_variable_invalid`
 */
export async function loadModule(dir: string, options: LoadOptions): Promise<Configuration> {
  const folder = realFolder(dir);
  const flavour = options.flavour ?? flavourOf(folder);
  if (!holdsConfiguration(folder, flavour)) throw missing(dir);
  const parser = await loadHclParser();
  const defaultHost = HOSTS[flavour];
  const { environment, variables = [], workingDirectory = folder } = options;
  const rules = {
    root: folder,
    boundary: options.boundary === undefined ? repositoryOf(folder) : realFolder(options.boundary),
    dataDir: resolve(folder, environment["TF_DATA_DIR"] || ".terraform"),
    installedModules: options.installedModules ?? true,
  };
  const { seen = () => {} } = options;
  if (rules.installedModules) seen(manifestFile(rules), "file");
  const tree = readModuleTree(parser, { ...rules, flavour, defaultHost, seen });
  const readable = readableFolders(rules);
  for (const input of variables)
    if (input.kind === "file") seen(resolve(workingDirectory, input.path), "file");
  const inputs = gatherInputs({ folder, readable, environment, variables, workingDirectory }, parser);
  // A module may read what lies beside its own code; its folder was allowed when it was loaded.
  const allowed = [...new Set([...modulesOf(tree.root)].map((module) => module.folder))];
  const { homeDir, resourceValues } = options;
  const files = confinedFiles({ folder, allowed, ...(homeDir === undefined ? {} : { home: homeDir }) });
  const warnings = [...tree.warnings, ...inputs.warnings, ...undeclared(variables, tree.root.variables)];
  return new Configuration(tree.root, warnings, {
    evaluator: new Evaluator(parser, observed(files, seen), new Budget(options.steps)),
    inputs: inputs.given,
    workspace: options.workspace ?? "default",
    workingDirectory,
    resourceValues,
    defaultHost,
  });
}

/** `code`: the configuration files of a folder. `tree`: everything below a folder. */
export type SeeFile = (path: string, what: "file" | "code" | "tree") => void;

function observed(files: FileAccess, seen: SeeFile): FileAccess {
  const told =
    <T>(what: "file" | "tree", read: (path: string) => T) =>
    (path: string) => {
      seen(files.absolute(path), what);
      return read(path);
    };
  return {
    ...files,
    read: told("file", files.read),
    exists: told("file", files.exists),
    list: told("tree", files.list),
  };
}

function realFolder(dir: string): string {
  try {
    return realpathSync(dir);
  } catch (cause) {
    throw new AnchorwatchError("code_missing", `${dir} cannot be read: ${messageOf(cause)}`, {
      hint: "Give the folder of a root module.",
      location: { file: dir },
      cause,
    });
  }
}

function missing(dir: string): AnchorwatchError {
  return new AnchorwatchError("code_missing", `${dir} holds no .tf or .tofu file`, {
    hint: "Give the folder of a root module, or check a state alone with --state.",
    location: { file: dir },
  });
}

/** A name given by hand that the code does not know is a slip; in files and the environment it is usual. */
function undeclared(variables: readonly VariableInput[], declared: ReadonlyMap<string, unknown>): Warning[] {
  return variables.flatMap((input) => {
    if (input.kind === "file" || declared.has(input.name)) return [];
    return [
      {
        code: "code_variable_undeclared" as const,
        message: `${input.origin}: the root module declares no variable "${input.name}"`,
        hint: "Correct its name, or leave it out.",
      },
    ];
  });
}

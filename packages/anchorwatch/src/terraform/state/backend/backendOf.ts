/** Where the state of a folder with code lies, as `terraform init` and the folder's workspace say. */
import { join, resolve } from "node:path";
import { AnchorwatchError } from "../../../domain/errors.ts";
import { isObject, type Value, type ValueObject } from "../../../domain/value.ts";
import { wholeStateError } from "../errors.ts";
import { parseJson } from "../json/parse.ts";
import type { StateSource } from "../source/source.ts";
import { httpSource } from "./http.ts";
import { readInitFile } from "./initFile.ts";
import { localSource } from "./local.ts";
import { s3Source } from "./s3.ts";
import { Settings } from "./settings.ts";
import { checkedWorkspace, currentWorkspace } from "./workspace.ts";

/** A `backend` block of the code, evaluated; or what `terraform init` made of it. */
export interface BackendSettings {
  readonly type: string;
  readonly config: ValueObject;
}

export interface BackendOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Counts more than `TF_WORKSPACE` and than the folder's own choice. */
  readonly workspace?: string | undefined;
  /** The code's own block, for a folder where `terraform init` was not run. */
  readonly declared?: BackendSettings | undefined;
  /** Path of `terraform` or `tofu`, where there is one: it reads the backends that we do not. */
  readonly terraform?: string | undefined;
}

export interface Backend {
  /** Plain data: whoever checks code of strangers looks at it before it is used. */
  readonly source: StateSource;
  /** `local`, `s3`, `http`, `cloud` … */
  readonly type: string;
  readonly workspace: string;
}

/** @throws AnchorwatchError `state_backend_invalid`, `state_backend_unsupported`, `state_workspace_invalid` */
export async function backendOf(dir: string, options: BackendOptions): Promise<Backend> {
  const dataDir = resolve(dir, options.environment["TF_DATA_DIR"] || ".terraform");
  const workspace = await currentWorkspace(dataDir, options);
  const initialised = await initialisedBackend(join(dataDir, "terraform.tfstate"));
  const { type, config } = initialised?.settings ?? options.declared ?? { type: "local", config: {} };
  const settings = new Settings(initialised?.file ?? dir, type, config, options.environment);
  return { source: sourceOf(dir, settings, workspace, options), type, workspace };
}

/**
 * Where the state lies by the code alone: nothing that lies in the folder counts, and no command will be run for it.
 * @throws AnchorwatchError `state_backend_invalid`, `state_backend_unsupported`, `state_workspace_invalid`
 */
export function declaredSource(
  dir: string,
  { type, config }: BackendSettings,
  { workspace, environment }: { readonly workspace: string } & Pick<BackendOptions, "environment">,
): StateSource {
  const settings = new Settings(dir, type, config, environment);
  return sourceOf(dir, settings, checkedWorkspace(workspace, "anchorwatch.yaml"), { environment });
}

function sourceOf(dir: string, settings: Settings, workspace: string, options: BackendOptions): StateSource {
  switch (settings.type) {
    case "local":
      return localSource(dir, settings, workspace);
    case "s3":
      return s3Source(settings, workspace);
    case "http":
      return httpSource(settings, workspace);
    default:
      if (options.terraform === undefined) throw unsupported(dir, settings.type);
      // Where nobody chose one, Terraform is told none: not all stacks of HCP Terraform have a workspace `default`.
      return { kind: "pull", dir, ...(isChosen(workspace, options) ? { workspace } : {}) };
  }
}

function isChosen(workspace: string, { workspace: asked }: BackendOptions): boolean {
  return Boolean(asked) || workspace !== "default";
}

/**
 * What `terraform init` wrote down; it uses the form of a state of version 3 for that.
 * Undefined when it was never run, or the code had no backend.
 */
async function initialisedBackend(
  file: string,
): Promise<{ readonly file: string; readonly settings: BackendSettings } | undefined> {
  const value = await readSettings(file);
  const backend = isObject(value) ? value["backend"] : undefined;
  if (backend === undefined || backend === null) return undefined;
  const { type, config } = isObject(backend) ? backend : {};
  if (typeof type !== "string" || !isObject(config))
    throw unusable(file, 'its "backend" has no type and config');
  return { file, settings: { type, config } };
}

async function readSettings(file: string): Promise<Value> {
  const bytes = await readInitFile(file, (why) => unusable(file, why));
  if (bytes === undefined) return null;
  try {
    return parseJson(bytes, file);
  } catch (error) {
    throw error instanceof AnchorwatchError ? unusable(file, error.message) : error;
  }
}

function unusable(file: string, why: string): AnchorwatchError {
  const message = `does not say where the state lies: ${why}`;
  return wholeStateError(
    file,
    "state_backend_invalid",
    message,
    "Run `terraform init` again, or name a state with --state.",
  );
}

function unsupported(dir: string, type: string): AnchorwatchError {
  const name = type === "cloud" || type === "remote" ? "HCP Terraform" : `the backend "${type}"`;
  return wholeStateError(
    dir,
    "state_backend_unsupported",
    `keeps its state in ${name}, which only Terraform itself can read, and neither terraform nor tofu is on the PATH`,
    "Install one of them, or run `terraform state pull > state.json` elsewhere and give that file with --state.",
  );
}

import type { HclParser } from "tfprovider/hcl";
import type { Warning } from "../../../domain/errors.ts";
import { type Flavour, readConfigFiles } from "./configFiles.ts";
import type { ModuleCall, ModuleConfig } from "./moduleConfig.ts";
import {
  type FolderRules,
  isLocalSource,
  type ModuleManifest,
  moduleFolder,
  readableFolders,
  readManifest,
} from "./moduleFolders.ts";
import { mergeOverrides } from "./overrides.ts";
import { type ModulePlace, readModule } from "./readModule.ts";

export interface ModuleTree {
  readonly root: ModuleConfig;
  readonly warnings: readonly Warning[];
}

export interface TreeOptions extends FolderRules {
  readonly flavour: Flavour;
  readonly defaultHost: string;
  /** Told of each folder right before its files are read. */
  readonly seen: (folder: string, what: "code") => void;
}

const MAX_MODULES = 1000;
const MAX_DEPTH = 32;

/** The root module and every module below it that is on this machine. What is not is a warning. */
export function readModuleTree(parser: HclParser, options: TreeOptions): ModuleTree {
  const reading = new TreeReading(parser, options, readManifest(options));
  const root = reading.module({ path: [], folder: options.root, shown: "." });
  return { root, warnings: reading.warnings };
}

class TreeReading {
  readonly warnings: Warning[] = [];
  readonly #parser: HclParser;
  readonly #options: TreeOptions;
  readonly #manifest: ModuleManifest;
  readonly #readable: readonly string[];
  /** Files of a folder are read and parsed once, however many calls lead there. */
  readonly #blocks = new Map<string, ReturnType<typeof mergeOverrides>["blocks"]>();
  #modules = 0;

  constructor(parser: HclParser, options: TreeOptions, manifest: ModuleManifest) {
    this.#parser = parser;
    this.#options = options;
    this.#manifest = manifest;
    this.#readable = readableFolders(options);
  }

  module(place: ModulePlace): ModuleConfig {
    this.#modules++;
    const { defaultHost } = this.#options;
    const config = readModule(place, this.#blocksOf(place), { parser: this.#parser, defaultHost });
    const calls = [...config.calls].map(([name, call]) => [name, this.#withChild(config, call)] as const);
    return { ...config, calls: new Map(calls) };
  }

  #blocksOf({ folder, shown }: ModulePlace): ReturnType<typeof mergeOverrides>["blocks"] {
    const known = this.#blocks.get(folder);
    if (known !== undefined) return known;
    const { flavour } = this.#options;
    this.#options.seen(folder, "code");
    const place = { folder, shown: shown === "." ? "" : shown, flavour, readable: this.#readable };
    const files = readConfigFiles(place, this.#parser);
    const merged = mergeOverrides(files.primary, files.overrides);
    this.warnings.push(...files.warnings, ...merged.warnings);
    this.#blocks.set(folder, merged.blocks);
    return merged.blocks;
  }

  #notRead(kind: "missing" | "refused", parent: ModuleConfig, call: ModuleCall): Warning {
    if (kind === "refused") return refused(parent, call);
    const isRemote = call.source !== undefined && !isLocalSource(call.source);
    return isRemote && !this.#options.installedModules ? notFetched(parent, call) : missing(parent, call);
  }

  #withChild(parent: ModuleConfig, call: ModuleCall): ModuleCall {
    const found = moduleFolder(parent, call, this.#options, this.#manifest);
    if (found.kind !== "found") {
      this.warnings.push(this.#notRead(found.kind, parent, call));
      return call;
    }
    // A module that calls itself by a path would never end; Terraform refuses that at init.
    if (parent.path.length >= MAX_DEPTH || this.#modules >= MAX_MODULES) {
      this.warnings.push(tooMany(parent, call));
      return call;
    }
    return { ...call, child: this.module({ ...found, path: [...parent.path, call.name] }) };
  }
}

function named(parent: ModuleConfig, { name, block, source }: ModuleCall) {
  const { file, line } = block.range;
  const path = [...parent.path, name].map((step) => `module.${step}`).join(".");
  const from = source === undefined ? "" : ` (source "${source}")`;
  return { where: `${file}:${line}: ${path}${from}`, location: { file, line, address: path } };
}

function missing(parent: ModuleConfig, call: ModuleCall): Warning {
  const { where, location } = named(parent, call);
  return {
    code: "code_module_missing",
    message: `${where} is not on this machine, so its code is not known`,
    hint: "Run `terraform init` in the stack's folder.",
    location,
  };
}

function notFetched(parent: ModuleConfig, call: ModuleCall): Warning {
  const { where, location } = named(parent, call);
  return {
    code: "code_module_remote",
    message: `${where} lies outside its repository, and modules of watched repositories are not fetched: its code is not known`,
    hint: "What the module declares is compared with its record alone. Put the module into the repository to have its code known.",
    location,
  };
}

function refused(parent: ModuleConfig, call: ModuleCall): Warning {
  const { where, location } = named(parent, call);
  return {
    code: "code_module_refused",
    message: `${where} lies outside the repository and was not read`,
    hint: "Move the module into the repository, or check from a folder that holds both.",
    location,
  };
}

function tooMany(parent: ModuleConfig, call: ModuleCall): Warning {
  const { where, location } = named(parent, call);
  return {
    code: "code_too_large",
    message: `${where} was not read: more than ${MAX_MODULES} modules, or ${MAX_DEPTH} levels of them`,
    hint: "See whether a module calls itself.",
    location,
  };
}

/** Every module of the tree, the root first. */
export function* modulesOf(root: ModuleConfig): Generator<ModuleConfig> {
  yield root;
  for (const call of root.calls.values()) if (call.child !== undefined) yield* modulesOf(call.child);
}

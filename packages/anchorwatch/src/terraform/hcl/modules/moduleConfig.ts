/** What the blocks of one module say, before anything is evaluated. */
import type { Attribute, Block, Expression } from "tfprovider/hcl";
import type { Path } from "../../../domain/path.ts";
import type { ProviderName } from "./providerNames.ts";

export interface ModuleConfig {
  /** Names of the module calls that lead here; empty in the root module. */
  readonly path: readonly string[];
  /** Absolute, symbolic links resolved. */
  readonly folder: string;
  /** As `path.module` says it: relative to the root module, `.` for itself, with forward slashes. */
  readonly shown: string;
  readonly variables: ReadonlyMap<string, Block>;
  readonly locals: ReadonlyMap<string, Attribute>;
  readonly outputs: ReadonlyMap<string, Block>;
  readonly providers: readonly ProviderBlock[];
  /** Local name to source address, as far as `required_providers` says. */
  readonly requiredProviders: ReadonlyMap<string, string>;
  readonly resources: ReadonlyMap<string, ResourceBlock>;
  readonly calls: ReadonlyMap<string, ModuleCall>;
  readonly backend: Block | undefined;
  readonly cloud: Block | undefined;
  /** `required_version`, as written. */
  readonly requiredVersion: string | undefined;
  /** `moved`, `removed` and `import` blocks, in the order of the files. */
  readonly refactorings: readonly Block[];
}

export interface ProviderBlock extends ProviderName {
  readonly block: Block;
}

export interface ResourceBlock {
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  readonly block: Block;
  /** The provider that the block names, or the one that its type implies. */
  readonly provider: ProviderName;
  readonly repetition: Repetition | undefined;
  readonly ignoreChanges: IgnoreChanges | undefined;
  /** As written; undefined where it is not written or not a literal. */
  readonly preventDestroy: boolean | undefined;
}

export interface Repetition {
  readonly kind: "count" | "for_each";
  readonly expression: Expression;
}

/** `lifecycle.ignore_changes`: everything, or paths, each with where it stands. */
export type IgnoreChanges =
  | { readonly kind: "all"; readonly line: number; readonly file: string }
  | {
      readonly kind: "paths";
      readonly paths: readonly IgnoredPath[];
      readonly line: number;
      readonly file: string;
    };

interface IgnoredPath {
  readonly path: Path;
  readonly file: string;
  readonly line: number;
}

export interface ModuleCall {
  readonly name: string;
  readonly block: Block;
  /** Undefined where `source` is not literal. */
  readonly source: string | undefined;
  readonly repetition: Repetition | undefined;
  /** The child's provider name (`aws`, `aws.west`) to ours; undefined where the call has no `providers`. */
  readonly providers: ReadonlyMap<string, ProviderName> | undefined;
  /** Undefined where the module could not be loaded. */
  readonly child: ModuleConfig | undefined;
}

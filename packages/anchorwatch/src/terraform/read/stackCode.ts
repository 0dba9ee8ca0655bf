/** What a check wants to know of a stack's code. A check of a state alone has none. */
import type { ConfigAddress } from "../../domain/address.ts";
import type { SourceLocation } from "../../domain/check.ts";
import type { Path } from "../../domain/path.ts";
import type { DeclaredAttributes } from "../../domain/shape.ts";
import type { Value } from "../../domain/value.ts";
import type { EvaluatedBlock } from "../provider/open.ts";
import type { StateInstance } from "../state/instance.ts";
import type { ProviderReference } from "../state/providerReference.ts";

export interface DeclaredResource {
  readonly source: SourceLocation;
  /** Which attributes the code sets. */
  readonly declared: DeclaredAttributes;
  readonly ignoreChanges: "all" | readonly Path[] | undefined;
  /** `main.tf:17`, of `lifecycle.ignore_changes`. */
  readonly ignoreChangesOrigin?: string;
  /** Values that the code gives this instance; unknown where it cannot be told without the rest of the stack. */
  readonly valuesOf: (instance: StateInstance) => DeclaredValues;
}

export interface DeclaredValues {
  readonly value: Value;
  /** Where the code itself makes it secret, by a sensitive variable for one. */
  readonly sensitive: readonly Path[];
}

export interface StackCode {
  /** @returns undefined where the code declares no such resource */
  resource(address: ConfigAddress): DeclaredResource | undefined;
  /** Whether the code declares that resource instance. Undefined where it cannot be told, such as how many there are. */
  hasInstance(address: string): boolean | undefined;
  /** @throws AnchorwatchError when an argument cannot be told, naming file and line */
  providerBlock(reference: ProviderReference): EvaluatedBlock;
}

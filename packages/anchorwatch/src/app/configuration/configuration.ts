import type { IgnoreRule } from "../../compare/ignoreRules.ts";
import type { SensitiveRule } from "../../compare/sensitivity.ts";
import type { Value } from "../../domain/value.ts";
import type { ProviderValues, VariableInput } from "../checkRequest.ts";
import type { StricterGate } from "../gate/gateSettings.ts";
import type { RepositoryRules, RuleFileName } from "../policy/rules/repositoryRules.ts";

/** `anchorwatch.yaml`, checked and in the forms that a check takes. Paths are as written: relative to the file. */
export interface Configuration {
  /** As shown to people, and as opened. */
  readonly file: string;
  readonly stacks: readonly ConfiguredStack[];
  readonly ignore: readonly IgnoreRule[];
  readonly sensitive: readonly SensitiveRule[];
  /** Milliseconds by resource type. */
  readonly deadlines: ReadonlyMap<string, number>;
  readonly concurrency?: number;
  /** Its own rules; those of `ruleFiles` are among them once it was loaded. */
  readonly policy: RepositoryRules;
  readonly ruleFiles: readonly RuleFileName[];
  readonly policyTests: readonly RuleFileName[];
  /** What it says of `anchorwatch gate`; it can only be stricter than the operator. */
  readonly gate: StricterGate;
}

export interface ConfiguredStack {
  readonly name: string;
  readonly path: string;
  readonly workspace?: string;
  readonly state?: string;
  readonly inputs: readonly ConfiguredInput[];
  readonly varFiles: readonly string[];
  readonly providers: ReadonlyMap<string, ProviderValues>;
  /** Milliseconds; the watch's own, for what it looks at often. See `sweepInterval`. */
  readonly sweepEveryMs?: number;
  /** Line of the stack's entry. */
  readonly line: number;
}

export type ConfiguredInput = Extract<VariableInput, { kind: "value" }> & { readonly value: Value };

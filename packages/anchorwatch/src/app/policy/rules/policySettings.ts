/** What the operator's file says of rules. */
import { type CompiledRules, NO_RULES } from "../../../policy/rules/compileRules.ts";
import type { ChangeWindow } from "../../../policy/rules/source.ts";

export interface PolicySettings {
  readonly compiled: CompiledRules;
  /** The files of rules as they are: what is in force changes with them. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** Ids of rules and adjustments that are built in and do not count; a `*` at the end stands for the rest. */
  readonly disabled: readonly string[];
  /** ARNs of roles and users for emergencies, with `*`. */
  readonly breakGlass: readonly string[];
  readonly changeWindows: readonly ChangeWindow[];
  /** All of the above as one text: equal texts, equal rules. */
  readonly text: string;
}

export const DEFAULT_POLICY: PolicySettings = {
  compiled: NO_RULES,
  files: [],
  disabled: [],
  breakGlass: [],
  changeWindows: [],
  text: "",
};

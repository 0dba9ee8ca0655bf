/**
 * Every kind of entry that this version writes. Later work adds a line here and a file beside it; what a kind's schema
 * allows is never narrowed, since entries stay. Readers show kinds that are not here as they are.
 */
import { ACCESS_KINDS } from "./access.ts";
import { CHECK_KINDS } from "./check.ts";
import { DRIFT_KINDS } from "./drift.ts";
import type { KindDefinition } from "./kind.ts";
import { LEDGER_KINDS } from "./ledger.ts";
import { REMEDIATION_KINDS } from "./remediation.ts";
import { RESPONSE_KINDS } from "./response.ts";
import { STACK_KINDS } from "./stack.ts";
import { UNMANAGED_KINDS } from "./unmanaged.ts";

export type KindRegistry = Readonly<Record<string, KindDefinition>>;

export const KINDS = {
  ...CHECK_KINDS,
  ...DRIFT_KINDS,
  ...STACK_KINDS,
  ...UNMANAGED_KINDS,
  ...RESPONSE_KINDS,
  ...REMEDIATION_KINDS,
  ...ACCESS_KINDS,
  ...LEDGER_KINDS,
} as const satisfies KindRegistry;

/** What people call a kind; of an unknown one its own name. */
export function titleOf(kind: string, kinds: KindRegistry = KINDS): string {
  return (Object.hasOwn(kinds, kind) ? kinds[kind]?.title : undefined) ?? kind;
}

import type { DriftRecord, DriftStep } from "../../watch/drift.ts";
import type { CheckRecord, DetectorStatus } from "../../watch/records.ts";
import type { StackStatus } from "../../watch/stack.ts";

/** What just became different, already stored. */
export type LiveChange =
  | { readonly kind: "drift"; readonly step: DriftStep["kind"]; readonly drift: DriftRecord }
  | { readonly kind: "stack"; readonly stack: StackStatus }
  | { readonly kind: "check"; readonly check: CheckRecord }
  | { readonly kind: "detector"; readonly detector: DetectorStatus };

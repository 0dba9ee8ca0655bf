import type { z } from "zod";
import type { EntryInput } from "../form.ts";

/** A kind of entry: what its data looks like, what people call it, and what a SIEM takes it for. */
export interface KindDefinition {
  /** A heading, such as “Drift opened”. */
  readonly title: string;
  /** Of `data`. */
  readonly schema: z.ZodType;
  readonly ocsf: OcsfMapping;
}

/** Classes of the Open Cybersecurity Schema Framework that entries become. */
export type OcsfClass =
  | "detection_finding"
  | "authentication"
  | "entity_management"
  | "user_access"
  | "api_activity"
  | "scan_activity"
  | "base_event";

export interface OcsfMapping {
  readonly class: OcsfClass;
  /** `activity_id` within the class. */
  readonly activity: number | ((entry: EntryInput) => number);
  /** Whether it went wrong; absent: it is no attempt at anything, or it always succeeds. */
  readonly failed?: (entry: EntryInput) => boolean;
  /** Of a finding. */
  readonly status?: "new" | "in_progress" | "suppressed" | "resolved";
  /** Where the data names no severity: `info`. */
  readonly severity?: "critical" | "high" | "medium" | "low" | "info";
}

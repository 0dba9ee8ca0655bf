/** Whether a stack is in sync and may be deployed, whoever was asked. */
import type { Severity } from "../../domain/classification.ts";

export interface OpenDrift {
  /** Empty for what no stack knows. */
  readonly address: string;
  readonly type: string;
  readonly verdict: "changed" | "deleted" | "unmanaged" | "absorbed";
  /** Attributes of the resource that differ. */
  readonly attributes: readonly string[];
  readonly severity?: Severity;
  /** Why it matters, in a sentence. */
  readonly why?: string;
  /** Who did it, as far as is known. */
  readonly by?: string;
  readonly at?: Date;
  /** An exception silences it until then. */
  readonly exceptedUntil?: Date;
}

/** `not_asked`: nobody wanted to know. `unknown`: nobody could tell. */
export type SyncAnswer = { readonly kind: "not_asked" } | AskedSync;

export type AskedSync =
  | { readonly kind: "unknown"; readonly because: string; readonly drifts: readonly OpenDrift[] }
  | { readonly kind: "known"; readonly asOf: Date; readonly drifts: readonly OpenDrift[] };

export interface Freeze {
  readonly reason: string;
  readonly by: string;
  readonly at: Date;
  /** Absent: until somebody thaws it. */
  readonly until?: Date;
}

export type FreezeAnswer =
  | { readonly kind: "not_asked" | "free" }
  | { readonly kind: "unknown"; readonly because: string }
  | { readonly kind: "frozen"; readonly freeze: Freeze };

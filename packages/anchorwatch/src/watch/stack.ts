/** A stack as the watch knows it. */
import type { Coverage } from "../domain/check.ts";
import type { LabelSetKey, Labels } from "../domain/labels.ts";

export type StackId = string & { readonly __brand: "StackId" };

/** Where its code is. Addresses of repositories hold no passwords. */
export type StackOrigin =
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "repository"; readonly url: string; readonly ref: string; readonly path: string };

export interface WatchedStack {
  readonly id: StackId;
  /** Unique. */
  readonly name: string;
  readonly engine: "terraform" | "cloudformation";
  readonly origin: StackOrigin;
  readonly workspace?: string;
  /** What the operator says it is. Absent: nothing. */
  readonly labels?: Labels;
  /** `config`: declared in a file, and gone when it is gone from there. `api`: added by hand. */
  readonly declaredBy: "config" | "api";
  /** Milliseconds between two sweeps. */
  readonly sweepEveryMs: number;
  readonly addedAt: Date;
}

/** What is known of a stack's state file. */
export interface StateMark {
  readonly lineage: string;
  readonly serial: number;
  /** Of its bytes: a serial can stand for two. `sha256:…` */
  readonly digest: string;
}

/** `gone`: it is not declared, or cannot be found, any more. Its drifts stay. */
export type StackHealth = "new" | "ok" | "failed" | "gone";

export interface StackStatus {
  readonly stack: WatchedStack;
  /** Number of its labels: what authorisation goes by. */
  readonly labelSet: LabelSetKey;
  readonly health: StackHealth;
  readonly state?: StateMark;
  /** Commit of the code that was read last. */
  readonly revision?: string;
  readonly lastCheckAt?: Date;
  /** The last one that saw everything that it should. */
  readonly lastCompleteAt?: Date;
  /** When that check began: whatever it saw was so since then, or later. */
  readonly completeSince?: Date;
  readonly nextSweepAt?: Date;
  readonly coverage?: Coverage;
  /** Digest of what rules silenced when all of it was looked at the last time, and of the rules. Absent: nothing, or nobody knows. */
  readonly ignored?: string;
  /** Why the last check failed; `failures` in a row. */
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
  readonly failures: number;
  readonly openDrifts: number;
}

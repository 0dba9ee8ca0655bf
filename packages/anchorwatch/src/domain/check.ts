import type { ResourceAddress } from "./address.ts";
import type { Classification } from "./classification.ts";
import type { Warning } from "./errors.ts";
import type { Path } from "./path.ts";
import type { Value } from "./value.ts";

/** What one check says of one resource. Unknown and not checked never count as in sync. */
export type Verdict =
  | "in_sync"
  | "changed"
  | "deleted"
  | "unmanaged"
  | "absorbed"
  | "ignored"
  | "unknown"
  | "not_checked";

export type CheckTrigger = "schedule" | "event" | "manual" | "ci";

/**
 * One difference between what was recorded and what is live. A list or map position, or an attribute, is replaced,
 * added (absent before) or removed; a set's elements are added and removed whole, as `element`.
 */
export interface Change {
  readonly path: Path;
  readonly op: "replace" | "add" | "remove";
  /** Absent where there was nothing, and in a sensitive change. */
  readonly recorded?: Value;
  readonly live?: Value;
  /** The element of a set that was added or removed. */
  readonly element?: Value;
  /** The whole JSON strings, where `path` steps into one. */
  readonly recordedJson?: string;
  readonly liveJson?: string;
  /** Holds a secret: neither value is carried. */
  readonly sensitive?: true;
  /** Of the values at `path`, where they are a secret or hold one and the caller gave a key. For the ledger; never printed. */
  readonly recordedFingerprint?: string;
  readonly liveFingerprint?: string;
  /** The code can set this attribute, so writing the recorded value back would undo the change. */
  readonly settable: boolean;
  /** Differs only where nobody sets anything (computed attributes): shown with `--all`. */
  readonly informational?: true;
  /** The rule that silences this change, in the words of the file that holds it. */
  readonly ignoredBy?: string;
  /** The rule that would silence this change, and may not: it matters too much. */
  readonly toldDespite?: string;
}

export interface SourceLocation {
  /** Relative to the stack's folder, with forward slashes. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** Why a resource has no better verdict. `code` is stable, `message` is for people and names what to do. */
export interface Reason {
  readonly code: string;
  readonly message: string;
}

export interface ResourceResult {
  readonly address: ResourceAddress;
  readonly type: string;
  /** Source address, `registry.terraform.io/hashicorp/aws`. */
  readonly provider: string;
  readonly id?: string;
  /** Key of a deposed object: left behind by a replacement, still live. */
  readonly deposed?: string;
  readonly verdict: Verdict;
  readonly reason?: Reason;
  readonly source?: SourceLocation;
  readonly changes?: readonly Change[];
  /** Of drift: why it matters. Absent where there are no rules to say so. */
  readonly classification?: Classification;
}

/** Code that was never deployed: declared ≠ recorded. Not drift. */
export interface PendingChange {
  readonly address: ResourceAddress;
  readonly action: "create" | "update" | "delete" | "replace";
  readonly source?: SourceLocation;
  /** `recorded` is what was deployed, `live` is absent, `declared` is what the code now says. */
  readonly changes: readonly DeclaredChange[];
  /** Every declared value already runs: somebody made the change by hand first. */
  readonly alreadyLive: boolean;
}

export interface DeclaredChange {
  readonly path: Path;
  readonly recorded?: Value;
  readonly declared?: Value;
  readonly sensitive?: true;
  /** The declared value is known only after apply. */
  readonly unknown?: true;
}

/** How many resources a check saw; the verdicts add up to `resources`. */
export interface Coverage {
  readonly resources: number;
  readonly inSync: number;
  readonly changed: number;
  readonly deleted: number;
  readonly unmanaged: number;
  readonly absorbed: number;
  readonly ignored: number;
  readonly unknown: number;
  readonly notChecked: number;
  readonly pending: number;
}

export interface StackIdentity {
  readonly name: string;
  readonly kind: "terraform" | "cloudformation";
  readonly workspace?: string;
  /** Folder of the code relative to where the check was asked for; absent in a check of a state alone. */
  readonly path?: string;
  readonly lineage?: string;
  readonly serial?: number;
}

/** The principal that a provider reads with, as far as its configuration and environment tell. */
export interface ReadIdentity {
  readonly provider: string;
  readonly description: string;
}

/** The result of one check, in full: every resource is here, in sync or not. */
export interface CheckResult {
  readonly stack: StackIdentity;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly trigger: CheckTrigger;
  readonly coverage: Coverage;
  readonly resources: readonly ResourceResult[];
  readonly pending: readonly PendingChange[];
  readonly identities: readonly ReadIdentity[];
  readonly warnings: readonly Warning[];
}

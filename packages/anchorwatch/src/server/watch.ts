/** What the server needs of the running watch. `app/watch` implements it; tests have a stand-in in memory. */
import type { ConfigurationStatus } from "../app/configuration/server/configurationStatus.ts";
import type { AnchorwatchError } from "../domain/errors.ts";
import type { DriftRecord, DriftStep } from "../watch/drift.ts";
import type {
  CheckRecord,
  CheckRecords,
  DetectorRecords,
  DetectorStatus,
  DriftRecords,
  EventRecords,
  StackRecords,
} from "../watch/records.ts";
import type { StackHealth, StackId, StackOrigin, StackStatus, WatchedStack } from "../watch/stack.ts";

export interface Watch {
  readonly records: ReadableRecords;
  /** Files of the ledger's log, as everybody may read them. Undefined: there is no ledger. */
  readonly ledger: { readonly read: (path: string) => Promise<Uint8Array | undefined> } | undefined;
  /** @throws AnchorwatchError when the stack cannot be watched; `stack_name_taken` */
  addStack(wanted: WantedStack): Promise<StackStatus>;
  /** `declared`: its declaration stands in a file, and has to go from there. */
  removeStack(id: StackId): Promise<"removed" | "declared" | "unknown">;
  /** Asks for a check as soon as may be; no addresses: of the whole stack. `gone`: there is nothing to check any more. */
  checkNow(id: StackId, addresses: readonly string[]): Promise<"queued" | "gone" | "unknown">;
  /** What was posted for an event source. Nothing of it is trusted; `accepted` only once it is stored. */
  receive(source: string, headers: RequestHeaders, rawBody: Uint8Array): Promise<Receipt>;
  /** Calls back, in order, until the function that it returns is called. The listener never throws and takes no time. */
  subscribe(listener: (change: LiveChange) => void): () => void;
  status(): WatchStatus;
  /** Never rejects: what cannot be told is a problem. */
  readiness(): Promise<Readiness>;
  totals(): Promise<WatchTotals>;
  gauges(): WatchGauges;
}

/** Of the records of the watch, what the server reads by itself. */
export interface ReadableRecords {
  readonly stacks: Pick<StackRecords, "list" | "byId">;
  readonly checks: Pick<CheckRecords, "list">;
  readonly drifts: Pick<DriftRecords, "byId" | "history" | "list">;
  readonly events: Pick<EventRecords, "list">;
  readonly detectors: Pick<DetectorRecords, "list">;
}

/** A stack that somebody adds by hand. */
export interface WantedStack {
  readonly name: string;
  readonly engine: WatchedStack["engine"];
  readonly origin: StackOrigin;
  readonly workspace?: string;
  readonly sweepEveryMs?: number;
}

/** Names in lower case; a header that came more than once is a list, or joined by commas, as Node has it. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What became of a post to an event source. */
export type Receipt =
  | {
      readonly kind: "accepted";
      /** How many records were in it; `changes` and `malformed` are some of them. */
      readonly records: number;
      readonly changes: number;
      readonly malformed: number;
    }
  /** A delivery of that id is stored already; this one was not looked at. */
  | { readonly kind: "repeated" }
  /** There is no source of kind http of that name. */
  | { readonly kind: "unknown_source" }
  /** Signature missing, wrong or too old. */
  | { readonly kind: "unauthentic"; readonly error: AnchorwatchError }
  /** Authentic, and nothing that can be read. */
  | { readonly kind: "unreadable"; readonly error: AnchorwatchError };

/** What just became different, already stored. */
export type LiveChange =
  | { readonly kind: "drift"; readonly step: DriftStep["kind"]; readonly drift: DriftRecord }
  /** `health` is `gone` when it was removed. */
  | { readonly kind: "stack"; readonly stack: StackStatus }
  | { readonly kind: "check"; readonly check: CheckRecord }
  /** A detector died or came back. */
  | { readonly kind: "detector"; readonly detector: DetectorStatus }
  | { readonly kind: "configuration"; readonly configuration: ConfigurationStatus };

export interface WatchStatus {
  readonly startedAt: Date;
  readonly configuration: ConfigurationStatus;
}

/** Of one part that has to work: what is wrong with it, in a sentence, or that nothing is. */
export type PartState = { readonly kind: "well" } | { readonly kind: "failing"; readonly problem: string };

export interface Readiness {
  readonly database: PartState;
  /** `absent`: there is no ledger. */
  readonly publisher: PartState | { readonly kind: "absent" };
}

export interface WatchTotals {
  readonly stacks: { readonly [health in StackHealth]: number };
  readonly openDrifts: number;
  readonly outbox: { readonly entries: number; readonly oldestAt?: Date };
  /** Jobs that wait, by queue. */
  readonly queues: { readonly [queue: string]: number };
}

/** Of this process. */
export interface WatchGauges {
  readonly providerProcesses: number;
  readonly providerMemoryBytes: number;
}

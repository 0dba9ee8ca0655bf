/** What the server needs of the running watch. `app/watch` implements it; tests have a stand-in in memory. */
import type { ConfigurationStatus } from "../app/configuration/server/configurationStatus.ts";
import type { PartState, WatchGauges, WatchTotals } from "../app/watch/health.ts";
import type { WantedStack } from "../app/watch/managing.ts";
import type { SignedReceipt } from "../app/watch/signedSources.ts";
import type {
  CheckRecords,
  ClaimRecords,
  DetectorRecords,
  DriftRecords,
  EventRecords,
  StackRecords,
} from "../watch/records.ts";
import type { StackId, StackStatus } from "../watch/stack.ts";
import type { HeardChange } from "../watch/storedChange.ts";

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
  receive(source: string, headers: RequestHeaders, rawBody: Uint8Array): Promise<SignedReceipt>;
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
  readonly claims: Pick<ClaimRecords, "list">;
  readonly checks: Pick<CheckRecords, "list">;
  readonly drifts: Pick<DriftRecords, "byId" | "history" | "list">;
  readonly events: Pick<EventRecords, "list">;
  readonly detectors: Pick<DetectorRecords, "totals" | "worst">;
}

/** Names in lower case; a header that came more than once is a list, or joined by commas, as Node has it. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What the stream tells of. */
export type LiveChange =
  | HeardChange
  | { readonly kind: "configuration"; readonly configuration: ConfigurationStatus };

export interface WatchStatus {
  readonly startedAt: Date;
  readonly configuration: ConfigurationStatus;
}

export interface Readiness {
  readonly database: PartState;
  /** `absent`: there is no ledger. */
  readonly publisher: PartState | { readonly kind: "absent" };
}

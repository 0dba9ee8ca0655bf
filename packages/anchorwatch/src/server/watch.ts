/** What the server needs of the running watch. `app/watch` implements it; tests have a stand-in in memory. */

import type { KnownRequester } from "../app/access/requester.ts";
import type { ServedAlerts } from "../app/alerts/servedAlerts.ts";
import type { ConfigurationStatus } from "../app/configuration/server/configurationStatus.ts";
import type { GateSettings } from "../app/gate/gateSettings.ts";
import type { SharedRules } from "../app/gate/sharedRules.ts";
import type { Freeze } from "../app/gate/stackAnswer.ts";
import type { ServedLedger } from "../app/ledger/servedLedger.ts";
import type { ServedPlaybooks } from "../app/playbooks/servedPlaybooks.ts";
import type { WantedException } from "../app/policy/exceptions.ts";
import type { BaselineChange } from "../app/watch/baseline.ts";
import type { PartState, WatchGauges, WatchTotals } from "../app/watch/health.ts";
import type { WantedStack } from "../app/watch/managing.ts";
import type { SignedReceipt } from "../app/watch/signedSources.ts";
import type { JsonObject } from "../domain/jsonValue.ts";
import type { ExceptionId, ExceptionRecord, ExceptionRecords } from "../watch/exception.ts";
import type {
  ActorRecords,
  CheckRecords,
  ClaimRecords,
  DetectorRecords,
  DriftRecords,
  EventRecords,
  ResourceRecords,
  StackRecords,
} from "../watch/records.ts";
import type { StackId, StackStatus } from "../watch/stack.ts";
import type { HeardChange } from "../watch/storedChange.ts";
import type { UnmanagedRecords } from "../watch/unmanaged.ts";

export interface Watch {
  readonly records: ReadableRecords;
  /** Undefined: there is no ledger. */
  readonly ledger: ServedLedger | undefined;
  readonly alerts: ServedAlerts;
  readonly playbooks: ServedPlaybooks;
  /** @throws AnchorwatchError when the stack cannot be watched; `stack_name_taken` */
  addStack(wanted: WantedStack, requester: KnownRequester): Promise<StackStatus>;
  /** `declared`: its declaration stands in a file, and has to go from there. */
  removeStack(id: StackId, requester: KnownRequester): Promise<"removed" | "declared" | "unknown">;
  /** Asks for a check as soon as may be; no addresses: of the whole stack. `gone`: there is nothing to check any more. */
  checkNow(id: StackId, addresses: readonly string[]): Promise<"queued" | "gone" | "unknown">;
  /** What no stack has is accepted, or not any more. @returns how many */
  changeBaseline(wanted: BaselineChange, requester: KnownRequester): Promise<number>;
  /** @throws AnchorwatchError why it cannot be made */
  addException(wanted: WantedException, requester: KnownRequester): Promise<ExceptionRecord>;
  /** @param version that was read; undefined: whatever it is. @throws AnchorwatchError `request_outdated`, `exception_ended` */
  revokeException(
    id: ExceptionId,
    version: number | undefined,
    requester: KnownRequester,
  ): Promise<ExceptionRecord | undefined>;
  /** When the gate says no, and the operator's rules, as they are in force. */
  gate(): { readonly settings: GateSettings; readonly rules: SharedRules };
  /** Undefined: deployments of the stack are not frozen. */
  freezeOf(id: StackId): Promise<Freeze | undefined>;
  /** What was posted for an event source. Nothing of it is trusted; `accepted` only once it is stored. */
  receive(source: string, headers: RequestHeaders, rawBody: Uint8Array): Promise<SignedReceipt>;
  /** Calls back, in order, until the function that it returns is called. The listener never throws and takes no time. */
  subscribe(listener: (change: LiveChange) => void): () => void;
  status(): WatchStatus;
  configuration(): ShownConfiguration;
  /** Never rejects: what cannot be told is a problem. */
  readiness(): Promise<Readiness>;
  totals(): Promise<WatchTotals>;
  gauges(): WatchGauges;
}

/** Of the records of the watch, what the server reads by itself. */
export interface ReadableRecords {
  readonly stacks: Pick<StackRecords, "list" | "byId" | "totals" | "hadNameUntil">;
  readonly resources: Pick<ResourceRecords, "listed">;
  readonly actors: Pick<ActorRecords, "list">;
  readonly claims: Pick<ClaimRecords, "list">;
  readonly checks: Pick<CheckRecords, "list">;
  readonly drifts: Pick<DriftRecords, "byId" | "history" | "list">;
  readonly exceptions: Pick<ExceptionRecords, "list" | "byId">;
  readonly events: Pick<EventRecords, "list">;
  readonly detectors: Pick<DetectorRecords, "totals" | "worst">;
  readonly unmanaged: Pick<UnmanagedRecords, "accounts" | "byId" | "list" | "totals" | "stacksWithoutState">;
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

export interface ShownConfiguration {
  /** What is in force, defaults filled in, without secrets. */
  readonly settings: JsonObject;
  /** Sections of the file that count when the program starts again. */
  readonly atNextStart: readonly string[];
}

export interface Readiness {
  readonly database: PartState;
  /** `absent`: there is no ledger. */
  readonly publisher: PartState | { readonly kind: "absent" };
}

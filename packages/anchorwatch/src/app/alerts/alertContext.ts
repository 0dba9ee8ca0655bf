import type { AlertRecords } from "../../alerts/records.ts";
import type { Actor } from "../../domain/actor.ts";
import type { Warning } from "../../domain/errors.ts";
import type { DriftId } from "../../watch/drift.ts";
import type { SeenResource } from "../../watch/seenResource.ts";
import type { Tellable, Tellables } from "../../watch/tellable.ts";
import type { AlertSettings } from "./alertSettings.ts";

/** What the use cases of alerts work with. */
export interface AlertContext {
  readonly records: AlertRecords;
  /** Of stacks and of accounts. */
  readonly drifts: Tellables;
  /** Those that are in force at the moment. */
  readonly settings: () => AlertSettings;
  /** What drifts are classified from, as far as it was kept. */
  readonly seenOf: (ids: readonly DriftId[]) => Promise<ReadonlyMap<DriftId, SeenResource>>;
  /** Owners of the file that declares the resource, as its repository says. Never rejects. */
  readonly ownersOf: (drift: Tellable) => Promise<readonly string[]>;
  /** Whether the operator keeps that role for emergencies. */
  readonly isBreakGlass: (actor: Actor) => boolean;
  /** Where the server is, without a slash at its end. */
  readonly origin: () => string;
  readonly now: () => Date;
  /** Another unique text at each call. */
  readonly newId: () => string;
  readonly onWarning: (warning: Warning) => void;
}

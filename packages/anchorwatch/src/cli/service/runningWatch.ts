/** What `serve` and `worker` start, and what they start it with. */
import type { Reloading } from "../../app/configuration/server/reloading.ts";
import type { WatchSettings } from "../../app/watch/watchSettings.ts";
import type { Warning } from "../../domain/errors.ts";
import type { Watch } from "../../server/watch.ts";
import type { WatchMeter } from "../../watch/meter.ts";
import type { ServedAccess } from "./servedAccess.ts";

export interface RunningWatch extends Watch {
  /** Who may come in. To be closed before the watch is stopped. */
  openAccess(): Promise<ServedAccess>;
  /** Ends what is under way within a limit, and closes everything. */
  stop(): Promise<void>;
  /** Rejects when the watch cannot go on by itself. Never resolves. */
  readonly failed: Promise<never>;
}

export interface WatchStart {
  /** Of the file that is in force at the start, with defaults filled in. */
  readonly settings: WatchSettings;
  /** Tells when another form of the file comes into force; also the ledger's settings, and the status to be shown. */
  readonly configuration: Pick<
    Reloading,
    "current" | "status" | "inForce" | "atNextStart" | "onChange" | "onStatus"
  >;
  /** Absolute: where the user's programs keep what must stay. */
  readonly stateFolder: string;
  /** `DATABASE_URL`. Undefined: the embedded server. */
  readonly databaseUrl: string | undefined;
  /** Of Anchorwatch. */
  readonly version: string;
  readonly meter: WatchMeter;
  readonly onWarning: (warning: Warning) => void;
}

/** @throws AnchorwatchError `database_*`, `ledger_*`: then nothing is left running */
export type StartWatch = (start: WatchStart) => Promise<RunningWatch>;

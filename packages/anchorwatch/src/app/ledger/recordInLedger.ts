/** A check's findings go into the ledger: before the check for the key of its fingerprints, after it for the entries. */
import { basename } from "node:path";
import { parseCheckpoint, parseNote } from "tlog";
import type { CheckResult } from "../../domain/check.ts";
import type { Warning } from "../../domain/errors.ts";
import { fingerprint } from "../../ledger/entry/fingerprint.ts";
import type { CheckRequest, FingerprintSecret } from "../checkRequest.ts";
import type { LedgerMachine } from "./ledgerMachine.ts";
import { type OpenLedger, whenFree, withLedgerAgain } from "./openLedger.ts";
import { type Recording, recordCheck } from "./recordCheck.ts";
import { recordFailedCheck } from "./recordFailedCheck.ts";
import { prepareLedger, readFingerprintKey, type WritableLedger } from "./writableLedger.ts";

/** What was written, all of it durable. */
export interface Recorded {
  /** Of the first and the last entry of the check. */
  readonly first: number;
  readonly last: number;
  readonly origin: string;
  /** The signed note that covers them, and what it says. */
  readonly checkpoint: string;
  readonly size: number;
  /** Base64. */
  readonly root: string;
}

/** The check's time and what it was asked for, for when it could not be made. */
export interface FailedRecording {
  readonly request: CheckRequest;
  readonly startedAt: Date;
  readonly error: unknown;
}

/** One check that is recorded in one ledger. */
export interface CheckLedger {
  /** @throws AnchorwatchError why the ledger cannot be written, `ledger_*` */
  prepare(): Promise<FingerprintSecret>;
  /** @throws AnchorwatchError as `withLedgerAgain` does */
  record(result: CheckResult): Promise<Recorded>;
  recordFailure(failure: FailedRecording): Promise<Recorded>;
}

/** @param locate finds the ledger; asked anew each time */
export function checkLedger(
  locate: () => Promise<WritableLedger>,
  machine: LedgerMachine,
  onWarning: (warning: Warning) => void,
): CheckLedger {
  const checkId = `check-${machine.newId()}`;
  const write = async (recordings: (ledger: OpenLedger) => readonly Recording[]) => {
    const ledger = await locate();
    return await withLedgerAgain(ledger, machine, onWarning, (open) => append(open, recordings(open)));
  };
  return {
    async prepare() {
      const ledger = await locate();
      await whenFree(machine, () => prepareLedger(ledger, machine));
      const key = await readFingerprintKey(ledger);
      return (where, secret) => fingerprint(key, where, secret);
    },
    record: (result) => write(({ index }) => recordCheck(result, { checkId, known: index })),
    recordFailure: ({ request, startedAt, error }) => {
      const { dir, stackName = basename(dir) || "/", workspace, trigger } = request;
      const stack = { name: stackName, kind: "terraform", ...(workspace ? { workspace } : {}) };
      const failedAt = machine.now();
      const entry = recordFailedCheck({ checkId, stack, trigger, startedAt, failedAt, error });
      return write(() => [{ entry, content: [] }]);
    },
  };
}

async function append({ writer }: OpenLedger, recordings: readonly Recording[]): Promise<Recorded> {
  // Started in their order, which is the order that they get in the log.
  const appended = await Promise.all(recordings.map(({ entry, content }) => writer.append(entry, content)));
  const indexes = appended.map(({ index }) => index);
  const { checkpoint, origin } = writer;
  const { size, root } = parseCheckpoint(parseNote(checkpoint).text);
  return {
    first: Math.min(...indexes),
    last: Math.max(...indexes),
    origin,
    checkpoint,
    size,
    root: Buffer.from(root).toString("base64"),
  };
}

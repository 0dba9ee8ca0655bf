/** Of all processes one holds the ledger, and appends what waits in the outbox as soon as it is there. */
import { messageOf, type Warning } from "../../domain/errors.ts";
import { whileElected } from "../../jobs/election.ts";
import type { Database } from "../../store/connect.ts";
import type { WatchMeter } from "../../watch/meter.ts";
import type { DetectorBeat, WatchRecords } from "../../watch/records.ts";
import type { LedgerMachine } from "../ledger/ledgerMachine.ts";
import { withLedger } from "../ledger/openLedger.ts";
import type { WritableLedger } from "../ledger/writableLedger.ts";
import { asWarning } from "./inOurWords.ts";
import { publishOutbox } from "./publishing.ts";
import type { Wake } from "./wake.ts";

export interface PublisherOptions {
  readonly database: Database;
  readonly records: WatchRecords;
  readonly ledger: WritableLedger;
  readonly machine: LedgerMachine;
  readonly wake: Wake;
  /** Told of entries that are durable in the ledger, by their ids. */
  readonly onPublished?: ((ids: readonly string[]) => void) | undefined;
  readonly meter: WatchMeter;
  readonly onWarning: (warning: Warning) => void;
  readonly signal: AbortSignal;
}

/** What no message told of is seen so late. */
const POLL_MS = 200;
const BEAT_MS = 15_000;
const PATIENCE_MS = 60_000;
const RETRY_MS = 2_000;

export const PUBLISHER = "publisher";

/** Until the signal aborts. What goes wrong is told by the publisher's beats, and tried again for ever. */
export async function runPublisher(options: PublisherOptions): Promise<void> {
  const { database, machine, signal, onWarning } = options;
  while (!signal.aborted) {
    try {
      await whileElected(database, "ledger", (elected) => publish(options, elected), {
        signal,
        onProblem: (problem) => onWarning(asWarning(problem)),
      });
    } catch (error) {
      await beat(options, messageOf(error));
      onWarning(asWarning(error));
      await machine.sleep(RETRY_MS, signal);
    }
  }
}

async function publish(options: PublisherOptions, elected: AbortSignal): Promise<void> {
  const { records, ledger, machine, wake, meter, onWarning, onPublished = () => {} } = options;
  let beatAt = 0;
  const beatWhenDue = () => {
    const now = machine.now().getTime();
    if (now - beatAt < BEAT_MS) return;
    beatAt = now;
    // Never rejects, and nobody has to wait for it.
    void beat(options, undefined);
  };
  await withLedger(ledger, machine, onWarning, async ({ writer }) => {
    while (!elected.aborted) {
      await publishOutbox({
        outbox: records.outbox,
        writer,
        now: machine.now,
        onPublished: (ids) => {
          // A backlog takes longer than a sign of life may.
          beatWhenDue();
          onPublished(ids);
        },
        meter,
        onWarning,
        signal: elected,
      });
      beatWhenDue();
      await wake.wait(POLL_MS, elected);
    }
  });
}

async function beat({ records, machine, onWarning }: PublisherOptions, problem: string | undefined) {
  const sign: DetectorBeat = {
    name: PUBLISHER,
    at: machine.now(),
    expectedWithinMs: PATIENCE_MS,
    ...(problem === undefined ? {} : { problem }),
  };
  try {
    await records.detectors.beat(sign);
  } catch (error) {
    // Without a database nobody can be told; that it is missed is the alarm.
    onWarning(asWarning(error));
  }
}

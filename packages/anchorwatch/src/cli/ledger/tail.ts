import { follow } from "../../ledger/read/follow.ts";
import type { Surroundings } from "../surroundings.ts";
import { namedLog, type ReadingFlags } from "./namedLog.ts";
import { runLedger } from "./run.ts";
import { entryLine } from "./words.ts";

export interface TailFlags extends ReadingFlags {
  /** How many of the newest entries. */
  readonly lines: number;
  readonly follow: boolean;
}

/** Checkpoints are small: often enough to seem immediate, seldom enough for a server. */
const PAUSE_MS = { folder: 500, http: 3000, s3: 3000 } as const;

/** `anchorwatch ledger tail`. */
export function runTail(
  given: string | undefined,
  flags: TailFlags,
  surroundings: Surroundings,
): Promise<number> {
  const { ledgerMachine, stdout } = surroundings;
  return runLedger(surroundings, { ...flags, streams: true }, async ({ say, paint, signal }) => {
    const { place, keys, machine } = await namedLog(given, flags, surroundings);
    const { openForReading } = await import("../../app/ledger/openForReading.ts");
    const log = await openForReading(place, keys, machine, signal);
    const pause = async () => {
      if (!flags.follow) return false;
      await ledgerMachine.sleep(PAUSE_MS[place.kind], signal);
      return !signal.aborted && !stdout.destroyed;
    };
    const from = Math.max(0, log.checkpoint.size - flags.lines);
    for await (const entry of follow(log, { from, pause })) {
      if (!(await say(entryLine(entry, paint)))) break;
    }
    return 0;
  });
}

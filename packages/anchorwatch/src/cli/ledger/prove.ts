import { escapeText } from "../../domain/escape.ts";
import { proveEntry } from "../../ledger/read/proofFile.ts";
import { openOutputFile } from "../output.ts";
import type { Surroundings } from "../surroundings.ts";
import { namedEntry, type ReadingFlags } from "./namedLog.ts";
import { runLedger } from "./run.ts";
import { entriesText } from "./words.ts";

export interface ProveFlags extends ReadingFlags {
  readonly output?: string;
}

/** `anchorwatch ledger prove`: the proof file on stdout, or in `--output`. */
export function runProve(
  first: string | undefined,
  second: string | undefined,
  flags: ProveFlags,
  surroundings: Surroundings,
): Promise<number> {
  const { workingDirectory } = surroundings;
  return runLedger(surroundings, flags, async ({ say, note, signal }) => {
    const { place, keys, machine, index } = await namedEntry(first, second, flags, surroundings);
    const { openForReading } = await import("../../app/ledger/openForReading.ts");
    const log = await openForReading(place, keys, machine, signal);
    const text = await proveEntry(log, index);
    if (flags.output === undefined) {
      await say(text);
      return 0;
    }
    const output = await openOutputFile(flags.output, workingDirectory);
    try {
      await output.write(text);
    } finally {
      await output.close();
    }
    const { size } = log.checkpoint;
    await note(`The proof of entry ${index} among ${entriesText(size)} is in ${escapeText(flags.output)}.\n`);
    return 0;
  });
}

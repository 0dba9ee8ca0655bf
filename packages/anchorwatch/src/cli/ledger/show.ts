import { leafHash } from "tlog";
import { escapeJson, escapeText } from "../../domain/escape.ts";
import { decodeEntry } from "../../ledger/entry/entry.ts";
import { writeTo } from "../output.ts";
import type { Surroundings } from "../surroundings.ts";
import { namedEntry, type ReadingFlags } from "./namedLog.ts";
import { runLedger } from "./run.ts";
import { entriesText, entryLine, facts, rootText } from "./words.ts";

export interface ShowFlags extends ReadingFlags {
  readonly raw: boolean;
}

/** `anchorwatch ledger show`: one entry with everything that it says. */
export function runShow(
  first: string | undefined,
  second: string | undefined,
  flags: ShowFlags,
  surroundings: Surroundings,
): Promise<number> {
  const { stdout } = surroundings;
  return runLedger(surroundings, flags, async ({ say, paint, signal }) => {
    const { place, keys, machine, index } = await namedEntry(first, second, flags, surroundings);
    const { openForReading } = await import("../../app/ledger/openForReading.ts");
    const log = await openForReading(place, keys, machine, signal);
    const { bytes } = await log.entry(index);
    if (flags.raw) {
      // Exactly what the log has: for files and pipes, and at the caller's risk on a terminal.
      await writeTo(stdout, bytes);
      return 0;
    }
    const decoded = decodeEntry(bytes);
    const leaf = await leafHash(bytes);
    const { size, origin } = log.checkpoint;
    const rows = [
      ["log", escapeText(origin)],
      ["entry", `${index} among ${entriesText(size)}`],
      ["leaf hash", rootText(leaf)],
    ] as const;
    const body = decoded.kind === "entry" ? `${escapeJson(JSON.stringify(decoded.entry, null, 2))}\n` : "";
    await say(`${entryLine({ index, bytes, decoded }, paint)}${facts(rows, paint)}${body}`);
    return 0;
  });
}

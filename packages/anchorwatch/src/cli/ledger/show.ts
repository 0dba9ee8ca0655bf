import { leafHash } from "tlog";
import { decodeEntry } from "../../ledger/entry/entry.ts";
import { escapeJson, escapeText } from "../formats/escape.ts";
import { writeTo } from "../output.ts";
import type { Surroundings } from "../surroundings.ts";
import { type LedgerFlags, logAndIndex } from "./flags.ts";
import { keysGiven } from "./keys.ts";
import { runLedger } from "./run.ts";
import { entriesText, entryLine, facts, rootText } from "./words.ts";

export interface ShowFlags extends LedgerFlags {
  readonly raw: boolean;
}

/** `anchorwatch ledger show`: one entry with everything that it says. */
export function runShow(
  first: string | undefined,
  second: string | undefined,
  flags: ShowFlags,
  surroundings: Surroundings,
): Promise<number> {
  const { workingDirectory, ledgerMachine, stdout } = surroundings;
  return runLedger(surroundings, flags, async ({ say, paint, signal }) => {
    const { place, index } = await logAndIndex(first, second, flags.ledger, workingDirectory);
    const { openForReading } = await import("../../app/ledger/openForReading.ts");
    const keys = await keysGiven(flags.key, workingDirectory);
    const log = await openForReading(place, keys, ledgerMachine, signal);
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

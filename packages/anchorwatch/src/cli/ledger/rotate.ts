import { formatVerifierKey } from "tlog";
import { escapeText } from "../formats/escape.ts";
import type { Surroundings } from "../surroundings.ts";
import { type LedgerFlags, logPlaceOf } from "./flags.ts";
import { runLedger } from "./run.ts";
import { keyText } from "./words.ts";

/** `anchorwatch ledger rotate`. */
export function runRotate(
  given: string | undefined,
  flags: Omit<LedgerFlags, "key">,
  surroundings: Surroundings,
): Promise<number> {
  const { workingDirectory, ledgerMachine } = surroundings;
  return runLedger(surroundings, flags, async ({ say, warn }) => {
    const place = await logPlaceOf(given, flags.ledger, workingDirectory);
    const { rotateLedgerKey } = await import("../../app/ledger/rotateLedgerKey.ts");
    const { current, previous, retired, index } = await rotateLedgerKey(place, ledgerMachine, warn);
    const lines = [
      `The ledger has a new key since entry ${index}:`,
      escapeText(formatVerifierKey(current)),
      `Give it to everybody who verifies the log. Until the next rotation ${keyText(previous)} signs beside it.`,
      ...retired.map((key) => `${keyText(key)} cannot sign any more.`),
    ];
    await say(`${lines.join("\n")}\n`);
    return 0;
  });
}

import { formatVerifierKey } from "tlog";
import { escapeText } from "../formats/escape.ts";
import type { Surroundings } from "../surroundings.ts";
import { type LedgerFlags, logPlaceOf } from "./flags.ts";
import { runLedger } from "./run.ts";

/** `anchorwatch ledger key`: a verifier key on each line, the current one first. */
export function runKey(
  given: string | undefined,
  flags: Omit<LedgerFlags, "key">,
  surroundings: Surroundings,
): Promise<number> {
  const { workingDirectory, ledgerMachine } = surroundings;
  return runLedger(surroundings, flags, async ({ say, note, signal }) => {
    const place = await logPlaceOf(given, flags.ledger, workingDirectory);
    const { ledgerKeys } = await import("../../app/ledger/ledgerKeys.ts");
    const { keys, origin } = await ledgerKeys(place, ledgerMachine, signal);
    await say(keys.map((key) => `${escapeText(formatVerifierKey(key))}\n`).join(""));
    if (origin === "log") {
      await note(
        "This is what the log says of itself, and a forged log would name the forger's key: " +
          "compare it with what its owner tells you on another way.\n",
      );
    }
    return 0;
  });
}

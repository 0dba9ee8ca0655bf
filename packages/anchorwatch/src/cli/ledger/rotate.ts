import { formatVerifierKey } from "tlog";
import type { WritableLedger } from "../../app/ledger/writableLedger.ts";
import type { Warning } from "../../domain/errors.ts";
import { escapeText } from "../../domain/escape.ts";
import type { Surroundings } from "../surroundings.ts";
import { type LedgerFlags, logPlaceOf, oneOf } from "./flags.ts";
import { runLedger } from "./run.ts";
import { requiredSettings, type ServerFlag } from "./server.ts";
import { keyText } from "./words.ts";

/** `anchorwatch ledger rotate`. */
export function runRotate(
  given: string | undefined,
  flags: Omit<LedgerFlags, "key"> & ServerFlag,
  surroundings: Surroundings,
): Promise<number> {
  const { ledgerMachine } = surroundings;
  return runLedger(surroundings, flags, async ({ say, warn }) => {
    const ledger = await writable(given, flags, surroundings, warn);
    const { rotateLedgerKey } = await import("../../app/ledger/rotateLedgerKey.ts");
    const { current, previous, retired, index } = await rotateLedgerKey(ledger, ledgerMachine, warn);
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

async function writable(
  given: string | undefined,
  { ledger, server }: Omit<LedgerFlags, "key"> & ServerFlag,
  surroundings: Surroundings,
  onWarning: (warning: Warning) => void,
): Promise<WritableLedger> {
  const { workingDirectory, ledgerMachine } = surroundings;
  if (given === undefined && ledger === undefined) {
    const { configuredLedger } = await import("../../app/ledger/configuredLedger.ts");
    return await configuredLedger(await requiredSettings(server, surroundings), ledgerMachine, onWarning);
  }
  oneOf(given ?? ledger, server);
  const { ledgerFolder } = await import("../../app/ledger/ledgerFolder.ts");
  return await ledgerFolder(await logPlaceOf(given, ledger, workingDirectory), ledgerMachine);
}

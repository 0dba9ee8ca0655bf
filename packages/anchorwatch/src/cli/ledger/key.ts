import { formatVerifierKey } from "tlog";
import type { LedgerKeys } from "../../app/ledger/ledgerKeys.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { escapeText } from "../../domain/escape.ts";
import type { Surroundings } from "../surroundings.ts";
import { type LedgerFlags, logPlaceOf, oneOf } from "./flags.ts";
import { runLedger } from "./run.ts";
import { requiredSettings, type ServerFlag } from "./server.ts";

/** `anchorwatch ledger key`: a verifier key on each line, the current one first. */
export function runKey(
  given: string | undefined,
  flags: Omit<LedgerFlags, "key"> & ServerFlag,
  surroundings: Surroundings,
): Promise<number> {
  return runLedger(surroundings, flags, async ({ say, note, signal }) => {
    const { keys, origin } = await find(given, flags, surroundings, signal);
    if (keys.length === 0) throw namesNone();
    await say(keys.map((key) => `${escapeText(formatVerifierKey(key))}\n`).join(""));
    if (origin === "log") {
      await note(
        "This is what the log says of itself, and a forged log would name the forger's key: " +
          "compare it with what its owner tells you through another channel.\n",
      );
    }
    return 0;
  });
}

async function find(
  given: string | undefined,
  { ledger, server }: Omit<LedgerFlags, "key"> & ServerFlag,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<LedgerKeys> {
  const { workingDirectory, ledgerMachine } = surroundings;
  if (given === undefined && ledger === undefined) {
    const { configuredKeys } = await import("../../app/ledger/configuredTrust.ts");
    const settings = await requiredSettings(server, surroundings);
    const keys = await configuredKeys(settings, ledgerMachine);
    if (keys.length === 0) throw noKeys(settings.privateFolder);
    return { keys, origin: "private" };
  }
  oneOf(given ?? ledger, server);
  const { ledgerKeys } = await import("../../app/ledger/ledgerKeys.ts");
  return await ledgerKeys(await logPlaceOf(given, ledger, workingDirectory), ledgerMachine, signal);
}

function namesNone(): AnchorwatchError {
  return new AnchorwatchError("ledger_key_missing", "The ledger has no entry that names its keys", {
    hint: "Only ledgers that Anchorwatch writes have such entries. Ask the log's owner for its verifier key.",
  });
}

function noKeys(privateFolder: string): AnchorwatchError {
  return new AnchorwatchError(
    "ledger_key_missing",
    `The private folder ${privateFolder} is not on this machine`,
    {
      hint: "Run this where the ledger is written, or name the ledger itself: then it says which keys it has.",
      location: { file: privateFolder },
    },
  );
}

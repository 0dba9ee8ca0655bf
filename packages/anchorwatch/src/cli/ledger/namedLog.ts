/** The log that a reading command is about, with what vouches for it. */
import type { VerifierKey } from "tlog";
import type { LedgerMachine } from "../../app/ledger/ledgerMachine.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { LogPlace } from "../../ledger/read/logPlace.ts";
import type { Surroundings } from "../surroundings.ts";
import { type LedgerFlags, logPlaceOf, oneOf, parseIndex } from "./flags.ts";
import { keysGiven } from "./keys.ts";
import { configuredSettings, requiredSettings, type ServerFlag } from "./server.ts";

export interface NamedLog {
  readonly place: LogPlace;
  /** Those of `--key`; of the operator's ledger its own as well. */
  readonly keys: readonly VerifierKey[];
  /** Reaches that place as the operator's file says. */
  readonly machine: LedgerMachine;
}

export type ReadingFlags = LedgerFlags & ServerFlag;

/**
 * By the argument or `--ledger`; where neither is given, the ledger of the operator's file.
 * @throws AnchorwatchError `ledger_name_invalid`, `ledger_not_configured`, `config_*`, `ledger_key_*`
 */
export async function namedLog(
  given: string | undefined,
  { ledger, server, key }: ReadingFlags,
  surroundings: Surroundings,
): Promise<NamedLog> {
  const { workingDirectory, ledgerMachine } = surroundings;
  const keys = await keysGiven(key, workingDirectory);
  if (given !== undefined || ledger !== undefined) {
    oneOf(given ?? ledger, server);
    return { place: await logPlaceOf(given, ledger, workingDirectory), keys, machine: ledgerMachine };
  }
  const settings = await requiredSettings(server, surroundings);
  const { configuredKeys } = await import("../../app/ledger/configuredTrust.ts");
  const newS3Client = () => ledgerMachine.newS3Client(settings.aws);
  return {
    place: settings.place,
    keys: [...keys, ...(await configuredKeys(settings, ledgerMachine))],
    machine: { ...ledgerMachine, newS3Client },
  };
}

/** `LOG INDEX`, or `INDEX` alone where the log is named by `--ledger` or the operator's file. */
export async function namedEntry(
  first: string | undefined,
  second: string | undefined,
  flags: ReadingFlags,
  surroundings: Surroundings,
): Promise<NamedLog & { readonly index: number }> {
  const isAlone =
    second === undefined &&
    (flags.ledger !== undefined ||
      (parseIndex(first ?? "") !== undefined &&
        (await configuredSettings(flags.server, surroundings)) !== undefined));
  const [given, text] = isAlone ? [undefined, first] : [first, second];
  const log = await namedLog(given, flags, surroundings);
  const index = parseIndex(text ?? "");
  if (index !== undefined) return { ...log, index };
  const found = text === undefined ? "no index was given" : `${JSON.stringify(text)} is no index`;
  throw new AnchorwatchError("ledger_range_invalid", `An entry is named by its index, and ${found}`, {
    hint: "Give a whole number: the first entry of a log is 0.",
  });
}

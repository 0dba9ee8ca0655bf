/** Arguments and flags that several of the ledger's commands have, and the forms that they must have. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import type { LogPlace } from "../../ledger/read/logPlace.ts";

export interface LedgerFlags {
  readonly ledger?: string;
  readonly key?: readonly string[];
  readonly color: boolean;
}

export function addLedgerFlag(command: Command): Command {
  return command.option("--ledger <LOG>", "the ledger, in place of the argument", nonEmpty);
}

export function addKeyFlag(command: Command): Command {
  return command.option("--key <VKEY>", "verifier key of the log, or a file with it (repeatable)", collect);
}

export function addServerFlag(command: Command): Command {
  return command.option(
    "--server <FILE|URL>",
    "the operator's anchorwatch.server.yaml (default: ANCHORWATCH_SERVER), or the address of a server, where no ledger is named",
    nonEmpty,
  );
}

export function addColorFlag(command: Command): Command {
  return command.option("--no-color", "no colours (NO_COLOR and FORCE_COLOR are honoured too)");
}

export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, nonEmpty(text)];
}

export function nonEmpty(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("Expected some text, found nothing.");
  return text;
}

/** @throws AnchorwatchError `ledger_name_invalid` when none or two were given, or it is none */
export async function logPlaceOf(
  given: string | undefined,
  flag: string | undefined,
  workingDirectory: string,
): Promise<LogPlace> {
  oneOf(given, flag);
  const name = given ?? flag;
  if (name === undefined) throw noSingleLog("No ledger was named");
  const { parseLogPlace } = await import("../../ledger/read/logPlace.ts");
  return parseLogPlace(name, workingDirectory);
}

/** @throws AnchorwatchError `ledger_name_invalid` when both were given */
export function oneOf(given: string | undefined, other: string | undefined): void {
  if (given !== undefined && other !== undefined) throw noSingleLog("Two ledgers were named");
}

/** A whole number without sign and leading zeros. */
export function parseIndex(text: string): number | undefined {
  const index = /^(0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(index) ? index : undefined;
}

/** Of a file that a flag or an argument names. @throws AnchorwatchError `ledger_file_unreadable` */
export async function readGivenFile(path: string, workingDirectory: string): Promise<Uint8Array> {
  try {
    return await readFile(resolve(workingDirectory, path));
  } catch (cause) {
    throw new AnchorwatchError("ledger_file_unreadable", `${path} cannot be read: ${messageOf(cause)}`, {
      hint: "Correct the path, or give this user the right to read it.",
      location: { file: path },
      cause,
    });
  }
}

function noSingleLog(what: string): AnchorwatchError {
  return new AnchorwatchError("ledger_name_invalid", what, {
    hint: "Give a folder, https://host/path/ or s3://bucket/prefix, as the argument or with --ledger.",
  });
}

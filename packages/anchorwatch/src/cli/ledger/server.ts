/** The ledger that the operator's file names: `--server FILE`, or the environment. It is never looked for anywhere. */
import { isAbsolute, resolve } from "node:path";
import type { LedgerSettings } from "../../app/ledger/ledgerSettings.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { assertOperatorsFile } from "../serverFlag.ts";
import type { Surroundings } from "../surroundings.ts";

const SERVER_VARIABLE = "ANCHORWATCH_SERVER";

export interface ServerFlag {
  readonly server?: string;
}

type Named = Pick<Surroundings, "environment" | "workingDirectory">;

/**
 * Undefined when no file is named, or it names no ledger.
 * @throws AnchorwatchError `config_invalid`, `config_unreadable`, `server_flag_unfit`
 */
export async function configuredSettings(
  flag: string | undefined,
  { environment, workingDirectory }: Named,
): Promise<LedgerSettings | undefined> {
  const fromEnvironment = environment[SERVER_VARIABLE] ?? "";
  if (flag === undefined && fromEnvironment === "") return undefined;
  const namedBy = flag === undefined ? SERVER_VARIABLE : "--server";
  assertOperatorsFile(
    flag ?? fromEnvironment,
    namedBy,
    "A ledger that is only read can be named by --ledger URL.",
  );
  // The repository that is checked could hold a file of that name.
  if (flag === undefined && !isAbsolute(fromEnvironment)) throw notAbsolute(fromEnvironment);
  const { loadServerConfiguration } = await import("../../app/configuration/server/load.ts");
  const file = resolve(workingDirectory, flag ?? fromEnvironment);
  return (await loadServerConfiguration(file, namedBy, workingDirectory)).ledger;
}

/** @throws AnchorwatchError also `ledger_name_invalid` (no file), `ledger_not_configured` (none in it) */
export async function requiredSettings(
  flag: string | undefined,
  surroundings: Named,
): Promise<LedgerSettings> {
  const settings = await configuredSettings(flag, surroundings);
  if (settings !== undefined) return settings;
  const isNamed = flag !== undefined || (surroundings.environment[SERVER_VARIABLE] ?? "") !== "";
  if (isNamed) {
    throw new AnchorwatchError("ledger_not_configured", "The operator's file names no ledger", {
      hint: "Add a section “ledger” with its place: docs/configuration.md shows one.",
    });
  }
  throw new AnchorwatchError("ledger_name_invalid", "No ledger was named", {
    hint: `Name a folder, https://host/path/ or s3://bucket/prefix, or give the operator's file with --server or ${SERVER_VARIABLE}.`,
  });
}

function notAbsolute(given: string): AnchorwatchError {
  return new AnchorwatchError(
    "config_unreadable",
    `${SERVER_VARIABLE} is ${JSON.stringify(given)}, no absolute path`,
    {
      hint: "Give the whole path: a relative one would lead into whatever is checked.",
    },
  );
}

/** The ledger that the operator's file names: `--server FILE`, or the environment. It is never looked for anywhere. */
import type { ServerConfiguration } from "../../app/configuration/server/serverConfiguration.ts";
import type { LedgerSettings } from "../../app/ledger/ledgerSettings.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { namedFile, SERVER_VARIABLE } from "../serverFlag.ts";
import type { Surroundings } from "../surroundings.ts";

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
  surroundings: Named,
): Promise<LedgerSettings | undefined> {
  return (await operatorsConfiguration(flag, surroundings))?.ledger;
}

/**
 * All of it. Undefined when no file is named.
 * @throws AnchorwatchError `config_invalid`, `config_unreadable`, `server_flag_unfit`
 */
export async function operatorsConfiguration(
  flag: string | undefined,
  surroundings: Named,
): Promise<ServerConfiguration | undefined> {
  const file = namedFile(flag, surroundings, "A ledger that is only read can be named by --ledger URL.");
  if (file === undefined) return undefined;
  const { loadServerConfiguration } = await import("../../app/configuration/server/load.ts");
  const { path, namedBy } = file;
  return await loadServerConfiguration(path, namedBy, surroundings.workingDirectory);
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

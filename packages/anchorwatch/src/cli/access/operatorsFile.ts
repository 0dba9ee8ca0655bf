import type { ServerConfiguration } from "../../app/configuration/server/serverConfiguration.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { namedFile, SERVER_VARIABLE } from "../serverFlag.ts";
import type { Surroundings } from "../surroundings.ts";

/**
 * The operator's file that commands about access go by.
 * @throws AnchorwatchError `config_invalid`, `config_unreadable`, `server_flag_unfit`
 */
export async function operatorsFile(
  flag: string | undefined,
  surroundings: Pick<Surroundings, "environment" | "workingDirectory">,
): Promise<ServerConfiguration> {
  const instead = "`anchorwatch access explain` and `policies` take an address, too.";
  const file = namedFile(flag, surroundings, instead);
  if (file === undefined) {
    throw new AnchorwatchError("config_unreadable", "No operator's file was named", {
      hint: `Give it with --server FILE or ${SERVER_VARIABLE}.`,
    });
  }
  const { loadServerConfiguration } = await import("../../app/configuration/server/load.ts");
  return await loadServerConfiguration(file.path, file.namedBy, surroundings.workingDirectory);
}

/** The operator's file that commands about access go by. It is never looked for anywhere. */
import { isAbsolute, resolve } from "node:path";
import type { ServerConfiguration } from "../../app/configuration/server/serverConfiguration.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { assertOperatorsFile } from "../serverFlag.ts";
import type { Surroundings } from "../surroundings.ts";

const SERVER_VARIABLE = "ANCHORWATCH_SERVER";

/** @throws AnchorwatchError `config_invalid`, `config_unreadable`, `server_flag_unfit` */
export async function operatorsFile(
  flag: string | undefined,
  { environment, workingDirectory }: Pick<Surroundings, "environment" | "workingDirectory">,
): Promise<ServerConfiguration> {
  const named = flag ?? environment[SERVER_VARIABLE] ?? "";
  if (named === "") {
    throw new AnchorwatchError("config_unreadable", "No operator's file was named", {
      hint: `Give it with --server FILE or ${SERVER_VARIABLE}.`,
    });
  }
  const namedBy = flag === undefined ? SERVER_VARIABLE : "--server";
  assertOperatorsFile(named, namedBy, "`anchorwatch access explain` and `policies` take an address, too.");
  // A repository could hold a file of that name.
  if (flag === undefined && !isAbsolute(named)) {
    const message = `${SERVER_VARIABLE} is ${JSON.stringify(named)}, no absolute path`;
    throw new AnchorwatchError("config_unreadable", message, { hint: "Give the whole path." });
  }
  const { loadServerConfiguration } = await import("../../app/configuration/server/load.ts");
  return await loadServerConfiguration(resolve(workingDirectory, named), namedBy, workingDirectory);
}

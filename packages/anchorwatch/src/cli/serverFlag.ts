/**
 * `--server` is the operator's file where a server is run, and the address of one that runs where it is asked. The file is looked for
 * nowhere: the flag names it, or else the environment.
 */
import { isAbsolute, resolve } from "node:path";
import { looksLikeServer } from "../client/serverAddress.ts";
import { AnchorwatchError } from "../domain/errors.ts";
import type { Surroundings } from "./surroundings.ts";

export const SERVER_VARIABLE = "ANCHORWATCH_SERVER";

export interface NamedFile {
  /** Absolute. */
  readonly path: string;
  readonly namedBy: "--server" | typeof SERVER_VARIABLE;
}

/**
 * Undefined: none is named.
 * @param instead what was probably meant by an address
 * @throws AnchorwatchError `server_flag_unfit` for an address, `config_unreadable` for nothing at all, and a relative path in the environment
 */
export function namedFile(
  flag: string | undefined,
  { environment, workingDirectory }: Pick<Surroundings, "environment" | "workingDirectory">,
  instead: string,
): NamedFile | undefined {
  const named = flag ?? environment[SERVER_VARIABLE] ?? "";
  if (flag === "") {
    throw new AnchorwatchError("config_unreadable", "--server is empty", {
      hint: "Give the path of anchorwatch.server.yaml, or leave the flag out.",
    });
  }
  if (named === "") return undefined;
  const namedBy = flag === undefined ? SERVER_VARIABLE : "--server";
  assertOperatorsFile(named, namedBy, instead);
  // The folder in which a command runs may be anybody's, with a file of that name in it.
  if (flag === undefined && !isAbsolute(named)) throw notAbsolute(named);
  return { path: resolve(workingDirectory, named), namedBy };
}

/**
 * @param namedBy a flag or a variable
 * @throws AnchorwatchError `server_flag_unfit` for an address
 */
export function assertOperatorsFile(named: string, namedBy: string, instead: string): void {
  if (!looksLikeServer(named)) return;
  // It is not said again: it may hold a password.
  throw new AnchorwatchError(
    "server_flag_unfit",
    `${namedBy} names a server that runs, where the operator's file is needed`,
    { hint: `Give the path of anchorwatch.server.yaml. ${instead}` },
  );
}

function notAbsolute(given: string): AnchorwatchError {
  return new AnchorwatchError(
    "config_unreadable",
    `${SERVER_VARIABLE} is ${JSON.stringify(given)}, no absolute path`,
    { hint: "Give the whole path: a relative one would lead into wherever the command runs." },
  );
}

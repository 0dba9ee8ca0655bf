import { looksLikeServer } from "../client/serverAddress.ts";
import { AnchorwatchError } from "../domain/errors.ts";

/**
 * `--server` is the operator's file where a server is run, and the address of one that runs where it is asked.
 * @param namedBy a flag or a variable
 * @param instead what was probably meant
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

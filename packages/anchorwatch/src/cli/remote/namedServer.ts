/** Which server a command asks, and as whom. */
import { type AnchorwatchClient, answerOf, connectTo } from "../../client/connect.ts";
import { parseServerAddress } from "../../client/serverAddress.ts";
import { assertToken } from "../../client/token.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Surroundings } from "../surroundings.ts";
import { allLogins, type Login, readLogin } from "./logins.ts";

const SERVER_VARIABLE = "ANCHORWATCH_SERVER_URL";
const TOKEN_VARIABLE = "ANCHORWATCH_TOKEN";

type Named = Pick<Surroundings, "environment" | "remote" | "version">;

/**
 * `--server`, else the environment's, else the one that the user is logged in to.
 * @throws AnchorwatchError `server_url_invalid`, `login_not_chosen`, `login_unusable`
 */
export async function namedServer(flag: string | undefined, { environment, remote }: Named): Promise<string> {
  const named = flag ?? environment[SERVER_VARIABLE] ?? "";
  if (named !== "") return parseServerAddress(named);
  const logins = await allLogins(remote);
  const [only] = logins;
  if (only !== undefined && logins.length === 1) return only.server;
  throw new AnchorwatchError(
    "login_not_chosen",
    only === undefined
      ? "No server was named, and this user is logged in to none"
      : `This user is logged in to several servers: ${logins.map(({ server }) => server).join(", ")}`,
    { hint: only === undefined ? "Run `anchorwatch login --server URL`." : "Name one with --server URL." },
  );
}

/**
 * The token for a server: the environment's, where that names this very server, else the login's. Undefined: there is none.
 * @param server an origin
 * @throws AnchorwatchError `login_unusable`, `server_url_invalid`, `token_malformed`
 */
export async function loginTo(
  server: string,
  { environment, remote }: Pick<Named, "environment" | "remote">,
): Promise<Login | undefined> {
  const token = (environment[TOKEN_VARIABLE] ?? "").trim();
  const its = environment[SERVER_VARIABLE] ?? "";
  if (token !== "" && its !== "" && parseServerAddress(its) === server) {
    assertToken(token, TOKEN_VARIABLE);
    return { server, token };
  }
  return await readLogin(server, remote);
}

/** @throws AnchorwatchError `login_missing` besides what the two above throw */
export async function connectedServer(
  flag: string | undefined,
  surroundings: Named,
): Promise<AnchorwatchClient> {
  const server = await namedServer(flag, surroundings);
  const login = await loginTo(server, surroundings);
  if (login !== undefined) return clientOf(server, login.token, surroundings);
  const { environment } = surroundings;
  const isTokenSet = (environment[TOKEN_VARIABLE] ?? "") !== "";
  throw new AnchorwatchError("login_missing", `This user is not logged in to ${server}`, {
    // A token is sent to its own server alone, and nothing says that this is it.
    hint: isTokenSet
      ? `Set ${SERVER_VARIABLE} to the server that ${TOKEN_VARIABLE} is for.`
      : `Run \`anchorwatch login --server ${server}\`.`,
  });
}

export function clientOf(
  server: string,
  token: string | undefined,
  { remote, version }: Named,
): AnchorwatchClient {
  const { fetch, sleep } = remote;
  return connectTo({ server, token, fetch, sleep, userAgent: `anchorwatch/${version}` });
}

/** Who the token is. @throws AnchorwatchError `sign_in_required` */
export async function whoIs({ api }: Pick<AnchorwatchClient, "api">) {
  return await answerOf(api.GET("/api/v1/session"));
}

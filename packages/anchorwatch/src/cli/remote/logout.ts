/** `anchorwatch logout` and `anchorwatch whoami`. */
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Surroundings } from "../surroundings.ts";
import { revokeQuietly } from "./login.ts";
import { forgetLogin, readLogin } from "./logins.ts";
import { clientOf, connectedServer, namedServer, whoIs } from "./namedServer.ts";
import { type RemoteFlags, runRemote } from "./run.ts";
import { factsText, labelText } from "./table.ts";

export function runLogout(
  flags: Pick<RemoteFlags, "server" | "color">,
  surroundings: Surroundings,
): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, note }) => {
    const server = await namedServer(flags.server, surroundings);
    const login = await readLogin(server, surroundings.remote);
    if (login === undefined) {
      throw new AnchorwatchError("login_missing", `This user is not logged in to ${server}`, {
        hint: "There is nothing to do.",
      });
    }
    const { token, tokenId } = login;
    const isRevoked =
      tokenId !== undefined && (await revokeQuietly(tokenId, clientOf(server, token, surroundings).api));
    await forgetLogin(server, surroundings.remote);
    await say(`Logged out of ${server}.\n`);
    // A token that somebody else made may be used elsewhere, too; one of ours should have gone.
    if (!isRevoked) {
      await note(
        tokenId === undefined
          ? "The token itself is still good where it came from: revoke it at /account of the server if nobody needs it.\n"
          : "The server could not be asked to revoke the token; it ends by itself, or at /account of the server.\n",
      );
    }
    return 0;
  });
}

export function runWhoami(flags: RemoteFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson, paint }) => {
    const client = await connectedServer(flags.server, surroundings);
    const who = await whoIs(client);
    if (flags.format === "json") {
      await sayJson(who);
      return 0;
    }
    const roles = who.roles.map(({ role, scope }) => roleText(role, scope));
    const limit = who.limit && `${who.limit.roles.join(", ")} ${whereText(who.limit.scope)}`;
    await say(
      factsText(
        [
          ["server", client.server],
          [who.kind === "workload" ? "pipeline" : "login", { text: who.login, tone: "strong" }],
          ["name", who.name === who.login ? undefined : who.name],
          ["groups", who.groups.length === 0 ? undefined : who.groups.join(", ")],
          [
            "roles",
            roles.length === 0
              ? { text: "none: an administrator can give some", tone: "doubtful" }
              : roles.join(", "),
          ],
          ["limited to", limit],
        ],
        paint,
      ),
    );
    return 0;
  });
}

export function roleText(role: string, scope: Readonly<Record<string, string>>): string {
  return `${role} ${whereText(scope)}`;
}

function whereText(scope: Readonly<Record<string, string>>): string {
  return Object.keys(scope).length === 0 ? "everywhere" : `where ${labelText(scope)}`;
}

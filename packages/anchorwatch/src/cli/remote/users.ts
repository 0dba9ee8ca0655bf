/** `anchorwatch users …`, for administrators. */
import { answerOf } from "../../client/connect.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { escapeText } from "../../domain/escape.ts";
import type { LedgerPaint } from "../ledger/paint.ts";
import type { Surroundings } from "../surroundings.ts";
import { connectedServer } from "./namedServer.ts";
import { type Api, listed, type Shapes } from "./records.ts";
import { type RemoteFlags, runRemote } from "./run.ts";
import { ageText, type Cell, table } from "./table.ts";

type User = Shapes["User"];

export interface UserListFlags extends RemoteFlags {
  readonly status?: User["status"];
}

export function runUserList(flags: UserListFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson, note, paint, now }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const users = await allUsers(api, flags.status);
    if (flags.format === "json") await sayJson({ schema: "anchorwatch.users/v1", users });
    else if (users.length === 0) await note("No user is like that.\n");
    else await say(usersText(users, paint, now));
    return 0;
  });
}

export async function allUsers(api: Api, status?: User["status"]): Promise<readonly User[]> {
  const filter = status === undefined ? {} : { status };
  const { items } = await listed(
    (part) => answerOf(api.GET("/api/v1/users", { params: { query: { ...filter, ...part } } })),
    ({ users }) => users,
  );
  return items;
}

function usersText(users: readonly User[], paint: LedgerPaint, now: Date): string {
  const rows = users.map((user): readonly Cell[] => [
    { text: user.login, tone: "strong" },
    user.name,
    user.kind === "oidc" ? "identity provider" : "here",
    user.status === "active" ? { text: "active", tone: "good" } : { text: user.status, tone: "doubtful" },
    ageText(user.lastSeenAt, now) || "never",
    { text: user.id, tone: "quiet" },
  ]);
  return table(["LOGIN", "NAME", "SIGNS IN", "STATUS", "SEEN", "ID"], rows, paint);
}

export interface InviteFlags extends RemoteFlags {
  readonly name?: string;
  readonly email?: string;
  /** Another link for a user who has lost his way in. */
  readonly again: boolean;
}

export function runUserInvite(
  login: string,
  flags: InviteFlags,
  surroundings: Surroundings,
): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson, note, now }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const { name, email } = flags;
    const body = {
      login,
      ...(name === undefined ? {} : { name }),
      ...(email === undefined ? {} : { email }),
    };
    const invitation = flags.again
      ? await answerOf(
          api.POST("/api/v1/users/{id}/invitation", {
            params: { path: { id: (await userNamed(api, login)).id } },
          }),
        )
      : await answerOf(api.POST("/api/v1/users", { body }));
    if (flags.format === "json") await sayJson(invitation);
    else {
      await note(
        `Give this link to ${escapeText(login)} alone: whoever has it can sign in so. It ends ${ageText(invitation.expiresAt, now)}.\n`,
      );
      await say(`${escapeText(invitation.link)}\n`);
    }
    return 0;
  });
}

/** By login as people type it, or id. @throws AnchorwatchError `request_not_found` */
export async function userNamed(api: Api, name: string): Promise<User> {
  const { users } = await answerOf(api.GET("/api/v1/users", { params: { query: { login: name } } }));
  const found = users[0] ?? (await userOfId(api, name));
  if (found !== undefined) return found;
  throw new AnchorwatchError("request_not_found", `There is no user ${JSON.stringify(name)}`, {
    hint: "`anchorwatch users list` names all.",
  });
}

async function userOfId(api: Api, id: string): Promise<User | undefined> {
  try {
    const user = await answerOf(api.GET("/api/v1/users/{id}", { params: { path: { id } } }));
    return user.status === "removed" ? undefined : user;
  } catch (error) {
    if (error instanceof AnchorwatchError && error.code === "request_not_found") return undefined;
    throw error;
  }
}

export function runUserStatus(
  name: string,
  status: "active" | "disabled",
  flags: RemoteFlags,
  surroundings: Surroundings,
): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const params = await asRead(api, name);
    const changed = await answerOf(api.PATCH("/api/v1/users/{id}", { params, body: { status } }));
    const text =
      status === "active"
        ? `${escapeText(changed.login)} may sign in again.\n`
        : `${escapeText(changed.login)} is signed out everywhere, and may not sign in.\n`;
    await (flags.format === "json" ? sayJson(changed) : say(text));
    return 0;
  });
}

export function runUserRemove(name: string, flags: RemoteFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const params = await asRead(api, name);
    await api.DELETE("/api/v1/users/{id}", { params });
    await (flags.format === "json"
      ? sayJson({ ...params.path, removed: true })
      : say(`${escapeText(name)} is removed for ever, and signed out everywhere.\n`));
    return 0;
  });
}

/** A user as he is now: what changes him says so, and is refused when somebody else was quicker. */
async function asRead(api: Api, name: string) {
  const { id } = await userNamed(api, name);
  const path = { id };
  const { response } = await api.GET("/api/v1/users/{id}", { params: { path } });
  return { path, header: { "if-match": response.headers.get("etag") ?? "*" } };
}

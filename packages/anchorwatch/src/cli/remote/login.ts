/** `anchorwatch login`: a token for this user on a server, confirmed in a browser, read from standard input, or given for a pipeline's own. */
import type { AnchorwatchClient } from "../../client/connect.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { escapeText } from "../../domain/escape.ts";
import type { Surroundings } from "../surroundings.ts";
import { deviceLogin } from "./deviceLogin.ts";
import { keepLogin, type Login, readLogin } from "./logins.ts";
import { clientOf, namedServer, whoIs } from "./namedServer.ts";
import { pipelineLogin } from "./pipelineLogin.ts";
import { type RemoteRun, runRemote } from "./run.ts";
import { ageText } from "./table.ts";

export interface LoginFlags {
  readonly server?: string;
  readonly token: boolean;
  readonly workload: boolean;
  readonly idTokenVariable?: string;
  readonly audience?: string;
  readonly color: boolean;
}

export function runLogin(flags: LoginFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async (run) => {
    const server = await namedServer(flags.server, surroundings);
    const before = await readLogin(server, surroundings.remote);
    const login = await newLogin(server, flags, surroundings, run);
    const client = clientOf(server, login.token, surroundings);
    const { who, file } = await kept(login, client, surroundings);
    await revokeOld(before, login, surroundings);
    const end =
      login.expiresAt === undefined
        ? ""
        : `, until ${login.expiresAt} (${ageText(login.expiresAt, run.now)})`;
    await run.say(
      `Logged in to ${server} as ${run.paint.strong(escapeText(who.login))}${escapeText(end)}.\n`,
    );
    await run.note(`The login is kept in ${escapeText(file)}.\n`);
    return 0;
  });
}

/** Whatever was given is tried before it is kept. A token that cannot be kept should open nothing to anybody. */
async function kept(login: Login, client: AnchorwatchClient, { remote }: Surroundings) {
  try {
    const who = await whoIs(client);
    return { who, file: await keepLogin({ ...login, login: who.login }, remote) };
  } catch (error) {
    if (login.tokenId !== undefined) await revokeQuietly(login.tokenId, client.api);
    throw error;
  }
}

async function newLogin(
  server: string,
  flags: LoginFlags,
  surroundings: Surroundings,
  run: RemoteRun,
): Promise<Login> {
  const anonymous = clientOf(server, undefined, surroundings);
  if (flags.workload) return await pipelineLogin(anonymous, flags, surroundings, run.signal);
  if (!flags.token) return await deviceLogin(anonymous, surroundings, run);
  const token = await surroundings.remote.readSecret(run.signal);
  if (!/^awt_[A-Za-z0-9_-]{20,200}$/.test(token)) {
    throw new AnchorwatchError(
      "login_failed",
      "What was read from the standard input is no token of Anchorwatch",
      {
        hint: "A token begins with awt_; it is shown once, when it is made at /account of the server.",
      },
    );
  }
  return { server, token };
}

/** The one that this login replaces is of no use to anybody; what the server cannot do about it ends by itself. */
async function revokeOld(
  before: Login | undefined,
  { server, token }: Login,
  surroundings: Surroundings,
): Promise<void> {
  if (before?.tokenId === undefined || before.token === token) return;
  // By itself: it may be of another user.
  await revokeQuietly(before.tokenId, clientOf(server, before.token, surroundings).api);
}

/** @returns whether the token is of no use any more */
export async function revokeQuietly(id: string, api: AnchorwatchClient["api"]): Promise<boolean> {
  try {
    await api.DELETE("/api/v1/tokens/{id}", { params: { path: { id } } });
    return true;
  } catch (error) {
    if (!(error instanceof AnchorwatchError)) throw error;
    return error.code === "request_not_found" || error.code === "sign_in_required";
  }
}

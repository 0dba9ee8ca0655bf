/** Somebody ends his own sessions: here, elsewhere, or everywhere. */
import type { AccessContext } from "./accessContext.ts";
import { actorOf } from "./entries.ts";
import type { PersonRequester } from "./person.ts";
import { endSession, endSessionsOf } from "./sessions.ts";
import { revokedEntry } from "./tokens.ts";

const SIGNED_OUT = { cause: "signed_out" } as const;

export async function signOut(context: AccessContext, requester: PersonRequester): Promise<void> {
  await endOwnSession(context, requester, requester.principal.credentialId);
}

/** False: he has none of that id. */
export async function endOwnSession(
  context: AccessContext,
  requester: PersonRequester,
  id: string,
): Promise<boolean> {
  return await context.records.transaction(async (inside) => {
    const own = await inside.sessions.of(requester.userId);
    if (!own.some((session) => session.id === id)) return false;
    return await endSession(context, inside, id, actorOf(requester), SIGNED_OUT);
  });
}

/** All of his, this one too. @returns how many of each ended */
export async function endEverySession(
  context: AccessContext,
  requester: PersonRequester,
  withTokens: boolean,
): Promise<{ readonly sessions: number; readonly tokens: number }> {
  const { userId } = requester;
  const actor = actorOf(requester);
  return await context.records.transaction(async (inside) => {
    const sessions = await endSessionsOf(context, inside, userId, actor, SIGNED_OUT);
    const revoked = withTokens ? await inside.tokens.revokeAll(userId, context.now()) : [];
    await inside.outbox.put(revoked.map((token) => revokedEntry(context, token, actor)));
    return { sessions, tokens: revoked.length };
  });
}

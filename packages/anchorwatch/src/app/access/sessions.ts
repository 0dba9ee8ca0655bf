/** Sessions begin and end; each of both is an entry of the ledger. */
import type { AccessRecords, Session } from "../../auth/records.ts";
import { digestOf, isSecret, newSecret } from "../../auth/secret.ts";
import type { User, UserId } from "../../auth/user.ts";
import type { EntryActor } from "../../ledger/entry/form.ts";
import type { AccessContext } from "./accessContext.ts";
import { accessEntry, OURSELVES, sessionRef, userActor, userRef } from "./entries.ts";
import type { Requester } from "./requester.ts";

export interface SignedIn {
  readonly session: Session;
  /** For the cookie; nobody has it but the browser. */
  readonly secret: string;
}

export interface StartOptions {
  readonly user: User;
  readonly method: Session["method"];
  /** Name of the identity provider. */
  readonly provider?: string;
  readonly strong: boolean;
  readonly requester: Requester;
  /** The cookie that the browser had until now: that session ends. */
  readonly replaces?: string | undefined;
}

/**
 * The user has proven himself: a session with a secret of its own.
 * @param records of the caller's transaction
 * @throws AnchorwatchError `user_inactive`
 */
export async function startSession(
  context: AccessContext,
  records: AccessRecords,
  { user, method, provider, strong, requester, replaces }: StartOptions,
): Promise<SignedIn> {
  const { now, newId, randomBytes, settings } = context;
  const at = now();
  const secret = newSecret(randomBytes);
  const { address, userAgent } = requester;
  const session: Session = {
    id: newId(),
    userId: user.id,
    method,
    ...(provider === undefined ? {} : { provider }),
    strong,
    ...{ startedAt: at, lastUsedAt: at, rotatedAt: at },
    endsAt: new Date(at.getTime() + settings().sessions.longestMs),
    ...{ address, userAgent },
  };
  if (replaces !== undefined) await endOf(context, records, replaces);
  await records.sessions.add(session, digestOf(secret));
  await records.users.seen(user.id, { at });
  const refs = [userRef(user.id), sessionRef(session.id)];
  const data = { method, provider, strong, userAgent: userAgent === "" ? undefined : userAgent };
  await records.outbox.put([accessEntry(context, "session.started", userActor(user, requester), data, refs)]);
  return { session, secret };
}

/** A cookie that another one takes the place of in the same browser. */
async function endOf(context: AccessContext, records: AccessRecords, cookie: string): Promise<void> {
  if (!isSecret(cookie)) return;
  const found = await records.sessions.byDigest(digestOf(cookie));
  if (found === undefined) return;
  await endSession(context, records, found.session.id, OURSELVES, {
    cause: "revoked",
    reason: "The same browser signed in again.",
  });
}

export type SessionEnd = {
  readonly cause: "signed_out" | "expired" | "revoked";
  readonly reason?: string;
};

/** False when it had ended. @param records of the caller's transaction */
export async function endSession(
  context: AccessContext,
  records: AccessRecords,
  id: string,
  actor: EntryActor,
  end: SessionEnd,
): Promise<boolean> {
  const ended = await records.sessions.end(id);
  if (ended === undefined) return false;
  await records.outbox.put([endedEntry(context, ended, actor, end)]);
  return true;
}

/** All of a user. @param except stays. @returns how many ended */
export async function endSessionsOf(
  context: AccessContext,
  records: AccessRecords,
  userId: UserId,
  actor: EntryActor,
  end: SessionEnd,
  except?: string,
): Promise<number> {
  const ended = await records.sessions.endAll(userId, except);
  await records.outbox.put(ended.map((session) => endedEntry(context, session, actor, end)));
  return ended.length;
}

export function endedEntry(context: AccessContext, session: Session, actor: EntryActor, end: SessionEnd) {
  const refs = [userRef(session.userId), sessionRef(session.id)];
  return accessEntry(context, "session.ended", actor, { ...end }, refs);
}

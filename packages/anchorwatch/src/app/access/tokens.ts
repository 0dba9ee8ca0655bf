/** API tokens of people: made in a browser by who has just proven himself, shown once, with an end; tokens make no tokens. */
import { displayNameOf } from "../../auth/login.ts";
import { type TokenLimit, userIdOf } from "../../auth/principal.ts";
import type { AccessRecords, Token } from "../../auth/records.ts";
import { newApiToken } from "../../auth/token/apiToken.ts";
import type { User, UserId } from "../../auth/user.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { EntryActor } from "../../ledger/entry/form.ts";
import type { AccessContext } from "./accessContext.ts";
import { accessEntry, actorOf, type EntryData, scopeText, userRef } from "./entries.ts";
import { assertProven } from "./freshProof.ts";
import { type PersonRequester, personOf } from "./person.ts";
import type { KnownRequester } from "./requester.ts";

/** Of one person that are good at a time. */
const MOST = 100;

export interface WantedToken {
  readonly name: string;
  readonly expiresAt: Date;
  /** Absent: it may whatever its owner may. */
  readonly limit?: TokenLimit;
}

export interface MadeToken {
  readonly token: Token;
  /** Shown once, and kept nowhere. */
  readonly secret: string;
}

/** A token outlives the session: a cookie that somebody copied gets none. @throws AnchorwatchError `proof_needed`, `token_unfit` */
export async function createToken(
  context: AccessContext,
  requester: PersonRequester,
  wanted: WantedToken,
): Promise<MadeToken> {
  const { records, now, settings } = context;
  const at = now().getTime();
  const { longestMs } = settings().tokens;
  const life = wanted.expiresAt.getTime() - at;
  if (!(life > 0)) throw unfit("its end is over already", "Choose a later end.");
  if (life > longestMs) {
    const hint = "Choose an earlier end; the operator's file says how long tokens may live.";
    throw unfit(`it may live for ${daysOf(longestMs)} at most`, hint);
  }
  return await records.transaction(async (inside) => {
    const user = await personOf(inside, requester);
    await assertProven(context, inside, requester, await inside.passkeys.of(user.id));
    const known = await inside.tokens.list({ userId: user.id, limit: 500 });
    const good = known.filter(({ revokedAt, expiresAt }) => revokedAt === undefined && expiresAt > now());
    if (good.length >= MOST)
      throw unfit(`you have ${MOST} tokens`, "Revoke one that you do not use any more.");
    return await addToken(context, inside, user, wanted, actorOf(requester));
  });
}

/** @param records of the caller's transaction. @throws AnchorwatchError `user_inactive` */
export async function addToken(
  context: AccessContext,
  records: AccessRecords,
  owner: User,
  { name, expiresAt, limit, device }: WantedToken & { readonly device?: string },
  actor: EntryActor,
): Promise<MadeToken> {
  const { newId, now, randomBytes } = context;
  const { secret, digest } = newApiToken(randomBytes);
  const token: Token = {
    id: newId(),
    name: displayNameOf(name) ?? "Token",
    owner: { kind: "user", id: owner.id },
    ...(limit === undefined ? {} : { limit }),
    addedAt: now(),
    expiresAt,
  };
  await records.tokens.add(token, digest);
  const data: EntryData<"token.created"> = {
    token: token.id,
    name: token.name,
    owner: owner.id,
    expiresAt: expiresAt.toISOString(),
    ...(limit === undefined ? {} : { roles: [...limit.roles], scope: scopeText(limit.scope) }),
    ...(device === undefined ? {} : { device }),
  };
  await records.outbox.put([accessEntry(context, "token.created", actor, data, refsOf(token))]);
  return { token, secret };
}

/**
 * One's own. A token that may only some of what its owner may knows and revokes no other one of his; so do pipelines.
 * @returns false: there is none of that id among them
 */
export async function revokeOwnToken(
  context: AccessContext,
  requester: KnownRequester,
  id: string,
): Promise<boolean> {
  const { principal } = requester;
  if (id === principal.credentialId) return await revokeToken(context, requester, id);
  const owner = allTokensOf(requester);
  return owner !== undefined && (await revokeToken(context, requester, id, owner));
}

/** As of {@link revokeOwnToken}, the newest first. */
export async function ownTokens(
  { records: { tokens } }: Pick<AccessContext, "records">,
  requester: KnownRequester,
  page: Omit<Parameters<AccessRecords["tokens"]["list"]>[0], "userId">,
): Promise<readonly Token[]> {
  const userId = allTokensOf(requester);
  if (userId !== undefined) return await tokens.list({ userId, ...page });
  const own = page.after === undefined ? await tokens.byId(requester.principal.credentialId) : undefined;
  return own === undefined ? [] : [own];
}

/** Whose tokens he may see and revoke, where they are more than the one that asks. */
function allTokensOf({ principal }: KnownRequester): UserId | undefined {
  return principal.limit === undefined ? userIdOf(principal) : undefined;
}

/** Revokes one; false: there is none of that id among them. @param whose absent: anybody's */
export async function revokeToken(
  context: AccessContext,
  requester: KnownRequester,
  id: string,
  whose?: UserId,
): Promise<boolean> {
  return await context.records.transaction(async (inside) => {
    const token = await inside.tokens.byId(id);
    if (token === undefined || (whose !== undefined && ownerOf(token) !== whose)) return false;
    if (await inside.tokens.revoke(id, context.now())) {
      await inside.outbox.put([revokedEntry(context, token, actorOf(requester))]);
    }
    return true;
  });
}

export function revokedEntry(context: AccessContext, token: Token, actor: EntryActor) {
  const data = { token: token.id, name: token.name, owner: ownerOf(token) };
  return accessEntry(context, "token.revoked", actor, data, refsOf(token));
}

function ownerOf({ owner }: Token): string {
  return owner.kind === "user" ? owner.id : owner.name;
}

function refsOf({ id, owner }: Token) {
  return [...(owner.kind === "user" ? [userRef(owner.id)] : []), { type: "token", id }];
}

function daysOf(milliseconds: number): string {
  const days = Math.floor(milliseconds / 86_400_000);
  return days >= 1 ? `${days} days` : `${Math.floor(milliseconds / 60_000)} minutes`;
}

function unfit(why: string, hint: string): AnchorwatchError {
  return new AnchorwatchError("token_unfit", `the token cannot be made: ${why}`, { hint });
}

/** Who that is, by a cookie or a token. */
import { networkDoor, passDoors } from "../../auth/attempts/doors.ts";
import { networkOf } from "../../auth/attempts/network.ts";
import type { Principal } from "../../auth/principal.ts";
import type { FoundSession, FoundToken } from "../../auth/records.ts";
import { digestOf, isSecret, newSecret } from "../../auth/secret.ts";
import { stateOf, wantsRotation, wantsUse } from "../../auth/session/sessionLife.ts";
import { apiTokenDigest } from "../../auth/token/apiToken.ts";
import { type WorkloadClaims, workloadFits } from "../../auth/workload/workloadClaims.ts";
import type { AccessContext } from "./accessContext.ts";
import type { AccessSettings } from "./accessSettings.ts";
import { OURSELVES } from "./entries.ts";
import { standingOf } from "./groupsOfProviders.ts";
import { mayComeIn } from "./mayComeIn.ts";
import { noteFailed } from "./noting.ts";
import type { Requester } from "./requester.ts";
import { endSession, type SessionEnd } from "./sessions.ts";

export interface Authenticated {
  readonly principal: Principal;
  /** The cookie's secret from now on. */
  readonly newCookie?: { readonly secret: string; readonly endsAt: Date };
}

/**
 * Undefined: nobody; unknown, forged, expired, revoked and of a removed user are one and the same. A token goes before a cookie.
 * @throws TooOftenError to who tries tokens that there are not; real ones are never kept waiting
 */
export async function authenticate(
  context: AccessContext,
  { cookie, bearer }: { readonly cookie?: string; readonly bearer?: string },
  from: Requester,
): Promise<Authenticated | undefined> {
  if (bearer !== undefined) return await byToken(context, bearer, from);
  if (cookie !== undefined && isSecret(cookie)) return await bySession(context, cookie, from);
  return undefined;
}

async function byToken(
  context: AccessContext,
  bearer: string,
  from: Requester,
): Promise<Authenticated | undefined> {
  const { records, now } = context;
  const digest = apiTokenDigest(bearer);
  const found = digest === undefined ? undefined : await records.tokens.byDigest(digest);
  const principal = found === undefined ? undefined : tokenPrincipal(context, found);
  if (found === undefined || principal === undefined) {
    await noteFailed(context, from, { method: "token", ...whyNobody(found) });
    await passDoors(records.attempts, [networkDoor("tokens", networkOf(from.address))], "a token", now());
    return undefined;
  }
  const { id, lastUsedAt } = found.token;
  const at = now();
  if (lastUsedAt === undefined || at.getTime() - lastUsedAt.getTime() >= TOKEN_USED_EVERY_MS) {
    await records.tokens.used(id, at, from.address);
  }
  return { principal };
}

const TOKEN_USED_EVERY_MS = 60_000;

/** For the ledger alone: whoever asks is told nothing of it. */
function whyNobody(found: FoundToken | undefined): { readonly reason: string; readonly account?: string } {
  if (found === undefined) return { reason: "there is no such token, or its user is gone" };
  const { token, user } = found;
  const reason =
    token.revokedAt === undefined
      ? "the token is over, or its owner may not come in"
      : "the token was revoked";
  const account = token.owner.kind === "workload" ? token.owner.name : user?.login;
  return account === undefined ? { reason } : { reason, account };
}

function tokenPrincipal(
  { now, settings }: AccessContext,
  { token, user, assignments }: FoundToken,
): Principal | undefined {
  const { id, owner, limit, revokedAt, expiresAt } = token;
  if (revokedAt !== undefined || expiresAt <= now()) return undefined;
  const common = { credentialId: id, strong: false, ...(limit === undefined ? {} : { limit }) };
  if (owner.kind === "workload") {
    const { name } = owner;
    // What the operator has taken out of his file, or pinned to another place since, is nobody any more.
    const workload = settings().workloads.find((known) => known.name === name);
    if (workload === undefined || !workloadFits(workload, owner.claims as WorkloadClaims)) return undefined;
    return { kind: "workload", id: name, name, groups: [], assignments, channel: "workload", ...common };
  }
  if (user === undefined || !mayComeIn(user, settings())) return undefined;
  const standing = standingOf(user, assignments, settings());
  return { kind: "user", id: user.id, name: user.login, ...standing, channel: "token", ...common };
}

async function bySession(
  context: AccessContext,
  cookie: string,
  from: Requester,
): Promise<Authenticated | undefined> {
  const { records, now, settings } = context;
  const digest = digestOf(cookie);
  const found = await records.sessions.byDigest(digest);
  if (found === undefined || !mayComeIn(found.user, settings())) {
    // Browsers forget a cookie when they hear that nobody is signed in: whoever sends it again has a copy.
    await noteFailed(context, from, {
      method: "session",
      reason: "there is no such session, or not any more",
    });
    return undefined;
  }
  const state = stateOf(found, settings().sessions, now());
  switch (state) {
    case "over":
    case "replayed":
      await end(context, found.session.id, ENDS[state]);
      return undefined;
    case "alive":
      return await used(context, found, digest);
  }
}

const ENDS: Readonly<Record<"over" | "replayed", SessionEnd>> = {
  over: { cause: "expired" },
  replayed: {
    cause: "revoked",
    reason: "A cookie that had been replaced was used again: somebody may have copied it.",
  },
};

async function end(context: AccessContext, id: string, how: SessionEnd): Promise<void> {
  await context.records.transaction((records) => endSession(context, records, id, OURSELVES, how));
}

async function used(context: AccessContext, found: FoundSession, digest: Uint8Array): Promise<Authenticated> {
  const { records, now, settings } = context;
  const at = now();
  const { session } = found;
  const principal = sessionPrincipal(found, settings());
  if (wantsUse(found, at)) await records.sessions.used(session.id, at);
  if (wantsRotation(found, at)) {
    const secret = await rotate(context, session.id, digest);
    if (secret !== undefined) return { principal, newCookie: { secret, endsAt: session.endsAt } };
  }
  return { principal };
}

/** Undefined: another request of the same browser did it meanwhile, and brings it the new secret. */
export async function rotate(
  { records, now, randomBytes }: Pick<AccessContext, "records" | "now" | "randomBytes">,
  id: string,
  from: Uint8Array,
): Promise<string | undefined> {
  const secret = newSecret(randomBytes);
  return (await records.sessions.rotate(id, from, digestOf(secret), now())) ? secret : undefined;
}

function sessionPrincipal(
  { session, user, assignments }: FoundSession,
  settings: Pick<AccessSettings, "providers">,
): Principal {
  return {
    kind: "user",
    id: user.id,
    // What policies know people by; a display name is whatever somebody calls himself.
    name: user.login,
    ...standingOf(user, assignments, settings),
    channel: "session",
    credentialId: session.id,
    strong: session.strong,
  };
}

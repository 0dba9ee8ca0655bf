/** What the ledger hears of requests that change nothing: refusals, and what auditors read. What repeats is gathered. */
import { networkOf } from "../../auth/attempts/network.ts";
import { userIdOf } from "../../auth/principal.ts";
import type { AccessContext } from "./accessContext.ts";
import { accessEntry, actorOf, type EntryData, userRef } from "./entries.ts";
import type { KnownRequester, Requester } from "./requester.ts";

/** Somebody known was told no. @param target what he asked of: `POST /api/v1/users`, `stack:ID` */
export async function noteRefused(
  context: AccessContext,
  requester: KnownRequester,
  action: string,
  target: string,
): Promise<void> {
  const { gathering } = context;
  await gathering.note(`refused ${whoIs(requester)} ${action} ${target}`, (repeats) =>
    accessEntry(
      context,
      "access.refused",
      actorOf(requester),
      { action, target: short(target), repeats },
      refsOf(requester),
    ),
  );
}

/** An auditor read something. @param target `GET /api/v1/drifts?…` */
export async function noteReading(
  context: AccessContext,
  requester: KnownRequester,
  target: string,
): Promise<void> {
  await context.gathering.note(`read ${whoIs(requester)} ${target}`, (repeats) =>
    accessEntry(
      context,
      "access.read",
      actorOf(requester),
      { target: short(target), repeats },
      refsOf(requester),
    ),
  );
}

/** Failed attempts of one network on one account, for one reason, are counted together. */
export async function noteFailed(
  context: AccessContext,
  requester: Requester,
  failed: EntryData<"session.failed">,
): Promise<void> {
  const key = `failed ${networkOf(requester.address)} ${failed.method} ${failed.account ?? ""} ${failed.reason}`;
  await context.gathering.note(key, (repeats) =>
    accessEntry(context, "session.failed", actorOf(requester), { ...failed, repeats }),
  );
}

/** Addresses come from whoever asks: an entry has its limits. */
function short(target: string): string {
  return target.length > 1000 ? `${target.slice(0, 1000)}…` : target;
}

function whoIs({ principal }: KnownRequester): string {
  return `${principal.kind} ${principal.id} ${principal.credentialId}`;
}

function refsOf({ principal }: KnownRequester) {
  const type = REFERENCE_TYPES[principal.channel];
  const user = userIdOf(principal);
  return [...(user === undefined ? [] : [userRef(user)]), { type, id: principal.credentialId }];
}

const REFERENCE_TYPES = {
  session: "session",
  token: "token",
  workload: "token",
  chat: "chat_account",
} as const;

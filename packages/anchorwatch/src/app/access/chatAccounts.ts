/**
 * Accounts of chats: who presses a button in a chat is the user who has linked that account. It is linked by him, signed in and proven,
 * with a code that only the account was shown. Whoever passes such a code on would have others act in his name; so whose account it is
 * stands before him, in the chat's own words, and he answers for it.
 */
import { passDoors, personDoor } from "../../auth/attempts/doors.ts";
import { newUserCode, readUserCode, shownUserCode } from "../../auth/device/userCode.ts";
import type { Principal } from "../../auth/principal.ts";
import type { ChatAccount } from "../../auth/records.ts";
import { digestOf } from "../../auth/secret.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { JsonObject } from "../../domain/jsonValue.ts";
import type { AccessContext } from "./accessContext.ts";
import { accessEntry, actorOf, userRef } from "./entries.ts";
import { assertProven } from "./freshProof.ts";
import { mayComeIn } from "./mayComeIn.ts";
import { type PersonRequester, personOf } from "./person.ts";

export type ChatIdentity = Pick<ChatAccount, "service" | "team" | "account" | "name">;

const CODE = "chat account";
const LIFE_MS = 10 * 60_000;
/** More is a mistake, or somebody who fills the database. */
const MOST = 20;

/** A code for an account that is nobody's yet. @throws TooOftenError */
export async function askToLink(context: AccessContext, identity: ChatIdentity): Promise<string> {
  const { records, now, randomBytes } = context;
  const { service, team, account, name } = identity;
  await passDoors(
    records.attempts,
    [personDoor("chat account", JSON.stringify([service, team, account]))],
    "linking",
    now(),
  );
  const end = new Date(now().getTime() + LIFE_MS);
  for (;;) {
    const code = newUserCode(randomBytes);
    // Somebody else may have the same; another one is made then.
    if (await records.ceremonies.put(CODE, digestOf(code), { service, team, account, name }, end)) {
      return shownUserCode(code);
    }
  }
}

/** Whose account asks. Undefined: there is none of that code, or it is over. @throws TooOftenError to who guesses */
export async function lookAtChatAccount(
  context: AccessContext,
  requester: PersonRequester,
  typed: string,
): Promise<ChatIdentity | undefined> {
  const code = await codeOf(context, requester, typed);
  if (code === undefined) return undefined;
  const found = await context.records.ceremonies.peek(CODE, digestOf(code), context.now());
  return found && identityOf(found);
}

/**
 * Undefined: there is none of that code any more.
 * @throws AnchorwatchError `proof_needed`, `request_conflict`; TooOftenError
 */
export async function linkChatAccount(
  context: AccessContext,
  requester: PersonRequester,
  typed: string,
): Promise<ChatAccount | undefined> {
  const { now, newId } = context;
  const { userId } = requester;
  const code = await codeOf(context, requester, typed);
  if (code === undefined) return undefined;
  return await context.records.transaction(async (inside) => {
    const user = await personOf(inside, requester);
    await assertProven(context, inside, requester, await inside.passkeys.of(userId));
    const found = await inside.ceremonies.take(CODE, digestOf(code), now());
    if (found === undefined) return undefined;
    const known = await inside.chatAccounts.of(userId);
    if (known.length >= MOST) throw conflict(`you have ${MOST} chat accounts already`, "Unlink one first.");
    const linked: ChatAccount = { ...identityOf(found), id: newId(), userId, linkedAt: now() };
    if (!(await inside.chatAccounts.add(linked))) {
      throw conflict(
        "that chat account is linked already",
        "Whoever has linked it can unlink it on his account page.",
      );
    }
    const data = { user: userId, name: user.login, credential: "chat", label: labelOf(linked) } as const;
    await inside.outbox.put([
      accessEntry(context, "credential.added", actorOf(requester), data, [userRef(userId)]),
    ]);
    return linked;
  });
}

export async function chatAccountsOf(
  { records }: AccessContext,
  { userId }: PersonRequester,
): Promise<readonly ChatAccount[]> {
  return await records.chatAccounts.of(userId);
}

/** False: he has none of that id. Whoever gives something up has to prove nothing for it. */
export async function unlinkChatAccount(
  context: AccessContext,
  requester: PersonRequester,
  id: string,
): Promise<boolean> {
  const { userId } = requester;
  return await context.records.transaction(async (inside) => {
    const user = await personOf(inside, requester);
    const removed = await inside.chatAccounts.remove(userId, id);
    if (removed === undefined) return false;
    const data = { user: userId, name: user.login, credential: "chat", label: labelOf(removed) } as const;
    await inside.outbox.put([
      accessEntry(context, "credential.removed", actorOf(requester), data, [userRef(userId)]),
    ]);
    return true;
  });
}

/** Who that is now. `unlinked`: nobody; `barred`: somebody who may not come in. */
export async function chatPrincipal(
  { records, settings }: AccessContext,
  identity: Pick<ChatAccount, "service" | "team" | "account">,
): Promise<Principal | "unlinked" | "barred"> {
  const found = await records.chatAccounts.find(identity);
  if (found === undefined) return "unlinked";
  const { chatAccount, user, assignments } = found;
  if (!mayComeIn(user, settings())) return "barred";
  return {
    ...{ kind: "user", id: user.id, name: user.login, groups: user.groups, channel: "chat" },
    // The chat says who it was; nobody has proven anything else.
    ...{ credentialId: chatAccount.id, strong: false, assignments },
  };
}

/** @param typed as it came */
export function noSuchChatAccount(typed: string): AnchorwatchError {
  const shown = JSON.stringify(typed.slice(0, 20));
  return new AnchorwatchError(
    "request_not_found",
    `no chat account asks with the code ${shown}, or not any more`,
    {
      hint: "Press the button in the chat again, and use the code that you get then.",
    },
  );
}

async function codeOf(
  { records, now }: AccessContext,
  requester: PersonRequester,
  typed: string,
): Promise<string | undefined> {
  await passDoors(records.attempts, [personDoor("chat code", requester.userId)], "a code", now());
  return readUserCode(typed);
}

function identityOf(data: JsonObject): ChatIdentity {
  return {
    service: "slack",
    team: String(data["team"]),
    account: String(data["account"]),
    name: String(data["name"]),
  };
}

function labelOf({ service, team, account, name }: ChatIdentity): string {
  return `${service}:${team}/${account} (${name})`;
}

function conflict(message: string, hint: string): AnchorwatchError {
  return new AnchorwatchError("request_conflict", message, { hint });
}

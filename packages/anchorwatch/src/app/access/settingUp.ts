/** Somebody uses his link: chooses a passkey or a password, and is signed in. */
import type { RegistrationResponseJSON } from "@simplewebauthn/server";
import { displayNameOf, isLogin, loginOf } from "../../auth/login.ts";
import { registrationOptions, verifyRegistration } from "../../auth/passkey/registration.ts";
import type { RelyingParty } from "../../auth/passkey/relyingParty.ts";
import type { AccessRecords } from "../../auth/records.ts";
import { digestOf } from "../../auth/secret.ts";
import type { User, UserId } from "../../auth/user.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { AccessContext } from "./accessContext.ts";
import { accessEntry, actorOf, userActor, userRef } from "./entries.ts";
import { assertFit } from "./fitPasswords.ts";
import { answerTo, makeChallenge } from "./passkeyProofs.ts";
import { passkeyLabelOf } from "./passkeys.ts";
import type { Requester } from "./requester.ts";
import { endSessionsOf, startSession } from "./sessions.ts";
import { dropFirstRunLinks, lookAtSetupLink, type SetupLink, takeSetupLink } from "./setupLinks.ts";
import { type BrowserCookies, knownBrowserCookie, passwordsOff, type SignedInHere } from "./signingIn.ts";

export interface SetupPerson {
  /** What he wants to be called; of somebody who was invited the administrator has said it. */
  readonly login: string;
  readonly name: string;
}

export interface SetupRequest {
  readonly secret: string;
  readonly person: SetupPerson;
}

/** What the page shows. @throws AnchorwatchError `setup_link_invalid`; TooOftenError */
export async function describeSetup(context: AccessContext, secret: string, requester: Requester) {
  const link = await lookAtSetupLink(context, secret, requester);
  const person = link.kind === "invitation" ? { login: link.user.login, name: link.user.name } : {};
  return { kind: link.kind, ...person, passwords: context.settings().passwords };
}

/** @throws AnchorwatchError `setup_link_invalid`, `password_unfit`, `passwords_off`, `request_invalid`, `user_login_taken` */
export async function setUpWithPassword(
  context: AccessContext,
  { secret, person }: SetupRequest,
  password: string,
  requester: Requester,
  cookies: BrowserCookies,
): Promise<SignedInHere> {
  if (!context.settings().passwords) throw passwordsOff();
  const wanted = personOf(await lookAtSetupLink(context, secret, requester), person);
  assertFit(password, wanted);
  const hash = await context.passwords.hash(password);
  return await setUp(
    context,
    { secret, person },
    { method: "password" },
    requester,
    cookies,
    (records, { id }) => records.passwords.set(id, hash, context.now()),
  );
}

/** What `navigator.credentials.create` is asked for. @throws AnchorwatchError `setup_link_invalid`, `request_invalid` */
export async function setupPasskeyOptions(
  context: AccessContext,
  { secret, person }: SetupRequest,
  party: Pick<RelyingParty, "id">,
  requester: Requester,
) {
  const link = await lookAtSetupLink(context, secret, requester);
  const known = link.kind === "invitation" ? await context.records.passkeys.of(link.user.id) : [];
  const challenge = await makeChallenge(context, purposeOf(secret));
  const user = { id: userIdOf(link), ...personOf(link, person) };
  return await registrationOptions(party, user, known, challenge);
}

/** @throws AnchorwatchError `setup_link_invalid`, `passkey_refused`, `passkey_known`, `request_invalid`, `user_login_taken` */
export async function setUpWithPasskey(
  context: AccessContext,
  request: SetupRequest,
  { response, label }: { readonly response: RegistrationResponseJSON; readonly label: string },
  party: RelyingParty,
  requester: Requester,
  cookies: BrowserCookies,
): Promise<SignedInHere> {
  await lookAtSetupLink(context, request.secret, requester);
  const made = await answerTo(context, response.response, purposeOf(request.secret), (challenge) =>
    verifyRegistration(response, challenge, party),
  );
  const name = passkeyLabelOf(label);
  return await setUp(
    context,
    request,
    { method: "passkey", label: name },
    requester,
    cookies,
    (records, { id }) => records.passkeys.add({ ...made, userId: id, name, addedAt: context.now() }),
  );
}

type FirstWayIn = { readonly method: "password" } | { readonly method: "passkey"; readonly label: string };

const LINK_USED = { cause: "revoked", reason: "A link gave another way in." } as const;

/** All or nothing: of two who use one link at once, one comes in. */
async function setUp(
  context: AccessContext,
  { secret, person }: SetupRequest,
  way: FirstWayIn,
  requester: Requester,
  cookies: BrowserCookies,
  addWayIn: (records: AccessRecords, user: User) => Promise<void>,
): Promise<SignedInHere> {
  const signedIn = await context.records.transaction(async (inside) => {
    const link = await takeSetupLink(context, inside, secret);
    const wanted = personOf(link, person);
    const user =
      link.kind === "first_run"
        ? await addFirst(context, inside, link.userId, wanted, requester)
        : await renamed(inside, link.user, wanted.name, context.now());
    // Whoever lost his way in may have lost his device as well.
    await endSessionsOf(context, inside, user.id, userActor(user, requester), LINK_USED);
    await addWayIn(inside, user);
    const added = { user: user.id, name: user.login, credential: way.method } as const;
    const data = way.method === "passkey" ? { ...added, label: way.label } : added;
    const entry = accessEntry(context, "credential.added", userActor(user, requester), data, [
      userRef(user.id),
    ]);
    await inside.outbox.put([entry]);
    const strong = way.method === "passkey";
    return await startSession(context, inside, {
      user,
      method: way.method,
      strong,
      requester,
      replaces: cookies.session,
    });
  });
  return { ...signedIn, browser: await knownBrowserCookie(context, signedIn.session.userId) };
}

async function addFirst(
  context: AccessContext,
  records: AccessRecords,
  id: UserId,
  { login, name }: SetupPerson,
  requester: Requester,
): Promise<User> {
  const at = context.now();
  const user: User = {
    id,
    kind: "local",
    login,
    name,
    status: "active",
    groups: [],
    version: 1,
    addedAt: at,
  };
  await records.users.add(user);
  const assignment = {
    id: context.newId(),
    role: "administrator",
    subject: { kind: "user", id },
    scope: {},
  } as const;
  await records.assignments.add({ ...assignment, origin: "api", addedAt: at, addedBy: "the first run" });
  await dropFirstRunLinks(records);
  const actor = actorOf(requester);
  await records.outbox.put([
    accessEntry(context, "user.added", actor, { user: id, name: login, how: "first_run" }, [userRef(id)]),
    accessEntry(
      context,
      "permission.changed",
      actor,
      { user: login, change: "assigned", role: "administrator" },
      [userRef(id)],
    ),
  ]);
  return user;
}

/** Also counts the version up: no other link of his is good any more. */
async function renamed(records: AccessRecords, user: User, name: string, at: Date): Promise<User> {
  const changed = await records.users.change(user.id, user.version, { name }, at);
  if (typeof changed === "string") {
    throw new AnchorwatchError("setup_link_invalid", "the user was changed at this moment", {
      hint: "Ask for another link.",
    });
  }
  return changed;
}

/** @throws AnchorwatchError `request_invalid` */
function personOf(link: SetupLink, { login: typed, name: typedName }: SetupPerson): SetupPerson {
  const name = displayNameOf(typedName);
  if (link.kind === "invitation") return { login: link.user.login, name: name ?? link.user.name };
  const login = loginOf(typed);
  if (!isLogin(login)) throw notALogin(login);
  return { login, name: name ?? login };
}

export function notALogin(login: string): AnchorwatchError {
  const shown = JSON.stringify(login.slice(0, 100));
  return new AnchorwatchError("request_invalid", `${shown} is no name to sign in with`, {
    hint: "Take an address of mail, or letters, digits and . _ - + @, at most 200 of them, without spaces.",
  });
}

function userIdOf(link: SetupLink): UserId {
  return link.kind === "first_run" ? link.userId : link.user.id;
}

function purposeOf(secret: string): string {
  return `setup ${Buffer.from(digestOf(secret)).toString("base64url")}`;
}

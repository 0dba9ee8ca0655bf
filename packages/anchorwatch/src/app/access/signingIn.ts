/** Somebody signs in here, with a password or a passkey. */
import type { AuthenticationResponseJSON } from "@simplewebauthn/server";
import {
  accountDoor,
  browserDoor,
  type Door,
  forgive,
  networkDoor,
  pairDoor,
  passDoors,
} from "../../auth/attempts/doors.ts";
import { browserCookie, readBrowserCookie } from "../../auth/attempts/knownBrowser.ts";
import { networkOf } from "../../auth/attempts/network.ts";
import { TooOftenError } from "../../auth/attempts/tooOften.ts";
import { loginOf } from "../../auth/login.ts";
import { authenticationOptions } from "../../auth/passkey/authentication.ts";
import type { RelyingParty } from "../../auth/passkey/relyingParty.ts";
import type { AccessRecords } from "../../auth/records.ts";
import type { User, UserId } from "../../auth/user.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { AccessContext } from "./accessContext.ts";
import { mayComeIn } from "./mayComeIn.ts";
import { noteFailed } from "./noting.ts";
import { makeChallenge, provenPasskey } from "./passkeyProofs.ts";
import type { Requester } from "./requester.ts";
import { type SignedIn, startSession } from "./sessions.ts";

/** What the browser brought along. */
export interface BrowserCookies {
  readonly session?: string | undefined;
  readonly browser?: string | undefined;
}

export interface SignedInHere extends SignedIn {
  /** For the cookie by which this browser is known the next time. */
  readonly browser: string;
}

/** @throws AnchorwatchError `sign_in_refused`, `passwords_off`, `server_busy`; TooOftenError */
export async function signInWithPassword(
  context: AccessContext,
  given: { readonly login: string; readonly password: string },
  requester: Requester,
  cookies: BrowserCookies,
): Promise<SignedInHere> {
  const { records, now, settings, passwords } = context;
  if (!settings().passwords) throw passwordsOff();
  const login = loginOf(given.login);
  const user = await records.users.byLogin(login);
  const account = user === undefined ? {} : { account: user.login };
  const doors = await doorsOf(context, login, user, requester, cookies.browser);
  try {
    await passDoors(records.attempts, doors, "signing in", now());
  } catch (error) {
    if (error instanceof TooOftenError) {
      await noteFailed(context, requester, { method: "password", reason: "tried too often", ...account });
    }
    throw error;
  }
  // Whatever is not there is looked for all the same: it takes as long then.
  const kept = await records.passwords.of(user?.id ?? ("nobody" as UserId));
  const isAble = user?.kind === "local" && user.status === "active";
  const verdict = await passwords.verify(isAble ? kept?.hash : undefined, given.password);
  if (user === undefined || verdict === "wrong") {
    await noteFailed(context, requester, { method: "password", reason: reasonOf(user), ...account });
    throw signInRefused();
  }
  await forgive(records.attempts, doors.filter(isOwn), now());
  const rehashed = verdict === "outdated" ? await passwords.hash(given.password) : undefined;
  return await signIn(context, user, requester, cookies, "password", async (inside) => {
    if ((await inside.passwords.of(user.id))?.hash !== kept?.hash) throw signInRefused();
    if (rehashed !== undefined) await inside.passwords.set(user.id, rehashed, now());
  });
}

function reasonOf(user: User | undefined): string {
  if (user === undefined) return "nobody has that name";
  if (user.status !== "active") return `the account is ${user.status}`;
  return user.kind === "oidc" ? "the account signs in elsewhere" : "wrong password";
}

/** A browser that he signed in with before is counted by itself, so that strangers cannot close it to him. */
async function doorsOf(
  context: AccessContext,
  login: string,
  user: User | undefined,
  { address }: Requester,
  cookie: string | undefined,
): Promise<readonly Door[]> {
  const known = cookie === undefined ? undefined : readBrowserCookie(cookie, await browserKey(context));
  if (known !== undefined && known.userId === user?.id) return [browserDoor(known.browser)];
  const network = networkOf(address);
  return [networkDoor("sign-in", network), pairDoor(login, network), accountDoor(login)];
}

/** Whoever has an account here could otherwise open his network's door again and again, and go on guessing at those of others. */
function isOwn({ isShared }: Door): boolean {
  return !isShared;
}

/** What `navigator.credentials.get` is asked for. */
export async function passkeySignInOptions(context: AccessContext, party: Pick<RelyingParty, "id">) {
  return await authenticationOptions(party, await makeChallenge(context, SIGN_IN));
}

const SIGN_IN = "sign-in";

/** @throws AnchorwatchError `passkey_refused`, `sign_in_refused` */
export async function signInWithPasskey(
  context: AccessContext,
  response: AuthenticationResponseJSON,
  party: RelyingParty,
  requester: Requester,
  cookies: BrowserCookies,
): Promise<SignedInHere> {
  const { records } = context;
  const proven = await provenPasskey(context, response, SIGN_IN, party, async (reason, userId) => {
    const user = userId === undefined ? undefined : await records.users.byId(userId);
    const account = user === undefined ? {} : { account: user.login };
    await noteFailed(context, requester, { method: "passkey", reason, ...account });
  });
  const user = await records.users.byId(proven.userId);
  if (user === undefined || !mayComeIn(user, context.settings())) {
    const account = user === undefined ? {} : { account: user.login };
    await noteFailed(context, requester, {
      method: "passkey",
      reason: "the account is not active",
      ...account,
    });
    throw signInRefused();
  }
  return await signIn(context, user, requester, cookies, "passkey", (inside) => proven.keep(inside));
}

async function signIn(
  context: AccessContext,
  user: User,
  requester: Requester,
  cookies: BrowserCookies,
  method: "password" | "passkey",
  alongside: (records: AccessRecords) => Promise<void>,
): Promise<SignedInHere> {
  const strong = method === "passkey";
  const options = { user, method, strong, requester, replaces: cookies.session };
  const signedIn = await context.records
    .transaction(async (inside) => {
      const started = await startSession(context, inside, options);
      // It holds the user: whoever changes ways in has done so before, which is seen here, or ends this session with the others.
      await alongside(inside);
      return started;
    })
    .catch((error: unknown) => {
      throw error instanceof AnchorwatchError && error.code === "user_inactive" ? signInRefused() : error;
    });
  return { ...signedIn, browser: await knownBrowserCookie(context, user.id) };
}

/** For whoever has just signed in, by whatever way. */
export async function knownBrowserCookie(context: AccessContext, userId: UserId): Promise<string> {
  return browserCookie(userId, await browserKey(context), context.randomBytes);
}

function browserKey({ records, randomBytes }: AccessContext): Promise<Uint8Array> {
  return records.secrets.get("known browsers", randomBytes(32));
}

export function signInRefused(): AnchorwatchError {
  return new AnchorwatchError("sign_in_refused", "the name or the password is wrong", {
    hint: "Try again, or use a passkey. An administrator can give you a new link.",
  });
}

export function passwordsOff(): AnchorwatchError {
  return new AnchorwatchError("passwords_off", "nobody signs in with a password here", {
    hint: "Use a passkey, or the identity provider.",
  });
}

/** Whether somebody who has proven himself at an identity provider comes in, and as whom. */
import type { Identity } from "../../auth/oidc/identity.ts";
import type { IdentityProvider } from "../../auth/oidc/identityProvider.ts";
import type { AccessRecords } from "../../auth/records.ts";
import type { RoleAssignment } from "../../auth/role.ts";
import type { User, UserId } from "../../auth/user.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { AccessContext } from "./accessContext.ts";
import { accessEntry, userActor, userRef } from "./entries.ts";
import type { Requester } from "./requester.ts";
import { type SignedIn, startSession } from "./sessions.ts";
import { knownBrowserCookie } from "./signingIn.ts";

export interface Admitted extends SignedIn {
  /** For the cookie by which this browser is known the next time. */
  readonly knownBrowser: string;
}

type Outcome = { readonly signedIn: SignedIn } | { readonly refused: AnchorwatchError };

/**
 * @param session cookie that the browser had until now
 * @throws AnchorwatchError `sign_in_no_role`, `sign_in_login_taken`, `sign_in_user_inactive`
 */
export async function admit(
  context: AccessContext,
  identity: Identity,
  provider: IdentityProvider,
  requester: Requester,
  session: string | undefined,
): Promise<Admitted> {
  const once = () =>
    context.records.transaction((records) =>
      admitInside(context, records, identity, provider, requester, session),
    );
  const outcome = await once().catch(async (error: unknown) => {
    if (!(error instanceof AnchorwatchError)) throw error;
    if (error.code === "user_inactive") return { refused: inactive() };
    // Somebody was added meanwhile: the second time it is seen who.
    if (error.code === "user_login_taken") return await once();
    throw error;
  });
  if ("refused" in outcome) throw outcome.refused;
  const { signedIn } = outcome;
  return { ...signedIn, knownBrowser: await knownBrowserCookie(context, signedIn.session.userId) };
}

/** A refusal is no exception: that his groups are others now must be kept all the same, for whatever else he has open. */
async function admitInside(
  context: AccessContext,
  records: AccessRecords,
  identity: Identity,
  provider: IdentityProvider,
  requester: Requester,
  session: string | undefined,
): Promise<Outcome> {
  const { issuer, subject, groups, name, email } = identity;
  const known = await records.users.byIdentity(issuer, subject);
  if (known !== undefined && known.status !== "active") return { refused: inactive() };
  if (known !== undefined) {
    const seen = { groups, name, ...(email === undefined ? {} : { email }) };
    await records.users.seen(known.id, { ...seen, at: context.now() });
  }
  const login = known?.login ?? identity.login;
  if (!(await hasRole(context, records, { id: known?.id, login, groups }))) return { refused: noRole(login) };
  if (known === undefined && (await records.users.byLogin(login)) !== undefined)
    return { refused: taken(login) };
  const user = known ?? (await add(context, records, identity, requester));
  const options = {
    user,
    method: "oidc",
    provider: provider.name,
    strong: identity.strong,
    requester,
  } as const;
  return { signedIn: await startSession(context, records, { ...options, replaces: session }) };
}

async function add(
  context: AccessContext,
  records: AccessRecords,
  { issuer, subject, login, name, email, groups }: Identity,
  requester: Requester,
): Promise<User> {
  const user: User = {
    id: context.newId() as UserId,
    kind: "oidc",
    ...{ issuer, subject, login, name, groups },
    ...(email === undefined ? {} : { email }),
    status: "active",
    version: 1,
    addedAt: context.now(),
  };
  await records.users.add(user);
  const data = { user: user.id, name: login, how: "provider" } as const;
  await records.outbox.put([
    accessEntry(context, "user.added", userActor(user, requester), data, [userRef(user.id)]),
  ]);
  return user;
}

/** Who has no role could see nothing: he is told so at once, and leaves no account behind. */
async function hasRole(
  { settings }: AccessContext,
  records: AccessRecords,
  who: { readonly id: UserId | undefined; readonly login: string; readonly groups: readonly string[] },
): Promise<boolean> {
  const isMeant = ({ subject }: RoleAssignment) => {
    switch (subject.kind) {
      case "user":
        return subject.id === who.id;
      case "login":
        return subject.login === who.login;
      case "group":
        return who.groups.includes(subject.group);
      case "workload":
        return false;
    }
  };
  return settings().assignments.some(isMeant) || (await records.assignments.list()).some(isMeant);
}

function noRole(login: string): AnchorwatchError {
  return new AnchorwatchError(
    "sign_in_no_role",
    `there is no role here for ${login}, neither by name nor by a group`,
    {
      hint: "Ask an administrator for one, and tell him this login.",
    },
  );
}

function taken(login: string): AnchorwatchError {
  return new AnchorwatchError("sign_in_login_taken", `somebody else here is called ${login} already`, {
    hint: "Two accounts are never made one. An administrator can rename or remove the other one.",
  });
}

function inactive(): AnchorwatchError {
  return new AnchorwatchError("sign_in_user_inactive", "your account here was disabled or removed", {
    hint: "Ask an administrator.",
  });
}

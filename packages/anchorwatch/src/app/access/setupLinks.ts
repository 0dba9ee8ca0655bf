/**
 * Links by which somebody gets his first way in: the first administrator, and whoever is invited. What is secret of one stands behind `#`,
 * which browsers send to nobody.
 */
import { networkDoor, passDoors } from "../../auth/attempts/doors.ts";
import { networkOf } from "../../auth/attempts/network.ts";
import type { AccessRecords } from "../../auth/records.ts";
import { digestOf, isSecret, newSecret } from "../../auth/secret.ts";
import type { User, UserId } from "../../auth/user.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { JsonObject } from "../../domain/jsonValue.ts";
import type { AccessContext } from "./accessContext.ts";
import { administratorsOf } from "./administrators.ts";
import type { Requester } from "./requester.ts";

const HOUR_MS = 3_600_000;
const FIRST_RUN_MS = HOUR_MS;
export const INVITATION_MS = 7 * 24 * HOUR_MS;

export type SetupLink =
  | { readonly kind: "first_run"; readonly userId: UserId }
  | { readonly kind: "invitation"; readonly user: User };

const CEREMONIES = { first_run: "setup", invitation: "invitation" } as const;

/** The path and fragment of an address. */
export function setupPath(secret: string): string {
  return `/setup#${secret}`;
}

/**
 * The secret of the link that makes the first administrator, another one at each start; the ones before are dead. Undefined: there is an
 * administrator, or the operator's file names one whom an identity provider will bring.
 */
export async function makeFirstRunLink(context: AccessContext): Promise<string | undefined> {
  const { records, now, newId, randomBytes } = context;
  return await records.transaction(async (inside) => {
    await inside.users.lockAdministration();
    await inside.ceremonies.drop(CEREMONIES.first_run);
    if (!(await needsFirstRun(context, inside))) return undefined;
    const secret = newSecret(randomBytes);
    const end = new Date(now().getTime() + FIRST_RUN_MS);
    await inside.ceremonies.put(CEREMONIES.first_run, digestOf(secret), { userId: newId() }, end);
    return secret;
  });
}

async function needsFirstRun({ settings }: AccessContext, records: AccessRecords): Promise<boolean> {
  const { assignments, providers } = settings();
  const isPromised =
    providers.length > 0 &&
    assignments.some(
      ({ role, subject, scope }) =>
        role === "administrator" && subject.kind !== "workload" && Object.keys(scope).length === 0,
    );
  return !isPromised && (await administratorsOf(records, settings())).size === 0;
}

/**
 * For a user who is there already. Each makes the ones before worth nothing, and so does any change to the user.
 * @param records of the caller's transaction
 */
export async function makeInvitation(
  { now, randomBytes }: AccessContext,
  records: AccessRecords,
  user: User,
): Promise<string> {
  const secret = newSecret(randomBytes);
  const end = new Date(now().getTime() + INVITATION_MS);
  const data = { userId: user.id, version: user.version };
  await records.ceremonies.put(CEREMONIES.invitation, digestOf(secret), data, end);
  return secret;
}

/**
 * What a link is for, which stays good.
 * @throws AnchorwatchError `setup_link_invalid`; TooOftenError
 */
export async function lookAtSetupLink(
  context: AccessContext,
  secret: string,
  requester: Requester,
): Promise<SetupLink> {
  const { records, now } = context;
  const link = await findLink(context, records, secret, "peek");
  if (link !== undefined) return link;
  const door = networkDoor("setup", networkOf(requester.address));
  await passDoors(records.attempts, [door], "a link", now());
  throw linkInvalid();
}

/**
 * Uses it up, when the caller's transaction does not fail.
 * @throws AnchorwatchError `setup_link_invalid`
 */
export async function takeSetupLink(
  context: AccessContext,
  records: AccessRecords,
  secret: string,
): Promise<SetupLink> {
  await records.users.lockAdministration();
  const link = await findLink(context, records, secret, "take");
  if (link === undefined) throw linkInvalid();
  return link;
}

/** Nobody needs the first run's links any more. @param records of the caller's transaction */
export async function dropFirstRunLinks({ ceremonies }: AccessRecords): Promise<void> {
  await ceremonies.drop(CEREMONIES.first_run);
}

async function findLink(
  context: AccessContext,
  records: AccessRecords,
  secret: string,
  how: "peek" | "take",
): Promise<SetupLink | undefined> {
  if (!isSecret(secret)) return undefined;
  const digest = digestOf(secret);
  const at = context.now();
  const firstRun = await records.ceremonies[how](CEREMONIES.first_run, digest, at);
  if (firstRun !== undefined) {
    const isNeeded = await needsFirstRun(context, records);
    return isNeeded ? { kind: "first_run", userId: userIdIn(firstRun) } : undefined;
  }
  const invitation = await records.ceremonies[how](CEREMONIES.invitation, digest, at);
  if (invitation === undefined) return undefined;
  const user = await records.users.byId(userIdIn(invitation));
  const isMeant =
    user?.status === "active" && user.kind === "local" && user.version === invitation["version"];
  return isMeant ? { kind: "invitation", user } : undefined;
}

function userIdIn(data: JsonObject): UserId {
  return String(data["userId"]) as UserId;
}

function linkInvalid(): AnchorwatchError {
  return new AnchorwatchError("setup_link_invalid", "the link is no good any more", {
    hint: "It was used, or is over. Whoever gave it to you can give another one; at the first run, start Anchorwatch again.",
  });
}

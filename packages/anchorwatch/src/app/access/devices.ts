/**
 * A program without a browser asks to be let in, and somebody at a browser confirms it (RFC 8628). What the program says of itself is shown
 * as its own word: whoever confirms has to have started it.
 */
import { networkDoor, passDoors, personDoor } from "../../auth/attempts/doors.ts";
import { networkOf } from "../../auth/attempts/network.ts";
import { newUserCode, readUserCode } from "../../auth/device/userCode.ts";
import { shortNameOf } from "../../auth/login.ts";
import type { AccessRecords } from "../../auth/records.ts";
import { digestOf, isSecret, newSecret } from "../../auth/secret.ts";
import type { UserId } from "../../auth/user.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { JsonObject } from "../../domain/jsonValue.ts";
import type { AccessContext } from "./accessContext.ts";
import { accessEntry, actorOf, userActor } from "./entries.ts";
import { assertProven } from "./freshProof.ts";
import { mayComeIn } from "./mayComeIn.ts";
import { type PersonRequester, personOf } from "./person.ts";
import type { Requester } from "./requester.ts";
import { addToken, type MadeToken } from "./tokens.ts";

const LIFE_MS = 10 * 60_000;
/** From one question to the next. */
export const INTERVAL_MS = 5_000;
const TOKEN_MS = 30 * 86_400_000;

const DEVICE = "device";
const CODE = "device code";
const ANSWER = "device answer";

export interface StartedDevice {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly expiresInMs: number;
}

/** @throws TooOftenError */
export async function startDevice(
  context: AccessContext,
  wanted: { readonly name: string },
  requester: Requester,
): Promise<StartedDevice> {
  const { records, now, randomBytes } = context;
  const { address } = requester;
  await passDoors(records.attempts, [networkDoor("device", networkOf(address))], "a login", now());
  const end = new Date(now().getTime() + LIFE_MS);
  const deviceCode = newSecret(randomBytes);
  const digest = digestOf(deviceCode);
  const name = shortNameOf(wanted.name) ?? "a program";
  for (;;) {
    const userCode = newUserCode(randomBytes);
    // Somebody else may have the same; another one is made then.
    const data = { device: Buffer.from(digest).toString("base64url") };
    if (!(await records.ceremonies.put(CODE, digestOf(userCode), data, end))) continue;
    await records.ceremonies.put(DEVICE, digest, { name, address, at: now().toISOString() }, end);
    return { deviceCode, userCode, expiresInMs: LIFE_MS };
  }
}

/** A program that asks to be let in, by its own word. */
export interface AskingDevice {
  readonly name: string;
  readonly address: string;
  readonly at: Date;
}

/** Undefined: there is none of that code, or it is over. @throws TooOftenError to who guesses */
export async function lookAtDevice(
  context: AccessContext,
  requester: PersonRequester,
  typed: string,
): Promise<AskingDevice | undefined> {
  const { records, now } = context;
  const code = readUserCode(typed);
  await passDoors(records.attempts, [personDoor("device", requester.userId)], "a code", now());
  if (code === undefined) return undefined;
  const found = await records.ceremonies.peek(CODE, digestOf(code), now());
  const device = found && (await records.ceremonies.peek(DEVICE, deviceDigest(found), now()));
  return device && asking(device);
}

/**
 * The person's answer, once: whoever lets something in has just proven himself, whatever the code is; refusing needs no proof.
 * @returns undefined: there is none of that code any more
 * @throws AnchorwatchError `proof_needed`; TooOftenError
 */
export async function answerDevice(
  context: AccessContext,
  requester: PersonRequester,
  typed: string,
  answer: "allow" | "deny",
): Promise<AskingDevice | undefined> {
  const { records, now } = context;
  if (answer === "allow") {
    await assertProven(context, records, requester, await records.passkeys.of(requester.userId));
  }
  const code = readUserCode(typed);
  await passDoors(records.attempts, [personDoor("device", requester.userId)], "a code", now());
  if (code === undefined) return undefined;
  return await records.transaction(async (inside) => {
    await personOf(inside, requester);
    const found = await inside.ceremonies.take(CODE, digestOf(code), now());
    if (found === undefined) return undefined;
    const digest = deviceDigest(found);
    const device = await inside.ceremonies.peek(DEVICE, digest, now());
    if (device === undefined) return undefined;
    const data = { answer, userId: requester.userId, session: requester.principal.credentialId };
    await inside.ceremonies.put(ANSWER, digest, data, new Date(now().getTime() + LIFE_MS));
    if (answer === "deny") {
      const target = `login of ${asking(device).name}`;
      await inside.outbox.put([
        accessEntry(context, "access.refused", actorOf(requester), { action: "device.confirm", target }),
      ]);
    }
    return asking(device);
  });
}

export type DeviceOutcome =
  | { readonly kind: "pending" | "slow_down" | "denied" | "expired" }
  | { readonly kind: "allowed"; readonly made: MadeToken };

/** What came of it; the token is given once. */
export async function redeemDevice(
  context: AccessContext,
  deviceCode: string,
  requester: Requester,
): Promise<DeviceOutcome> {
  const { records, now } = context;
  const digest = isSecret(deviceCode) ? digestOf(deviceCode) : undefined;
  const device = digest && (await records.ceremonies.peek(DEVICE, digest, now()));
  if (digest === undefined || device === undefined) {
    await passDoors(
      records.attempts,
      [networkDoor("device codes", networkOf(requester.address))],
      "a code",
      now(),
    );
    return { kind: "expired" };
  }
  if (await comesTooSoon(records, deviceCode, now())) return { kind: "slow_down" };
  const answered = await records.ceremonies.peek(ANSWER, digest, now());
  if (answered === undefined) return { kind: "pending" };
  return await records.transaction(async (inside) => {
    const taken = await inside.ceremonies.take(DEVICE, digest, now());
    const answer = await inside.ceremonies.take(ANSWER, digest, now());
    if (taken === undefined || answer === undefined) return { kind: "expired" };
    if (answer["answer"] !== "allow") return { kind: "denied" };
    return await letIn(context, inside, asking(taken), answer, requester);
  });
}

async function letIn(
  context: AccessContext,
  records: AccessRecords,
  { name }: AskingDevice,
  answer: JsonObject,
  requester: Requester,
): Promise<DeviceOutcome> {
  const user = await records.users.byId(String(answer["userId"]) as UserId);
  if (user === undefined || !mayComeIn(user, context.settings())) return { kind: "denied" };
  // Whoever signed out since, as after a theft, does not let in anybody any more.
  const sessions = await records.sessions.of(user.id);
  if (!sessions.some(({ id }) => id === answer["session"])) return { kind: "denied" };
  const life = Math.min(TOKEN_MS, context.settings().tokens.longestMs);
  const expiresAt = new Date(context.now().getTime() + life);
  const wanted = { name: `${name} (login)`, expiresAt, device: name };
  return {
    kind: "allowed",
    made: await addToken(context, records, user, wanted, userActor(user, requester)),
  };
}

/** A little less than the interval: clocks and networks are not exact. */
async function comesTooSoon({ attempts }: AccessRecords, deviceCode: string, now: Date): Promise<boolean> {
  const key = `poll ${Buffer.from(digestOf(deviceCode)).toString("base64url")}`;
  return (await attempts.failed(key, now, INTERVAL_MS - 500)) > 1;
}

function deviceDigest(data: JsonObject): Uint8Array {
  return Buffer.from(String(data["device"]), "base64url");
}

function asking(data: JsonObject): AskingDevice {
  return { name: String(data["name"]), address: String(data["address"]), at: new Date(String(data["at"])) };
}

/** @param typed as it came */
export function noSuchDevice(typed: string): AnchorwatchError {
  const shown = JSON.stringify(typed.slice(0, 20));
  return new AnchorwatchError(
    "request_not_found",
    `no program asks with the code ${shown}, or not any more`,
    {
      hint: "Run anchorwatch login again, and type the code that it shows.",
    },
  );
}

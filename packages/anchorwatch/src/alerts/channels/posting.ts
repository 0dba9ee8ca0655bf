/** One request of a channel, and what its failure means for the next try. */
import type { z } from "zod";
import { AnchorwatchError } from "../../domain/errors.ts";
import { escapeText } from "../../domain/escape.ts";
import { ChannelFailure } from "../channel.ts";
import { cut } from "../message/fitting.ts";
import type { OutboundAnswer, OutboundRequest } from "../outbound.ts";
import type { ChannelParts } from "./definition.ts";

/** Beyond that a service's wish is not waited for: the deliverer asks again. */
const LONGEST_WAIT_MS = 3_600_000;
const SAID_CHARACTERS = 200;

/**
 * The answer, where it is 2xx.
 * @throws ChannelFailure
 */
export async function send(
  parts: ChannelParts,
  request: OutboundRequest,
  signal: AbortSignal,
): Promise<OutboundAnswer> {
  const answer = await sendAnyway(parts, request, signal);
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw failureOf(answer, parts.now());
}

/** What an answer says, where it has the form; undefined otherwise. */
export function parsedAs<Form>(form: z.ZodType<Form>, { text }: OutboundAnswer): Form | undefined {
  try {
    return form.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What no service says: a page of a proxy, of a portal, of something else at that address. */
export function nonsense(): ChannelFailure {
  return new ChannelFailure("it answered something that is not of this service", "again");
}

/** Where a secret cannot be used, the operator has to act; until then it is tried again. */
export async function secretOf(parts: ChannelParts, name: string): Promise<string> {
  const secret = await optionalSecretOf(parts, name);
  if (secret === undefined) throw new ChannelFailure(`no ${name} is named for it`, "again");
  return secret;
}

export async function optionalSecretOf(parts: ChannelParts, name: string): Promise<string | undefined> {
  try {
    return await parts.secret(name);
  } catch (error) {
    if (error instanceof AnchorwatchError) throw new ChannelFailure(error.message, "again", { cause: error });
    throw error;
  }
}

/** A service's own words on what it refuses, without the secrets that it was sent. */
export function saying(failure: unknown, words: string, secrets: readonly string[]): unknown {
  if (!(failure instanceof ChannelFailure) || words === "") return failure;
  const hidden = secrets.reduce((text, secret) => text.replaceAll(secret, "(secret)"), words);
  const { retry, afterMs, cause } = failure;
  return new ChannelFailure(`${failure.message}: ${cut(escapeText(hidden), SAID_CHARACTERS)}`, retry, {
    ...(afterMs === undefined ? {} : { afterMs }),
    cause,
  });
}

/** The answer, whatever its status. @throws ChannelFailure */
export async function sendAnyway(
  { outbound }: ChannelParts,
  request: OutboundRequest,
  signal: AbortSignal,
): Promise<OutboundAnswer> {
  try {
    return await outbound(request, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AnchorwatchError)) throw error;
    const isPassing = error.code === "egress_unreachable";
    throw new ChannelFailure(error.message, isPassing ? "again" : "never", { cause: error });
  }
}

export function failureOf({ status, headers }: OutboundAnswer, now: Date): ChannelFailure {
  if (status >= 300 && status < 400) {
    return new ChannelFailure(`it answered ${status} and points elsewhere, which is not followed`, "never");
  }
  const isPassing = status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 501);
  const afterMs = isPassing ? waitOf(headers["retry-after"], now) : undefined;
  const doubt = DOUBTS.get(status) ?? "";
  return new ChannelFailure(`it answered ${status}${doubt}`, isPassing ? "again" : "never", {
    ...(afterMs === undefined ? {} : { afterMs }),
  });
}

const DOUBTS: ReadonlyMap<number, string> = new Map([
  [401, " (is its secret still the right one?)"],
  [403, " (is its secret still the right one?)"],
  [404, " (is its address still the right one?)"],
  [410, " (nobody wants it there any more)"],
  [413, " (it is too large for it)"],
]);

/** Seconds or a date (RFC 9110, section 10.2.3); what is neither asks for nothing. */
export function waitOf(text: string | undefined, now: Date): number | undefined {
  const asked = text?.trim() ?? "";
  if (/^\d+$/.test(asked)) return inReason(Number(asked) * 1000);
  // `Date` finds a time in nearly anything, such as a number below zero.
  return /^[A-Z][a-z]{2,8},? /.test(asked) ? inReason(Date.parse(asked) - now.getTime()) : undefined;
}

/** Undefined where it is no time at all. */
export function inReason(waitMs: number): number | undefined {
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), LONGEST_WAIT_MS);
}

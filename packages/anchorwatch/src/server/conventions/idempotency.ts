/**
 * A client that does not know whether its write arrived sends it again with the same `Idempotency-Key` (IETF draft-ietf-httpapi-idempotency-
 * key-header), and gets the first answer again. Nothing is done twice, whatever happens between: a key belongs to its first request until it
 * is forgotten, and where its answer was lost (the process ended, or the database was away when it was to be kept), who asks again is told
 * that nobody knows. For POST; PUT, PATCH and DELETE are so by themselves.
 */
import { hash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Principal } from "../../auth/principal.ts";
import type { AnswerRecords, KeptAnswer } from "../../auth/records.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Api } from "../api.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Its answer holds a secret, and is not kept: the same key again is told that it was done. */
    secretAnswer?: boolean;
  }
}

export interface IdempotencyOptions {
  readonly answers: AnswerRecords;
  readonly now: () => Date;
}

/** After so long without an answer there will be none: longer than any request is given (`ServerLimits.answerMs`). */
const PATIENCE_MS = 60_000;
const FAILED = 500;
const UNKNOWN: KeptAnswer = { status: FAILED, headers: {} };
const KEPT_HEADERS = ["content-type", "location", "etag"] as const;

/** For all routes that are added after it, and after who asks is known. */
export function keepAnswers(api: Api, { answers, now }: IdempotencyOptions): void {
  const underway = new WeakMap<FastifyRequest, { readonly principal: string; readonly key: string }>();
  api.addHook("preHandler", async (request, reply) => {
    const key = request.headers["idempotency-key"];
    if (key === undefined || request.method !== "POST" || isPublic(request)) return;
    const mine = { principal: ownerOf(request.access.principal), key: validKey(key) };
    const begun = await answers.begin({ ...mine, request: fingerprintOf(request) }, now(), PATIENCE_MS);
    switch (begun.kind) {
      case "new":
        underway.set(request, mine);
        return;
      case "kept":
        return replay(begun.answer, reply);
      case "underway":
        throw new AnchorwatchError("request_underway", "the same request is being answered right now", {
          hint: "Ask again in a moment, with the same key.",
        });
      case "lost":
        throw outcomeUnknown();
      case "other":
        throw new AnchorwatchError(
          "request_key_reused",
          "that idempotency key was used for another request",
          {
            hint: "Make a new key for each thing that is to be done once.",
          },
        );
    }
  });
  api.addHook("onError", async (request, _, error) => {
    // It may still be done.
    if (error.code === "FST_ERR_HANDLER_TIMEOUT") underway.delete(request);
  });
  api.addHook("onSend", async (request, reply, payload) => {
    const mine = underway.get(request);
    if (mine === undefined) return;
    underway.delete(request);
    // What was refused has changed nothing, and may well be tried again; how far it came before it failed, nobody knows.
    if (reply.statusCode >= FAILED) await answers.keep(mine.principal, mine.key, UNKNOWN);
    else if (reply.statusCode >= 400) await answers.release(mine.principal, mine.key);
    else await answers.keep(mine.principal, mine.key, answerOf(request, reply, payload));
  });
}

function isPublic({ routeOptions }: FastifyRequest): boolean {
  const { access } = routeOptions.config;
  return access === undefined || access === "public";
}

/** What a token gets that may only some things is nothing for the others of its user. */
function ownerOf({ kind, id, limit, credentialId }: Principal): string {
  return limit === undefined ? `${kind}:${id}` : `${kind}:${id}:${credentialId}`;
}

function validKey(key: string | readonly string[]): string {
  if (typeof key === "string" && /^[!-~]{1,200}$/.test(key)) return key;
  throw new AnchorwatchError("request_invalid", "the idempotency key is not one text of visible characters", {
    hint: "Send something unique of at most 200 characters, such as a UUID.",
  });
}

function fingerprintOf({ method, url, body }: FastifyRequest): Uint8Array {
  return hash("sha256", JSON.stringify([method, url, body ?? null]), "buffer");
}

function answerOf(request: FastifyRequest, reply: FastifyReply, payload: unknown): KeptAnswer {
  const headers: Record<string, string> = {};
  const isSecret = request.routeOptions.config.secretAnswer === true;
  for (const name of KEPT_HEADERS) {
    const value = reply.getHeader(name);
    // The tag is made of the body.
    if (typeof value === "string" && !(isSecret && name === "etag")) headers[name] = value;
  }
  const body = typeof payload === "string" && !isSecret ? { body: payload } : {};
  return { status: reply.statusCode, headers, ...body };
}

function replay({ status, headers, body }: KeptAnswer, reply: FastifyReply) {
  if (status === FAILED) throw outcomeUnknown();
  if (body === undefined && status < 300 && status !== 204) {
    throw new AnchorwatchError(
      "request_conflict",
      "that was done already, and its answer held a secret which is not kept",
      {
        hint: "Take away what was made, and make it anew with another key.",
      },
    );
  }
  reply.header("idempotency-replayed", "true").headers(headers).code(status);
  // It is serialized already.
  return reply.serializer(String).send(body ?? null);
}

function outcomeUnknown(): AnchorwatchError {
  return new AnchorwatchError(
    "request_outcome_unknown",
    "that request came before, its answer was lost, and it is not done again",
    { hint: "Look whether it was done. If it was not, send it with a new key." },
  );
}

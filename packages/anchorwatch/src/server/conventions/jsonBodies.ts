/**
 * How bodies are read: as JSON in UTF-8 that every reader understands in the same way (RFC 8259; RFC 7493, section 2). What is ambiguous,
 * or what a database cannot keep, is refused here, before any route, and not mended in silence.
 */
import type { FastifyRequest } from "fastify";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Api } from "../api.ts";

/** Levels of objects and arrays. Nothing that is asked needs as many; whoever walks through a value may go to its end. */
const DEEPEST = 32;

/** For all routes that are added after it. */
export function readStrictJson(api: Api): void {
  const parse = api.getDefaultJsonParser("error", "error");
  api.removeContentTypeParser("application/json");
  api.addContentTypeParser(
    "application/json",
    { parseAs: "buffer" },
    async (request: FastifyRequest, body: Buffer) => {
      assertPlain(request.headers);
      const text = utf8(body);
      const value = await new Promise<unknown>((resolve, reject) => {
        void parse(request, text, (error, parsed) => (error === null ? resolve(parsed) : reject(error)));
      });
      assertUnambiguous(text);
      return value;
    },
  );
}

/** Routes that read no body are sent none: what somebody means to say there would be lost. For all routes that are added after it. */
export function refuseUnreadBodies(api: Api): void {
  api.addHook("preValidation", async ({ body, routeOptions: { schema } }) => {
    if (body === undefined || body === null || schema?.body !== undefined || isEmpty(body)) return;
    throw unfit("has members, where nothing is read of it", "Send no body.");
  });
}

function isEmpty(body: unknown): boolean {
  return typeof body === "object" && !Array.isArray(body) && Object.keys(body as object).length === 0;
}

/** @throws AnchorwatchError `request_media_type` */
function assertPlain(headers: Readonly<Record<string, string | readonly string[] | undefined>>): void {
  const refused = (what: string, hint: string) =>
    new AnchorwatchError("request_media_type", `the body is ${what}`, { hint });
  const coding = String(headers["content-encoding"] ?? "identity").toLowerCase();
  if (coding !== "identity") throw refused("compressed", "Send it without Content-Encoding.");
  const [, charset = "utf-8"] = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(String(headers["content-type"])) ?? [];
  if (!/^utf-?8$/i.test(charset))
    throw refused("said to be in another encoding than UTF-8", "JSON is UTF-8.");
}

function utf8(body: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch (cause) {
    throw unfit("is not valid UTF-8", "JSON is UTF-8; this may be another encoding.", cause);
  }
}

/** Texts, numbers and brackets: of JSON that is known to be valid, all that is looked at. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[{}[\]]/g;

/** @param json valid JSON @throws AnchorwatchError `request_invalid` */
function assertUnambiguous(json: string): void {
  /** The names that each object has so far which is still open; of an array none. */
  const open: Set<string>[] = [];
  for (const { 0: token, index } of json.matchAll(TOKENS)) {
    const [first] = token;
    if (first === "{" || first === "[") {
      if (open.push(new Set()) > DEEPEST) throw unfit(`is nested more than ${DEEPEST} levels deep`);
    } else if (first === "}" || first === "]") open.pop();
    else if (first === '"') {
      const text = textOf(token);
      if (isName(json, index + token.length)) addName(open.at(-1), text);
    } else assertExact(token);
  }
}

function textOf(token: string): string {
  // Only an escape brings in what stands here for no character.
  const text = token.includes("\\") ? (JSON.parse(token) as string) : token.slice(1, -1);
  if (text.isWellFormed() && !text.includes("\0")) return text;
  throw unfit("holds a text with NUL or half a character (an unpaired surrogate)");
}

function isName(json: string, end: number): boolean {
  let next = end;
  while (json[next] !== undefined && " \t\r\n".includes(json[next] as string)) next++;
  return json[next] === ":";
}

function addName(names: Set<string> | undefined, name: string): void {
  if (names?.has(name) === true) throw unfit("names a member of an object twice");
  names?.add(name);
}

function assertExact(token: string): void {
  const number = Number(token);
  const isExact = Number.isInteger(number) ? Number.isSafeInteger(number) : Number.isFinite(number);
  if (!isExact)
    throw unfit("holds a number that is larger than numbers are exact", "Up to 2^53 - 1 they are.");
}

function unfit(
  what: string,
  hint = "GET /api/v1/openapi.json describes it.",
  cause?: unknown,
): AnchorwatchError {
  return new AnchorwatchError("request_invalid", `the body ${what}`, { hint, cause });
}

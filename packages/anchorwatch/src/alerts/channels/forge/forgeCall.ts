/** One request to a forge's API, and what its failure means. */
import { z } from "zod";
import { ChannelFailure } from "../../channel.ts";
import type { OutboundAnswer, OutboundRequest } from "../../outbound.ts";
import type { ChannelParts } from "../definition.ts";
import { failureOf, inReason, nonsense, parsedAs, saying, sendAnyway, waitOf } from "../posting.ts";

export interface Forge {
  readonly parts: ChannelParts;
  readonly signal: AbortSignal;
  /** Of the API, without a slash at its end. */
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Never in what is told. */
  readonly token: string;
}

export interface ForgeRequest {
  readonly method: OutboundRequest["method"];
  /** Below the base. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** A page of issues with long texts. */
const ANSWER_BYTES = 8 * 1024 * 1024;

/** @throws ChannelFailure */
export async function callForge<Form>(
  forge: Forge,
  request: ForgeRequest,
  form: z.ZodType<Form>,
): Promise<Form> {
  return (await called(forge, request, form)).given;
}

/** False: what should be changed is not there any more, or somewhere else. @throws ChannelFailure */
export async function changeInForge(forge: Forge, request: ForgeRequest): Promise<boolean> {
  const answer = await ask(forge, request);
  if ([301, 307, 308, 404, 410].includes(answer.status)) return false;
  if (isFailure(answer)) throw refusalOf(forge, answer);
  return true;
}

const PAGE = 50;
const MOST_PAGES = 20;

/** The first one that it is, of as many pages as anybody should wait for. @throws ChannelFailure */
export async function findInPages<Item>(
  forge: Forge,
  { path, query = {} }: Pick<ForgeRequest, "path" | "query">,
  form: z.ZodType<Item>,
  isIt: (item: Item) => boolean,
): Promise<Item | undefined> {
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const paging = { per_page: String(PAGE), page: String(page) };
    const request: ForgeRequest = { method: "GET", path, query: { ...query, ...paging } };
    const { given: items, answer } = await called(forge, request, z.array(form));
    const found = items.find(isIt);
    // GitLab leaves out what the token may not see after it has counted: a page that is not full need not be the last.
    if (found !== undefined || (items.length < PAGE && !hasNext(answer))) return found;
  }
  return undefined;
}

/** As both forges say it (RFC 8288). */
function hasNext({ headers }: OutboundAnswer): boolean {
  return headers["link"]?.includes('rel="next"') === true;
}

async function called<Form>(forge: Forge, request: ForgeRequest, form: z.ZodType<Form>) {
  const answer = await ask(forge, request);
  if (isFailure(answer)) throw refusalOf(forge, answer);
  const given = parsedAs(form, answer);
  if (given === undefined) throw nonsense();
  return { given, answer };
}

function ask({ parts, signal, base, headers }: Forge, request: ForgeRequest): Promise<OutboundAnswer> {
  const { method, path, query = {}, body } = request;
  const search = new URLSearchParams(query).toString();
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const type = body === undefined ? {} : { "content-type": "application/json" };
  return sendAnyway(
    parts,
    {
      method,
      url: `${base}${path}${search === "" ? "" : `?${search}`}`,
      headers: { ...headers, ...type },
      ...sent,
      mostBytes: ANSWER_BYTES,
    },
    signal,
  );
}

function isFailure({ status }: OutboundAnswer): boolean {
  return status < 200 || status > 299;
}

const saidForm = z.looseObject({ message: z.unknown().optional(), error: z.unknown().optional() });

function refusalOf({ parts, token }: Forge, answer: OutboundAnswer): unknown {
  const { message, error } = parsedAs(saidForm, answer) ?? {};
  const given = message ?? error ?? "";
  const words = typeof given === "string" ? given : JSON.stringify(given);
  return limitOf(answer, words, parts.now()) ?? saying(failureOf(answer, parts.now()), words, [token]);
}

/** What GitHub wants waited for where it does not say how long. */
const LIMIT_MS = 60_000;

/**
 * GitHub says 403 when it has been asked too often, as well as when something is forbidden.
 * @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
function limitOf({ status, headers }: OutboundAnswer, words: string, now: Date): ChannelFailure | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const isUsedUp = headers["x-ratelimit-remaining"] === "0";
  const reset = Number(headers["x-ratelimit-reset"] ?? Number.NaN) * 1000 - now.getTime();
  const told = waitOf(headers["retry-after"], now) ?? (isUsedUp ? inReason(reset) : undefined);
  const afterMs = told ?? (/\brate limit\b/i.test(words) ? LIMIT_MS : undefined);
  if (afterMs === undefined) return undefined;
  return new ChannelFailure(`it answered ${status}: it was asked too often`, "again", { afterMs });
}

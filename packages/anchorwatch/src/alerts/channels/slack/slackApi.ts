/**
 * One call of Slack's Web API, over the one client: the library's own would repeat, follow and keep connections as it likes; of it only
 * the types are used, which are Slack's published ones.
 * @see https://docs.slack.dev/apis/web-api
 */
import { z } from "zod";
import { ChannelFailure } from "../../channel.ts";
import type { OutboundRequest } from "../../outbound.ts";
import type { ChannelParts } from "../definition.ts";
import { failureOf, nonsense, parsedAs, sendAnyway } from "../posting.ts";

export interface SlackApi {
  readonly parts: ChannelParts;
  /** `https://slack.com/api` */
  readonly endpoint: string;
  readonly token: string;
  readonly signal: AbortSignal;
}

/** Slack said no, in one word of its own: `channel_not_found`. */
export class SlackRefusal extends ChannelFailure {
  readonly word: string;

  constructor(word: string, retry: "again" | "never", hint: string | undefined) {
    super(`Slack refused it: ${word}${hint === undefined ? "" : `. ${hint}`}`, retry);
    this.word = word;
  }
}

/** Answers repeat the whole message. */
const ANSWER_BYTES = 4 * 1024 * 1024;

const answerForm = z.looseObject({ ok: z.boolean(), error: z.string().optional() });

/** Methods that write take JSON, those that read a form. @throws ChannelFailure */
export async function callSlack<Form>(
  api: SlackApi,
  method: string,
  args: Readonly<Record<string, unknown>>,
  form: z.ZodType<Form>,
): Promise<Form> {
  const answer = await sendAnyway(api.parts, requestOf(api, method, args), api.signal);
  const isOk = answer.status >= 200 && answer.status < 300;
  const said = parsedAs(answerForm, answer);
  if (!isOk || said === undefined) {
    if (answer.isCut || isOk) throw nonsense();
    throw failureOf(answer, api.parts.now());
  }
  if (!said.ok) throw refusalOf(said.error ?? "");
  const given = parsedAs(form, answer);
  if (given === undefined) throw nonsense();
  return given;
}

function requestOf(
  { endpoint, token }: SlackApi,
  method: string,
  args: Readonly<Record<string, unknown>>,
): OutboundRequest {
  const isRead = method.startsWith("conversations.");
  const form = Object.entries(args).map(([name, value]): [string, string] => [name, String(value)]);
  const body = isRead ? new URLSearchParams(form).toString() : JSON.stringify(args);
  const type = isRead ? "application/x-www-form-urlencoded" : "application/json; charset=utf-8";
  return {
    method: "POST",
    url: `${endpoint}/${method}`,
    headers: { "content-type": type, authorization: `Bearer ${token}` },
    body,
    mostBytes: ANSWER_BYTES,
  };
}

/** A word of Slack's is shown as it is where it is one; it is another's text. */
function refusalOf(error: string): SlackRefusal {
  const word = /^[a-z][a-z0-9_]{0,59}$/.test(error) ? error : "for a reason that is none";
  return new SlackRefusal(word, PASSING.has(word) ? "again" : "never", HINTS.get(word));
}

/** What is over by itself. */
const PASSING: ReadonlySet<string> = new Set([
  "ratelimited",
  "rate_limited",
  "message_limit_exceeded",
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
  "team_added_to_org",
]);

const HINTS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    channel_not_found: "Give the channel's id, C…, and invite the app to it.",
    not_in_channel: "Invite the app to the channel.",
    is_archived: "The channel is archived.",
    missing_scope: "The app needs the scope chat:write.",
    invalid_auth: "The token is none, or not any more.",
    token_revoked: "The token was revoked.",
    account_inactive: "The app or its user was removed.",
  }),
);

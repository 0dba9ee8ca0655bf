/**
 * A stand-in for Slack's Web API, with the arguments of its reference pages, the fields and limits of Block Kit, and the errors that it
 * documents. It keeps messages, and shows metadata only to who asks for it.
 * @see https://docs.slack.dev/reference/methods/chat.postMessage https://docs.slack.dev/reference/block-kit
 */
import {
  checker,
  json,
  type Received,
  type Reply,
  type StrictServer,
  startStrictServer,
} from "../strictServer.fixture.ts";

export const TOKEN = "xoxb-123-456-standin";
export const CHANNEL = "C0123456789";

const object = (required: readonly string[], properties: Readonly<Record<string, object>>) => ({
  type: "object",
  additionalProperties: false,
  required,
  properties,
});
const text = (maxLength: number) => ({ type: "string", minLength: 1, maxLength });
const list = (items: object, maxItems: number) => ({ type: "array", minItems: 1, maxItems, items });

const PLAIN_TEXT = (maxLength: number) =>
  object(["type", "text"], {
    type: { const: "plain_text" },
    text: text(maxLength),
    emoji: { type: "boolean" },
  });
const STYLE = object([], {
  bold: { type: "boolean" },
  italic: { type: "boolean" },
  code: { type: "boolean" },
});
const RUN = {
  oneOf: [
    object(["type", "text"], { type: { const: "text" }, text: text(3000), style: STYLE }),
    object(["type", "url"], {
      type: { const: "link" },
      url: { ...text(3000), format: "uri", pattern: "^https?://" },
      text: text(3000),
      style: STYLE,
    }),
  ],
};
const RICH_TEXT = object(["type", "elements"], {
  type: { const: "rich_text" },
  block_id: text(255),
  elements: list(
    {
      oneOf: [
        object(["type", "elements"], { type: { const: "rich_text_section" }, elements: list(RUN, 1000) }),
        object(["type", "elements"], {
          type: { const: "rich_text_preformatted" },
          elements: list(RUN, 1000),
        }),
      ],
    },
    100,
  ),
});
const BUTTON = object(["type", "text", "action_id"], {
  type: { const: "button" },
  text: PLAIN_TEXT(75),
  action_id: text(255),
  value: text(2000),
  url: { ...text(3000), format: "uri" },
  style: { enum: ["primary", "danger"] },
});
const MENU = object(["type", "action_id", "options"], {
  type: { const: "static_select" },
  action_id: text(255),
  placeholder: PLAIN_TEXT(150),
  options: list(object(["text", "value"], { text: PLAIN_TEXT(75), value: text(150) }), 100),
  confirm: object(["title", "text", "confirm", "deny"], {
    title: PLAIN_TEXT(100),
    text: PLAIN_TEXT(300),
    confirm: PLAIN_TEXT(30),
    deny: PLAIN_TEXT(30),
  }),
});
const BLOCKS = list(
  {
    oneOf: [
      RICH_TEXT,
      object(["type", "elements"], {
        type: { const: "actions" },
        block_id: text(255),
        elements: list({ oneOf: [BUTTON, MENU] }, 25),
      }),
      object(["type", "elements"], { type: { const: "context" }, elements: list(PLAIN_TEXT(2000), 10) }),
    ],
  },
  50,
);
const METADATA = object(["event_type", "event_payload"], {
  event_type: text(255),
  event_payload: { type: "object", additionalProperties: { type: ["string", "number", "boolean"] } },
});
const TIMESTAMP = { type: "string", pattern: "^\\d{10}\\.\\d{6}$" };
const PARSING = { parse: { enum: ["none", "full"] }, link_names: { type: "boolean" } };
const NUMBER = { type: "string", pattern: "^[0-9]+$" };

const FORMS = {
  "chat.postMessage": checker(
    object(["channel", "text"], {
      ...{ channel: text(40), text: text(40_000), blocks: BLOCKS, metadata: METADATA, thread_ts: TIMESTAMP },
      ...{
        reply_broadcast: { type: "boolean" },
        unfurl_links: { type: "boolean" },
        unfurl_media: { type: "boolean" },
      },
      ...PARSING,
    }),
  ),
  "chat.update": checker(
    object(["channel", "ts", "text"], {
      ...{ channel: text(40), ts: TIMESTAMP, text: text(40_000), blocks: BLOCKS, metadata: METADATA },
      ...PARSING,
    }),
  ),
  "conversations.history": checker(
    object(["channel"], {
      ...{ channel: text(40), oldest: NUMBER, latest: NUMBER, limit: NUMBER },
      include_all_metadata: { enum: ["true", "false"] },
    }),
  ),
  "conversations.replies": checker(
    object(["channel", "ts"], {
      ...{ channel: text(40), ts: TIMESTAMP, limit: NUMBER },
      include_all_metadata: { enum: ["true", "false"] },
    }),
  ),
};
type Method = keyof typeof FORMS;

export interface SlackMessage {
  readonly ts: string;
  text: string;
  blocks: readonly unknown[];
  readonly metadata?: unknown;
  readonly threadTs?: string;
  readonly isBroadcast: boolean;
  changes: number;
}

export interface SlackServer extends StrictServer {
  /** Replies included, in the order in which they came. */
  readonly messages: SlackMessage[];
  /** What a method answers instead, each once. */
  readonly errors: Partial<Record<Method, string[]>>;
}

/** Slack refuses blocks whose texts are longer together, and does not say how long; this was seen. */
const MOST_TEXT = 13_000;

export async function startSlackServer(): Promise<SlackServer> {
  const messages: SlackMessage[] = [];
  const errors: SlackServer["errors"] = {};
  const server = await startStrictServer({
    problemOf: (request) => problemOf(request, messages),
    take: (request) => {
      const method = methodOf(request);
      const error = method === undefined ? undefined : errors[method]?.shift();
      if (error !== undefined) return json(200, { ok: false, error });
      return answer(method as Method, argumentsOf(request), messages);
    },
    refuse: (problem) =>
      json(200, { ok: false, error: /^[a-z_]+$/.test(problem) ? problem : "invalid_arguments" }),
  });
  return { ...server, messages, errors };
}

function methodOf({ path }: Received): Method | undefined {
  const method = path.replace(/^\/api\//, "");
  return Object.hasOwn(FORMS, method) ? (method as Method) : undefined;
}

function argumentsOf({ body, headers }: Received): Record<string, unknown> {
  return headers["content-type"] === "application/x-www-form-urlencoded"
    ? Object.fromEntries(new URLSearchParams(body))
    : (JSON.parse(body) as Record<string, unknown>);
}

function problemOf(request: Received, messages: readonly SlackMessage[]): string | undefined {
  const method = methodOf(request);
  if (method === undefined || request.method !== "POST") return "unknown_method";
  if (request.headers.authorization !== `Bearer ${TOKEN}`) return "invalid_auth";
  const wanted = method.startsWith("chat.")
    ? "application/json; charset=utf-8"
    : "application/x-www-form-urlencoded";
  if (request.headers["content-type"] !== wanted) return "invalid_form_data";
  const args = argumentsOf(request);
  if (args["channel"] !== CHANNEL) return "channel_not_found";
  const isKnown = messages.some(({ ts }) => ts === args["ts"]);
  if (method === "chat.update" && !isKnown) return "message_not_found";
  if (method === "conversations.replies" && !isKnown) return "thread_not_found";
  return FORMS[method](args) ?? blocksProblem(args["blocks"]);
}

function blocksProblem(blocks: unknown): string | undefined {
  const texts: string[] = [];
  const ids: string[] = [];
  JSON.stringify(blocks ?? [], (name, value: unknown) => {
    if ((name === "text" || name === "url") && typeof value === "string") texts.push(value);
    if (name === "action_id") ids.push(String(value));
    return value;
  });
  if (new Set(ids).size !== ids.length) return "two buttons have one action_id";
  return texts.join("").length > MOST_TEXT ? "msg_blocks_too_long" : undefined;
}

function answer(method: Method, args: Record<string, unknown>, messages: SlackMessage[]): Reply {
  const channel = CHANNEL;
  switch (method) {
    case "chat.postMessage": {
      const message: SlackMessage = {
        ts: `1735787100.${String(messages.length + 1).padStart(6, "0")}`,
        text: String(args["text"]),
        blocks: (args["blocks"] ?? []) as readonly unknown[],
        metadata: args["metadata"],
        ...(args["thread_ts"] === undefined ? {} : { threadTs: String(args["thread_ts"]) }),
        isBroadcast: args["reply_broadcast"] === true,
        changes: 0,
      };
      messages.push(message);
      return json(200, { ok: true, channel, ts: message.ts, message: { text: message.text } });
    }
    case "chat.update": {
      const message = messages.find(({ ts }) => ts === args["ts"]);
      if (message === undefined) return json(200, { ok: false, error: "message_not_found" });
      message.text = String(args["text"]);
      message.blocks = (args["blocks"] ?? []) as readonly unknown[];
      message.changes += 1;
      return json(200, { ok: true, channel, ts: message.ts, text: message.text });
    }
    case "conversations.history":
    case "conversations.replies": {
      const thread = method === "conversations.replies" ? String(args["ts"]) : undefined;
      const found = messages.filter(({ ts, threadTs, isBroadcast }) =>
        thread === undefined ? threadTs === undefined || isBroadcast : ts === thread || threadTs === thread,
      );
      const shown = found.map(({ ts, text: said, metadata }) => ({
        ...{ type: "message", ts, text: said },
        ...(args["include_all_metadata"] === "true" ? { metadata: metadata as never } : {}),
      }));
      return json(200, {
        ok: true,
        messages: thread === undefined ? shown.reverse() : shown,
        has_more: false,
      });
    }
  }
}

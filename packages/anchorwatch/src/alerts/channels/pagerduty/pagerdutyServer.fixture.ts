/**
 * A stand-in for PagerDuty's Events API v2: the form of its OpenAPI document (https://github.com/PagerDuty/api-schema, events-v2), the limits
 * of its pages, and one incident for each key.
 */
import {
  checker,
  json,
  type Received,
  type StrictServer,
  startStrictServer,
} from "../strictServer.fixture.ts";

export const ROUTING_KEY = "e93facc04764012d7bfb002500d5d1a6";

const text = (maxLength: number) => ({ type: "string", minLength: 1, maxLength });

const EVENT = {
  type: "object",
  additionalProperties: false,
  required: ["routing_key", "event_action"],
  properties: {
    routing_key: { const: ROUTING_KEY },
    event_action: { enum: ["trigger", "acknowledge", "resolve"] },
    dedup_key: text(255),
    client: { type: "string" },
    client_url: { type: "string", format: "uri" },
    links: {
      type: "array",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["href"],
        properties: { href: { type: "string", format: "uri" }, text: { type: "string" } },
      },
    },
    payload: {
      type: "object",
      additionalProperties: false,
      required: ["summary", "severity", "source"],
      properties: {
        summary: text(1024),
        timestamp: { type: "string", format: "date-time" },
        severity: { enum: ["critical", "error", "warning", "info"] },
        source: text(255),
        component: { type: "string" },
        group: { type: "string" },
        class: { type: "string" },
        custom_details: { type: "object" },
      },
    },
  },
  if: { type: "object", properties: { event_action: { const: "trigger" } } },
  // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
  then: { required: ["payload"] },
  else: { required: ["dedup_key"] },
};

export interface PagerdutyServer extends StrictServer {
  /** By key: what became of each incident. */
  readonly incidents: ReadonlyMap<string, readonly string[]>;
}

interface Sent {
  readonly event_action: string;
  readonly dedup_key: string;
}

export async function startPagerdutyServer(): Promise<PagerdutyServer> {
  const incidents = new Map<string, string[]>();
  const wrong = checker(EVENT);
  const server = await startStrictServer({
    problemOf: ({ method, path, headers, body }: Received) => {
      if (method !== "POST" || path !== "/v2/enqueue") return `${method} ${path} is no operation`;
      if (headers["content-type"] !== "application/json") return "the content is no JSON";
      if (Buffer.byteLength(body) > 512 * 1024) return "the event is larger than 512 KB";
      return wrong(JSON.parse(body));
    },
    take: ({ body }) => {
      const { event_action, dedup_key } = JSON.parse(body) as Sent;
      incidents.set(dedup_key, [...(incidents.get(dedup_key) ?? []), event_action]);
      return json(202, { status: "success", message: "Event processed", dedup_key });
    },
    refuse: (problem) =>
      json(400, { status: "invalid event", message: "Event object is invalid", errors: [problem] }),
  });
  return { ...server, incidents };
}

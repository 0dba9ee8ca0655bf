/** An alert as requests of Opsgenie's Alert API. */
import type { Severity } from "../../../domain/classification.ts";
import { escapeText } from "../../../domain/escape.ts";
import type { JsonObject } from "../../../domain/jsonValue.ts";
import type { Delivery } from "../../channel.ts";
import { cut } from "../../message/fitting.ts";
import type { AlertMessage } from "../../message/message.ts";
import { outlineOf } from "../../message/outline.ts";
import { plainText } from "../../message/plainText.ts";

export interface OpsgenieRequest {
  readonly method: "POST" | "PUT";
  /** With its query. */
  readonly path: string;
  readonly body: JsonObject;
}

/** Opsgenie's limits, in characters. */
const LIMITS = {
  message: 130,
  alias: 512,
  description: 15_000,
  detail: 1000,
  entity: 512,
  tag: 50,
  note: 2000,
} as const;
const MOST_TAGS = 20;
const SOURCE = "Anchorwatch";

const PRIORITIES: Readonly<Record<Severity, string>> = {
  critical: "P1",
  high: "P2",
  medium: "P3",
  low: "P4",
  info: "P5",
};

export function aliasOf({ id }: AlertMessage): string {
  return cut(`anchorwatch-${id}`, LIMITS.alias);
}

/** Creating an alias that is open again only counts up there, so what changed is written over what it says. */
export function requestsOf({ step, message, reference }: Delivery): readonly OpsgenieRequest[] {
  const of = (action: string) =>
    `/v2/alerts/${encodeURIComponent(aliasOf(message))}/${action}?identifierType=alias`;
  const { status } = outlineOf(message);
  const remark = { source: SOURCE, note: cut(status, LIMITS.note) };
  switch (step) {
    case "open":
      return [{ method: "POST", path: "/v2/alerts", body: creation(message) }];
    case "update":
      if (reference === undefined) return [{ method: "POST", path: "/v2/alerts", body: creation(message) }];
      return [
        { method: "PUT", path: of("priority"), body: { priority: PRIORITIES[message.severity] } },
        { method: "PUT", path: of("message"), body: { message: titleOf(message) } },
        { method: "PUT", path: of("description"), body: { description: descriptionOf(message) } },
      ];
    case "acknowledge":
      return [{ method: "POST", path: of("acknowledge"), body: remark }];
    case "resolve":
      return [{ method: "POST", path: of("close"), body: remark }];
  }
}

function creation(message: AlertMessage): JsonObject {
  const [first] = message.drifts;
  return {
    message: titleOf(message),
    alias: aliasOf(message),
    description: descriptionOf(message),
    priority: PRIORITIES[message.severity],
    source: SOURCE,
    ...(first === undefined ? {} : { entity: cut(escapeText(first.address || first.type), LIMITS.entity) }),
    tags: tagsOf(message),
    details: detailsOf(message),
  };
}

function titleOf(message: AlertMessage): string {
  return cut(outlineOf(message).headline, LIMITS.message);
}

/** Opsgenie shows HTML in descriptions: what is none of ours stays text. */
function descriptionOf(message: AlertMessage): string {
  const shown = (most: number) => plainText(message, most).replace(/[&<>]/g, (sign) => HTML[sign] ?? sign);
  const text = shown(LIMITS.description);
  // Escaping made it longer: at most five times.
  return text.length <= LIMITS.description ? text : shown(LIMITS.description / 5);
}

const HTML: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function tagsOf({ class: ofAlert, severity, drifts }: AlertMessage): readonly string[] {
  const labels = drifts.flatMap(({ stack }) =>
    Object.entries(stack.labels).map(([name, value]) => `${name}:${value}`),
  );
  const tags = ["anchorwatch", ofAlert, severity, ...labels].map((tag) =>
    cut(escapeText(tag.replaceAll(",", " ")), LIMITS.tag),
  );
  return [...new Set(tags)].slice(0, MOST_TAGS);
}

function detailsOf(message: AlertMessage): JsonObject {
  const [first] = message.drifts;
  const { actions } = outlineOf(message);
  const details: Record<string, string> = {
    alert: message.id,
    drifts: String(message.total),
    ...(first === undefined ? {} : { stack: first.stack.name, resource: first.address, drift: first.id }),
    ...Object.fromEntries(actions.map(({ label, url }) => [label, url])),
  };
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [name, cut(escapeText(value), LIMITS.detail)]),
  );
}

/** An alert as an event of PagerDuty's Events API v2. */
import type { Severity } from "../../../domain/classification.ts";
import { escapeText } from "../../../domain/escape.ts";
import type { JsonObject } from "../../../domain/jsonValue.ts";
import type { Delivery } from "../../channel.ts";
import { bytes, cut } from "../../message/fitting.ts";
import type { AlertMessage } from "../../message/message.ts";
import { type DriftOutline, outlineOf } from "../../message/outline.ts";
import { plainText } from "../../message/plainText.ts";

export interface PagerdutyEvent {
  readonly routing_key: string;
  readonly event_action: "trigger" | "acknowledge" | "resolve";
  readonly dedup_key: string;
  /** The rest is for triggers alone. */
  readonly payload?: PagerdutyPayload;
  readonly client?: string;
  readonly client_url?: string;
  readonly links?: readonly { readonly href: string; readonly text: string }[];
}

interface PagerdutyPayload {
  readonly summary: string;
  readonly source: string;
  readonly severity: "critical" | "error" | "warning" | "info";
  readonly timestamp: string;
  readonly component?: string;
  readonly group?: string;
  readonly class: string;
  readonly custom_details: JsonObject;
}

const SUMMARY_CHARACTERS = 1024;
const SOURCE_CHARACTERS = 255;
/** PagerDuty takes 512 KB in all. */
const DETAILS_BYTES = 300_000;

const SEVERITIES: Readonly<Record<Severity, PagerdutyPayload["severity"]>> = {
  critical: "critical",
  high: "error",
  medium: "warning",
  low: "info",
  info: "info",
};

/** What changed is another trigger of the same key: PagerDuty adds it to the incident, and tells nobody again. */
export function eventOf({ step, message }: Delivery, routingKey: string): PagerdutyEvent {
  const dedup_key = cut(`anchorwatch-${message.id}`, 255);
  const common = { routing_key: routingKey, dedup_key };
  if (step === "acknowledge") return { ...common, event_action: "acknowledge" };
  if (step === "resolve") return { ...common, event_action: "resolve" };
  const { actions, drifts } = outlineOf(message);
  const links = [...actions, ...drifts.flatMap((drift) => drift.links)];
  const [first] = actions;
  return {
    ...common,
    event_action: "trigger",
    payload: payloadOf(message),
    client: "Anchorwatch",
    ...(first === undefined ? {} : { client_url: first.url }),
    ...(links.length === 0 ? {} : { links: links.map(({ label, url }) => ({ href: url, text: label })) }),
  };
}

function payloadOf(message: AlertMessage): PagerdutyPayload {
  const [first] = message.drifts;
  const stacks = new Set(message.drifts.map(({ stack }) => stack.name));
  return {
    summary: cut(outlineOf(message).headline, SUMMARY_CHARACTERS),
    source: cut(
      stacks.size === 1 ? escapeText(first?.stack.name ?? "anchorwatch") : `${stacks.size} stacks`,
      SOURCE_CHARACTERS,
    ),
    severity: SEVERITIES[message.severity],
    timestamp: message.openedAt.toISOString(),
    ...(first === undefined || message.total > 1
      ? {}
      : { component: escapeText(first.address || first.type) }),
    ...(first === undefined || stacks.size > 1 ? {} : { group: escapeText(first.stack.name) }),
    class: message.class,
    custom_details: detailsOf(message),
  };
}

/** As a table for whoever is woken; as one text where the table is too large. */
function detailsOf(message: AlertMessage): JsonObject {
  const { status, facts, drifts, others } = outlineOf(message);
  const details = {
    Status: status,
    ...valuesOf(facts),
    ...Object.fromEntries(
      drifts.map((drift, index) => [`${index + 1}. ${drift.title}`, driftDetails(drift)]),
    ),
    ...(others === 0 ? {} : { More: `${others} more drifts` }),
  };
  if (bytes(JSON.stringify(details)) <= DETAILS_BYTES) return details;
  return { Status: status, Text: plainText(message, 20_000) };
}

function driftDetails({ facts, diff, why, controls, remedy }: DriftOutline): JsonObject {
  return {
    ...valuesOf(facts),
    ...(diff.length === 0 ? {} : { "What changed": diff.join("\n") }),
    ...(why.length === 0 ? {} : { "Why it matters": why.join("\n") }),
    ...(controls.length === 0 ? {} : { Controls: controls.join("; ") }),
    ...(remedy === undefined ? {} : { "What helps": remedy }),
  };
}

function valuesOf(facts: DriftOutline["facts"]): Record<string, string> {
  return Object.fromEntries(facts.map(({ label, value }) => [label, value]));
}

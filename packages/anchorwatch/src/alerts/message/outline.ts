/**
 * What a message says, in its order, before any channel gives it its form: what changed, where, who and when, why it matters, what can be
 * done. Every text is one line without anything that a terminal or a browser acts on; markup is still markup, and each channel's to escape.
 */
import type { Classification, FiredRule } from "../../domain/classification.ts";
import { escapeText } from "../../domain/escape.ts";
import type { AlertDrift, AlertMessage } from "./message.ts";

export interface Outline {
  /** `CRITICAL security · A security group lets in the whole Internet`; for subjects and notifications. */
  readonly headline: string;
  /** `Open`, `Acknowledged by ada`, `Resolved: reverted`. */
  readonly status: string;
  readonly facts: readonly Fact[];
  readonly drifts: readonly DriftOutline[];
  /** Others of the alert that no message shows. */
  readonly others: number;
  /** What can be done by following a link. */
  readonly actions: readonly Link[];
}

export interface DriftOutline {
  /** `changed aws_security_group.web` */
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly diff: readonly string[];
  /** Sentences. */
  readonly why: readonly string[];
  readonly controls: readonly string[];
  readonly remedy?: string;
  readonly links: readonly Link[];
}

export interface Fact {
  readonly label: string;
  readonly value: string;
}

export interface Link {
  readonly label: string;
  /** http or https, as `URL` writes it: no spaces, quotes or angle brackets. */
  readonly url: string;
}

/** Reasons of one drift. */
const MOST_REASONS = 5;
const MOST_CONTROLS = 12;
/** Longer ones are cut by one program or another on their way. */
const URL_CHARACTERS = 2000;

export function outlineOf(message: AlertMessage): Outline {
  const { total, drifts, severity, cause, openedAt } = message;
  return {
    headline: `${severity.toUpperCase()} ${message.class} · ${escapeText(message.title)}`,
    status: statusOf(message),
    facts: [
      ...(cause === undefined ? [] : [{ label: "In common", value: escapeText(cause) }]),
      ...(total === 1 ? [] : [{ label: "Drifts", value: `${total}, ${message.open} of them open` }]),
      { label: "Since", value: timeText(openedAt) },
    ],
    drifts: drifts.map(outlineOfDrift),
    others: Math.max(0, total - drifts.length),
    actions: message.actions.flatMap(({ label, url }) => linkOf(escapeText(label), url)),
  };
}

/** `2026-01-02 03:04:05 UTC` */
export function timeText(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

function statusOf({ status, acknowledgedBy, snoozedUntil, resolution, escalation }: AlertMessage): string {
  const by = acknowledgedBy === undefined ? "" : ` by ${escapeText(acknowledgedBy)}`;
  switch (status) {
    case "open":
      return escalation === undefined || escalation === 0
        ? "Open"
        : `Open, sent further up (${escalation}): nobody answered`;
    case "acknowledged":
      return `Acknowledged${by}`;
    case "snoozed":
      return `Snoozed${snoozedUntil === undefined ? "" : ` until ${timeText(snoozedUntil)}`}${by}`;
    case "resolved":
      return resolution === undefined ? "Resolved" : `Resolved: ${escapeText(resolution)}`;
  }
}

function outlineOfDrift(drift: AlertDrift): DriftOutline {
  const { classification, source } = drift;
  const remedy = classification?.rules.find((rule) => rule.remedy !== undefined)?.remedy?.text;
  return {
    title: `${drift.verdict} ${escapeText(drift.address || drift.type)}${drift.status === "closed" ? " (over)" : ""}`,
    facts: [...whereOf(drift), ...whoOf(drift), ...whenOf(drift)],
    diff: drift.diff.map(escapeText),
    why: classification === undefined ? [] : reasonsOf(classification),
    controls: controlsOf(classification?.rules ?? []),
    ...(remedy === undefined ? {} : { remedy: escapeText(remedy) }),
    links: [...linkOf("In the code", source?.url), ...linkOf("In the cloud's console", drift.consoleUrl)],
  };
}

function whereOf({ stack, account, address, resourceId, source }: AlertDrift): readonly Fact[] {
  const labels = Object.entries(stack.labels).map(([name, value]) => `${name}=${value}`);
  const inLabels = labels.length === 0 ? "" : ` (${labels.join(", ")})`;
  return [
    { label: account === undefined ? "Stack" : "Account", value: escapeText(`${stack.name}${inLabels}`) },
    ...(address !== "" || resourceId === undefined ? [] : [{ label: "Id", value: escapeText(resourceId) }]),
    ...(source === undefined
      ? []
      : [{ label: "Declared in", value: escapeText(`${source.file}:${source.line}`) }]),
  ];
}

function whoOf({ who }: AlertDrift): readonly Fact[] {
  if (who === undefined) return [{ label: "Who", value: "nobody is known: no event tells of it" }];
  const { name, principal, channel, address } = who;
  const principalPart = principal === name ? "" : ` (${principal})`;
  const from = address === undefined ? "" : ` from ${address}`;
  return [{ label: "Who", value: escapeText(`${name}${principalPart} by ${channel}${from}`) }];
}

function whenOf({ when, event }: AlertDrift): readonly Fact[] {
  return [
    { label: "When", value: `${timeText(when)}${event === undefined ? "" : `, ${escapeText(event)}`}` },
  ];
}

function reasonsOf({ rules, adjustments, fallback, isComplete }: Classification): readonly string[] {
  const fired = rules.map((rule) => `${rule.explanation} [${rule.id}, ${rule.severity}]`);
  const adjusted = adjustments
    .filter(({ from, to }) => from !== to)
    .map(({ because, from, to, id }) => `${because} ${from} became ${to}. [${id}]`);
  const decided = fallback === undefined ? [] : [fallback.because];
  const incomplete = isComplete
    ? []
    : ["A rule failed: the classification is incomplete, and nothing was lowered."];
  const all = [...fired, ...adjusted, ...decided];
  const left = all.length - MOST_REASONS;
  const cut = left > 0 ? [...all.slice(0, MOST_REASONS), `… and ${left} more`] : all;
  return [...cut, ...incomplete].map(escapeText);
}

function controlsOf(rules: readonly FiredRule[]): readonly string[] {
  const controls = [...new Set(rules.flatMap((rule) => rule.controls))].map(escapeText);
  const left = controls.length - MOST_CONTROLS;
  return left > 0 ? [...controls.slice(0, MOST_CONTROLS), `… and ${left} more`] : controls;
}

/** Only what a browser opens as a page: never `javascript:`, never with a user's name, which hides the host. Undefined: it is none. */
export function safeUrl(text: string | undefined): string | undefined {
  const url = text === undefined ? null : URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
    return undefined;
  }
  const href = url.href.replace(/['()*[\]\\^`{|}]/g, percentEncoded);
  return href.length > URL_CHARACTERS ? undefined : href;
}

function linkOf(label: string, text: string | undefined): readonly Link[] {
  const url = safeUrl(text);
  return url === undefined ? [] : [{ label, url }];
}

/** What ends a link in one markup or another. */
function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

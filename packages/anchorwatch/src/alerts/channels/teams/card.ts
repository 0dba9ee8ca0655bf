/**
 * An alert as an Adaptive Card 1.4. Texts stand in runs of a RichTextBlock: unlike those of a TextBlock, they are no Markdown, so no value
 * can become a link, and mentions would need entities that are never sent.
 * @see https://adaptivecards.io/explorer/
 */
import type { Severity } from "../../../domain/classification.ts";
import type { JsonObject } from "../../../domain/jsonValue.ts";
import { bytes, cut } from "../../message/fitting.ts";
import type { AlertMessage } from "../../message/message.ts";
import { type DriftOutline, type Link, type Outline, outlineOf } from "../../message/outline.ts";

/** Teams takes 28 KB. */
const MOST_BYTES = 26_000;
const LINE_CHARACTERS = 1000;
const MOST_ACTIONS = 6;
const MOST_LINES = 40;

/** What the workflow expects. */
export function teamsMessage(message: AlertMessage): JsonObject {
  const content = largestCard(message, outlineOf(message));
  return {
    type: "message",
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content }],
  };
}

function largestCard(message: AlertMessage, outline: Outline): JsonObject {
  for (const size of sizesOf(outline.drifts.length)) {
    const card = cardOf(message, outline, size);
    if (bytes(JSON.stringify(card)) <= MOST_BYTES) return card;
  }
  return cardOf(message, outline, { shown: 0, lines: 0 });
}

interface CardSize {
  /** Drifts as a whole; with none, they are at least named. */
  readonly shown: number;
  /** Of each one's diff. */
  readonly lines: number;
}

/** From the most that could fit to the least: fewer drifts before fewer lines. */
function sizesOf(drifts: number): readonly CardSize[] {
  const whole = Array.from({ length: drifts }, (_, index) => ({ shown: drifts - index, lines: MOST_LINES }));
  return drifts === 0 ? [] : [...whole, { shown: 1, lines: 12 }, { shown: 1, lines: 4 }];
}

const COLOURS: Readonly<Record<Severity, string>> = {
  critical: "attention",
  high: "attention",
  medium: "warning",
  low: "accent",
  info: "accent",
};

function cardOf(
  message: AlertMessage,
  { headline, status, facts, drifts, others, actions }: Outline,
  { shown, lines }: CardSize,
): JsonObject {
  const left = others + drifts.length - shown;
  const colour = message.status === "resolved" ? "good" : COLOURS[message.severity];
  // Where not even one drift fits as a whole, they are at least named.
  const named = shown === 0 ? drifts.map(({ title }) => text([run(cut(title, 200))])) : [];
  return {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    fallbackText: cut(headline, LINE_CHARACTERS),
    body: [
      text([run(headline, { weight: "bolder", size: "medium", color: colour })]),
      text([run(status, { weight: "bolder" })]),
      ...factTexts(facts),
      ...drifts.slice(0, shown).map((drift) => driftContainer(drift, lines)),
      ...named,
      ...(left === 0 || shown === 0 ? [] : [text([run(`… and ${left} more`, { isSubtle: true })])]),
    ],
    actions: [...actions, ...(drifts.length === 1 ? (drifts[0]?.links ?? []) : [])]
      .slice(0, MOST_ACTIONS)
      .map(opening),
    msteams: { width: "Full" },
  };
}

function driftContainer(drift: DriftOutline, lines: number): JsonObject {
  const { title, facts, why, controls, remedy } = drift;
  const diff = linesOf(drift, lines);
  return {
    type: "Container",
    separator: true,
    items: [
      text([run(title, { weight: "bolder" })]),
      ...factTexts(facts),
      ...diff.map((line) => text([run(line, { fontType: "monospace" })], "none")),
      ...why.map((reason) => text([run("Why: ", { weight: "bolder" }), run(reason)])),
      ...(controls.length === 0 ? [] : [text([run(`Controls: ${controls.join("; ")}`, { isSubtle: true })])]),
      ...(remedy === undefined ? [] : [text([run("What helps: ", { weight: "bolder" }), run(remedy)])]),
    ],
  };
}

function linesOf({ diff }: DriftOutline, most: number): readonly string[] {
  return diff.length <= most ? diff : [...diff.slice(0, most), `… and ${diff.length - most} more lines`];
}

function factTexts(facts: DriftOutline["facts"]): readonly JsonObject[] {
  return facts.map(({ label, value }) => text([run(`${label}: `, { isSubtle: true }), run(value)], "none"));
}

function text(inlines: readonly JsonObject[], spacing = "small"): JsonObject {
  return { type: "RichTextBlock", spacing, inlines };
}

/** `{{DATE(…)}}` and `{{TIME(…)}}` are the only words of a text that a card acts on. */
function run(words: string, look: JsonObject = {}): JsonObject {
  return { type: "TextRun", text: cut(words || " ", LINE_CHARACTERS).replace(/\{(?=\{)/g, "{ "), ...look };
}

function opening({ label, url }: Link): JsonObject {
  return { type: "Action.OpenUrl", title: cut(label, 60), url };
}

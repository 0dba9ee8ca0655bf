/**
 * A message as Markdown of forges (CommonMark with GitHub's and GitLab's additions). Whatever is not ours stands in code spans and fences:
 * there no value can mention a person, close an issue, load a picture, or become a link or HTML.
 */
import { characters, fitted, type Measure } from "./fitting.ts";
import type { AlertMessage } from "./message.ts";
import { type DriftOutline, type Link, outlineOf } from "./outline.ts";

export function markdown(message: AlertMessage, most: number, measure: Measure = characters): string {
  const { headline, status, facts, drifts, others, actions } = outlineOf(message);
  return fitted(
    {
      head: `### ${codeSpan(headline)}\n\n${codeSpan(status)}\n\n${factLines(facts)}`,
      blocks: drifts.map((drift) => ({ whole: wholeDrift(drift), short: `\n- ${codeSpan(drift.title)}\n` })),
      left: (count) => `\n*… and ${count} more ${count === 1 ? "drift" : "drifts"}*\n`,
      foot: actions.length === 0 ? "" : `\n${links(actions)}\n`,
      others,
    },
    most,
    measure,
  );
}

/** As code, whatever backticks it has; one line. */
export function codeSpan(text: string): string {
  const fence = "`".repeat(longestRun(text) + 1);
  // A space that touches a backtick, or a text of spaces, would be taken for padding.
  const padded = /^[` ]|[` ]$/.test(text) ? ` ${text} ` : text;
  return text === "" ? "` `" : `${fence}${padded}${fence}`;
}

/** A block of code with a fence that none of its lines ends. */
export function codeBlock(lines: readonly string[], language: string): string {
  const fence = "`".repeat(Math.max(3, longestRun(lines.join("\n")) + 1));
  return `${fence}${language}\n${lines.join("\n")}\n${fence}\n`;
}

function wholeDrift({ title, facts, diff, why, controls, remedy, links: ofDrift }: DriftOutline): string {
  return [
    `\n#### ${codeSpan(title)}\n\n`,
    factLines(facts),
    ...(diff.length === 0 ? [] : [`\n${codeBlock(diff, "diff")}`]),
    ...(why.length === 0
      ? []
      : ["\n**Why it matters**\n\n", ...why.map((reason) => `- ${codeSpan(reason)}\n`)]),
    ...(controls.length === 0 ? [] : [`\nControls: ${controls.map(codeSpan).join(", ")}\n`]),
    ...(remedy === undefined ? [] : [`\nWhat helps: ${codeSpan(remedy)}\n`]),
    ...(ofDrift.length === 0 ? [] : [`\n${links(ofDrift)}\n`]),
  ].join("");
}

function factLines(facts: DriftOutline["facts"]): string {
  return facts.map(({ label, value }) => `- ${label}: ${codeSpan(value)}\n`).join("");
}

/** Labels of links are ours; in the outline their addresses hold nothing that ends them. */
function links(all: readonly Link[]): string {
  return all.map(({ label, url }) => `[${label.replace(/[[\]\\`*_<>@#!]/g, "\\$&")}](<${url}>)`).join(" · ");
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

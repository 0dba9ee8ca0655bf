/** A message as text without markup: mail, pagers, whatever shows it as it is. */
import { characters, fitted, type Measure } from "./fitting.ts";
import type { AlertMessage } from "./message.ts";
import { type DriftOutline, type Link, outlineOf } from "./outline.ts";

export function plainText(message: AlertMessage, most: number, measure: Measure = characters): string {
  const { headline, status, facts, drifts, others, actions } = outlineOf(message);
  return fitted(
    {
      head: `${headline}\n${status}\n${factLines(facts, "")}`,
      blocks: drifts.map((drift) => ({ whole: wholeDrift(drift), short: `\n${drift.title}\n` })),
      left: (count) => `\n… and ${count} more ${count === 1 ? "drift" : "drifts"}\n`,
      foot: actions.length === 0 ? "" : `\n${linkLines(actions, "")}`,
      others,
    },
    most,
    measure,
  );
}

function wholeDrift({ title, facts, diff, why, controls, remedy, links }: DriftOutline): string {
  return [
    `\n${title}\n`,
    factLines(facts, "  "),
    ...diff.map((line) => `    ${line}\n`),
    ...why.map((reason) => `  Why: ${reason}\n`),
    ...(controls.length === 0 ? [] : [`  Controls: ${controls.join("; ")}\n`]),
    ...(remedy === undefined ? [] : [`  What helps: ${remedy}\n`]),
    linkLines(links, "  "),
  ].join("");
}

function factLines(facts: DriftOutline["facts"], indent: string): string {
  return facts.map(({ label, value }) => `${indent}${label}: ${value}\n`).join("");
}

function linkLines(links: readonly Link[], indent: string): string {
  return links.map(({ label, url }) => `${indent}${label}: ${url}\n`).join("");
}

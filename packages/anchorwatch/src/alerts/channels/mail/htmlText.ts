/**
 * A message as HTML for mail: no picture, no style sheet, no script, nothing that is fetched when it is read. What is not ours is escaped;
 * links lead only where the outline's do.
 */
import { fitted } from "../../message/fitting.ts";
import type { AlertMessage } from "../../message/message.ts";
import { type DriftOutline, type Fact, type Link, outlineOf } from "../../message/outline.ts";

export function htmlText(message: AlertMessage, most: number): string {
  const { headline, status, facts, drifts, others, actions } = outlineOf(message);
  const colour = COLOURS[message.status === "resolved" ? "resolved" : message.severity];
  return fitted(
    {
      head: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(headline)}</title></head>
<body style="margin:0;padding:16px;font-family:sans-serif;font-size:14px;line-height:1.4;color:#1a1a1a;background:#ffffff">
<h1 style="margin:0 0 8px;padding-left:10px;border-left:6px solid ${colour};font-size:18px">${escapeHtml(headline)}</h1>
<p style="margin:0 0 8px"><strong>${escapeHtml(status)}</strong></p>
${factTable(facts)}`,
      blocks: drifts.map((drift) => ({
        whole: wholeDrift(drift),
        short: `<p>${escapeHtml(drift.title)}</p>\n`,
      })),
      left: (count) => `<p><em>… and ${count} more ${count === 1 ? "drift" : "drifts"}</em></p>\n`,
      foot: `${actions.length === 0 ? "" : `<p>${links(actions)}</p>\n`}</body></html>\n`,
      others,
    },
    most,
  );
}

/** For text between tags and in quoted attributes. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

const COLOURS: Readonly<Record<AlertMessage["severity"] | "resolved", string>> = {
  critical: "#b00020",
  high: "#d9480f",
  medium: "#b08900",
  low: "#1864ab",
  info: "#5c6370",
  resolved: "#2b8a3e",
};

function wholeDrift({ title, facts, diff, why, controls, remedy, links: ofDrift }: DriftOutline): string {
  return [
    `<h2 style="margin:16px 0 4px;font-size:15px">${escapeHtml(title)}</h2>\n`,
    factTable(facts),
    ...(diff.length === 0 ? [] : [pre(diff)]),
    ...(why.length === 0
      ? []
      : [`<ul>${why.map((reason) => `<li>${escapeHtml(reason)}</li>`).join("")}</ul>\n`]),
    ...(controls.length === 0 ? [] : [`<p>Controls: ${escapeHtml(controls.join("; "))}</p>\n`]),
    ...(remedy === undefined ? [] : [`<p>What helps: ${escapeHtml(remedy)}</p>\n`]),
    ...(ofDrift.length === 0 ? [] : [`<p>${links(ofDrift)}</p>\n`]),
  ].join("");
}

function pre(lines: readonly string[]): string {
  return `<pre style="margin:8px 0;padding:8px;background:#f4f4f4;white-space:pre-wrap">${lines.map(escapeHtml).join("\n")}</pre>\n`;
}

function factTable(facts: readonly Fact[]): string {
  const rows = facts.map(
    ({ label, value }) =>
      `<tr><td style="padding-right:12px;color:#5c6370">${escapeHtml(label)}</td><td>${escapeHtml(value)}</td></tr>`,
  );
  return rows.length === 0
    ? ""
    : `<table style="border-collapse:collapse;font-size:14px">${rows.join("")}</table>\n`;
}

function links(all: readonly Link[]): string {
  return all.map(({ label, url }) => `<a href="${escapeHtml(url)}">${escapeHtml(label)}</a>`).join(" · ");
}

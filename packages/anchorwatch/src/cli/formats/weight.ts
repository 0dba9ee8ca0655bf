/** Why a drift matters, in words. Explanations quote values that somebody else chose. */

import type { ResourceResult } from "../../domain/check.ts";
import { type Classification, problemText, type Severity } from "../../domain/classification.ts";
import { escapeText } from "../../domain/escape.ts";
import { plural } from "../../domain/plural.ts";

type Judged = { readonly classification?: ResourceResult["classification"] | undefined };

/** `security, high`; undefined where nobody has classified it. */
export function weightText({ classification }: Judged): string | undefined {
  if (classification === undefined) return undefined;
  const { class: ofClass, severity, isComplete } = classification;
  return `${ofClass}, ${severity}${isComplete ? "" : ", classification incomplete"}`;
}

/** The first reason, in one line. */
export function reasonText({ classification }: Judged): string | undefined {
  if (classification === undefined) return undefined;
  const [first] = classification.rules;
  const told = first === undefined ? classification.fallback?.because : `${first.explanation} (${first.id})`;
  return told === undefined ? undefined : escapeText(told);
}

/** Both in one line. */
export function whyText(resource: Judged): string | undefined {
  const weight = weightText(resource);
  const reason = reasonText(resource);
  return weight === undefined || reason === undefined ? weight : `${weight}: ${reason}`;
}

/** Both, and what the controls are. */
export function weightLines(resource: Judged): readonly string[] {
  const why = whyText(resource);
  if (why === undefined) return [];
  const controls = controlsOf(resource.classification);
  return [
    why,
    ...moreReasons(resource),
    ...(controls.length === 0 ? [] : [escapeText(controls.join(" · "))]),
    ...problemTexts(resource),
  ];
}

/** The other rules that fired, and what changed the severity. */
export function moreReasons({ classification }: Judged): readonly string[] {
  if (classification === undefined) return [];
  const { rules, adjustments, fallback } = classification;
  const others = [
    ...rules.slice(1).map(({ explanation, id }) => `also: ${explanation} (${id})`),
    ...(rules.length > 0 && fallback !== undefined ? [`also: ${fallback.because}`] : []),
  ];
  const more =
    others.length > MOST_REASONS ? [`… and ${plural(others.length - MOST_REASONS, "more reason")}`] : [];
  return [
    ...others.slice(0, MOST_REASONS),
    ...more,
    ...adjustments
      .slice(0, MOST_REASONS)
      .map(({ from, to, because, id }) => `${from} → ${to}: ${because} (${id})`),
  ].map(escapeText);
}

/** Rules that failed, each with its place. */
export function problemTexts({ classification }: Judged): readonly string[] {
  const problems = classification?.problems ?? [];
  const more = problems.length > MOST_PROBLEMS ? [`… and ${problems.length - MOST_PROBLEMS} more`] : [];
  return [...problems.slice(0, MOST_PROBLEMS).map((one) => escapeText(problemText(one))), ...more];
}

/** As SARIF and code scanning know it. */
export function levelOf(severity: Severity): "error" | "warning" | "note" {
  if (severity === "critical" || severity === "high") return "error";
  return severity === "medium" ? "warning" : "note";
}

const MOST_CONTROLS = 10;
const MOST_PROBLEMS = 3;
const MOST_REASONS = 4;

function controlsOf(classification: Classification | undefined): readonly string[] {
  const all = classification?.rules.flatMap(({ controls }) => controls) ?? [];
  return [...new Set(all)].slice(0, MOST_CONTROLS);
}

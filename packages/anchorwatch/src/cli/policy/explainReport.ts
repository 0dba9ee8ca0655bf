/** What rules say of drifts, and why. */
import { type Classification, problemText, type SeenValue } from "../../domain/classification.ts";
import { escapeJson, escapeText } from "../../domain/escape.ts";
import type { RuleOutcome } from "../../policy/classify.ts";
import type { DriftFacts } from "../../policy/facts.ts";
import type { LedgerPaint } from "../ledger/paint.ts";

export interface Explained {
  readonly facts: Pick<DriftFacts, "verdict"> & {
    readonly resource: Pick<DriftFacts["resource"], "address" | "type" | "id">;
  };
  readonly classification: Classification;
  /** `elsewhere`: it is about other types or kinds of drift. */
  readonly outcomes: readonly {
    readonly id: string;
    readonly outcome: RuleOutcome | { readonly kind: "elsewhere" };
  }[];
}

/** @param all also rules that said no */
export function explainedText(drifts: readonly Explained[], all: boolean, paint: LedgerPaint): string {
  if (drifts.length === 0) return "Nothing has drifted.\n";
  return `${drifts.map((drift) => textOf(drift, all, paint).join("\n")).join("\n\n")}\n`;
}

export function explainedJson(drifts: readonly Explained[], all: boolean): string {
  const document = {
    schema: "anchorwatch.policy-explanation/v1",
    drifts: drifts.map(({ facts: { resource, verdict }, classification, outcomes }) => ({
      address: resource.address,
      type: resource.type,
      id: resource.id,
      verdict,
      classification,
      ...(all
        ? {
            others: outcomes
              .filter(({ outcome }) => outcome.kind !== "fired")
              .map(({ id, outcome }) => ({ id, ...outcome })),
          }
        : {}),
    })),
  };
  return `${escapeJson(JSON.stringify(document, null, 2))}\n`;
}

function textOf(
  { facts: { resource, verdict }, classification: said, outcomes }: Explained,
  all: boolean,
  paint: LedgerPaint,
): readonly string[] {
  const name = resource.address === "" ? `${resource.type} ${resource.id}` : resource.address;
  const lines = [
    `${paint.strong(escapeText(name))}  ${verdict}  ${said.class}, ${paintSeverity(said.severity, paint)}${said.isComplete ? "" : paint.doubtful("  classification incomplete")}`,
  ];
  for (const rule of said.rules) {
    lines.push(`  ${paint.bad("fired")}   ${escapeText(rule.id)}  ${rule.class}, ${rule.severity}`);
    lines.push(`          ${escapeText(rule.explanation)}`, ...valueLines(rule.values));
    if (rule.controls.length > 0)
      lines.push(`          controls: ${rule.controls.map(escapeText).join("; ")}`);
    if (rule.remedy !== undefined)
      lines.push(`          ${rule.remedy.strategy}: ${escapeText(rule.remedy.text)}`);
  }
  if (said.fallback !== undefined)
    lines.push(`  ${paint.doubtful("no rule")} ${escapeText(said.fallback.because)}`);
  for (const { id, from, to, because, values } of said.adjustments) {
    lines.push(`  ${paint.doubtful("adjust")}  ${escapeText(id)}  ${from} → ${to}`);
    lines.push(`          ${escapeText(because)}`, ...valueLines(values));
  }
  for (const problem of said.problems)
    lines.push(`  ${paint.bad("failed")}  ${escapeText(problemText(problem))}`);
  if (all) lines.push(...outcomes.flatMap(({ id, outcome }) => silentLines(id, outcome, paint)));
  return lines;
}

function silentLines(
  id: string,
  outcome: Explained["outcomes"][number]["outcome"],
  paint: LedgerPaint,
): readonly string[] {
  if (outcome.kind === "silent")
    return [`  ${paint.quiet("no")}      ${escapeText(id)}`, ...valueLines(outcome.values)];
  return outcome.kind === "elsewhere"
    ? [paint.quiet(`  other   ${escapeText(id)} (another type or kind)`)]
    : [];
}

function valueLines(values: readonly SeenValue[]): readonly string[] {
  return values.map(
    ({ expression, value }) => `          ${escapeText(`${expression} = ${JSON.stringify(value)}`)}`,
  );
}

function paintSeverity(severity: Classification["severity"], paint: LedgerPaint): string {
  if (severity === "critical" || severity === "high") return paint.bad(severity);
  return severity === "medium" ? paint.doubtful(severity) : severity;
}

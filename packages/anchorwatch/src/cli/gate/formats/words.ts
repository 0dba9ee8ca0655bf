/** How the answer of the gate is called in every report. Texts are escaped here: titles and addresses may hold anything. */
import type { GateAnswer } from "../../../app/gate/gate.ts";
import type { FindingWeight, GateFinding, GateOutcome } from "../../../app/gate/gateFinding.ts";
import type { SourceLocation } from "../../../domain/check.ts";
import { escapeText } from "../../../domain/escape.ts";
import { plural } from "../../../domain/plural.ts";

const OUTCOME_WORDS: Readonly<Record<GateOutcome, string>> = {
  pass: "PASS",
  blocked: "BLOCKED",
  unknown: "UNKNOWN, so this is no yes",
};

/** `Gate for network: BLOCKED by 2 findings` */
export function headline({ outcome, stack, findings }: GateAnswer): string {
  const count = findings.filter(
    ({ weight }) => weight === (outcome === "unknown" ? "unknown" : "blocks"),
  ).length;
  const by = outcome === "blocked" ? ` by ${plural(count, "finding")}` : "";
  return `Gate for ${escapeText(stack)}: ${OUTCOME_WORDS[outcome]}${by}`;
}

export const WEIGHT_WORDS: Readonly<Record<FindingWeight, string>> = {
  blocks: "blocks",
  unknown: "unknown",
  told: "to know",
};

/** What was asked, and what was not: a pass says no more than that. */
export function asked({ plan, sync, freeze, unruled }: GateAnswer): readonly string[] {
  return [
    plan === undefined ? "Plan: none was given." : planText(plan),
    ...(unruled.length === 0 ? [] : [unruledText(unruled)]),
    SYNC_WORDS[sync.kind === "known" ? (sync.drifts.length === 0 ? "in_sync" : "drifted") : sync.kind],
    FREEZE_WORDS[freeze.kind],
  ];
}

const MOST_TYPES = 10;

function unruledText(types: readonly string[]): string {
  const more = types.length - MOST_TYPES;
  const named = types.slice(0, MOST_TYPES).map(escapeText).join(", ");
  return `No rule speaks of: ${named}${more > 0 ? ` and ${more} more` : ""}.`;
}

function planText(plan: NonNullable<GateAnswer["plan"]>): string {
  const counts = new Map<string, number>();
  for (const { action } of plan.changes) counts.set(action, (counts.get(action) ?? 0) + 1);
  const parts = [...counts].map(([action, count]) => `${count} ${action}`);
  const detail = parts.length === 0 ? "" : ` (${parts.join(", ")})`;
  return `Plan ${escapeText(plan.name)}: ${plural(plan.changes.length, "change")}${detail}.`;
}

const SYNC_WORDS = {
  not_asked: "In sync: not asked (--check, or --server URL).",
  unknown: "In sync: nobody can tell.",
  in_sync: "In sync: yes.",
  drifted: "In sync: no.",
} as const;

const FREEZE_WORDS = {
  not_asked: "Frozen: not asked (--server URL).",
  unknown: "Frozen: nobody can tell.",
  free: "Frozen: no.",
  frozen: "Frozen: yes.",
} as const;

/** `high, security; aws.s3.public; CIS AWS 3.0.0 2.1.4` */
function grounds({ severity, class: kind, rules = [], controls = [] }: GateFinding): string {
  const worth = [severity, kind].filter((part) => part !== undefined).join(", ");
  return [worth, rules.join(", "), controls.join(", ")]
    .filter((part) => part !== "")
    .map(escapeText)
    .join("; ");
}

/** All of it in lines. */
export function linesOf(finding: GateFinding): readonly string[] {
  const { text, advice } = finding;
  return [text, advice ?? "", grounds(finding)].filter((part) => part !== "").map(escapeText);
}

/** Reports of forges are about places alone: what has none in the code stands with the configuration. */
export const FALLBACK_PLACE: SourceLocation = { file: "anchorwatch.yaml", line: 1 };

export function placeOf({ source }: GateFinding): string {
  return source === undefined ? "" : `${escapeText(source.file)}:${source.line}`;
}

/** What the gate has to say, one by one, in the words that every report uses. */

import type { SourceLocation } from "../../domain/check.ts";
import { type DriftClass, SEVERITIES, type Severity } from "../../domain/classification.ts";

/**
 * `frozen`: nobody may deploy. `undone`: a deployment would undo or bury what somebody changed. `rule`: what would change breaks a rule.
 * `drift`: other drift. `incomplete`: rules failed. `not_known`: no rule could look at it. `not_told`: what was asked has no answer.
 */
export type FindingKind = "frozen" | "undone" | "rule" | "drift" | "incomplete" | "not_known" | "not_told";

/** `unknown`: nobody can tell whether it would block, so the gate does not say yes. */
export type FindingWeight = "blocks" | "unknown" | "told";

export interface GateFinding {
  readonly kind: FindingKind;
  readonly weight: FindingWeight;
  /** A line. */
  readonly title: string;
  /** Sentences. Nothing in it is trusted. */
  readonly text: string;
  /** What can be done, in a sentence. */
  readonly advice?: string;
  /** Of a resource; absent: of the whole stack. */
  readonly address?: string;
  readonly source?: SourceLocation;
  readonly severity?: Severity;
  readonly class?: DriftClass;
  /** Ids of rules, the severest first. */
  readonly rules?: readonly string[];
  readonly controls?: readonly string[];
}

export type GateOutcome = "pass" | "blocked" | "unknown";

/** What blocks outweighs what is unknown: however that turns out, the answer stays no. */
export function outcomeOf(findings: readonly GateFinding[]): GateOutcome {
  if (findings.some(({ weight }) => weight === "blocks")) return "blocked";
  return findings.some(({ weight }) => weight === "unknown") ? "unknown" : "pass";
}

const WEIGHTS: readonly FindingWeight[] = ["blocks", "unknown", "told"];
const KINDS: readonly FindingKind[] = [
  "frozen",
  "undone",
  "rule",
  "drift",
  "incomplete",
  "not_known",
  "not_told",
];

/** What blocks first, and of that what nobody would have expected. */
export function byWeight(one: GateFinding, other: GateFinding): number {
  return (
    WEIGHTS.indexOf(one.weight) - WEIGHTS.indexOf(other.weight) ||
    KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) ||
    severityRank(other) - severityRank(one) ||
    (one.address ?? "").localeCompare(other.address ?? "", "en", { numeric: true })
  );
}

function severityRank({ severity }: GateFinding): number {
  return severity === undefined ? -1 : SEVERITIES.indexOf(severity);
}

/** Why a drift matters: what the rules said of it, and which values made them say so. */
import type { JsonValue } from "./jsonValue.ts";

export const SEVERITIES = ["info", "low", "medium", "high", "critical"] as const;
/** From the least to the worst. */
export type Severity = (typeof SEVERITIES)[number];

export type DriftClass = "security" | "operational";

/** `builtin`: of the packs that come with the program. `operator`: of `anchorwatch.server.yaml`. `repository`: of `anchorwatch.yaml`. */
export type RuleOrigin = "builtin" | "operator" | "repository";

export interface Classification {
  /** `security` where any rule of that class fired. */
  readonly class: DriftClass;
  /** After all adjustments. */
  readonly severity: Severity;
  /** Every rule and adjustment could be evaluated. Otherwise nothing has lowered the severity. */
  readonly isComplete: boolean;
  /** Those that failed. */
  readonly problems: readonly RuleProblem[];
  /** Those that fired, the severest first. */
  readonly rules: readonly FiredRule[];
  /** In the order in which they were applied. */
  readonly adjustments: readonly FiredAdjustment[];
  /** Where no rule fired: what the class was decided from. */
  readonly fallback?: Fallback;
  /** `sha256:…` of the rules that were in force. */
  readonly policy: string;
  /** When a rule may say something else though nothing has changed: it looks at the time. */
  readonly againAt?: Date;
}

export interface FiredRule {
  readonly id: string;
  readonly title: string;
  readonly origin: RuleOrigin;
  readonly class: DriftClass;
  readonly severity: Severity;
  /** In a sentence, with the values. */
  readonly explanation: string;
  readonly values: readonly SeenValue[];
  /** `CIS AWS 3.0.0 5.2` */
  readonly controls: readonly string[];
  readonly remedy?: Remedy;
}

export interface Remedy {
  readonly strategy: "rollback" | "redeploy" | "adopt" | "accept";
  readonly text: string;
}

export interface FiredAdjustment {
  readonly id: string;
  readonly origin: RuleOrigin;
  readonly from: Severity;
  readonly to: Severity;
  readonly because: string;
  readonly values: readonly SeenValue[];
}

/** What an expression has read: `changes[0].element.from_port`, 22. Masked, and cut where it is long. */
export interface SeenValue {
  readonly expression: string;
  readonly value: JsonValue;
}

/** What the attribute is, where no rule speaks of it. */
export interface Fallback {
  /** `ingress`; absent: of the type or the verdict. */
  readonly attribute?: string;
  readonly because: string;
}

export interface RuleProblem {
  readonly rule: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** `rules.yaml:12:5: team.open: divides by zero`; what is of no file has no place. */
export function problemText({ rule, file, line, column, message }: RuleProblem): string {
  const parts = [file === "" ? "" : `${file}:${line}:${column}`, rule, message];
  return parts.filter((part) => part !== "").join(": ");
}

export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
}

export function worstOf(one: Severity, other: Severity): Severity {
  return isAtLeast(one, other) ? one : other;
}

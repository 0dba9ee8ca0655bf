/** When the gate says no. The operator decides; a repository can only be stricter. */
import { matchesGlob, parseGlob } from "../../compare/glob.ts";
import { SEVERITIES, type Severity } from "../../domain/classification.ts";

/** Which open drift blocks: any, what the plan touches, or none, and then it is told. */
export const DRIFT_BLOCKS = ["any", "touched", "tell"] as const;
export type DriftBlocks = (typeof DRIFT_BLOCKS)[number];

export interface GateSettings {
  /** Least severity of a planned change that blocks. */
  readonly failOn: Severity | "never";
  /** By id, with `*`: what blocks however severe it is, and what is told however severe it is. The last that fits counts. */
  readonly rules: readonly GateRule[];
  readonly drift: DriftBlocks;
  /** Of values that are known after apply only, which no rule could look at. */
  readonly notKnown: "block" | "tell";
  /** Milliseconds: what a server saw longer ago says nothing any more. */
  readonly maxCheckAgeMs: number;
}

export interface GateRule {
  readonly id: string;
  readonly does: "block" | "tell";
}

export const DEFAULT_GATE: GateSettings = {
  failOn: "high",
  rules: [],
  drift: "any",
  notKnown: "tell",
  maxCheckAgeMs: 24 * 3_600_000,
};

/** What a repository says of its own. */
export type StricterGate = Partial<Omit<GateSettings, "rules">> & { readonly block?: readonly string[] };

export function tightened(operator: GateSettings, repository: StricterGate = {}): GateSettings {
  const { failOn, block = [], drift, notKnown, maxCheckAgeMs } = repository;
  return {
    failOn: stricter([...SEVERITIES, "never"], operator.failOn, failOn),
    rules: [...operator.rules, ...block.map((id): GateRule => ({ id, does: "block" }))],
    drift: stricter(DRIFT_BLOCKS, operator.drift, drift),
    notKnown: stricter(["block", "tell"], operator.notKnown, notKnown),
    maxCheckAgeMs: Math.min(operator.maxCheckAgeMs, maxCheckAgeMs ?? operator.maxCheckAgeMs),
  };
}

/** Undefined: it goes by its severity. */
export function saidOfRule({ rules }: Pick<GateSettings, "rules">, id: string): GateRule["does"] | undefined {
  return rules.findLast((rule) => matchesGlob(parseGlob(rule.id), id))?.does;
}

/** @param order the strictest first */
function stricter<Choice>(order: readonly Choice[], one: Choice, other: Choice | undefined): Choice {
  return other !== undefined && order.indexOf(other) < order.indexOf(one) ? other : one;
}

/** All rules that are in force for a stack, ready to be asked. */
import { type Glob, matchesGlob } from "../../compare/glob.ts";
import type { DriftFacts } from "../facts.ts";
import type { BrokenRule, CompiledAdjustment, CompiledRule, CompiledRules } from "./compileRules.ts";
import type { ChangeWindow } from "./source.ts";
import { readsNow } from "./template.ts";

export interface RuleSet {
  /** `sha256:…` of all that is in it. */
  readonly digest: string;
  readonly rules: readonly CompiledRule[];
  readonly adjustments: readonly CompiledAdjustment[];
  readonly changeWindows: readonly ChangeWindow[];
  /** Those that speak of such a drift at all: looked up, not searched. */
  readonly candidates: (type: string, verdict: DriftFacts["verdict"]) => Candidates;
}

export interface Candidates {
  readonly rules: readonly CompiledRule[];
  readonly broken: readonly BrokenRule[];
  /** A rule of them, or any adjustment, may say something else as time passes. */
  readonly lookAtTime: boolean;
}

/** Of types that were asked for; names of types come from states, so not without end. */
const MOST_KEPT = 5000;

export function newRuleSet(
  compiled: CompiledRules,
  changeWindows: readonly ChangeWindow[],
  digest: string,
): RuleSet {
  const kept = new Map<string, Candidates>();
  return {
    digest,
    rules: compiled.rules,
    adjustments: compiled.adjustments,
    changeWindows,
    candidates: (type, verdict) => {
      const key = `${verdict} ${type}`;
      const known = kept.get(key);
      if (known !== undefined) return known;
      if (kept.size >= MOST_KEPT) kept.clear();
      const rules = compiled.rules.filter((rule) => speaksOf(rule.types, rule.source.on, type, verdict));
      const found = {
        rules,
        lookAtTime:
          compiled.adjustments.some(({ when }) => when.readsNow) ||
          rules.some(({ when, explain }) => when.readsNow || readsNow(explain)),
        broken: compiled.broken.filter(({ source }) => {
          const types = source?.types?.map((pattern) => ({ pieces: pattern.split("*") }));
          return speaksOf(types, source?.on, type, verdict);
        }),
      };
      kept.set(key, found);
      return found;
    },
  };
}

/** Whether a rule is about such a drift. */
export function speaksOf(
  types: readonly Glob[] | undefined,
  on: readonly DriftFacts["verdict"][] | undefined,
  type: string,
  verdict: DriftFacts["verdict"],
): boolean {
  if (on !== undefined && !on.includes(verdict)) return false;
  return types === undefined || types.some((glob) => matchesGlob(glob, type));
}

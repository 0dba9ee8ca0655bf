/** Rules for tests, of which only what matters is said. */
import { type CompiledRules, compileRules } from "./compileRules.ts";
import { newRuleSet, type RuleSet } from "./ruleSet.ts";
import type { AdjustmentSource, ChangeWindow, RuleSource, SourceText } from "./source.ts";

/** In line 1, so that a column is an offset from 1. */
export function text(given: string): SourceText {
  return { text: given, place: (offset) => ({ line: 1, column: offset + 1 }) };
}

export function rule(when: string, said: Partial<RuleSource> = {}): RuleSource {
  return {
    id: "test.rule",
    title: "A rule",
    origin: "operator",
    when: text(when),
    class: "security",
    severity: "high",
    explain: text("It matters."),
    controls: [],
    file: "rules.yaml",
    at: { line: 1, column: 1 },
    ...said,
  };
}

export function adjustment(
  when: string,
  effect: AdjustmentSource["effect"],
  said: Partial<AdjustmentSource> = {},
): AdjustmentSource {
  const common = {
    id: "test.adjust",
    origin: "operator",
    file: "rules.yaml",
    at: { line: 1, column: 1 },
  } as const;
  return { ...common, when: text(when), effect, because: text("So it is."), ...said };
}

export function ruleSet(
  rules: readonly RuleSource[],
  adjustments: readonly AdjustmentSource[] = [],
  windows: readonly ChangeWindow[] = [],
): RuleSet {
  const compiled: CompiledRules = compileRules(rules, adjustments);
  return newRuleSet(compiled, windows, "sha256:test");
}

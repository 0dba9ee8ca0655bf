/**
 * Why a drift matters: all rules that fire, the worst of their severities, then the adjustments. Pure, synchronous, and bounded
 * (`cel/budget.ts`). Whatever fails never makes a drift look better than it may be.
 */
import {
  type Classification,
  type DriftClass,
  type FiredAdjustment,
  type FiredRule,
  isAtLeast,
  type RuleOrigin,
  type RuleProblem,
  SEVERITIES,
  type SeenValue,
  type Severity,
  worstOf,
} from "../domain/classification.ts";
import { Budget } from "./cel/budget.ts";
import { problemOf } from "./cel/failure.ts";
import { condition } from "./cel/logic.ts";
import { newRun, type Read, Trace } from "./cel/run.ts";
import { type CelMap, shownValue } from "./cel/values.ts";
import { Coverage } from "./coverage.ts";
import type { DriftFacts } from "./facts.ts";
import { fallbackOf } from "./fallback/fallback.ts";
import { windowOf } from "./rules/changeWindow.ts";
import { type CompiledAdjustment, type CompiledRule, problemIn } from "./rules/compileRules.ts";
import type { RuleSet } from "./rules/ruleSet.ts";
import type { Effect } from "./rules/source.ts";
import { fillTemplate } from "./rules/template.ts";
import { variablesOf } from "./variables.ts";

/** What became of one rule; for `policy explain`. */
export type RuleOutcome =
  | { readonly kind: "fired"; readonly rule: FiredRule }
  | { readonly kind: "silent"; readonly values: readonly SeenValue[] }
  | { readonly kind: "failed"; readonly problem: RuleProblem };

const MOST_VALUES = 20;
const LONGEST_VALUE = 200;
/** What looks at the time is asked again when a quarter of an hour is over. */
const LOOK_AGAIN_MS = 900_000;

/** Rules may have missed something, so nothing is lowered. */
const PARTLY_KNOWN: RuleProblem = {
  rule: "values",
  file: "",
  line: 1,
  column: 1,
  message: "only a part of what differs is known, so rules may have missed something",
};

/** The code hides it from those who are told, and not from the rules that decide whether anybody is. */
const HIDDEN: RuleProblem = {
  ...PARTLY_KNOWN,
  message: "it is critical by values that the repository ignores and calls secret, so nobody is shown why",
};

/** @param withFallback false: what no rule speaks of counts nothing, as of a plan, in which every change is meant */
export function classify(
  facts: DriftFacts,
  rules: RuleSet,
  { withFallback = true }: { readonly withFallback?: boolean } = {},
): Classification {
  const window = windowOf(facts, rules.changeWindows);
  const variables = variablesOf(facts, window?.name ?? "");
  const candidates = rules.candidates(facts.resource.type, facts.verdict);
  const problems = [
    ...(facts.isCut ? [PARTLY_KNOWN] : []),
    ...candidates.broken.map(({ problem }) => problem),
  ];
  const isHidden = facts.changes.some(({ hidesCritical }) => hidesCritical === true);
  if (isHidden) problems.push(HIDDEN);
  const doubted: Said[] = candidates.broken.flatMap(({ source }) => source ?? []);
  if (isHidden) doubted.push({ class: "security", severity: "critical" });
  const fired: FiredRule[] = [];
  const coverage = new Coverage(facts);
  const budgets = new Budgets();
  for (const rule of candidates.rules) {
    const outcome = fire(rule, variables, budgets.of(rule.source.origin), problems);
    if (outcome === "failed") doubted.push(rule.source);
    else if (outcome !== undefined) {
      fired.push(outcome.fired);
      // What a repository says comes on top, so it covers nothing: else a rule that always says “info” would hide the rest.
      if (rule.source.origin !== "repository") coverage.add(outcome.reads);
    }
  }
  const fallen = withFallback ? fallbackBeside(facts, coverage, fired) : undefined;
  const said = [...fired, ...doubted, ...(fallen === undefined ? [] : [fallen])];
  const kind: DriftClass = said.some((one) => one.class === "security") ? "security" : "operational";
  const severity = said.reduce<Severity>((worst, one) => worstOf(worst, one.severity), "info");
  const adjusted = adjust({ class: kind, severity }, rules.adjustments, variables, problems);
  const againAt = againAtOf(facts, candidates.lookAtTime, window?.until);
  return {
    class: kind,
    severity: adjusted.severity,
    isComplete: problems.length === 0,
    problems,
    rules: fired.sort(bySeverity),
    adjustments: adjusted.fired,
    ...(fallen === undefined ? {} : { fallback: fallen.fallback }),
    policy: rules.digest,
    ...(againAt === undefined ? {} : { againAt }),
  };
}

/** What one rule says of a drift, and which values it looked at, whether it fired or not. */
export function outcomeOf(facts: DriftFacts, rule: CompiledRule, rules: RuleSet): RuleOutcome {
  const window = windowOf(facts, rules.changeWindows);
  const variables = variablesOf(facts, window?.name ?? "");
  const problems: RuleProblem[] = [];
  const fired = fire(rule, variables, new Budget(), problems);
  const [problem] = problems;
  if (fired !== undefined && fired !== "failed") return { kind: "fired", rule: fired.fired };
  if (problem !== undefined) return { kind: "failed", problem };
  const trace = new Trace();
  rule.when.evaluate(newRun(variables, new Budget(), trace));
  return { kind: "silent", values: seenValues(trace.reads) };
}

/** Each origin has its own: rules of a repository cannot use up what the others need. */
class Budgets {
  readonly #budgets = new Map<RuleOrigin, Budget>();

  of(origin: RuleOrigin): Budget {
    const known = this.#budgets.get(origin) ?? new Budget();
    this.#budgets.set(origin, known);
    return known;
  }
}

function fire(
  { source, when, explain, remedy }: CompiledRule,
  variables: CelMap,
  budget: Budget,
  problems: RuleProblem[],
): { readonly fired: FiredRule; readonly reads: readonly Read[] } | "failed" | undefined {
  const trace = new Trace();
  try {
    // Without the trace first: nearly all rules say no, and telling what was read costs more than reading it.
    if (!condition(when.evaluate(newRun(variables, budget)))) return undefined;
    when.evaluate(newRun(variables, budget, trace));
  } catch (thrown) {
    problems.push(problemIn(source, source.when, problemOf(thrown)));
    return "failed";
  }
  const failedIn = (text: typeof source.explain) => (thrown: unknown, offset: number) => {
    const problem = problemOf(thrown);
    problems.push(problemIn(source, text, { ...problem, offset: offset + problem.offset }));
  };
  const { id, title, origin, severity, controls } = source;
  const advice =
    source.remedy === undefined || remedy === undefined
      ? {}
      : {
          remedy: {
            strategy: source.remedy.strategy,
            text: fillTemplate(remedy, variables, budget, failedIn(source.remedy.text)),
          },
        };
  const fired: FiredRule = {
    id,
    title,
    origin,
    class: source.class,
    severity,
    explanation: fillTemplate(explain, variables, budget, failedIn(source.explain)),
    values: seenValues(trace.reads),
    controls,
    ...advice,
  };
  return { fired, reads: trace.reads };
}

/** What no rule speaks of counts by what it is, also beside a rule that speaks of something else. */
function fallbackBeside(
  facts: DriftFacts,
  coverage: Coverage,
  fired: readonly FiredRule[],
): ReturnType<typeof fallbackOf> | undefined {
  if (coverage.isEmpty) return fallbackOf(facts);
  const rest = facts.changes.filter(({ attribute }) => !coverage.has(attribute));
  if (rest.length === 0) return undefined;
  const fallen = fallbackOf({ resource: { ...facts.resource, type: "" }, verdict: "changed", changes: rest });
  const isWorse = fired.every(
    ({ severity, class: kind }) =>
      (fallen.severity !== severity && isAtLeast(fallen.severity, severity)) ||
      (fallen.class === "security" && kind === "operational"),
  );
  return isWorse ? fallen : undefined;
}

interface Said {
  readonly class: DriftClass;
  readonly severity: Severity;
}

interface Adjusted {
  readonly severity: Severity;
  readonly fired: readonly FiredAdjustment[];
}

/** Nothing is lowered while anything has failed, be it only a later adjustment. */
function adjust(
  said: Said,
  adjustments: readonly CompiledAdjustment[],
  variables: CelMap,
  problems: RuleProblem[],
): Adjusted {
  const mayLower = problems.length === 0;
  const adjusted = adjustOnce(said, adjustments, variables, mayLower, problems);
  if (!mayLower || problems.length === 0) return adjusted;
  return adjustOnce(said, adjustments, variables, false, []);
}

function adjustOnce(
  said: Said,
  adjustments: readonly CompiledAdjustment[],
  variables: CelMap,
  mayLower: boolean,
  problems: RuleProblem[],
): Adjusted {
  const budget = new Budget();
  const fired: FiredAdjustment[] = [];
  let severity = said.severity;
  let seen = withSaid(variables, said.class, severity);
  for (const { source, when, because } of adjustments) {
    const to = affected(severity, source.effect);
    if (to === severity || (!mayLower && worstOf(to, severity) === severity)) continue;
    const trace = new Trace();
    try {
      if (!condition(when.evaluate(newRun(seen, budget)))) continue;
      when.evaluate(newRun(seen, budget, trace));
    } catch (thrown) {
      problems.push(problemIn(source, source.when, problemOf(thrown)));
      continue;
    }
    const sentence = fillTemplate(because, seen, budget, (thrown, offset) => {
      const problem = problemOf(thrown);
      problems.push(problemIn(source, source.because, { ...problem, offset: offset + problem.offset }));
    });
    const { id, origin } = source;
    fired.push({ id, origin, from: severity, to, because: sentence, values: seenValues(trace.reads) });
    severity = to;
    seen = withSaid(variables, said.class, severity);
  }
  return { severity, fired };
}

function withSaid(variables: CelMap, kind: DriftClass, severity: Severity): CelMap {
  return { ...variables, class: kind, severity };
}

function affected(severity: Severity, effect: Effect): Severity {
  const at = SEVERITIES.indexOf(severity);
  switch (effect.kind) {
    case "raise":
      return SEVERITIES[Math.min(SEVERITIES.length - 1, at + effect.by)] ?? severity;
    case "lower":
      return SEVERITIES[Math.max(0, at - effect.by)] ?? severity;
    case "at_least":
      return worstOf(severity, effect.severity);
    case "at_most":
      return SEVERITIES[Math.min(at, SEVERITIES.indexOf(effect.severity))] ?? severity;
  }
}

function againAtOf(
  { now }: DriftFacts,
  looksAtTime: boolean,
  windowEnds: Date | undefined,
): Date | undefined {
  const times = [
    ...(looksAtTime ? [(Math.floor(now.getTime() / LOOK_AGAIN_MS) + 1) * LOOK_AGAIN_MS] : []),
    ...(windowEnds === undefined ? [] : [windowEnds.getTime()]),
  ];
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}

function seenValues(reads: readonly Read[]): readonly SeenValue[] {
  const seen = new Map<string, SeenValue>();
  for (const { path, value } of reads) {
    if (seen.size >= MOST_VALUES) break;
    const expression = path.length > LONGEST_VALUE ? `${path.slice(0, LONGEST_VALUE)}…` : path;
    if (!seen.has(expression)) seen.set(expression, { expression, value: shownValue(value, LONGEST_VALUE) });
  }
  return [...seen.values()];
}

function bySeverity(one: FiredRule, other: FiredRule): number {
  const difference = SEVERITIES.indexOf(other.severity) - SEVERITIES.indexOf(one.severity);
  return difference !== 0 ? difference : one.id < other.id ? -1 : 1;
}

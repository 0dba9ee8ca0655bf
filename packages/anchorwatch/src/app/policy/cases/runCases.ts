/** Cases, run against rules; and which rules none of them makes fire. */
import { type Classification, problemText, type RuleOrigin } from "../../../domain/classification.ts";
import { classify } from "../../../policy/classify.ts";
import type { RuleSet } from "../../../policy/rules/ruleSet.ts";
import { nearest } from "../../configuration/nearest.ts";
import type { PolicyCase } from "./parseCases.ts";

export interface CaseResult {
  readonly case: PolicyCase;
  readonly classification: Classification;
  /** What is not as expected, each in a line; none: all is. */
  readonly failures: readonly string[];
}

export interface RuleCoverage {
  readonly id: string;
  readonly origin: RuleOrigin;
  /** How many cases make it fire and say so, and how many say that it must not. */
  readonly firing: number;
  readonly silent: number;
}

export function runCases(cases: readonly PolicyCase[], rules: RuleSet): readonly CaseResult[] {
  const known = [...rules.rules, ...rules.adjustments].map(({ source }) => source.id);
  return cases.map((one) => {
    const classification = classify(one.facts, rules);
    return { case: one, classification, failures: failuresOf(one, classification, known) };
  });
}

/** A case counts for the rules that it names: a rule that fires by the way is not tested by that. */
export function coverageOf(
  results: readonly CaseResult[],
  rules: RuleSet,
  origins: readonly RuleOrigin[],
): readonly RuleCoverage[] {
  return rules.rules
    .filter(({ source }) => origins.includes(source.origin))
    .map(({ source: { id, origin } }) => ({
      id,
      origin,
      firing: results.filter(({ case: { expect } }) => expect.rules?.includes(id)).length,
      silent: results.filter(({ case: { expect } }) => expect.notRules?.includes(id)).length,
    }));
}

function failuresOf(
  { expect }: PolicyCase,
  found: Classification,
  known: readonly string[],
): readonly string[] {
  const fired = found.rules.map(({ id }) => id);
  const adjusted = found.adjustments.map(({ id }) => id);
  const failures: string[] = [];
  const differs = (what: string, expected: unknown, is: unknown) => {
    if (expected !== undefined && expected !== is)
      failures.push(`${what}: expected ${String(expected)}, found ${String(is)}`);
  };
  differs("class", expect.class, found.class);
  differs("severity", expect.severity, `${found.severity}`);
  for (const id of expect.rules ?? [])
    if (!fired.includes(id))
      failures.push(`rules: expected ${id} to fire, ${wrongly(id, found, fired, known)}`);
  for (const id of expect.notRules ?? []) {
    if (fired.includes(id))
      failures.push(`rules: expected ${id} not to fire, and it did: ${because(found, id)}`);
    else if (!known.includes(id)) failures.push(`notRules: ${unknown(id, known)}`);
  }
  for (const id of expect.adjustments ?? [])
    if (!adjusted.includes(id))
      failures.push(
        `adjustments: expected ${id}, ${known.includes(id) ? `found ${listed(adjusted)}` : unknown(id, known)}`,
      );
  const sentences = [...found.rules.map(({ explanation }) => explanation), found.fallback?.because ?? ""];
  for (const text of expect.explains ?? [])
    if (!sentences.some((sentence) => sentence.includes(text)))
      failures.push(
        `explains: expected “${text}”, found ${listed(sentences.filter((one) => one !== "").map((one) => `“${one}”`))}`,
      );
  differs("fallback", expect.fallback, found.fallback !== undefined);
  differs("complete", expect.complete ?? true, found.isComplete);
  if ((expect.complete ?? true) && !found.isComplete) failures.push(...found.problems.map(problemText));
  return failures;
}

function wrongly(
  id: string,
  { problems }: Classification,
  fired: readonly string[],
  known: readonly string[],
): string {
  if (!known.includes(id)) return unknown(id, known);
  const problem = problems.find(({ rule }) => rule === id);
  return problem === undefined ? `found ${listed(fired)}` : `and it failed: ${problem.message}`;
}

function unknown(id: string, known: readonly string[]): string {
  const meant = nearest(id, known);
  return `there is no rule ${id}${meant === undefined ? "" : `; did you mean ${meant}?`}`;
}

function because({ rules }: Classification, id: string): string {
  const values = rules.find((rule) => rule.id === id)?.values ?? [];
  return values.map(({ expression, value }) => `${expression} is ${JSON.stringify(value)}`).join(", ");
}

function listed(texts: readonly string[]): string {
  return texts.length === 0 ? "none" : texts.join(", ");
}

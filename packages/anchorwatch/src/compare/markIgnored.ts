import type { Change } from "../domain/check.ts";
import { formatPath } from "../domain/path.ts";
import type { ObjectShape } from "../domain/shape.ts";
import { isArray, isObject, objectOf, type Value } from "../domain/value.ts";
import { shapeAt } from "./access.ts";
import { canonicalByShape, DYNAMIC } from "./canonical.ts";
import { type CompiledRule, ignoredBy } from "./ignoreRules.ts";
import {
  ELEMENT,
  type FlatStep,
  flatSteps,
  matchesPath,
  matchesStep,
  remainderBelow,
  type StepPattern,
} from "./pathPattern.ts";

/**
 * Names the rule on each change that one silences. An element of a set is silenced by `ingress[*]`; by
 * `ingress[*].cidr_blocks` only together with the element on the other side that is equal but for the blocks.
 * @param rules those that speak of this resource, in order
 */
export function markIgnored(
  changes: readonly Change[],
  shape: ObjectShape,
  rules: readonly CompiledRule[],
): readonly Change[] {
  if (rules.length === 0) return changes;
  const marks = new Map<Change, string>();
  for (const change of changes) {
    const label = ignoredBy(stepsOf(change), rules);
    if (label !== undefined) marks.set(change, label);
  }
  const elements = changes.filter((change) => change.element !== undefined && !marks.has(change));
  for (const set of Map.groupBy(elements, ({ path }) => formatPath(path)).values())
    markPairs(set, shape, rules, marks);
  return changes.map((change) => {
    const label = marks.get(change);
    return label === undefined ? change : { ...change, ignoredBy: label };
  });
}

function stepsOf(change: Change): readonly FlatStep[] {
  return change.element === undefined ? flatSteps(change.path) : [...flatSteps(change.path), ELEMENT];
}

interface Below {
  readonly steps: readonly StepPattern[];
  readonly label: string;
}

/** Elements that left and came, and are one but for what the rules ignore inside of them. */
function markPairs(
  changes: readonly Change[],
  shape: ObjectShape,
  rules: readonly CompiledRule[],
  marks: Map<Change, string>,
): void {
  const [first] = changes;
  if (first === undefined) return;
  const below = rulesBelow(stepsOf(first), rules);
  const label = below[0]?.label;
  if (label === undefined) return;
  const elementShape = shapeAt(shape, [...first.path, 0]) ?? DYNAMIC;
  const rest = (change: Change) =>
    canonicalByShape(
      below.reduce((value, { steps }) => pruned(value, steps), change.element ?? null),
      elementShape,
    );
  const removed = Map.groupBy(
    changes.filter(({ op }) => op === "remove"),
    rest,
  );
  for (const added of changes.filter(({ op }) => op === "add")) {
    const partner = removed.get(rest(added))?.shift();
    if (partner === undefined) continue;
    marks.set(partner, label);
    marks.set(added, label);
  }
}

/** Rules that reach inside, unless a later one takes the same back. */
function rulesBelow(path: readonly FlatStep[], rules: readonly CompiledRule[]): readonly Below[] {
  let below: Below[] = [];
  for (const { path: pattern, negate, label } of rules) {
    if (pattern === undefined || matchesPath(pattern, path)) {
      if (negate) below = [];
      continue;
    }
    const steps = remainderBelow(pattern, path);
    if (steps === undefined) continue;
    if (negate) below = below.filter((rule) => JSON.stringify(rule.steps) !== JSON.stringify(steps));
    else below.push({ steps, label });
  }
  return below;
}

function pruned(value: Value, steps: readonly StepPattern[]): Value {
  const [step, ...rest] = steps;
  if (step === undefined) return null;
  if (isArray(value))
    return value.map((element, i) => (matchesStep(step, i) ? pruned(element, rest) : element));
  if (!isObject(value)) return value;
  return objectOf(
    Object.entries(value).map(([key, member]) => [
      key,
      matchesStep(step, key) ? pruned(member, rest) : member,
    ]),
  );
}

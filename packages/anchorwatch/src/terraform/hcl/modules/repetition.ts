/** `count` and `for_each`: which instances a block has, and what `count.index` and `each.*` are in one of them. */
import type { Range } from "tfprovider/hcl";
import type { Evaluation } from "../evaluation/evaluation.ts";
import { iterationsOf } from "../evaluation/iteration.ts";
import type { References, Scope } from "../evaluation/scope.ts";
import { EvaluationFailure, reasonOf, type UnknownReason } from "../failure.ts";
import { fromInteger, isInteger, truncate } from "../values/bigFloat.ts";
import { convert } from "../values/convert.ts";
import { DYNAMIC, NUMBER, STRING } from "../values/type.ts";
import { number, type Typed, text, unknownOf } from "../values/typed.ts";
import type { Repetition } from "./moduleConfig.ts";

export type InstanceKey = string | number;

export type Instances =
  | { readonly kind: "single" }
  | { readonly kind: "count"; readonly count: number }
  | { readonly kind: "each"; readonly entries: ReadonlyMap<string, Typed> }
  | { readonly kind: "unknown"; readonly reasons: readonly UnknownReason[] };

const MAX_INSTANCES = 100_000;

export function instancesOf(
  evaluation: Evaluation,
  repetition: Repetition | undefined,
  scope: Scope,
): Instances {
  if (repetition === undefined) return { kind: "single" };
  try {
    const value = evaluation.evaluate(repetition.expression, scope);
    if (value.kind === "unknown") return { kind: "unknown", reasons: value.reasons };
    return repetition.kind === "count" ? counted(value) : eachOf(value);
  } catch (error) {
    if (!(error instanceof EvaluationFailure)) throw error;
    return { kind: "unknown", reasons: [reasonOf(error, repetition.expression.range)] };
  }
}

/** Undefined where it cannot be told which there are. */
export function hasInstance(instances: Instances, key: InstanceKey | undefined): boolean | undefined {
  switch (instances.kind) {
    case "unknown":
      return undefined;
    case "single":
      return key === undefined;
    case "count":
      return typeof key === "number" && key < instances.count;
    case "each":
      return typeof key === "string" && instances.entries.has(key);
  }
}

function counted(value: Typed): Instances {
  const converted = convert(value, NUMBER);
  if (converted.kind !== "number" || !isInteger(converted.number) || converted.number.mantissa < 0n)
    throw new EvaluationFailure("`count` must be a whole number and not negative");
  const count = Number(truncate(converted.number));
  if (count > MAX_INSTANCES) throw new EvaluationFailure(`\`count\` is larger than ${MAX_INSTANCES}`);
  return { kind: "count", count };
}

function eachOf(value: Typed): Instances {
  if (value.kind !== "set" && !("entries" in value))
    throw new EvaluationFailure("`for_each` must be a map, an object or a set of strings");
  const entries = iterationsOf(value).map(({ key, value: part }) => {
    const name = convert(key, STRING);
    if (name.kind !== "string") throw new EvaluationFailure("a key of `for_each` must be known and not null");
    return [name.text, part] as const;
  });
  return { kind: "each", entries: new Map(entries) };
}

/** The references inside one instance. Without a key, what depends on it is unknown. */
export function insideInstance(
  references: References,
  repetition: Repetition | undefined,
  instances: () => Instances,
  key: InstanceKey | undefined,
): References {
  if (repetition === undefined) return references;
  return {
    data: (type, name, at) => references.data(type, name, at),
    moduleOutput: (call, outputKey, output, at) => references.moduleOutput(call, outputKey, output, at),
    attribute: (root, name, at) => {
      if (root === "count" && repetition.kind === "count" && name === "index") return indexOf(key, at);
      if (root === "each" && repetition.kind === "for_each") return eachAttribute(name, key, instances, at);
      return references.attribute(root, name, at);
    },
  };
}

function indexOf(key: InstanceKey | undefined, at: Range): Typed {
  return typeof key === "number" ? number(fromInteger(key)) : differs("count.index", at);
}

function eachAttribute(
  name: string,
  key: InstanceKey | undefined,
  instances: () => Instances,
  at: Range,
): Typed {
  if (typeof key !== "string") return differs(`each.${name}`, at);
  if (name === "key") return text(key);
  if (name !== "value") throw new EvaluationFailure(`\`each\` has no attribute "${name}"`);
  const found = instances();
  if (found.kind === "unknown") return unknownOf(DYNAMIC, found.reasons);
  const value = found.kind === "each" ? found.entries.get(key) : undefined;
  if (value !== undefined) return value;
  throw new EvaluationFailure(`\`for_each\` has no key "${key}" any more`);
}

function differs(reference: string, at: Range): Typed {
  const reason = `\`${reference}\` differs from instance to instance`;
  return unknownOf(DYNAMIC, [{ reason, file: at.file, line: at.line }]);
}

/** The value of a block's body: its arguments, and its nested blocks as arrays. */
import { type Block, type Body, literalOf, type Range } from "tfprovider/hcl";
import type { Path } from "../../../domain/path.ts";
import type { ValueObject } from "../../../domain/value.ts";
import { EvaluationFailure, reasonOf } from "../failure.ts";
import { sensitivePaths, toValue, unknownPaths } from "../values/domain.ts";
import { DYNAMIC } from "../values/type.ts";
import { marked, object, type Typed, tuple, unknownOf } from "../values/typed.ts";
import type { Evaluator } from "./evaluator.ts";
import { type Iteration, iterationsOf } from "./iteration.ts";
import { type Scope, withNames } from "./scope.ts";

export interface EvaluatedBody {
  /** What cannot be known is `unknown` in it. */
  readonly value: ValueObject;
  /** Where the value holds secrets. */
  readonly sensitive: readonly Path[];
  /** Why parts of it are unknown. */
  readonly problems: readonly UnknownPart[];
}

export interface UnknownPart {
  readonly path: Path;
  readonly reason: string;
  readonly file: string;
  readonly line: number;
}

/** @param except names of arguments and blocks that are Terraform's own */
export function evaluateBody(
  evaluator: Evaluator,
  body: Body,
  scope: Scope,
  except: ReadonlySet<string> = new Set(),
): EvaluatedBody {
  const typed = bodyValue(evaluator, body, scope, except);
  const value = toValue(typed) as ValueObject;
  const problems = unknownPaths(typed).flatMap(({ path, reasons }) =>
    reasons.map((reason) => ({ path, ...reason })),
  );
  return { value, sensitive: sensitivePaths(typed), problems };
}

const NONE: ReadonlySet<string> = new Set();

function bodyValue(evaluator: Evaluator, body: Body, scope: Scope, except: ReadonlySet<string>): Typed {
  const entries = new Map<string, Typed>();
  for (const { name, expression } of body.attributes)
    if (!except.has(name)) entries.set(name, evaluator.evaluateOrUnknown(expression, scope));
  const blocks = body.blocks.filter((block) => !except.has(effectiveType(block)));
  for (const [type, alike] of Map.groupBy(blocks, effectiveType))
    entries.set(
      type,
      orUnknown(alike[0], () => blockValues(evaluator, alike, scope)),
    );
  return objectOfParts(entries, body);
}

/** Each part is within the limits. Where all of them together are not, none is known. */
function objectOfParts(parts: ReadonlyMap<string, Typed>, { attributes, blocks }: Body): Typed {
  const whole = orUnknown(attributes[0] ?? blocks[0], () => object(parts));
  if (whole.kind !== "unknown") return whole;
  return object([...parts.keys()].map((name) => [name, whole] as const));
}

/** @param where undefined only where there is nothing to evaluate */
function orUnknown(where: { readonly range: Range } | undefined, evaluate: () => Typed): Typed {
  try {
    return evaluate();
  } catch (error) {
    if (where === undefined || !(error instanceof EvaluationFailure)) throw error;
    return unknownOf(DYNAMIC, [reasonOf(error, where.range)]);
  }
}

export function effectiveType({ type, labels }: Block): string {
  return type === "dynamic" ? (labels[0] ?? type) : type;
}

/** Where it is open how many there are, all are. */
function blockValues(evaluator: Evaluator, blocks: readonly Block[], scope: Scope): Typed {
  const values: Typed[] = [];
  let secret = false;
  for (const block of blocks) {
    if (block.type !== "dynamic") {
      values.push(bodyValue(evaluator, block.body, scope, NONE));
      continue;
    }
    const expanded = dynamicBlocks(evaluator, block, scope);
    secret ||= expanded.sensitive;
    if (!("items" in expanded)) return marked(expanded, secret);
    for (const item of expanded.items) values.push(item);
  }
  return marked(tuple(values), secret);
}

function dynamicBlocks(evaluator: Evaluator, block: Block, scope: Scope): Typed {
  const content = block.body.blocks.find((inner) => inner.type === "content");
  const forEach = block.body.attributes.find((attribute) => attribute.name === "for_each");
  if (content === undefined || forEach === undefined) {
    const { file, line } = block.range;
    return unknownOf(DYNAMIC, [{ reason: "a dynamic block needs for_each and content", file, line }]);
  }
  const collection = evaluator.evaluateOrUnknown(forEach.expression, scope);
  if (collection.kind === "unknown") return collection;
  const iterator = iteratorName(block);
  return orUnknown(block, () => {
    const bodies = iterationsOf(collection).map((iteration) => {
      const inner = withNames(evaluator.budget, scope, [[iterator, iteratorValue(iteration)]]);
      return bodyValue(evaluator, content.body, inner, NONE);
    });
    return marked(tuple(bodies), collection.sensitive);
  });
}

function iteratorValue({ key, value }: Iteration): Typed {
  return object([
    ["key", key],
    ["value", value],
  ]);
}

/** `iterator = rule`; else the blocks' own type. */
function iteratorName({ body, labels }: Block): string {
  const expression = body.attributes.find((attribute) => attribute.name === "iterator")?.expression;
  if (expression?.kind === "variable") return expression.name;
  const literal = expression === undefined ? undefined : literalOf(expression);
  return typeof literal === "string" ? literal : (labels[0] ?? "");
}

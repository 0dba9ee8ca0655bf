import type { Expression, ForExpression } from "tfprovider/hcl";
import { EvaluationFailure } from "../failure.ts";
import { convert } from "../values/convert.ts";
import { BOOL, DYNAMIC } from "../values/type.ts";
import { marked, object, reasonsOf, type Typed, tuple, unknownOf } from "../values/typed.ts";
import { keyText } from "./constructors.ts";
import type { Evaluation } from "./evaluation.ts";
import { iterationsOf, namesOf } from "./iteration.ts";
import { type Scope, withNames } from "./scope.ts";

interface Round {
  readonly key: Typed | undefined;
  readonly value: Typed;
}

/** What decides which rounds there are, and under which key, decides about the whole: unknown or secret there is so all over. */
export function evaluateFor(evaluation: Evaluation, loop: ForExpression, scope: Scope): Typed {
  const collection = evaluation.evaluate(loop.collection, scope);
  if (collection.kind === "unknown")
    return marked(unknownOf(DYNAMIC, collection.reasons), collection.sensitive);
  const rounds: Round[] = [];
  const deciding: Typed[] = [];
  for (const iteration of iterationsOf(collection)) {
    const inner = withNames(evaluation.budget, scope, namesOf(loop, iteration));
    const wanted = condition(evaluation, loop.condition, inner);
    if (wanted !== undefined) deciding.push(wanted);
    if (wanted?.kind === "bool" && !wanted.bool) continue;
    const key = loop.key === undefined ? undefined : evaluation.evaluate(loop.key, inner);
    if (key !== undefined) deciding.push(key);
    rounds.push({ key, value: evaluation.evaluate(loop.value, inner) });
  }
  const secret = collection.sensitive || deciding.some((value) => value.holdsSensitive);
  if (deciding.some((value) => !value.wholeKnown)) {
    const hidden = secret || rounds.some(({ value }) => value.holdsSensitive);
    return marked(unknownOf(DYNAMIC, reasonsOf(deciding)), hidden);
  }
  return marked(
    loop.result === "tuple" ? tuple(rounds.map((round) => round.value)) : objectFrom(rounds, loop.group),
    secret,
  );
}

function condition(
  evaluation: Evaluation,
  expression: Expression | undefined,
  scope: Scope,
): Typed | undefined {
  if (expression === undefined) return undefined;
  const value = convert(evaluation.evaluate(expression, scope), BOOL);
  if (value.kind === "null") throw new EvaluationFailure("the condition of a loop must not be null");
  return value;
}

function objectFrom(rounds: readonly Round[], group: boolean): Typed {
  const entries = new Map<string, Typed[]>();
  for (const { key, value } of rounds) {
    const name = key === undefined ? "" : keyText(key);
    const values = entries.get(name);
    if (values === undefined) entries.set(name, [value]);
    else if (group) values.push(value);
    else throw duplicateKey(key?.sensitive === true ? "of a sensitive value" : `"${name}"`);
  }
  return object(
    [...entries].map(([name, values]) => [name, group ? tuple(values) : (values[0] as Typed)] as const),
  );
}

function duplicateKey(key: string): EvaluationFailure {
  return new EvaluationFailure(`two rounds of a loop have the key ${key} (\`...\` would gather them)`);
}

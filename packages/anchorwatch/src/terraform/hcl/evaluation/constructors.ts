import type { Expression, ObjectItem } from "tfprovider/hcl";
import { EvaluationFailure } from "../failure.ts";
import { convert } from "../values/convert.ts";
import { DYNAMIC, STRING } from "../values/type.ts";
import { marked, object, reasonsOf, type Typed, tuple, unknownOf } from "../values/typed.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Scope } from "./scope.ts";

export function evaluateTuple(evaluation: Evaluation, elements: readonly Expression[], scope: Scope): Typed {
  return tuple(elements.map((element) => evaluation.evaluate(element, scope)));
}

/** An unknown key leaves the whole object open; a secret one makes all of it secret. */
export function evaluateObject(evaluation: Evaluation, items: readonly ObjectItem[], scope: Scope): Typed {
  const keys = items.map((item) => evaluation.evaluate(item.key, scope));
  const values = items.map((item) => evaluation.evaluate(item.value, scope));
  const secret = keys.some((key) => key.holdsSensitive);
  if (keys.some((key) => !key.wholeKnown)) {
    const hidden = secret || values.some((value) => value.holdsSensitive);
    return marked(unknownOf(DYNAMIC, reasonsOf(keys)), hidden);
  }
  const entries = keys.map((key, index) => [keyText(key), values[index] as Typed] as const);
  return marked(object(entries), secret);
}

/** A key of an object or a map. */
export function keyText(key: Typed): string {
  const converted = convert(key, STRING);
  if (converted.kind !== "string") throw new EvaluationFailure("a key must not be null");
  return converted.text;
}

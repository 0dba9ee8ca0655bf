import { EvaluationFailure } from "../failure.ts";
import { fromInteger } from "../values/bigFloat.ts";
import { typeName } from "../values/type.ts";
import { marked, number, type Typed, text, typeOf } from "../values/typed.ts";

export interface Iteration {
  readonly key: Typed;
  readonly value: Typed;
}

/** Keys are positions, names, or, of a set, the elements themselves. What is secret as a whole is so in every part. */
export function iterationsOf(collection: Typed): readonly Iteration[] {
  const mark = (value: Typed): Typed => marked(value, collection.sensitive);
  if ("entries" in collection)
    return [...collection.entries].map(([key, value]) => ({ key: mark(text(key)), value: mark(value) }));
  if (collection.kind === "set")
    return collection.items.map((item) => ({ key: mark(item), value: mark(item) }));
  if ("items" in collection)
    return collection.items.map((item, index) => ({ key: number(fromInteger(index)), value: mark(item) }));
  if (collection.kind === "null") throw new EvaluationFailure("a loop cannot go over null");
  throw new EvaluationFailure(`a loop cannot go over ${typeName(typeOf(collection))}`);
}

/** The names that one round of a loop binds. */
export function namesOf(
  loop: { readonly keyName?: string; readonly valueName: string },
  { key, value }: Iteration,
): (readonly [string, Typed])[] {
  const names: (readonly [string, Typed])[] = [[loop.valueName, value]];
  return loop.keyName === undefined ? names : [[loop.keyName, key], ...names];
}

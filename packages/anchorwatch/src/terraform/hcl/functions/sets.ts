import { EvaluationFailure } from "../failure.ts";
import { convert } from "../values/convert.ts";
import { fingerprint, set } from "../values/sets.ts";
import { DYNAMIC, setOf, type Type } from "../values/type.ts";
import { checkedWeight, list, type Typed, tuple, typeOf } from "../values/typed.ts";
import { unify } from "../values/unify.ts";
import { at, elementOf, itemsOf } from "./arguments.ts";
import type { FunctionDefinition, Parameter } from "./define.ts";

const SET: Parameter = { type: setOf(DYNAMIC) };

const combination = (
  combine: (sets: readonly (readonly Typed[])[]) => readonly Typed[],
): FunctionDefinition => ({
  params: [SET],
  rest: SET,
  returns: setOf(DYNAMIC),
  run: (args) => {
    const element = commonElement(args);
    return set(combine(args.map((arg) => itemsOf(convert(arg, setOf(element))))), element);
  },
});

export const SET_FUNCTIONS: Readonly<Record<string, FunctionDefinition>> = {
  setunion: combination((sets) => sets.flat()),
  setintersection: combination(([first = [], ...others]) => {
    const held = others.map((items) => new Set(items.map(fingerprint)));
    return first.filter((item) => held.every((keys) => keys.has(fingerprint(item))));
  }),
  setsubtract: {
    params: [SET, SET],
    returns: setOf(DYNAMIC),
    run: (args) => {
      const element = commonElement(args);
      const [kept, removed] = args.map((arg) => itemsOf(convert(arg, setOf(element))));
      const keys = new Set((removed ?? []).map(fingerprint));
      return set(
        (kept ?? []).filter((item) => !keys.has(fingerprint(item))),
        element,
      );
    },
  },
  setproduct: { params: [], rest: { type: DYNAMIC }, returns: DYNAMIC, run: product },
};

function commonElement(sets: readonly Typed[]): Type {
  const element = unify(sets.map((value) => elementOf(value) ?? DYNAMIC));
  if (element === undefined) throw new EvaluationFailure("the sets must have elements of one type");
  return element;
}

/** Of sets a set, else a list; of tuples with mixed elements a list of tuples all the same. */
function product(args: readonly Typed[]): Typed {
  if (args.length < 2) throw new EvaluationFailure("at least two sets are needed");
  checkedWeight(args.reduce((size, arg) => size * itemsOf(arg).length, args.length));
  const columns = args.map((arg) => {
    const element = elementOf(arg) ?? unify(itemsOf(arg).map(typeOf));
    return { element: element ?? DYNAMIC, items: itemsOf(arg) };
  });
  // One without items leaves none, but only after all the others had been multiplied.
  let rows: (readonly Typed[])[] = columns.some(({ items }) => items.length === 0) ? [] : [[]];
  for (const { items, element } of columns)
    rows = rows.flatMap((row) => items.map((item) => [...row, convert(item, element)]));
  const type: Type = { kind: "tuple", elements: columns.map((column) => column.element) };
  const tuples = rows.map((row) => tuple(row));
  return at(args, 0).kind === "set" && args.every((arg) => arg.kind === "set")
    ? set(tuples, type)
    : list(tuples, type);
}

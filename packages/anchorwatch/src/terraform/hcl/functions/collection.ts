import { EvaluationFailure } from "../failure.ts";
import { add, compare, fromInteger, ZERO } from "../values/bigFloat.ts";
import { convert } from "../values/convert.ts";
import { equal } from "../values/equality.ts";
import { compareText } from "../values/order.ts";
import { fingerprint } from "../values/sets.ts";
import { BOOL, DYNAMIC, listOf, mapOf, NUMBER, STRING, sameType, type Type } from "../values/type.ts";
import {
  bool,
  list,
  map,
  marked,
  number,
  object,
  reasonsOf,
  type Typed,
  text,
  tuple,
  unknownOf,
} from "../values/typed.ts";
import { unify } from "../values/unify.ts";
import { at, elementOf, entriesOf, integerAt, itemsOf, numberAt, textAt, textsOf } from "./arguments.ts";
import type { FunctionDefinition, Parameter } from "./define.ts";
import { STRING_LENGTH } from "./string.ts";

const ANY: Parameter = { type: DYNAMIC };
const N: Parameter = { type: NUMBER };
const TEXTS: Parameter = { type: listOf(STRING) };

export const COLLECTION_FUNCTIONS: Readonly<Record<string, FunctionDefinition>> = {
  alltrue: {
    params: [{ type: listOf(BOOL) }],
    returns: BOOL,
    run: (args) => bool(itemsOf(at(args, 0)).every((item) => item.kind === "bool" && item.bool)),
  },
  anytrue: {
    params: [{ type: listOf(BOOL) }],
    returns: BOOL,
    run: (args) => bool(itemsOf(at(args, 0)).some((item) => item.kind === "bool" && item.bool)),
  },
  chunklist: {
    params: [{ type: listOf(DYNAMIC) }, N],
    returns: DYNAMIC,
    structural: true,
    run: (args) => chunks(at(args, 0), integerAt(args, 1)),
  },
  compact: {
    params: [TEXTS],
    returns: listOf(STRING),
    run: (args) =>
      list(
        itemsOf(at(args, 0)).filter((item) => item.kind === "string" && item.text !== ""),
        STRING,
      ),
  },
  concat: { params: [], rest: ANY, returns: DYNAMIC, structural: true, run: concat },
  contains: {
    params: [ANY, { type: DYNAMIC, nullable: true }],
    returns: BOOL,
    run: (args) => bool(itemsOf(at(args, 0)).some((item) => looselyEqual(item, at(args, 1)))),
  },
  distinct: {
    params: [{ type: listOf(DYNAMIC) }],
    returns: DYNAMIC,
    run: (args) => {
      const items = new Map(itemsOf(at(args, 0)).map((item) => [fingerprint(item), item]));
      return list([...items.values()], elementOf(at(args, 0)) ?? DYNAMIC);
    },
  },
  element: {
    params: [ANY, N],
    returns: DYNAMIC,
    structural: true,
    run: (args) => {
      const items = itemsOf(at(args, 0));
      const index = integerAt(args, 1);
      if (items.length === 0) throw new EvaluationFailure("an empty list has no elements");
      return items[((index % items.length) + items.length) % items.length] as Typed;
    },
  },
  flatten: { params: [ANY], returns: DYNAMIC, structural: true, run: (args) => flattened(at(args, 0)) },
  index: {
    params: [ANY, ANY],
    returns: NUMBER,
    run: (args) => {
      const found = itemsOf(at(args, 0)).findIndex((item) => equal(item, at(args, 1)) === true);
      if (found < 0) throw new EvaluationFailure("the list does not hold that value");
      return number(fromInteger(found));
    },
  },
  keys: {
    params: [ANY],
    returns: listOf(STRING),
    structural: true,
    run: (args) => {
      const keys = [...entriesOf(at(args, 0)).keys()].map(text);
      return at(args, 0).kind === "object" ? tuple(keys) : list(keys, STRING);
    },
  },
  length: { params: [ANY], returns: NUMBER, structural: true, run: (args) => lengthOf(at(args, 0)) },
  lookup: { params: [ANY, { type: STRING }], rest: ANY, returns: DYNAMIC, structural: true, run: lookup },
  matchkeys: {
    params: [{ type: listOf(DYNAMIC) }, { type: listOf(DYNAMIC) }, { type: listOf(DYNAMIC) }],
    returns: DYNAMIC,
    run: matchKeys,
  },
  merge: {
    params: [],
    rest: { type: DYNAMIC, nullable: true },
    returns: DYNAMIC,
    structural: true,
    run: merge,
  },
  range: { params: [N], rest: N, returns: listOf(NUMBER), run: range },
  reverse: {
    params: [ANY],
    returns: DYNAMIC,
    structural: true,
    run: (args) => sameSequence(at(args, 0), [...itemsOf(at(args, 0))].reverse()),
  },
  slice: { params: [ANY, N, N], returns: DYNAMIC, structural: true, run: slice },
  sort: {
    params: [TEXTS],
    returns: listOf(STRING),
    run: (args) => list(textsOf(at(args, 0)).sort(compareText).map(text), STRING),
  },
  sum: { params: [ANY], returns: NUMBER, run: (args) => sum(itemsOf(at(args, 0))) },
  transpose: { params: [{ type: mapOf(listOf(STRING)) }], returns: mapOf(listOf(STRING)), run: transpose },
  values: {
    params: [ANY],
    returns: DYNAMIC,
    structural: true,
    run: (args) => {
      const parts = [...entriesOf(at(args, 0)).values()];
      const element = elementOf(at(args, 0));
      return element === undefined ? tuple(parts) : list(parts, element);
    },
  },
  zipmap: { params: [TEXTS, ANY], returns: DYNAMIC, structural: true, run: zipmap },
};

/** A list stays a list (a set becomes one), a tuple stays a tuple. */
function sameSequence(like: Typed, items: readonly Typed[]): Typed {
  const element = elementOf(like);
  return element === undefined ? tuple(items) : list(items, element);
}

function looselyEqual(item: Typed, wanted: Typed): boolean {
  return equal(item, wanted) === true;
}

function chunks(value: Typed, size: number): Typed {
  const items = itemsOf(value);
  const element = elementOf(value) ?? DYNAMIC;
  if (size < 0) throw new EvaluationFailure("the size must not be negative");
  const step = size === 0 ? Math.max(1, items.length) : size;
  const parts: Typed[] = [];
  for (let start = 0; start < items.length; start += step)
    parts.push(list(items.slice(start, start + step), element));
  return list(parts, listOf(element));
}

/** Lists of one type give a list; anything else a tuple. */
function concat(args: readonly Typed[]): Typed {
  if (args.length === 0) throw new EvaluationFailure("at least one list is needed");
  const items = args.flatMap(itemsOf);
  if (args.some((arg) => arg.kind === "tuple")) return tuple(items);
  const element = unify(args.map((arg) => elementOf(arg) ?? DYNAMIC));
  return element === undefined
    ? tuple(items)
    : list(
        items.map((item) => convert(item, element)),
        element,
      );
}

function flattened(value: Typed): Typed {
  const items: Typed[] = [];
  const secret = gather(value, items);
  // How long the result is depends on every list in it: an unknown one leaves all open.
  const open = items.filter((item) => item.kind === "unknown" && mayBeSequence(item.type));
  if (open.length > 0) return marked(unknownOf(DYNAMIC, reasonsOf(open)), secret);
  return marked(tuple(items), secret);
}

function mayBeSequence(type: Type): boolean {
  return ["dynamic", "list", "set", "tuple"].includes(type.kind);
}

function gather(value: Typed, into: Typed[]): boolean {
  let secret = value.sensitive;
  for (const item of itemsOf(value)) {
    if ("items" in item) secret = gather(item, into) || secret;
    else into.push(item);
  }
  return secret;
}

function lengthOf(value: Typed): Typed {
  if (value.kind === "string") return STRING_LENGTH(value.text);
  const size = "entries" in value ? value.entries.size : itemsOf(value).length;
  return number(fromInteger(size));
}

function lookup(args: readonly Typed[]): Typed {
  const collection = at(args, 0);
  if (args.length > 3) throw new EvaluationFailure("it takes 2 or 3 arguments");
  const found = entriesOf(collection).get(textAt(args, 1));
  const element = elementOf(collection) ?? DYNAMIC;
  if (found !== undefined) return found;
  if (args.length === 3) return convert(at(args, 2), element);
  throw new EvaluationFailure(`the map has no key "${textAt(args, 1)}", and no default is given`);
}

function matchKeys(args: readonly Typed[]): Typed {
  const [values, keys] = [itemsOf(at(args, 0)), itemsOf(at(args, 1))];
  if (values.length !== keys.length)
    throw new EvaluationFailure("the lists of keys and values must be of one length");
  const type = unify([elementOf(at(args, 1)) ?? DYNAMIC, elementOf(at(args, 2)) ?? DYNAMIC]) ?? DYNAMIC;
  const wanted = new Set(itemsOf(at(args, 2)).map((item) => fingerprint(convert(item, type))));
  const matching = values.filter((_, index) => wanted.has(fingerprint(convert(keys[index] as Typed, type))));
  return list(matching, elementOf(at(args, 0)) ?? DYNAMIC);
}

/** Later arguments win; nulls are skipped. Maps of one type give a map, anything else an object. */
function merge(args: readonly Typed[]): Typed {
  const given = args.filter((arg) => arg.kind !== "null");
  const entries = given.flatMap((arg) => [...entriesOf(arg)]);
  const elements = given.map(elementOf);
  const [first] = elements;
  const alike = elements.every(
    (element) => element !== undefined && first !== undefined && sameType(element, first),
  );
  return alike && first !== undefined ? map(entries, first) : object(entries);
}

const MAX_RANGE = 1024;

/** `range(max)`, `range(start, limit)` or `range(start, limit, step)`; Terraform allows 1024 elements too. */
function range(args: readonly Typed[]): Typed {
  const start = args.length === 1 ? ZERO : numberAt(args, 0);
  const limit = numberAt(args, args.length === 1 ? 0 : 1);
  if (args.length > 3) throw new EvaluationFailure("it takes 1 to 3 arguments");
  const down = compare(limit, start) < 0;
  const step = args.length === 3 ? numberAt(args, 2) : fromInteger(down ? -1 : 1);
  if (step.mantissa === 0n) throw new EvaluationFailure("the step must not be zero");
  if (step.mantissa < 0n !== down && compare(limit, start) !== 0)
    throw new EvaluationFailure("the step leads away from the limit");
  const items: Typed[] = [];
  const before = (value: typeof start): boolean =>
    down ? compare(value, limit) > 0 : compare(value, limit) < 0;
  for (let value = start; before(value); value = add(value, step)) {
    if (items.length >= MAX_RANGE)
      throw new EvaluationFailure(`a range may have ${MAX_RANGE} elements at most`);
    items.push(number(value));
  }
  return list(items, NUMBER);
}

function slice(args: readonly Typed[]): Typed {
  const items = itemsOf(at(args, 0));
  if (at(args, 0).kind === "set") throw new EvaluationFailure("a set has no order to cut");
  const [start, end] = [integerAt(args, 1), integerAt(args, 2)];
  if (start < 0 || end > items.length || start > end)
    throw new EvaluationFailure(`a list of ${items.length} cannot be cut from ${start} to ${end}`);
  return sameSequence(at(args, 0), items.slice(start, end));
}

function sum(items: readonly Typed[]): Typed {
  if (items.length === 0) throw new EvaluationFailure("an empty list has no sum");
  const numbers = items.map((item) => {
    const value = convert(item, NUMBER);
    if (value.kind !== "number") throw new EvaluationFailure("an element is null");
    return value.number;
  });
  return number(numbers.reduce((total, value) => add(total, value), ZERO));
}

function transpose(args: readonly Typed[]): Typed {
  const swapped = new Map<string, Set<string>>();
  for (const [key, values] of entriesOf(at(args, 0))) {
    for (const value of textsOf(values)) {
      const keys = swapped.get(value) ?? new Set<string>();
      swapped.set(value, keys.add(key));
    }
  }
  const entries = [...swapped].map(
    ([value, keys]) => [value, list([...keys].sort(compareText).map(text), STRING)] as const,
  );
  return map(entries, listOf(STRING));
}

function zipmap(args: readonly Typed[]): Typed {
  const [keys, values] = [itemsOf(at(args, 0)), itemsOf(at(args, 1))];
  if (keys.length !== values.length)
    throw new EvaluationFailure(`${keys.length} keys and ${values.length} values do not pair up`);
  const open = keys.filter((key) => key.kind === "unknown");
  if (open.length > 0) return unknownOf(DYNAMIC, reasonsOf(open));
  const entries = keys.map(
    (key, index) => [key.kind === "string" ? key.text : "", values[index] as Typed] as const,
  );
  const secret = keys.some((key) => key.sensitive);
  const element = elementOf(at(args, 1));
  return marked(element === undefined ? object(entries) : map(entries, element), secret);
}

import { EvaluationFailure } from "../failure.ts";
import { convert } from "../values/convert.ts";
import { BOOL, DYNAMIC, listOf, mapOf, NUMBER, STRING, setOf, type Type } from "../values/type.ts";
import { bool, marked, NULL, type Typed, typeOf, unmarked } from "../values/typed.ts";
import { unify } from "../values/unify.ts";
import { at, itemsOf } from "./arguments.ts";
import type { FunctionDefinition, Parameter } from "./define.ts";

const NULLABLE: Parameter = { type: DYNAMIC, nullable: true };

const conversionTo = (type: Type): FunctionDefinition => ({
  params: [NULLABLE],
  returns: type,
  structural: true,
  run: (args) => convert(at(args, 0), type),
});

/** Special in that they look at marks: their arguments reach them as they are, see `calls.ts`. */
export const MARK_FUNCTIONS: Readonly<Record<string, (value: Typed) => Typed>> = {
  sensitive: (value) => marked(value),
  /** What is marked inside stays so. */
  nonsensitive: (value) => unmarked(value),
  issensitive: (value) => bool(value.sensitive),
  /** Nothing here is ephemeral: ephemeral resources and variables are unknown. */
  ephemeralasnull: (value) => value,
};

export const CONVERSION_FUNCTIONS: Readonly<Record<string, FunctionDefinition>> = {
  tostring: conversionTo(STRING),
  tonumber: conversionTo(NUMBER),
  tobool: conversionTo(BOOL),
  tolist: conversionTo(listOf(DYNAMIC)),
  toset: conversionTo(setOf(DYNAMIC)),
  tomap: conversionTo(mapOf(DYNAMIC)),
  coalesce: {
    params: [],
    rest: NULLABLE,
    returns: DYNAMIC,
    structural: true,
    takesUnknown: true,
    run: (args) => {
      const type = unify(args.map(typeOf));
      if (type === undefined) throw new EvaluationFailure("all arguments must be of one type");
      const converted = args.map((arg) => convert(arg, type));
      return firstThat(converted, (arg) => !(arg.kind === "string" && arg.text === ""));
    },
  },
  coalescelist: {
    params: [],
    rest: NULLABLE,
    returns: DYNAMIC,
    structural: true,
    takesUnknown: true,
    run: (args) => firstThat(args, (arg) => itemsOf(arg).length > 0),
  },
  one: {
    params: [{ type: DYNAMIC }],
    returns: DYNAMIC,
    structural: true,
    run: (args) => {
      const items = itemsOf(at(args, 0));
      if (items.length > 1) throw new EvaluationFailure("the list has more than one element");
      return items[0] ?? NULL;
    },
  },
};

/** The first that is not null and is wanted. An unknown one before it leaves open which that is. */
function firstThat(args: readonly Typed[], wanted: (arg: Typed) => boolean): Typed {
  const found = args.find((arg) => arg.kind === "unknown" || (arg.kind !== "null" && wanted(arg)));
  if (found === undefined) throw new EvaluationFailure("all arguments are null or empty");
  return found;
}

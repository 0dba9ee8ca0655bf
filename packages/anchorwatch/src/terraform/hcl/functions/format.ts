import { EvaluationFailure } from "../failure.ts";
import { DYNAMIC, listOf, STRING } from "../values/type.ts";
import { list, reasonsOf, type Typed, text, unknownOf } from "../values/typed.ts";
import { at, textAt } from "./arguments.ts";
import type { FunctionDefinition } from "./define.ts";
import { formatVerb, parseFormat, type Verb } from "./formatVerb.ts";

export const FORMAT_FUNCTIONS: Readonly<Record<string, FunctionDefinition>> = {
  format: {
    params: [{ type: STRING }],
    rest: { type: DYNAMIC, nullable: true },
    returns: STRING,
    run: (args) => text(formatted(textAt(args, 0), args.slice(1))),
  },
  formatlist: {
    params: [{ type: STRING }],
    rest: { type: DYNAMIC, nullable: true },
    returns: listOf(STRING),
    run: (args) => formattedList(textAt(args, 0), args.slice(1)),
  },
};

function formatted(pattern: string, args: readonly Typed[]): string {
  const pieces = parseFormat(pattern);
  checkUse(pieces, args.length);
  return pieces
    .map((piece) => (typeof piece === "string" ? piece : formatVerb(piece, at(args, piece.index))))
    .join("");
}

function checkUse(pieces: readonly (string | Verb)[], given: number): void {
  const verbs = pieces.filter((piece) => typeof piece !== "string");
  const most = verbs.reduce((highest, verb) => Math.max(highest, verb.index + 1), 0);
  if (most > given) throw new EvaluationFailure(`the format needs ${most} values, and ${given} are given`);
  if (most < given) throw new EvaluationFailure(`the format uses ${most} values, and ${given} are given`);
}

/** Lists of one length are walked together; other values are the same for every element. */
function formattedList(pattern: string, args: readonly Typed[]): Typed {
  const lists = args.filter((arg) => "items" in arg);
  const lengths = new Set(lists.map((arg) => ("items" in arg ? arg.items.length : 0)));
  if (lengths.size > 1) throw new EvaluationFailure("the lists must be of one length");
  const [length = 1] = lengths;
  const rows = Array.from({ length }, (_, index) =>
    args.map((arg) => ("items" in arg ? (arg.items[index] as Typed) : arg)),
  );
  if (rows.some((row) => row.some((value) => !value.wholeKnown)))
    return unknownOf(listOf(STRING), reasonsOf(rows.flat()));
  return list(
    rows.map((row) => text(formatted(pattern, row))),
    STRING,
  );
}

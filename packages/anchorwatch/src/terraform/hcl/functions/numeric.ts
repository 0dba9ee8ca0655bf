import { EvaluationFailure } from "../failure.ts";
import {
  type BigFloat,
  ceil,
  compare,
  floor,
  fromDouble,
  fromInteger,
  negate,
  toDouble,
} from "../values/bigFloat.ts";
import { DYNAMIC, NUMBER } from "../values/type.ts";
import { number, type Typed } from "../values/typed.ts";
import { at, integerAt, numberAt, wholeNumber } from "./arguments.ts";
import type { FunctionDefinition } from "./define.ts";

const oneNumber = (run: (value: BigFloat) => BigFloat): FunctionDefinition => ({
  params: [{ type: NUMBER }],
  returns: NUMBER,
  run: (args) => number(run(numberAt(args, 0))),
});

const twoDoubles = (run: (a: number, b: number) => number): FunctionDefinition => ({
  params: [{ type: NUMBER }, { type: NUMBER }],
  returns: NUMBER,
  run: (args) => number(fromDouble(run(toDouble(numberAt(args, 0)), toDouble(numberAt(args, 1))))),
});

const extreme = (wanted: -1 | 1): FunctionDefinition => ({
  params: [],
  rest: { type: NUMBER },
  returns: NUMBER,
  run: (args) => {
    if (args.length === 0) throw new EvaluationFailure("at least one number is needed");
    return args.reduce((best, arg, index) =>
      compare(numberAt(args, index), numberOf(best)) === wanted ? arg : best,
    );
  },
});

function numberOf(value: Typed): BigFloat {
  return numberAt([value], 0);
}

export const NUMERIC_FUNCTIONS: Readonly<Record<string, FunctionDefinition>> = {
  abs: oneNumber((value) => (value.mantissa < 0n ? negate(value) : value)),
  ceil: oneNumber((value) => fromInteger(ceil(value))),
  floor: oneNumber((value) => fromInteger(floor(value))),
  signum: oneNumber((value) => {
    const whole = wholeNumber(value);
    return fromInteger(whole < 0n ? -1 : whole > 0n ? 1 : 0);
  }),
  log: twoDoubles((value, base) => Math.log(value) / Math.log(base)),
  pow: twoDoubles((base, exponent) => base ** exponent),
  max: extreme(1),
  min: extreme(-1),
  parseint: {
    params: [{ type: DYNAMIC }, { type: NUMBER }],
    returns: NUMBER,
    run: (args) => {
      const value = at(args, 0);
      // A number would have lost what base it was written in.
      if (value.kind !== "string") throw new EvaluationFailure("the digits must be a text");
      return number(fromInteger(parseInteger(value.text, integerAt(args, 1))));
    },
  },
};

const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const MAX_DIGITS = 1000;

function parseInteger(source: string, base: number): bigint {
  if (base < 2 || base > 62) throw new EvaluationFailure("the base must be between 2 and 62");
  const negative = source.startsWith("-");
  const digits = source.replace(/^[+-]/, "");
  // Letters of both cases are the same digits up to base 36.
  const plain = base <= 36 ? digits.toLowerCase() : digits;
  if (plain === "" || plain.length > MAX_DIGITS) throw notANumber(base);
  let value = 0n;
  for (const character of plain) {
    const digit = DIGITS.indexOf(character);
    if (digit < 0 || digit >= base) throw notANumber(base);
    value = value * BigInt(base) + BigInt(digit);
  }
  return negative ? -value : value;
}

function notANumber(base: number): EvaluationFailure {
  return new EvaluationFailure(`the text is not a whole number in base ${base}`);
}

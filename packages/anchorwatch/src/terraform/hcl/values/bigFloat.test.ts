import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  add,
  ceil,
  compare,
  divide,
  floor,
  fromInteger,
  modulo,
  multiply,
  negate,
  parseDecimal,
  subtract,
  toText,
  truncate,
} from "./bigFloat.ts";

const parse = (source: string) => {
  const number = parseDecimal(source);
  if (number === undefined) throw new TypeError(`no number: ${source}`);
  return number;
};

const integers = fc.bigInt({ min: -(10n ** 60n), max: 10n ** 60n });
const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.nat({ max: 60 }))
  .map(([digits, places]) => {
    const text = (digits < 0n ? -digits : digits).toString().padStart(places + 1, "0");
    const whole = places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
    const plain = whole.includes(".") ? whole.replace(/\.?0+$/, "") : whole;
    return digits < 0n && plain !== "0" ? `-${plain}` : plain;
  });

describe("numbers of 512 bits", () => {
  it("read back every decimal of up to 100 digits as it was written", () => {
    fc.assert(
      fc.property(decimals, (written) => {
        expect(toText(parse(written))).toBe(written);
      }),
    );
  });

  it("calculate with integers as integers do", () => {
    fc.assert(
      fc.property(integers, integers, (a, b) => {
        const [x, y] = [fromInteger(a), fromInteger(b)];
        expect(truncate(add(x, y))).toBe(a + b);
        expect(truncate(subtract(x, y))).toBe(a - b);
        expect(truncate(multiply(x, y))).toBe(a * b);
        expect(compare(x, y)).toBe(a < b ? -1 : a > b ? 1 : 0);
        if (b !== 0n) expect(truncate(modulo(x, y))).toBe(a % b);
      }),
    );
  });

  it("take back a division by a multiplication, but for the last bit", () => {
    fc.assert(
      fc.property(integers, integers, (a, b) => {
        fc.pre(a !== 0n && b !== 0n);
        const error = subtract(
          multiply(divide(fromInteger(a), fromInteger(b)), fromInteger(b)),
          fromInteger(a),
        );
        const limit = divide(fromInteger(a < 0n ? -a : a), parse("1e150"));
        expect(compare(error.mantissa < 0n ? negate(error) : error, limit)).toBe(-1);
      }),
    );
  });

  it("round down and up to whole numbers", () => {
    fc.assert(
      fc.property(decimals, (written) => {
        const value = parse(written);
        expect(compare(fromInteger(floor(value)), value)).toBeLessThanOrEqual(0);
        expect(compare(fromInteger(ceil(value)), value)).toBeGreaterThanOrEqual(0);
        expect(ceil(value) - floor(value)).toBeLessThanOrEqual(1n);
      }),
    );
  });

  it("are no numbers where the text is none, and refuse exponents without bound", () => {
    for (const text of ["", ".", "x", "1e", "0x10", "--1"]) expect(parseDecimal(text)).toBeUndefined();
    expect(() => parse("1e100000")).toThrow(/too large/);
    expect(() => divide(parse("1"), parse("0"))).toThrow(/division by zero/);
  });
});

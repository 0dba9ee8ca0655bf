import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../domain/jsonValue.ts";
import { Decimal } from "../../domain/value.ts";
import { canonicalJson, MAX_DEPTH } from "./canonicalJson.ts";

/** JSON has one zero. */
function withoutNegativeZero(value: JsonValue): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}

function shuffled(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(shuffled);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => [key, shuffled(member as JsonValue)] as const);
  // Object.fromEntries defines its members: a key such as __proto__ stays data.
  return Object.fromEntries(members.reverse());
}

const json = fc.jsonValue({ noUnicodeString: false }).map((value) => withoutNegativeZero(value as JsonValue));

describe("canonical JSON", () => {
  test("means what it was made of", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(value);
      }),
    );
  });

  test("is the same for every order of members", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value));
      }),
    );
  });

  test("is what it was when it is read and written again", () => {
    fc.assert(
      fc.property(json, (value) => {
        const once = canonicalJson(value);
        expect(canonicalJson(JSON.parse(once) as JsonValue)).toBe(once);
      }),
    );
  });

  test("writes the RFC's example as the RFC does", () => {
    const given = JSON.parse(
      String.raw`{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`,
    ) as JsonValue;
    expect(canonicalJson(given)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  test("sorts members by UTF-16 units, not by characters", () => {
    const given = { "€": 1, "\r": 2, "\ufb33": 3, "1": 4, "😀": 5, "\u0080": 6, ö: 7 };
    expect(Object.keys(JSON.parse(canonicalJson(given)) as object).filter((key) => key !== "1")).toEqual([
      "\r",
      "\u0080",
      "ö",
      "€",
      "😀",
      "\ufb33",
    ]);
    expect(canonicalJson(given).indexOf('"1"')).toBe(
      canonicalJson(given).indexOf('"\\r"') + '"\\r":2,'.length,
    );
  });

  test.each([
    ["0000000000000000", "0"],
    ["8000000000000000", "0"],
    ["0000000000000001", "5e-324"],
    ["8000000000000001", "-5e-324"],
    ["7fefffffffffffff", "1.7976931348623157e+308"],
    ["4340000000000000", "9007199254740992"],
    ["4430000000000000", "295147905179352830000"],
    ["44b52d02c7e14af5", "9.999999999999997e+22"],
    ["44b52d02c7e14af6", "1e+23"],
    ["44b52d02c7e14af7", "1.0000000000000001e+23"],
    ["444b1ae4d6e2ef4e", "999999999999999700000"],
    ["444b1ae4d6e2ef50", "1e+21"],
    ["3eb0c6f7a0b5ed8c", "9.999999999999997e-7"],
    ["3eb0c6f7a0b5ed8d", "0.000001"],
    ["41b3de4355555557", "333333333.33333343"],
    ["becbf647612f3696", "-0.0000033333333333333333"],
    ["43143ff3c1cb0959", "1424953923781206.2"],
  ])("writes the double %s of the RFC as %s", (bits, text) => {
    expect(canonicalJson(Buffer.from(bits, "hex").readDoubleBE())).toBe(text);
  });

  test("leaves out what is undefined", () => {
    expect(canonicalJson({ b: undefined, a: 1 })).toBe('{"a":1}');
  });

  test.each<[string, unknown, string]>([
    ["a number that is not finite", { changes: [1, { path: Number.NaN }] }, "changes[1].path"],
    ["infinity", [Number.POSITIVE_INFINITY], "[0]"],
    ["half of a surrogate pair", { name: "a\ud800" }, "name"],
    ["half of a surrogate pair in a key", { x: { "\udc00": 1 } }, "x"],
    ["a bigint", { size: 1n }, "size"],
    ["nothing in a list", [undefined], "[0]"],
    ["an object of a class", { at: new Decimal("1.5") }, "at"],
  ])("refuses %s, and says where", (_, value, where) => {
    expect(() => canonicalJson(value as JsonValue)).toThrow(
      expect.objectContaining({
        code: "ledger_entry_invalid",
        message: expect.stringMatching(new RegExp(`^${where.replace(/[[\]]/g, "\\$&")}`)),
      }),
    );
  });

  test("refuses what is nested without end instead of failing on it", () => {
    let value: JsonValue = null;
    for (let i = 0; i < 100_000; i += 1) value = [value];
    expect(() => canonicalJson(value)).toThrow(`${MAX_DEPTH} levels`);
  });
});

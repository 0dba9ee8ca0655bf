import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { objectOf, type Value } from "../../../domain/value.ts";
import { convert, tryConvert } from "./convert.ts";
import { fromValue, sensitivePaths, toValue } from "./domain.ts";
import { equal } from "./equality.ts";
import { compareText } from "./order.ts";
import { set } from "./sets.ts";
import { DYNAMIC, listOf, STRING, setOf } from "./type.ts";
import { marked, NULL, text, tuple, typeOf, unknownOf } from "./typed.ts";
import { unify } from "./unify.ts";

const { value: values } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constant(null),
    fc.boolean(),
    fc.string(),
    fc.integer(),
    fc.bigInt({ min: 2n ** 60n, max: 2n ** 200n }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(fc.string(), tie("value")), { maxLength: 4 }).map(objectOf),
  ),
}));

describe("typed values", () => {
  it("are the product's values with types, and nothing is lost on the way", () => {
    fc.assert(
      fc.property(values, (value) => {
        // Objects are ordered by key here, which toEqual does not mind.
        expect(toValue(fromValue(value))).toEqual(value);
        expect(equal(fromValue(value), fromValue(value))).toBe(true);
      }),
    );
  });

  it("unify to a type that each of them converts to", () => {
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 4 }), (some) => {
        const typed = some.map((value) => fromValue(value));
        const type = unify(typed.map(typeOf));
        if (type === undefined) return;
        for (const value of typed) expect(tryConvert(value, type)).toBeDefined();
      }),
    );
  });

  it("in a set are sorted, and there once", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (texts) => {
        const made = set(texts.map(text), STRING);
        const items = toValue(made) as string[];
        expect(new Set(items)).toEqual(new Set(texts));
        expect(items.length).toBe(new Set(texts).size);
        expect([...items].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))).toEqual(items);
      }),
    );
  });

  it("keep marks through conversions; a set is marked as a whole", () => {
    const secret = tuple([text("a"), marked(text("b"))]);
    expect(sensitivePaths(convert(secret, listOf(STRING)))).toEqual([[1]]);
    expect(sensitivePaths(convert(secret, setOf(STRING)))).toEqual([[]]);
    expect(sensitivePaths(convert(marked(NULL), STRING))).toEqual([[]]);
  });

  it("leave a comparison open that an unknown could decide, and decide it where it could not", () => {
    const unknown = unknownOf(DYNAMIC, []);
    expect(equal(tuple([text("a"), unknown]), tuple([text("a"), text("b")]))).toBeUndefined();
    expect(equal(tuple([text("x"), unknown]), tuple([text("a"), text("b")]))).toBe(false);
  });

  it("compare texts by code points", () => {
    expect(compareText("\u{1F600}", "\uffee")).toBe(1);
    expect("\u{1F600}" < "\uffee").toBe(true);
  });
});

import { expect, test } from "vitest";
import { canonicalJson, parseExactJson } from "./json.ts";

test.each([
  ['{"n": 12345678901234567890123.1}', { n: "12345678901234567890123.1" }],
  ["[1, -123456789012345678901, 0.5]", [1, "-123456789012345678901", 0.5]],
  ['{"n":1.50E3}', { n: "1.50E3" }],
  ['{"id":"00000000000000000000","n":1}', { id: "00000000000000000000", n: 1 }],
])("%s loses no digit", (text, json) => {
  expect(parseExactJson(text)).toEqual(json);
});

test("equal JSON has one canonical text, whatever the order of its keys", () => {
  expect(canonicalJson({ b: [1, { d: null, c: "x" }], a: true })).toBe(
    '{"a":true,"b":[1,{"c":"x","d":null}]}',
  );
});

import fc from "fast-check";
import { expect, it, test } from "vitest";
import { matchWildcard } from "./wildcard.ts";

it.each([
  ["alice", "alice", []],
  ["alice", "alice2", undefined],
  ["*", "", [""]],
  ["*@example.com", "bob@example.com", ["bob"]],
  ["a*c*e", "abcde", ["b", "d"]],
  ["a*a", "a", undefined],
  ["a.c", "abc", undefined],
  ["*/*", "x/y/z", ["x", "y/z"]],
])("%s and %s", (pattern, text, stood) => {
  expect(matchWildcard(pattern, text)).toEqual(stood);
});

test("filled in, what the stars stood for gives the text again", () => {
  const alphabet = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
  const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 12 });
  fc.assert(
    fc.property(alphabet, text, (pattern, given) => {
      const stood = matchWildcard(pattern, given);
      const expected = new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(given);
      expect(stood !== undefined).toBe(expected);
      let at = 0;
      if (stood !== undefined) expect(pattern.replaceAll("*", () => stood[at++] ?? "")).toBe(given);
    }),
  );
});

import { expect, it } from "vitest";
import { nearest } from "./nearest.ts";

const KNOWN = ["stacks", "ignore", "sensitive", "version"];

it.each([
  ["stakcs", "stacks"],
  ["Stacks", "stacks"],
  ["ignored", "ignore"],
  ["verison", "version"],
])("%s probably means %s", (word, meant) => {
  expect(nearest(word, KNOWN)).toBe(meant);
});

it("suggests nothing for a word that is like none", () => {
  expect(nearest("terraform", KNOWN)).toBeUndefined();
  expect(nearest("x".repeat(100_000), KNOWN)).toBeUndefined();
  expect(nearest("x", [])).toBeUndefined();
});

import { expect, it } from "vitest";
import { atLeast, atMost, formatMarkdown, formatText, type Section } from "./report.ts";

const SECTION: Section = {
  title: "Speed",
  about: "Of two.",
  table: [
    ["command", "median"],
    ["one", "1.0 s"],
  ],
  goals: [atLeast("twice as fast", 1.96, 2), atMost("small", 3, 3, (value) => `${value} MB`)],
};

it("says of each goal whether it was reached, by the exact figure", () => {
  expect(SECTION.goals.map(({ reached }) => reached)).toEqual([false, true]);
  expect(formatText(SECTION)).toContain("MISSED   twice as fast: 1.96 times");
});

it("writes a missed goal into the page too", () => {
  const page = formatMarkdown(SECTION);
  expect(page).toContain("| command | median |\n| ------- | ------ |\n| one     | 1.0 s  |");
  expect(page).toContain("- twice as fast: **1.96 times** (missed)");
  expect(page).toContain("- small: **3 MB**");
});

import { expect, it } from "vitest";
import { benchmarkPage, withSections } from "./page.ts";
import type { Section } from "./report.ts";

function section(title: string, figure: string): Section {
  return {
    title,
    about: "How.",
    table: [
      ["what", "measured"],
      ["it", figure],
    ],
    goals: [],
  };
}

it("figures of some parts take the place of theirs, and new ones come after the others; the rest stays", () => {
  const whole = benchmarkPage(["then"], [section("One", "1 ms"), section("Two", "2 ms")]);
  const page = whole.replace(
    "## Repeat them",
    "## What these figures depend on\n\nThe hour.\n\n## Repeat them",
  );
  const now = withSections(page, ["now", "2 cores"], [section("One", "5 ms"), section("Three", "3 ms")]);
  expect(now.match(/^## .*$/gm)).toEqual([
    "## Where these figures were taken",
    "## One",
    "## Two",
    "## Three",
    "## What these figures depend on",
    "## Repeat them",
  ]);
  expect(now.match(/\b[0-9] ms/g)).toEqual(["5 ms", "2 ms", "3 ms"]);
  expect(now.match(/Taken by itself: .*$/gm)).toEqual(Array(2).fill("Taken by itself: now; 2 cores."));
  expect(now).toContain("The hour.");
  expect(withSections(now, ["now", "2 cores"], [section("One", "5 ms"), section("Three", "3 ms")])).toBe(now);
});

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { errorsPage } from "../../scripts/errorsPage.ts";

test("docs/errors.md says what the registries of error codes say (npm run docs)", () => {
  const page = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");
  expect(codesIn(page)).toEqual(codesIn(errorsPage));
  expect(codesIn(page).length).toBeGreaterThan(50);
});

/** Headings and rows; how wide the columns are is the formatter's business. */
function codesIn(page: string): readonly string[] {
  const lines = page.split("\n").filter((line) => /^(?:#|\| `)/.test(line));
  return lines.map((line) => line.replaceAll(/ +/g, " "));
}

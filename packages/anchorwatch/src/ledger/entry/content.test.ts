import { expect, test } from "vitest";
import { contentDigest, withContent } from "./content.ts";
import { entry } from "./entries.fixture.ts";
import { encodeEntry } from "./entry.ts";

const bytes = new TextEncoder().encode("abc");
const DIGEST = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

test("content is named by its digest", () => {
  expect(contentDigest(bytes)).toBe(DIGEST);
});

test("an entry holds what proves its content", () => {
  const given = withContent(entry(), [{ role: "changes", mediaType: "application/json", bytes }]);
  expect(given.content).toEqual([
    { role: "changes", mediaType: "application/json", bytes: 3, digest: DIGEST },
  ]);
  expect(encodeEntry(given).length).toBeGreaterThan(0);
  expect(withContent(entry(), [])).toEqual(entry());
});

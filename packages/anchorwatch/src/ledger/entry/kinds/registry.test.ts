import { describe, expect, test } from "vitest";
import { EXAMPLE_DATA, entry } from "../entries.fixture.ts";
import { encodeEntry } from "../entry.ts";
import { KINDS, titleOf } from "./registry.ts";

describe("every kind of entry", () => {
  test.each(Object.keys(KINDS))("%s takes its example and refuses members that it does not know", (kind) => {
    const given = entry({ kind });
    expect(encodeEntry(given).length).toBeGreaterThan(0);
    const strange = { ...given, data: { ...given.data, surprise: 1 } };
    expect(() => encodeEntry(strange)).toThrow("“surprise”");
  });

  test.each(Object.entries(EXAMPLE_DATA))("%s refuses its example without the first member", (kind, data) => {
    const [first = ""] = Object.keys(data);
    const { [first]: _, ...rest } = data;
    expect(() => encodeEntry(entry({ kind, data: rest }))).toThrow(`data.${first}`);
  });
});

test("a kind that is not known is called by its own name", () => {
  expect(titleOf("tide.turned")).toBe("tide.turned");
  expect(titleOf("constructor")).toBe("constructor");
  expect(titleOf("drift.opened")).toBe("Drift opened");
});

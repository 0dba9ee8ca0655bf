import { expect, it } from "vitest";
import type { DriftMark } from "../../domain/driftMark.ts";
import { remember } from "./remembered.ts";

const marks = (name: string): readonly DriftMark[] => [
  { kind: "value", path: [name], madeAt: "t.x", recorded: "r", live: "l" },
];
const drift = (address: string, id: string | undefined) => ({
  ...{ address, type: "t", id },
  marks: marks(address),
});

it("a resource finds its marks where it was, where it moved to, and where it was replaced", () => {
  const known = remember([drift("t.a", "1"), drift("t.b", "2"), drift("t.c", undefined)]);
  expect(known.of({ address: "t.a", type: "t", id: "1" })).toEqual(marks("t.a"));
  expect(known.of({ address: "t.new", type: "t", id: "1" })).toEqual(marks("t.a"));
  expect(known.of({ address: "t.b", type: "t", id: "1" })).toEqual(marks("t.a"));
  expect(known.of({ address: "t.b", type: "t", id: "3" })).toEqual(marks("t.b"));
  expect(known.of({ address: "t.c", type: "t", id: "4" })).toEqual(marks("t.c"));
  expect(known.of({ address: "t.d", type: "t", id: "5" })).toEqual([]);
});

it("namesakes keep their own: log groups of two regions are called alike", () => {
  const known = remember([drift("t.eu", "app"), drift("t.us", "app")]);
  expect(known.of({ address: "t.us", type: "t", id: "app" })).toEqual(marks("t.us"));
  expect(known.of({ address: "t.eu", type: "t", id: "app" })).toEqual(marks("t.eu"));
});

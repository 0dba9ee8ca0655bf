import fc from "fast-check";
import { expect, test } from "vitest";
import { alignLists } from "./sequence.ts";

const lists = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 8 });

/** What is left of a list when all positions that a change names are taken out. */
function staying(list: readonly string[], gone: readonly number[]): readonly string[] {
  return list.filter((_, i) => !gone.includes(i));
}

/** Length of a longest common subsequence, by definition and without a table. */
function longestCommon(left: readonly string[], right: readonly string[]): number {
  const [head, ...rest] = left;
  if (head === undefined) return 0;
  const at = right.indexOf(head);
  const without = longestCommon(rest, right);
  return at < 0 ? without : Math.max(without, 1 + longestCommon(rest, right.slice(at + 1)));
}

test("what no change names is the same on both sides, and as much as can be", () => {
  fc.assert(
    fc.property(lists, lists, (recorded, live) => {
      const changes = alignLists(recorded, live);
      const left = staying(
        recorded,
        changes.flatMap((c) => (c.kind === "added" ? [] : [c.recorded])),
      );
      const right = staying(
        live,
        changes.flatMap((c) => (c.kind === "removed" ? [] : [c.live])),
      );
      expect(left).toEqual(right);
      expect(left).toHaveLength(longestCommon(recorded, live));
    }),
    { numRuns: 500 },
  );
});

test("lists too long for a table are compared by position, but for what they have in common at both ends", () => {
  const long = Array.from({ length: 2000 }, (_, i) => `${i}`);
  const changed = long.map((text, i) => (i === 700 || i === 1500 ? "x" : text));
  expect(alignLists(long, changed)).toEqual([
    { kind: "changed", recorded: 700, live: 700 },
    { kind: "changed", recorded: 1500, live: 1500 },
  ]);
  expect(alignLists(long, ["new", ...long])).toEqual([{ kind: "added", live: 0 }]);
});

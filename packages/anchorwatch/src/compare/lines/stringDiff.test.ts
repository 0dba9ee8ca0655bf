import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DiffLine, diffLines, excerpts } from "./stringDiff.ts";

const side = (lines: readonly DiffLine[], wanted: "recorded" | "live") =>
  lines.flatMap((entry) => (entry.side === wanted || entry.side === "both" ? [entry.text] : []));

describe("the difference of two texts", () => {
  it("shows what changed with some lines around it", () => {
    expect(diffLines("1\n2\n3\n4\n5\n6", "1\n2\n3\nX\n5\n6", 1)).toEqual([
      { side: "gap", hidden: 2 },
      { side: "both", text: "3" },
      { side: "recorded", text: "4" },
      { side: "live", text: "X" },
      { side: "both", text: "5" },
      { side: "gap", hidden: 1 },
    ]);
  });

  it("holds both texts whole when nothing is folded", () => {
    const texts = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1 }).map((lines) => lines.join("\n"));
    fc.assert(
      fc.property(texts, texts, (recorded, live) => {
        fc.pre(recorded !== live);
        const lines = diffLines(recorded, live, 1000);
        expect(side(lines, "recorded").join("\n")).toBe(recorded);
        expect(side(lines, "live").join("\n")).toBe(live);
      }),
    );
  });

  it("of texts too long to compare shows both sides whole", () => {
    const lines = (from: number) => Array.from({ length: 2000 }, (_, i) => String(from + i)).join("\n");
    const diff = diffLines(lines(0), lines(10_000), 2);
    expect(diff.filter(({ side }) => side === "recorded")).toHaveLength(2000);
    expect(diff.filter(({ side }) => side === "live")).toHaveLength(2000);
  });
});

it("the difference of texts with hundreds of thousands of lines is found", () => {
  const lines = (word: string) => Array.from({ length: 300_000 }, () => word).join("\n");
  expect(diffLines(lines("a"), lines("b"), 2)).toHaveLength(600_000);
});

describe("the excerpts of two long texts", () => {
  it("begin shortly before their first difference", () => {
    const [recorded, live] = excerpts(`${"x".repeat(500)}a`, `${"x".repeat(500)}b`, 40);
    expect(recorded).toEqual({ before: true, text: `${"x".repeat(10)}a`, after: false });
    expect(live).toEqual({ before: true, text: `${"x".repeat(10)}b`, after: false });
  });

  it("hold the first difference always", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.string(), fc.string(), (shared, a, b) => {
        const [recorded, live] = excerpts(`${shared}A${a}`, `${shared}B${b}`, 40);
        expect(recorded.text).not.toBe(live.text);
      }),
    );
  });
});

import { describe, expect, it } from "vitest";
import type { AccessEntry } from "./entries.ts";
import { Gathering } from "./gathering.ts";

function gathering() {
  let now = Date.parse("2026-03-01T12:00:00.000Z");
  const written: unknown[] = [];
  let fails = false;
  const write = async (entries: readonly AccessEntry[]) => {
    if (fails) throw new TypeError("no database");
    written.push(...entries.map(({ entry }) => entry["data"]));
  };
  const tried = new Gathering(write, () => new Date(now));
  return {
    written,
    note: (target: string) =>
      tried.note(target, (repeats) => ({
        id: "x",
        entry: { data: { target, ...(repeats && { repeats }) } },
        content: [],
      })),
    flush: (all = false) => tried.flush({ all }),
    later: (milliseconds: number) => {
      now += milliseconds;
    },
    fail: (does: boolean) => {
      fails = does;
    },
  };
}

describe("what repeats", () => {
  it("is told at once, and at the end of the minute how often it came again", async () => {
    const { written, note, flush, later } = gathering();
    for (const target of ["a", "a", "b", "a"]) await note(target);
    expect(written).toEqual([{ target: "a" }, { target: "b" }]);
    later(59_999);
    await flush();
    expect(written).toHaveLength(2);
    later(1);
    await flush();
    expect(written.slice(2)).toEqual([{ target: "a", repeats: 2 }]);
    await note("a");
    expect(written.slice(3)).toEqual([{ target: "a" }]);
  });

  it("loses no count when it comes again before the minute's end was noticed, nor at the end of all", async () => {
    const { written, note, flush, later } = gathering();
    await note("a");
    await note("a");
    later(61_000);
    await note("a");
    await note("a");
    await flush(true);
    expect(written).toEqual([
      { target: "a" },
      { target: "a", repeats: 1 },
      { target: "a" },
      { target: "a", repeats: 1 },
    ]);
  });

  it("is kept while it cannot be written", async () => {
    const { written, note, flush, later, fail } = gathering();
    await note("a");
    await note("a");
    later(60_000);
    fail(true);
    await expect(flush()).rejects.toThrow("no database");
    fail(false);
    await flush();
    expect(written).toEqual([{ target: "a" }, { target: "a", repeats: 1 }]);
  });

  it("is counted when not even the first could be written", async () => {
    const { written, note, flush, fail } = gathering();
    fail(true);
    await expect(note("a")).rejects.toThrow("no database");
    fail(false);
    await note("a");
    await flush(true);
    expect(written).toEqual([{ target: "a", repeats: 2 }]);
  });

  it("of ever new things is counted together, so that memory and ledger stay small", async () => {
    const { written, note, flush } = gathering();
    for (let index = 0; index < 1500; index++) await note(`target ${index}`);
    expect(written).toHaveLength(1001);
    await flush(true);
    expect(written.slice(1001)).toEqual([{ target: "target 1000", repeats: 499 }]);
  });
});

import { describe, expect, it } from "vitest";
import { resource } from "../../cli/formats/checkResult.fixture.ts";
import type { DriftMark } from "../../domain/driftMark.ts";
import { aDrift } from "../../store/records.fixture.ts";
import type { StackId } from "../../watch/stack.ts";
import { marksAfter, sightOf } from "./seeing.ts";

it.each(["unknown", "not_checked"] as const)("what is %s was not seen, and closes nothing", (verdict) => {
  expect(sightOf(resource("t_thing.a", { verdict }), 1)).toEqual({ kind: "unseen" });
});

describe("marks after a step", () => {
  const value = (recorded: string, live: string): DriftMark => ({
    ...{ kind: "value", path: ["delay"], madeAt: "t_thing.a" },
    ...{ recorded, live },
  });
  const after = (known: DriftMark, now: DriftMark, standing: "restored" | "stranger") =>
    marksAfter({ kind: "updated", verdict: "changed" }, aDrift("s" as StackId, { marks: [known] }), {
      marks: [now],
      standings: [standing],
    });

  it("keep what was recorded first while the record holds a stranger, however it goes on", () => {
    expect(after(value("first", "stranger"), value("stranger", "other"), "stranger")).toEqual([
      value("first", "other"),
    ]);
    expect(after(value("first", "stranger"), value("first", "other"), "restored")).toEqual([
      value("first", "other"),
    ]);
  });

  it("of a set know all that ever came and went", () => {
    const members = (added: readonly string[], removed: readonly string[]): DriftMark => ({
      ...{ kind: "members", path: ["rules"], madeAt: "t_thing.a" },
      ...{ added, removed },
    });
    // The stranger was recorded; now it is gone again, what was lost is back, and something else came and went.
    expect(after(members(["s"], ["l"]), members(["l", "x"], ["s", "y"]), "stranger")).toEqual([
      members(["s", "x"], ["l", "y"]),
    ]);
  });
});

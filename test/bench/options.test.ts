import { expect, it } from "vitest";
import { parseOptions } from "./options.ts";

it("measures everything when no part is named, and only the named ones otherwise", () => {
  const watch = ["latency", "events", "sweep", "memory"];
  const all = [
    "small",
    "warm",
    ...watch.slice(0, 3),
    "unmanaged",
    ...watch.slice(3),
    "lists",
    "streams",
    "decisions",
    "classify",
    "alerts",
    "target",
    "large",
    "ledger",
    "own",
  ];
  expect([...parseOptions([]).parts]).toEqual(all);
  expect([...parseOptions(["watch", "warm"]).parts]).toEqual([...watch, "warm"]);
  expect([...parseOptions(["own", "warm", "--quick"]).parts]).toEqual(["own", "warm"]);
});

it("refuses an unknown part or flag and names what there is", () => {
  expect(() => parseOptions(["tiny"])).toThrow(/small .*15 resources/);
  expect(() => parseOptions(["--fast"])).toThrow(/--quick/);
});

it("keeps figures of everything or of some parts, and none of a quick run", () => {
  expect(() => parseOptions(["--write", "--quick"])).toThrow(/quick run/);
  expect(parseOptions(["--write", "own"])).toMatchObject({ write: true, isWhole: false });
  expect(parseOptions(["--write"])).toMatchObject({ write: true, isWhole: true });
});

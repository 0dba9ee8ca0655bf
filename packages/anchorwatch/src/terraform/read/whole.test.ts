import { describe, expect, it } from "vitest";
import type { Change } from "../../domain/check.ts";
import { objectOf, type Value } from "../../domain/value.ts";
import { type WholeSource, Wholes } from "./whole.ts";

const CANARY = "canary-hunter2";
const TEXT = { kind: "string" } as const;

function value(members: Readonly<Record<string, Value>>): Value {
  return objectOf(Object.entries(members));
}

function source(recorded: Value, live: Value, more: Partial<WholeSource> = {}): WholeSource {
  const attribute = { shape: TEXT, sensitive: false, writeOnly: false, optional: true, computed: false };
  const attributes = new Map([["password", { ...attribute, sensitive: true }]]);
  return {
    ...{ recorded, live, changes: [] },
    sensitivity: { shape: { kind: "object", attributes } as never, paths: [["marked"]], patterns: [] },
    scrub: (text) => text.replaceAll(CANARY, "(secret)"),
    ...more,
  };
}

const change = (name: string): Change => ({ path: [name], op: "replace", settable: true });

describe("all of a resource", () => {
  it("is given without what schema, state and everything else call secret, keys included", () => {
    const all = objectOf([
      ...([
        ["password", CANARY],
        ["marked", CANARY],
        ["note", `see ${CANARY}`],
      ] as const),
      ...([
        [CANARY, 1n],
        ["__proto__", "data"],
      ] as const),
    ]);
    const whole = new Wholes().of(source(all, all));
    expect(JSON.stringify(whole)).not.toContain(CANARY);
    expect(whole).toMatchObject({
      isCut: false,
      live: { password: "(sensitive)", marked: "(sensitive)", note: "see (secret)", "(secret)": 1 },
    });
    expect(Object.keys(whole.live)).toContain("__proto__");
  });

  it("is nothing where there is nothing", () => {
    expect(new Wholes().of(source(value({ a: "b" }), null))).toMatchObject({
      live: {},
      recorded: { a: "b" },
    });
  });

  it("is what changed where all of it is too large, and nothing where even that is; and says so", () => {
    const large = value({ a: "x".repeat(500), b: "y" });
    const wholes = new Wholes({ largest: 600 });
    expect(wholes.of(source(large, large, { changes: [change("b")] }))).toEqual({
      ...{ isCut: true, recorded: { b: "y" }, live: { b: "y" } },
    });
    expect(wholes.of(source(large, large, { changes: [change("a")] }))).toEqual({
      ...{ isCut: true, recorded: {}, live: {} },
    });
  });

  it("of a check with ever more of them is no more than may be held together", () => {
    const some = value({ a: "x".repeat(100) });
    const wholes = new Wholes({ all: 500 });
    const given = Array.from({ length: 9 }, () => wholes.of(source(some, some)));
    expect(given.filter(({ isCut }) => !isCut)).toHaveLength(2);
  });
});

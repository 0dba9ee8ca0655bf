import { describe, expect, test } from "vitest";
import { formatPath } from "../domain/path.ts";
import type { Shape } from "../domain/shape.ts";
import { Decimal, unknown, type Value } from "../domain/value.ts";
import {
  attribute,
  BOOL,
  block,
  computed,
  declared,
  listOf,
  mapOf,
  NUMBER,
  objectShape,
  optional,
  STRING,
  setOf,
  value,
} from "./exampleShapes.fixture.ts";
import { findDifferences } from "./findDifferences.ts";
import { canBe } from "./loose.ts";
import { declaredDifferences, settleDeclared, splitPending } from "./pending.ts";

type Plain = Parameters<typeof value>[0];

const SHAPE = objectShape({
  arn: computed(STRING),
  disk: block(listOf(objectShape({ size: optional(NUMBER), type: optional(STRING) }))),
  name: optional(STRING),
  password: attribute(STRING, "optional", "writeOnly"),
  port: optional(NUMBER),
  rule: block(setOf(objectShape({ cidrs: optional(setOf(STRING)), port: optional(NUMBER) }))),
  tags: optional(mapOf(STRING)),
});

function pendingOf(recorded: Plain, declaredValues: Plain): string[] {
  const found = declaredDifferences({
    shape: SHAPE,
    recorded: value(recorded),
    declaredValues: value(declaredValues),
  });
  return found.map(({ path }) => formatPath(path));
}

describe("code and record", () => {
  test.each<[Plain, Plain, Shape]>([
    ["8080", 8080, NUMBER],
    [8080, "8080", STRING],
    ["true", true, BOOL],
    [new Decimal("1.50"), 1.5, NUMBER],
    ['{"a": 1, "b": 2}', '{"b":2,"a":1}', STRING],
    [null, "anything", STRING],
    [unknown, "anything", STRING],
    [[], null, listOf(STRING)],
    [false, null, BOOL],
    [["b", "a"], ["a", "b"], setOf(STRING)],
    [[unknown, "a"], ["a", "b"], setOf(STRING)],
    [{ a: null }, {}, mapOf(STRING)],
  ])("%j can have come out as %j", (own, recorded, shape) => {
    expect(canBe(value(own), value(recorded), shape)).toBe(true);
  });

  test.each<[Plain, Plain, Shape]>([
    ["8080", 8081, NUMBER],
    ["1.0", "1.00", STRING],
    ["a", null, STRING],
    [true, null, BOOL],
    [["b", "a"], ["a", "b"], listOf(STRING)],
    [["a", "a"], ["a", "b"], setOf(STRING)],
    [[unknown], ["a", "b"], setOf(STRING)],
    [{ a: "1" }, { a: "1", b: "2" }, mapOf(STRING)],
  ])("%j cannot have come out as %j", (own, recorded, shape) => {
    expect(canBe(value(own), value(recorded), shape)).toBe(false);
  });
});

test("of a long set nearly all is recorded as declared, in another order", () => {
  const texts = Array.from({ length: 20_000 }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`);
  const reversed = [...texts].reverse();
  expect(canBe(value(texts), value(reversed), setOf(STRING))).toBe(true);
  expect(canBe(value([...texts, 8080]), value(["8080", ...reversed]), setOf(STRING))).toBe(true);
  expect(canBe(value([...texts, "x"]), value(["y", ...reversed]), setOf(STRING))).toBe(false);
});

describe("pending changes", () => {
  test("are found by attribute, map key and element of a block", () => {
    const recorded = {
      name: "a",
      port: 1,
      tags: { x: "1", y: "2" },
      disk: [{ size: 1, type: "ssd" }, { size: 2 }],
    };
    const code = { name: "b", port: "1", tags: { x: "1", y: "3", z: "4" }, disk: [{ size: 1 }, { size: 3 }] };
    expect(pendingOf(recorded, code)).toEqual(["disk[1].size", "name", "tags.y", "tags.z"]);
  });

  test("of a set are told whole", () => {
    const recorded = { rule: [{ port: 22, cidrs: ["a", "b"] }] };
    expect(pendingOf(recorded, { rule: [{ cidrs: ["b", "a"] }] })).toEqual([]);
    expect(pendingOf(recorded, { rule: [{ port: 23, cidrs: ["b", "a"] }] })).toEqual(["rule"]);
    expect(pendingOf(recorded, { rule: [{ port: 22 }, { port: 23 }] })).toEqual(["rule"]);
  });

  test("are not made of what the code does not tell, the cloud fills, or is never answered", () => {
    expect(
      pendingOf({ name: "a", arn: "x" }, { name: unknown, arn: "y", password: "p", port: null }),
    ).toEqual([]);
  });

  test("go when the provider plans to leave the record as it is", () => {
    const recorded = value({ name: "a", port: 1 });
    const found = declaredDifferences({
      shape: SHAPE,
      recorded,
      declaredValues: value({ name: "A", port: 2 }),
    });
    const planned = value({ name: "a", port: 2 });
    expect(settleDeclared(found, { shape: SHAPE, recorded, planned }).map(({ path }) => path)).toEqual([
      ["port"],
    ]);
  });
});

describe("drift and pending", () => {
  const split = (recorded: Plain, code: Plain, live: Plain) => {
    const sides = { shape: SHAPE, recorded: value(recorded), live: value(live) };
    const changes = findDifferences({
      ...sides,
      declared: declared({ name: true, port: true, rule: { port: true } }),
    }).map(({ path, op }) => ({ path, op, settable: true }));
    const pending = declaredDifferences({ ...sides, declaredValues: value(code) });
    const { changes: left, alreadyLive } = splitPending({ changes, pending, live: sides.live, shape: SHAPE });
    return {
      drift: left.map(({ path }) => formatPath(path)),
      pending: pending.map(({ path }) => formatPath(path)),
      alreadyLive,
    };
  };

  test("what is live as the code says is pending and already live, not drift", () => {
    expect(split({ port: 1 }, { port: 2 }, { port: 2 })).toEqual({
      drift: [],
      pending: ["port"],
      alreadyLive: true,
    });
    const rule = (port: number): Value => value({ cidrs: [], port });
    expect(split({ rule: [rule(1)] }, { rule: [{ port: 2 }] }, { rule: [rule(2)] })).toEqual({
      drift: [],
      pending: ["rule"],
      alreadyLive: true,
    });
  });

  test("where all three differ, it is both", () => {
    expect(split({ port: 1 }, { port: 2 }, { port: 3 })).toEqual({
      drift: ["port"],
      pending: ["port"],
      alreadyLive: false,
    });
  });

  test("what a stranger added to it where the code says nothing is drift all the same", () => {
    const rule = (port: number, cidrs: readonly string[]): Value => value({ cidrs, port });
    const code = { rule: [{ port: 2 }] };
    const opened = split({ rule: [rule(1, [])] }, code, { rule: [rule(2, ["0.0.0.0/0"])] });
    expect(opened).toEqual({ drift: ["rule", "rule"], pending: ["rule"], alreadyLive: true });
    const kept = split({ rule: [rule(1, ["10.0.0.0/8"])] }, code, { rule: [rule(2, ["10.0.0.0/8"])] });
    expect(kept).toEqual({ drift: [], pending: ["rule"], alreadyLive: true });
    const disks = split(
      { disk: [{ size: 1 }] },
      { disk: [{ size: 1 }, { size: 3 }] },
      { disk: [{ size: 1, type: "other" }, { size: 3 }] },
    );
    expect(disks.drift).toContain("disk[0].type");
  });

  test("what is partly unknown is not known to run", () => {
    const code = { rule: [{ port: 2, cidrs: [unknown] }] };
    const live = { rule: [{ port: 2, cidrs: ["0.0.0.0/0"] }] };
    expect(split({ rule: [{ port: 1, cidrs: [] }] }, code, live)).toEqual({
      drift: ["rule", "rule"],
      pending: ["rule"],
      alreadyLive: false,
    });
  });

  test("one that is live does not take another's drift away", () => {
    expect(split({ port: 1, name: "a" }, { port: 2, name: "a" }, { port: 2, name: "b" })).toEqual({
      drift: ["name"],
      pending: ["port"],
      alreadyLive: true,
    });
  });
});

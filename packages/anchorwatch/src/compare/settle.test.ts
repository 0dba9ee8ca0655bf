import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatPath } from "../domain/path.ts";
import type { ObjectShape } from "../domain/shape.ts";
import { unknown, type Value } from "../domain/value.ts";
import { objectShapes, objectValues } from "./arbitraryShapes.fixture.ts";
import { canonicalByShape } from "./canonical.ts";
import { configOf } from "./configOf.ts";
import { declaredByRecord } from "./declaredByRecord.ts";
import {
  attribute,
  BOOL,
  block,
  computed,
  declared,
  either,
  listOf,
  mapOf,
  NUMBER,
  objectShape,
  optional,
  required,
  STRING,
  setOf,
  value,
} from "./exampleShapes.fixture.ts";
import { findDifferences } from "./findDifferences.ts";
import { proposedOf } from "./proposedOf.ts";
import { settle } from "./settle.ts";

type Plain = Parameters<typeof value>[0];

const DISK = objectShape({
  id: computed(STRING),
  iops: either(NUMBER),
  name: required(STRING),
  size: optional(NUMBER),
});
const SHAPE = objectShape({
  arn: computed(STRING),
  disk: block(setOf(DISK)),
  id: either(STRING),
  kind: either(STRING),
  name: required(STRING),
  network: block(listOf(objectShape({ address: either(STRING), subnet: required(STRING) }))),
  password: attribute(STRING, "optional", "writeOnly"),
  placement: block(objectShape({ zone: optional(STRING) })),
  protect: optional(BOOL),
  tags: optional(mapOf(STRING)),
  tags_all: either(mapOf(STRING)),
  window: attribute(listOf(objectShape({ at: required(STRING), next: computed(STRING) })), "optional"),
});

describe("configuration and proposal", () => {
  const recorded = value({
    arn: "arn:1",
    disk: [{ id: "d1", iops: 100, name: "a", size: 1 }],
    id: "i-1",
    kind: "small",
    name: "web",
    network: [{ address: "10.0.0.1", subnet: "s" }],
    placement: null,
    protect: null,
    tags: { a: "1" },
    tags_all: { a: "1", b: "2" },
    window: [{ at: "mon", next: "soon" }],
  });
  const tree = declared({
    disk: { name: true, size: true },
    name: true,
    network: { subnet: true },
    tags: true,
    window: true,
  });

  test("the configuration names every attribute, with recorded values where the code sets something", () => {
    expect(configOf({ shape: SHAPE, recorded, declared: tree })).toEqual(
      value({
        arn: null,
        disk: [{ id: null, iops: null, name: "a", size: 1 }],
        id: null,
        kind: null,
        name: "web",
        network: [{ address: null, subnet: "s" }],
        password: null,
        placement: null,
        protect: null,
        tags: { a: "1" },
        tags_all: null,
        window: [{ at: "mon", next: null }],
      }),
    );
  });

  test("blocks that are not there are empty, never null, but for a single one", () => {
    const bare = configOf({ shape: SHAPE, recorded, declared: new Map() });
    expect(bare).toMatchObject({ disk: [], network: [], placement: null, name: "web", tags: null });
  });

  test("what the cloud chose comes from the live value, matched by position, or in sets by what the code says", () => {
    const live = value({
      arn: "arn:2",
      disk: [
        { id: "d9", iops: 900, name: "z", size: 9 },
        { id: "d2", iops: 200, name: "a", size: 1 },
      ],
      id: "i-1",
      kind: "large",
      name: "changed",
      network: [{ address: "10.0.0.2", subnet: "other" }],
      placement: null,
      protect: true,
      tags: { a: "2" },
      tags_all: { a: "2" },
      window: [{ at: "tue", next: "later" }],
    });
    expect(proposedOf({ shape: SHAPE, recorded, declared: tree, live })).toEqual(
      value({
        arn: "arn:2",
        disk: [{ id: "d2", iops: 200, name: "a", size: 1 }],
        id: "i-1",
        kind: "large",
        name: "web",
        network: [{ address: "10.0.0.2", subnet: "s" }],
        password: null,
        placement: null,
        protect: null,
        tags: { a: "1" },
        tags_all: { a: "2" },
        window: [{ at: "mon", next: "later" }],
      }),
    );
  });

  test("an attribute written as blocks is null where no block is left", () => {
    const shape = objectShape({ ingress: either(setOf(DISK)) });
    const source = { shape, recorded: value({ ingress: [] }) };
    expect(configOf({ ...source, declared: declared({ ingress: { name: true } }) })).toEqual(
      value({ ingress: null }),
    );
    expect(configOf({ ...source, declared: declared({ ingress: true }) })).toEqual(value({ ingress: [] }));
  });

  test("without code, what the record holds and code could have set counts as set", () => {
    const found = declaredByRecord({ shape: SHAPE, recorded });
    expect(found).toEqual(
      declared({
        disk: { iops: true, name: true, size: true },
        kind: true,
        name: true,
        network: { address: true, subnet: true },
        tags: true,
        window: true,
      }),
    );
  });

  test("configuration and proposal name every attribute of any shape, at the top and in blocks", () => {
    const sources = objectShapes.chain((shape) =>
      fc.record({ shape: fc.constant(shape), recorded: objectValues(shape), live: objectValues(shape) }),
    );
    fc.assert(
      fc.property(sources, (source) => {
        const tree = declaredByRecord(source);
        const names = [...source.shape.attributes.keys()].sort();
        expect(Object.keys(configOf({ ...source, declared: tree }) as object).sort()).toEqual(names);
        const proposed = proposedOf({ ...source, declared: tree });
        expect(Object.keys(proposed as object).sort()).toEqual(names);
        for (const [name, { shape, ...flags }] of source.shape.attributes) {
          if (!flags.computed || flags.optional || flags.block) continue;
          const at = (whole: Value) => (whole as { readonly [key: string]: Value })[name] ?? null;
          expect(canonicalByShape(at(proposed), shape)).toBe(canonicalByShape(at(source.live), shape));
        }
      }),
    );
  });
});

describe("settling", () => {
  function left(
    shape: ObjectShape,
    sides: { recorded: Plain; live: Plain; planned: Plain; created?: Plain },
    tree: Parameters<typeof declared>[0],
  ): string[] {
    const [recorded, live, planned] = [value(sides.recorded), value(sides.live), value(sides.planned)];
    const created = sides.created === undefined ? {} : { created: value(sides.created) };
    const found = findDifferences({ shape, recorded, live, declared: declared(tree) });
    return settle(found, { shape, recorded, live, planned, ...created }).map(
      ({ standing, op, path }) => `${standing}: ${op} ${formatPath(path)}`,
    );
  }

  test("what the plan leaves as it is, is one value by the provider's rules; what it changes is not", () => {
    const sides = {
      recorded: { name: "web", kind: "Small", tags: { a: "1", b: "2" } },
      live: { name: "WEB", kind: "small", tags: { a: "x", b: "B" } },
      planned: { name: "WEB", kind: "Small", tags: { a: "1", b: "B" } },
    };
    expect(left(SHAPE, sides, { name: true, kind: true, tags: true })).toEqual([
      "declared: replace kind",
      "declared: replace tags.a",
    ]);
  });

  test("a value that only applying would tell is a change", () => {
    const sides = { recorded: { name: "web" }, live: { name: "x" }, planned: { name: unknown } };
    expect(left(SHAPE, sides, { name: true })).toEqual(["declared: replace name"]);
  });

  test("what lies in something that only applying would tell is a change, also where nothing is there now", () => {
    const sides = { recorded: { tags: { a: "1" } }, live: { tags: {} }, planned: { tags: unknown } };
    expect(left(SHAPE, sides, { tags: true })).toEqual(["declared: remove tags.a"]);
  });

  test("sets are settled as sets, and only whole", () => {
    const disk = (name: string, size: number) => ({ id: "i", iops: 1, name, size });
    const recorded = { disk: [disk("a", 1), disk("b", 2)] };
    const live = { disk: [disk("b", 3), disk("a", 1)] };
    const tree = { disk: { name: true, size: true, iops: true } };
    expect(left(SHAPE, { recorded, live, planned: { disk: [...live.disk].reverse() } }, tree)).toEqual([]);
    expect(left(SHAPE, { recorded, live, planned: recorded }, tree)).toEqual([
      "declared: remove disk",
      "declared: add disk",
    ]);
  });

  test("of a large set of which nothing is as it was, the plan is asked once", () => {
    const shape = objectShape({ addresses: optional(setOf(STRING)) });
    const texts = (prefix: string) => Array.from({ length: 5000 }, (_, i) => `${prefix}.${i}`);
    const [recorded, live] = [{ addresses: texts("a") }, { addresses: texts("b") }];
    expect(left(shape, { recorded, live, planned: recorded }, { addresses: true })).toHaveLength(10_000);
  });

  test("a list whose elements moved is settled whole", () => {
    const shape = objectShape({ hosts: optional(listOf(STRING)) });
    const recorded = { hosts: ["a", "b"] };
    const live = { hosts: ["x", "a", "b"] };
    expect(left(shape, { recorded, live, planned: live }, { hosts: true })).toEqual([]);
    expect(left(shape, { recorded, live, planned: recorded }, { hosts: true })).toEqual([
      "declared: add hosts[0]",
    ]);
  });

  test("a plan never settles what the code does not set and the cloud may: it accepts anything there", () => {
    const sides = { recorded: { kind: "small" }, live: { kind: "evil" }, planned: { kind: "evil" } };
    expect(left(SHAPE, sides, {})).toEqual(["unsetComputed: replace kind"]);
  });

  test("an empty list in the code does not make a plan's silence about a stranger trustworthy", () => {
    const shape = objectShape({ policies: either(setOf(STRING)) });
    const sides = {
      recorded: { policies: [] },
      live: { policies: ["admin"] },
      planned: { policies: ["admin"] },
    };
    expect(left(shape, sides, { policies: true })).toEqual(["unsetComputed: add policies"]);
  });

  test("a plan that takes an undeclared block back proves that the code has the say", () => {
    const network = [{ address: "a", subnet: "s" }];
    const sides = { recorded: { network: [] }, live: { network } };
    expect(left(SHAPE, { ...sides, planned: { network: [] } }, {})).toEqual(["unset: add network[0]"]);
    expect(left(SHAPE, { ...sides, planned: { network } }, {})).toEqual(["unsetComputed: add network[0]"]);
  });

  test.each([
    ["a default that was never recorded", null, false, undefined, []],
    ["a switch that was recorded as on", true, false, undefined, ["unset: replace protect"]],
    ["a value that is no usual default", null, true, undefined, ["unset: replace protect"]],
    ["the default, as a creation tells it", null, true, true, []],
    ["not what a creation brings", true, false, true, ["unset: replace protect"]],
    ["off, where the record and a creation say nothing", null, false, null, []],
    [
      "off, where it was recorded as on and a creation says nothing",
      true,
      false,
      null,
      ["unset: replace protect"],
    ],
    ["not known before a creation", null, true, unknown, ["unset: replace protect"]],
  ])("what neither code nor cloud set, and the plan leaves: %s", (_, was, is, created, expected) => {
    const sides = { recorded: { protect: was }, live: { protect: is }, planned: { protect: is } };
    expect(
      left(SHAPE, created === undefined ? sides : { ...sides, created: { protect: created } }, {}),
    ).toEqual(expected);
  });

  test("a value that the plan would take away is no default", () => {
    const sides = { recorded: { protect: null }, live: { protect: false }, planned: { protect: true } };
    expect(left(SHAPE, sides, {})).toEqual(["unset: replace protect"]);
  });
});

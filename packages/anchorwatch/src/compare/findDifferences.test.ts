import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatPath } from "../domain/path.ts";
import type { ObjectShape } from "../domain/shape.ts";
import { Decimal, isArray, isObject, objectOf, type Value } from "../domain/value.ts";
import { everythingDeclared, objectShapes, objectValues, respelled } from "./arbitraryShapes.fixture.ts";
import { canonicalByShape } from "./canonical.ts";
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
  ROLE,
  required,
  SECURITY_GROUP,
  STRING,
  setOf,
  value,
} from "./exampleShapes.fixture.ts";
import { findDifferences } from "./findDifferences.ts";

type Plain = Parameters<typeof value>[0];

function compare(
  shape: ObjectShape,
  recorded: Plain,
  live: Plain,
  tree: Parameters<typeof declared>[0] = {},
) {
  return findDifferences({ shape, recorded: value(recorded), live: value(live), declared: declared(tree) });
}

function told(...args: Parameters<typeof compare>): string[] {
  return compare(...args).map(({ standing, op, path }) => `${standing}: ${op} ${formatPath(path)}`);
}

describe("laws", () => {
  const shaped = objectShapes.chain((shape) => fc.tuple(fc.constant(shape), objectValues(shape)));

  test("a value never differs from itself", () => {
    fc.assert(
      fc.property(shaped, ([shape, own]) => {
        expect(
          findDifferences({ shape, recorded: own, live: own, declared: everythingDeclared(shape) }),
        ).toEqual([]);
      }),
    );
  });

  test("sets in another order never differ, whatever the code sets", () => {
    fc.assert(
      fc.property(shaped, ([shape, own]) => {
        const live = respelled(own, shape, { json: false });
        expect(findDifferences({ shape, recorded: own, live, declared: everythingDeclared(shape) })).toEqual(
          [],
        );
      }),
    );
  });

  test("documents in another spelling never differ where the code sets nothing, and elsewhere say that they are equal", () => {
    fc.assert(
      fc.property(shaped, ([shape, own]) => {
        const live = respelled(own, shape, { json: true });
        for (const found of findDifferences({
          shape,
          recorded: own,
          live,
          declared: everythingDeclared(shape),
        }))
          expect(found).toMatchObject({
            standing: "declared",
            ...(found.element === undefined && { jsonEqual: true }),
          });
        const nothing = { shape: optionalOnly(shape), recorded: own, live, declared: new Map() };
        expect(findDifferences(nothing)).toEqual([]);
      }),
    );
  });

  test("two values differ exactly when they are not equal by their shape, where the code sets everything", () => {
    const pairs = objectShapes.chain((shape) =>
      fc.tuple(fc.constant(settable(shape)), objectValues(shape).map(whole), objectValues(shape).map(whole)),
    );
    fc.assert(
      fc.property(pairs, ([shape, recorded, live]) => {
        const found = findDifferences({ shape, recorded, live, declared: everythingDeclared(shape) });
        expect(found.length === 0).toBe(canonicalByShape(recorded, shape) === canonicalByShape(live, shape));
      }),
    );
  });

  test("every change of a set leaf is found, at the path of that leaf or around it", () => {
    const changed = shaped.chain(([shape, own]) =>
      fc.tuple(fc.constant(settable(shape)), fc.constant(whole(own)), fc.nat()),
    );
    fc.assert(
      fc.property(changed, ([shape, own, seed]) => {
        const leaves = leavesIn(own);
        fc.pre(leaves.length > 0);
        const live = mutated(own, leaves[seed % leaves.length] ?? []);
        fc.pre(canonicalByShape(live, shape) !== canonicalByShape(own, shape));
        expect(
          findDifferences({ shape, recorded: own, live, declared: everythingDeclared(shape) }),
        ).not.toEqual([]);
      }),
    );
  });
});

function optionalOnly(shape: ObjectShape): ObjectShape {
  const attributes = [...shape.attributes].map(
    ([name, a]) => [name, { ...a, required: false, optional: true }] as const,
  );
  return { kind: "object", attributes: new Map(attributes) };
}

/** Nobody's but the code's: nothing is computed, so nothing may be silenced by a spelling. */
function settable(shape: ObjectShape): ObjectShape {
  const attributes = [...shape.attributes].map(([name, a]) => {
    const inner = a.shape.kind === "object" ? settable(a.shape) : a.shape;
    return [
      name,
      { ...a, shape: inner, computed: false, required: true, optional: false, block: false },
    ] as const;
  });
  return { kind: "object", attributes: new Map(attributes) };
}

/** Nulls count as not set; what is left is all set. */
function whole(own: Value): Value {
  if (own === null || own === "") return "-";
  if (isArray(own)) return own.map(whole);
  return isObject(own) ? objectOf(Object.entries(own).map(([k, v]) => [k, whole(v)])) : own;
}

type Steps = readonly (string | number)[];

function leavesIn(own: Value, path: Steps = []): Steps[] {
  if (isArray(own)) return own.flatMap((e, i) => leavesIn(e, [...path, i]));
  if (isObject(own)) return Object.entries(own).flatMap(([k, v]) => leavesIn(v, [...path, k]));
  return [path];
}

function mutated(own: Value, [step, ...rest]: Steps): Value {
  if (step === undefined)
    return typeof own === "boolean" ? !own : typeof own === "string" ? `${own}~` : 1234567;
  if (isArray(own)) return own.map((e, i) => (i === step ? mutated(e, rest) : e));
  if (!isObject(own)) return own;
  return objectOf(Object.entries(own).map(([k, v]) => [k, k === step ? mutated(v, rest) : v]));
}

describe("spellings", () => {
  const shape = objectShape({
    count: optional(NUMBER),
    extra: optional({ kind: "dynamic" }),
    group: optional(objectShape({ note: optional(STRING), size: optional(NUMBER) })),
    labels: optional(mapOf(STRING)),
    names: optional(listOf(STRING)),
    text: optional(STRING),
  });

  test.each([
    [1, 1n],
    [0.5, new Decimal("5.0e-1")],
    [0.1, new Decimal("0.1")],
    [2 ** 60, 2n ** 60n],
    [1000, new Decimal("1e3")],
  ])("%s and %s are one number", (left, right) => {
    expect(told(shape, { count: left }, { count: right }, { count: true })).toEqual([]);
  });

  test.each([
    [2n ** 60n, 2n ** 60n + 1n],
    [new Decimal("0.30000000000000000001"), 0.3],
    [1, -1],
  ])("%s and %s are two numbers", (left, right) => {
    expect(told(shape, { count: left }, { count: right }, { count: true })).toEqual([
      "declared: replace count",
    ]);
  });

  test("a number and its text differ where values bring their own type", () => {
    expect(told(shape, { extra: { port: "1" } }, { extra: { port: 1 } }, { extra: true })).toEqual([
      "declared: replace extra.port",
    ]);
  });

  test("null, an empty text, list, map and object are one where the code sets nothing", () => {
    const nothing = { text: null, names: null, labels: null, group: null };
    const empty = { text: "", names: [], labels: {}, group: { note: "", size: null } };
    expect(told(shape, nothing, empty)).toEqual([]);
    expect(told(shape, empty, nothing)).toEqual([]);
  });

  test("they are left to the provider where the code sets them", () => {
    const tree = { text: true, names: true, labels: true } as const;
    expect(
      told(shape, { text: "", names: [], labels: {} }, { text: null, names: null, labels: null }, tree),
    ).toEqual(["declared: replace labels", "declared: replace names", "declared: replace text"]);
  });

  test("a zero, a false or a map's key with nothing in it are something", () => {
    expect(told(shape, { count: null, labels: {} }, { count: 0, labels: { Owner: "" } })).toEqual([
      "unset: replace count",
      "unset: add labels.Owner",
    ]);
  });
});

describe("who has the say", () => {
  const shape = objectShape({
    arn: computed(STRING),
    id: either(STRING),
    name: required(STRING),
    policy: either(STRING),
    secret: attribute(STRING, "optional", "writeOnly"),
    size: optional(NUMBER),
    timeouts: block(objectShape({ create: optional(STRING) })),
    zones: either(listOf(STRING)),
  });

  test("each attribute has the standing that schema, code and record give it", () => {
    const recorded = {
      arn: "a",
      id: "1",
      name: "n",
      policy: "p",
      size: 1,
      zones: ["z"],
      timeouts: { create: "1m" },
    };
    const live = {
      arn: "b",
      id: "2",
      name: "m",
      policy: "q",
      size: 2,
      zones: ["y"],
      timeouts: null,
      secret: "s",
    };
    expect(told(shape, recorded, live, { name: true, policy: true })).toEqual([
      "computedOnly: replace arn",
      "declared: replace name",
      "declared: replace policy",
      "unset: replace size",
      "unsetComputed: replace zones[0]",
    ]);
  });

  test("an attribute whose code came out as null, or as nothing where the cloud has a say, is not set", () => {
    const recorded = { name: "n", policy: null, zones: [], size: null };
    const live = { name: "n", policy: "{}", zones: ["z"], size: 1 };
    const tree = { name: true, policy: true, zones: true, size: true } as const;
    expect(told(shape, recorded, live, tree)).toEqual([
      "unsetComputed: replace policy",
      "unset: replace size",
      "unsetComputed: add zones[0]",
    ]);
  });

  test("a block that the code makes sets only what it names", () => {
    const disk = objectShape({ size: optional(NUMBER), iops: either(NUMBER), id: computed(STRING) });
    const machine = objectShape({ disk: block(listOf(disk)) });
    const was = { disk: [{ size: 1, iops: 100, id: "a" }] };
    const is = { disk: [{ size: 2, iops: 200, id: "b" }] };
    expect(told(machine, was, is, { disk: { size: true } })).toEqual([
      "declared: replace disk[0].size",
      "unsetComputed: replace disk[0].iops",
      "computedOnly: replace disk[0].id",
    ]);
    expect(told(machine, { disk: [] }, is)).toEqual(["unsetComputed: add disk[0]"]);
    expect(told(machine, { disk: [] }, is, { disk: { size: true } })).toEqual(["unsetComputed: add disk[0]"]);
  });
});

describe("lists and maps", () => {
  const shape = objectShape({ hosts: optional(listOf(STRING)), tags: optional(mapOf(STRING)) });

  test("an element at the head is one addition, not a replacement of all", () => {
    const found = compare(shape, { hosts: ["a", "b", "c"] }, { hosts: ["x", "a", "b"] }, { hosts: true });
    expect(found.map(({ op, path }) => [op, path])).toEqual([
      ["add", ["hosts", 0]],
      ["remove", ["hosts", 2]],
    ]);
    expect(new Set(found.map(({ settleAt }) => formatPath(settleAt)))).toEqual(new Set(["hosts"]));
  });

  test("an element that changed in its place is settled there", () => {
    const [found] = compare(shape, { hosts: ["a", "b"] }, { hosts: ["a", "c"] }, { hosts: true });
    expect(found).toMatchObject({ path: ["hosts", 1], settleAt: ["hosts", 1], recorded: "b", live: "c" });
  });

  test("a map differs by key, with a missing key on the side that lacks it", () => {
    expect(
      compare(shape, { tags: { a: "1", b: "2" } }, { tags: { b: "3", __proto__x: "4" } }, { tags: true }),
    ).toMatchObject([
      { op: "remove", path: ["tags", "a"], recorded: "1" },
      { op: "replace", path: ["tags", "b"], recorded: "2", live: "3" },
      { op: "add", path: ["tags", "__proto__x"], live: "4" },
    ]);
  });

  test("a key named as a member of every object is data", () => {
    const live = {
      tags: objectOf([
        ["__proto__", "x"],
        ["constructor", "y"],
      ]),
    };
    expect(told(shape, { tags: {} }, live, { tags: true })).toEqual([
      "declared: add tags.__proto__",
      "declared: add tags.constructor",
    ]);
  });
});

describe("sets", () => {
  const rule = (port: number, more: object = {}) => ({
    from_port: port,
    to_port: port,
    protocol: "tcp",
    cidr_blocks: ["10.0.0.0/8"],
    ...more,
  });
  const tree = { ingress: { from_port: true, to_port: true, protocol: true, cidr_blocks: true } } as const;

  test("elements are added and removed whole", () => {
    const found = compare(
      SECURITY_GROUP,
      { ingress: [rule(22), rule(443)] },
      { ingress: [rule(443), rule(80)] },
      tree,
    );
    expect(found.map(({ op, element }) => [op, element])).toEqual([
      ["remove", value(rule(22))],
      ["add", value(rule(80))],
    ]);
  });

  test("an element that differs only in a spelling of what the code does not set does not differ", () => {
    const live = { ingress: [rule(22, { description: "", prefix_list_ids: [], self: null })] };
    expect(told(SECURITY_GROUP, { ingress: [rule(22)] }, live, tree)).toEqual([]);
  });

  test("an element that differs in what the cloud may choose is not the plan's to settle", () => {
    const live = { ingress: [rule(22, { security_groups: ["sg-evil"] })] };
    expect(told(SECURITY_GROUP, { ingress: [rule(22)] }, live, tree)).toEqual([
      "unsetComputed: remove ingress",
      "unsetComputed: add ingress",
    ]);
  });

  test("an element that differs only in what the cloud fills is informational", () => {
    const disk = objectShape({ name: required(STRING), id: computed(STRING), fast: optional(BOOL) });
    const shape = objectShape({ disk: block(setOf(disk)) });
    const was = {
      disk: [
        { name: "a", id: "1", fast: true },
        { name: "b", id: "2" },
      ],
    };
    const is = {
      disk: [
        { name: "b", id: "2" },
        { name: "a", id: "3", fast: true },
      ],
    };
    const informational = ["computedOnly: remove disk", "computedOnly: add disk"];
    expect(told(shape, was, is, { disk: { name: true, fast: true } })).toEqual(informational);
    expect(told(shape, was, is)).toEqual(informational);
  });

  test("an element that differs in several ways differs as the weightiest, which no plan may settle", () => {
    const shape = objectShape({
      grant: block(setOf(objectShape({ doc: optional(STRING), who: either(STRING) }))),
    });
    const was = { grant: [{ doc: '{"a":1}', who: "me" }] };
    const is = { grant: [{ doc: '{ "a": 1 }', who: "evil" }] };
    expect(told(shape, was, is, { grant: { doc: true } })).toEqual([
      "unsetComputed: remove grant",
      "unsetComputed: add grant",
    ]);
  });

  test("elements that nobody can set are told apart by what they mean", () => {
    const report = objectShape({ policy: computed(STRING), public: computed(BOOL) });
    const shape = objectShape({ report: attribute(setOf(report), "required") });
    const was = {
      report: [
        { policy: "[]", public: false },
        { policy: "{}", public: false },
      ],
    };
    const is = {
      report: [
        { policy: " {}", public: false },
        { policy: "[ ]", public: false },
      ],
    };
    expect(told(shape, was, is, { report: true })).toEqual([]);
  });

  test("two elements that come instead of one are additions, not pairs", () => {
    const live = { ingress: [rule(22, { description: "a" }), rule(22, { description: "b" })] };
    const found = compare(SECURITY_GROUP, { ingress: [rule(22, { description: "c" })] }, live, tree);
    expect(found.map(({ op, standing }) => `${standing} ${op}`)).toEqual([
      "declared remove",
      "declared add",
      "declared add",
    ]);
  });
});

describe("JSON", () => {
  const policy = {
    Version: "2012-10-17",
    Statement: [
      { Sid: "a", Action: "s3:Get*" },
      { Sid: "b", Action: "s3:Put*" },
    ],
  };
  const tree = { assume_role_policy: true } as const;
  const text = JSON.stringify(policy);

  test("a difference is told by its place in the document, with both texts", () => {
    const live = JSON.stringify({
      ...policy,
      Statement: [{ Sid: "new" }, policy.Statement[0], { Sid: "b", Action: "*" }],
    });
    expect(compare(ROLE, { assume_role_policy: text }, { assume_role_policy: live }, tree)).toMatchObject([
      {
        op: "add",
        path: ["assume_role_policy", { json: ["Statement", 0] }],
        live: value({ Sid: "new" }),
        liveJson: live,
      },
      {
        op: "replace",
        path: ["assume_role_policy", { json: ["Statement", 1, "Action"] }],
        recorded: "s3:Put*",
        live: "*",
      },
    ]);
  });

  test("a number beyond 2^53 is not rounded", () => {
    const [found] = compare(
      ROLE,
      { assume_role_policy: '{"n":9007199254740993}' },
      { assume_role_policy: '{"n":9007199254740992}' },
      tree,
    );
    expect(found).toMatchObject({ recorded: 9007199254740993n, live: 9007199254740992n });
  });

  test("a document nested so deep that reading it would exhaust the stack is a text", () => {
    const deep = (n: number) => "[".repeat(n) + "]".repeat(n);
    const found = compare(
      ROLE,
      { assume_role_policy: deep(100_000) },
      { assume_role_policy: deep(100_001) },
      tree,
    );
    expect(found.map(({ path }) => path)).toEqual([["assume_role_policy"]]);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatPath, type Path } from "../domain/path.ts";
import type { Value } from "../domain/value.ts";
import { everythingDeclared, objectShapes, objectValues } from "./arbitraryShapes.fixture.ts";
import { mapOf, objectShape, optional, STRING, setOf, value } from "./exampleShapes.fixture.ts";
import { findDifferences } from "./findDifferences.ts";
import type { Fingerprint } from "./fingerprints.ts";
import { sensitivityOf } from "./sensitivity.ts";
import { verdictOf } from "./verdict.ts";

const SHAPE = objectShape({
  config: optional(STRING),
  credentials: optional(mapOf(STRING), "sensitive"),
  name: optional(STRING),
  password: optional(STRING, "sensitive"),
  tokens: optional(setOf(STRING), "sensitive"),
  user: optional(setOf(objectShape({ name: optional(STRING), secret: optional(STRING, "sensitive") }))),
});

/** Stands for a keyed hash: what it was asked for can be read off it. */
const told: Fingerprint = (path, secret) => `${formatPath(path)}: ${secret}`;

function changes(
  given: { readonly recorded: Value; readonly live: Value; readonly shape?: typeof SHAPE },
  fingerprint?: Fingerprint,
  paths: readonly Path[] = [],
) {
  const { recorded, live, shape = SHAPE } = given;
  const names = everythingDeclared(shape);
  const differences = findDifferences({ shape, recorded, live, declared: names });
  return verdictOf({
    deleted: false,
    findings: differences.map((difference) => ({ difference })),
    shape,
    rules: [],
    sensitivity: sensitivityOf({ type: "cloud_thing", shape, paths }, []),
    ...(fingerprint === undefined ? {} : { secrets: { recorded, live, fingerprint } }),
  }).changes;
}

const sides = (recorded: object, live: object) => ({
  recorded: value(recorded as Value),
  live: value(live as Value),
});

describe("a changed secret", () => {
  test("has a fingerprint of both sides", () => {
    expect(changes(sides({ password: "old" }, { password: "new" }), told)).toEqual([
      {
        path: ["password"],
        op: "replace",
        sensitive: true,
        settable: true,
        recordedFingerprint: 'password: "old"',
        liveFingerprint: 'password: "new"',
      },
    ]);
  });

  test("has none where there was nothing", () => {
    const [change] = changes(sides({ password: null }, { password: "new" }), told);
    expect(change).toHaveProperty("liveFingerprint");
    expect(change).not.toHaveProperty("recordedFingerprint");
  });

  test("inside a secret map is told by the whole map, which does not tell its keys", () => {
    const found = changes(
      sides({ credentials: { a: "1", b: "2" } }, { credentials: { a: "3", b: "2" } }),
      told,
    );
    expect(found).toMatchObject([
      {
        path: ["credentials"],
        recordedFingerprint: 'credentials: {"a":"1","b":"2"}',
        liveFingerprint: 'credentials: {"a":"3","b":"2"}',
      },
    ]);
  });

  test("inside a JSON document that is secret is told by the whole document", () => {
    const found = changes(sides({ config: '{"k":"a"}' }, { config: '{"k":"b"}' }), told, [["config"]]);
    expect(found).toMatchObject([{ recordedFingerprint: String.raw`config: "{\"k\":\"a\"}"` }]);
  });

  test("of a set is told by the whole set, in whatever order it comes", () => {
    const found = changes(sides({ tokens: ["b", "a"] }, { tokens: ["c", "a"] }), told);
    expect(found).toMatchObject([
      { path: ["tokens"], recordedFingerprint: 'tokens: ["a","b"]', liveFingerprint: 'tokens: ["a","c"]' },
    ]);
  });

  test("inside an element of a set is told by the element, which is shown without it", () => {
    const found = changes(
      sides({ user: [{ name: "eve", secret: "x" }] }, { user: [{ name: "eve", secret: "y" }] }),
      told,
    );
    expect(
      found.map(({ op, recordedFingerprint, liveFingerprint }) => [op, recordedFingerprint, liveFingerprint]),
    ).toEqual([
      ["remove", 'user: {"name":"eve","secret":"x"}', undefined],
      ["add", undefined, 'user: {"name":"eve","secret":"y"}'],
    ]);
  });
});

test("what is no secret has no fingerprint", () => {
  const found = changes(
    sides({ name: "a", user: [{ name: "eve", secret: null }] }, { name: "b", user: [] }),
    told,
  );
  expect(found).toHaveLength(2);
  expect(JSON.stringify(found)).not.toContain("Fingerprint");
});

test("without a key there are no fingerprints, and with one nothing else changes", () => {
  const cases = objectShapes.chain((shape) =>
    fc.record({ shape: fc.constant(shape), recorded: objectValues(shape), live: objectValues(shape) }),
  );
  fc.assert(
    fc.property(cases, (given) => {
      const without = changes(given);
      expect(JSON.stringify(without, jsonSafe)).not.toContain("Fingerprint");
      const stripped = changes(given, () => "F").map(
        ({ recordedFingerprint: _recorded, liveFingerprint: _live, ...change }) => change,
      );
      expect(stripped).toEqual(without);
    }),
  );
});

function jsonSafe(_key: string, member: unknown): unknown {
  return typeof member === "bigint" ? String(member) : member;
}

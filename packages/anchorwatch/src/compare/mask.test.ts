import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Path } from "../domain/path.ts";
import type { AttributeShape, ObjectShape, Shape } from "../domain/shape.ts";
import { isArray, isObject, objectOf, type Value } from "../domain/value.ts";
import { everythingDeclared, objectShapes, objectValues } from "./arbitraryShapes.fixture.ts";
import { elementShape } from "./canonical.ts";
import {
  declared,
  either,
  mapOf,
  NUMBER,
  objectShape,
  optional,
  STRING,
  setOf,
  value,
} from "./exampleShapes.fixture.ts";
import { findDifferences } from "./findDifferences.ts";
import { compileIgnoreRules } from "./ignoreRules.ts";
import { MASK, maskDeclaredChange } from "./mask.ts";
import { collectSecrets, createScrubber } from "./secrets.ts";
import { compileSensitiveRules, type SensitiveRule, sensitivityOf } from "./sensitivity.ts";
import { verdictOf } from "./verdict.ts";

const SHAPE = objectShape({
  config: optional(STRING),
  environment: optional(mapOf(STRING)),
  password: optional(STRING, "sensitive"),
  pin: optional(NUMBER, "sensitive"),
  user: optional(setOf(objectShape({ name: optional(STRING), secret: optional(STRING, "sensitive") }))),
});

interface Marks {
  readonly paths?: readonly Path[];
  readonly rules?: readonly Omit<SensitiveRule, "origin">[];
}

function sensitivity(shape: ObjectShape, { paths = [], rules = [] }: Marks = {}) {
  const compiled = compileSensitiveRules(rules.map((rule) => ({ ...rule, origin: "anchorwatch.yaml:1" })));
  return sensitivityOf({ type: "cloud_thing", shape, paths }, compiled);
}

function changes(recorded: object, live: object, marks: Marks = {}) {
  const names = everythingDeclared(SHAPE);
  const sides = { shape: SHAPE, recorded: value(recorded as Value), live: value(live as Value) };
  const findings = findDifferences({ ...sides, declared: names }).map((difference) => ({ difference }));
  const source = {
    deleted: false,
    findings,
    shape: SHAPE,
    rules: [],
    sensitivity: sensitivity(SHAPE, marks),
  };
  return verdictOf(source).changes;
}

describe("masks", () => {
  test("a secret attribute carries no value", () => {
    expect(changes({ password: "old-secret" }, { password: "new-secret" })).toEqual([
      { path: ["password"], op: "replace", sensitive: true, settable: true },
    ]);
  });

  test("a secret inside an element of a set is masked there, and the rest is shown", () => {
    const [added] = changes({ user: [] }, { user: [{ name: "eve", secret: "hunter22" }] });
    expect(added).toMatchObject({ op: "add", element: { name: "eve", secret: MASK } });
    expect(added).not.toHaveProperty("sensitive");
  });

  test("a JSON document that the state marks as secret shows neither its keys nor how much changed", () => {
    const found = changes(
      { config: '{"key":"a","b":1}' },
      { config: '{"key":"c","b":2}' },
      { paths: [["config"]] },
    );
    expect(found).toEqual([{ path: ["config"], op: "replace", sensitive: true, settable: true }]);
  });

  test("a rule for a place inside a JSON document hides the whole text", () => {
    const rules = [{ type: "cloud_*", path: "config.key" }];
    expect(changes({ config: '{"key":"a","b":1}' }, { config: '{"key":"a","b":2}' }, { rules })).toEqual([
      { path: ["config"], op: "replace", sensitive: true, settable: true },
    ]);
  });

  test("a rule by pattern hides the entries that it names, and no others", () => {
    const rules = [{ path: "environment.*_KEY" }];
    const found = changes({ environment: {} }, { environment: { API_KEY: "k-123", PORT: "80" } }, { rules });
    expect(found).toMatchObject([
      { path: ["environment", "API_KEY"], sensitive: true },
      { path: ["environment", "PORT"], live: "80" },
    ]);
    expect(JSON.stringify(found)).not.toContain("k-123");
  });

  test("a mark of one element covers all of them, since positions move", () => {
    const paths: Path[] = [["user", 3, "name"]];
    const [added] = changes({ user: [] }, { user: [{ name: "eve", secret: null }] }, { paths });
    expect(added?.element).toEqual(value({ name: MASK, secret: null }));
  });

  test.each(["user[3].name", "user.3.name"])("so does a rule for one element: %s", (path) => {
    const [added] = changes({ user: [] }, { user: [{ name: "eve", secret: null }] }, { rules: [{ path }] });
    expect(added?.element).toEqual(value({ name: MASK, secret: null }));
  });

  test("a rule for another type hides nothing", () => {
    const rules = [{ type: "aws_*", path: "config" }];
    expect(changes({ config: "a" }, { config: "b" }, { rules })).toMatchObject([
      { recorded: "a", live: "b" },
    ]);
  });

  test("an ignored change of one secret entry does not hide the drift of another", () => {
    const recorded = value({ environment: { A: "1", Z: "1" } });
    const live = value({ environment: { A: "2", Z: "2" } });
    const differences = findDifferences({
      shape: SHAPE,
      recorded,
      live,
      declared: everythingDeclared(SHAPE),
    });
    const judged = (path: string) =>
      verdictOf({
        deleted: false,
        findings: differences.map((difference) => ({ difference })),
        shape: SHAPE,
        rules: compileIgnoreRules([{ path, negate: false, origin: "--ignore" }]),
        sensitivity: sensitivity(SHAPE, { paths: [["environment"]] }),
      });
    const drift = { path: ["environment"], op: "replace", sensitive: true, settable: true };
    expect(judged("environment.A")).toEqual({ verdict: "changed", changes: [drift] });
    expect(judged("environment.Z")).toEqual({ verdict: "changed", changes: [drift] });
    expect(judged("environment").verdict).toBe("ignored");
  });

  test("a pending change is masked in the same way", () => {
    const change = { path: ["password"], recorded: "a-secret", declared: "b-secret" };
    expect(maskDeclaredChange(change, sensitivity(SHAPE))).toEqual({ path: ["password"], sensitive: true });
    const around = {
      path: ["user"],
      recorded: value([]),
      declared: value([{ name: "n", secret: "b-secret" }]),
    };
    expect(JSON.stringify(maskDeclaredChange(around, sensitivity(SHAPE)))).not.toContain("b-secret");
  });

  test("no secret of any shape is ever in a change", () => {
    const cases = objectShapes.chain((plain) => {
      const shape = withSecrets(plain);
      return fc.record({
        shape: fc.constant(shape),
        recorded: objectValues(shape),
        live: objectValues(shape),
        all: fc.boolean(),
      });
    });
    fc.assert(
      fc.property(cases, ({ shape, recorded, live, all }) => {
        const planted = [planting(recorded, shape), planting(live, shape)] as const;
        const tree = all ? everythingDeclared(shape) : declared({});
        const found = findDifferences({ shape, recorded: planted[0], live: planted[1], declared: tree });
        const { changes: shown } = verdictOf({
          deleted: false,
          findings: found.map((difference) => ({ difference })),
          shape,
          rules: [],
          sensitivity: sensitivity(shape),
        });
        expect(JSON.stringify(shown, (_, v) => (typeof v === "bigint" ? String(v) : v))).not.toContain(
          PLANTED,
        );
      }),
    );
  });
});

const PLANTED = "pl4nted-s3cret";

/** Every attribute called `a` or `policy` is secret, at any depth. */
function withSecrets(shape: ObjectShape): ObjectShape {
  const attributes = [...shape.attributes].map(([name, a]): [string, AttributeShape] => [
    name,
    { ...a, shape: secretShape(a.shape), sensitive: name === "a" || name === "policy" },
  ]);
  return { kind: "object", attributes: new Map(attributes) };
}

function secretShape(shape: Shape): Shape {
  if (shape.kind === "object") return withSecrets(shape);
  if (shape.kind === "list" || shape.kind === "set" || shape.kind === "map")
    return { kind: shape.kind, element: secretShape(shape.element) };
  return shape;
}

/** Plants a secret in every text and key below a secret attribute. */
function planting(own: Value, shape: Shape, secret = false): Value {
  if (typeof own === "string" && secret)
    return own.startsWith("{") ? `{"${PLANTED}":"${PLANTED}${own.length}"}` : `${PLANTED}${own}`;
  if (isArray(own)) return own.map((e, i) => planting(e, elementShape(shape, i), secret));
  if (!isObject(own)) return own;
  return objectOf(
    Object.entries(own).map(([name, member]) => {
      const attribute = shape.kind === "object" ? shape.attributes.get(name) : undefined;
      const below = secret || attribute?.sensitive === true;
      const key = below && shape.kind === "map" ? `${PLANTED}${name}` : name;
      return [key, planting(member, attribute?.shape ?? elementShape(shape, 0), below)];
    }),
  );
}

describe("scrubbing", () => {
  test("every secret of a value is collected, also what a secret document holds", () => {
    const config = '{"key":"in-config","pin":"12345","merchant":"ferry","n":"qR7tY2uI9oP4sD6f"}';
    const own = value({
      config,
      environment: { A: "public" },
      password: "hunter22",
      pin: 4711,
      user: [{ name: "public", secret: "in-set" }],
    });
    const secrets = collectSecrets(own, sensitivity(SHAPE, { paths: [["config"]] }));
    expect(new Set(secrets)).toEqual(
      new Set([config, "in-config", "12345", "qR7tY2uI9oP4sD6f", "hunter22", "4711", "in-set"]),
    );
  });

  test("a secret is found in all the spellings in which programs print it", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", minLength: 10, maxLength: 40 }),
        fc.nat({ max: 2 }),
        (own, before) => {
          const secret = `x${own}x`;
          const { scrub } = createScrubber([secret]);
          const spellings = [
            secret,
            JSON.stringify(secret).slice(1, -1),
            encodeURIComponent(secret),
            Buffer.from(secret).toString("base64"),
            Buffer.from(secret).toString("base64url"),
            Buffer.from(`${"u".repeat(before)}:${secret}`).toString("base64"),
          ];
          for (const spelling of spellings) {
            const scrubbed = scrub(`before ${spelling} after`);
            expect(scrubbed).toContain(MASK);
            expect(scrubbed).not.toContain(spelling);
          }
        },
      ),
    );
  });

  test("each line of a key is found, but not the armour that all keys share", () => {
    const lines = ["-----BEGIN PRIVATE KEY-----", "MIIEvQIBADANBgkqhkiG9w0", "BAQEFAASCBKcwggSjAgEAAo"];
    const { scrub } = createScrubber([lines.join("\n")]);
    expect(scrub(`x ${lines[2]} y ${lines[0]}`)).toBe(`x ${MASK} y ${lines[0]}`);
  });

  test("secrets that overlap leave nothing of either", () => {
    expect(createScrubber(["abcdefgh", "efghijkl"]).scrub("-abcdefghijkl-")).toBe(`-${MASK}-`);
    expect(createScrubber(["abcdefgh", "abcdefghijkl"]).scrub("abcdefghijkl")).toBe(MASK);
    expect(createScrubber(["efghijkl", "abcdefghijklmnop"]).scrub("abcdefghijklmnop")).toBe(MASK);
  });

  test("a short secret is found where it stands alone, and does not tear words apart", () => {
    const { scrub } = createScrubber(["test", "abc", "true"]);
    expect(scrub("the password test, latest abc true")).toBe(`the password ${MASK}, latest abc true`);
  });

  test("secrets can be added while it is in use", () => {
    const scrubber = createScrubber();
    expect(scrubber.scrub("hunter22hunter22")).toBe("hunter22hunter22");
    scrubber.add(["hunter22"]);
    expect(scrubber.scrub("hunter22hunter22")).toBe(MASK + MASK);
  });

  test("no secret is left in any text that is made of secrets and other text", () => {
    const secret = fc.string({ unit: fc.constantFrom("a", "b", "-"), minLength: 8, maxLength: 12 });
    const secrets = fc.array(secret, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(secrets, fc.array(fc.tuple(fc.nat(), fc.constantFrom("", "a", "b-"))), (known, parts) => {
        const text = parts.map(([i, rest]) => (known[i % known.length] ?? "") + rest).join("");
        const scrubbed = createScrubber(known).scrub(text);
        for (const one of known) expect(scrubbed.includes(one)).toBe(false);
      }),
    );
  });
});

test("an attribute that is not secret keeps its value beside one that is", () => {
  const shape = objectShape({ plain: either(STRING), secret: optional(STRING, "sensitive") });
  const own = value({ plain: "x", secret: "y" });
  expect(collectSecrets(own, sensitivity(shape))).toEqual(["y"]);
});

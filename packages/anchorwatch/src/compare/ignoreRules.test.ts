import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ResourceAddress } from "../domain/address.ts";
import type { Change } from "../domain/check.ts";
import type { Path } from "../domain/path.ts";
import { parseDriftignore } from "./driftignore.ts";
import {
  listOf,
  objectShape,
  optional,
  SECURITY_GROUP,
  STRING,
  setOf,
  value,
} from "./exampleShapes.fixture.ts";
import { matchesGlob, parseGlob } from "./glob.ts";
import {
  compileIgnoreRules,
  type IgnoreRule,
  ignoredBy,
  resourceIgnoredBy,
  rulesFor,
  rulesOfIgnoreChanges,
} from "./ignoreRules.ts";
import { markIgnored } from "./markIgnored.ts";
import { matchesPath, parsePathPattern } from "./pathPattern.ts";

describe("wildcards", () => {
  test.each([
    ["*", "", true],
    ["a*", "abc", true],
    ["*c", "abc", true],
    ["a*c", "ac", true],
    ["a*b*c", "aXbYc", true],
    ["ab*ba", "aba", false],
    ["a*b*c", "acb", false],
    ["abc", "abcd", false],
    ["a.c", "abc", false],
  ])("%s against %s", (pattern, text, expected) => {
    expect(matchesGlob(parseGlob(pattern), text)).toBe(expected);
  });

  test("match what the same regular expression matches", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
    fc.assert(
      fc.property(letters, fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 }), (pattern, text) => {
        const regex = new RegExp(`^${pattern.replace(/\*+/g, ".*")}$`);
        expect(matchesGlob(parseGlob(pattern), text)).toBe(regex.test(text));
      }),
    );
  });

  test("a hostile pattern and text end", () => {
    expect(matchesGlob(parseGlob(`${"a*".repeat(10_000)}b`), "a".repeat(100_000))).toBe(false);
  });
});

describe("paths", () => {
  test.each<[string, Path, boolean]>([
    ["tags", ["tags"], true],
    ["tags", ["tags", "Owner"], true],
    ["tags.Owner", ["tags"], false],
    ["tags.*", ["tags", "a.b"], true],
    ['tags["a.b"]', ["tags", "a.b"], true],
    ['tags["a.*"]', ["tags", "a.b"], true],
    ['tags["say \\"x\\""]', ["tags", 'say "x"'], true],
    ["tags.kube*", ["tags", "kubernetes.io/x"], true],
    ["tags.kube*", ["tags", "Kube"], false],
    ["rule[*].days", ["rule", 3, "days"], true],
    ["rule[3].days", ["rule", 3, "days"], true],
    ["rule[2].days", ["rule", 3, "days"], false],
    ["rule.3.days", ["rule", 3, "days"], true],
    ["*.days", ["rule", "days"], true],
    ["policy.Statement[*].Sid", ["policy", { json: ["Statement", 0, "Sid"] }], true],
  ])("%s against %j", (pattern, path, expected) => {
    expect(matchesPath(parsePathPattern(pattern), path)).toBe(expected);
  });

  test.each(["", ".a", "a.", "a..b", "a[", "a[x]", 'a["x', "a]b", "a b"])(
    "%j is refused with its origin",
    (text) => {
      expect(() => parsePathPattern(text, "anchorwatch.yaml:7")).toThrow(
        expect.objectContaining({
          code: "path_pattern_invalid",
          message: expect.stringContaining("anchorwatch.yaml:7"),
        }),
      );
    },
  );
});

const SUBJECT = {
  type: "aws_instance",
  address: 'module.net["a"].aws_instance.web[0]' as ResourceAddress,
  id: "i-1",
};

function rules(...list: Partial<IgnoreRule>[]) {
  const all = list.map((rule, i) => ({ negate: false, origin: `anchorwatch.yaml:${i + 1}`, ...rule }));
  return rulesFor(SUBJECT, compileIgnoreRules(all));
}

describe("rules", () => {
  test("speak of a resource by type and by address with or without keys", () => {
    const matching = [
      { type: "aws_*" },
      { address: "module.net.aws_instance.web" },
      { address: 'module.net["a"].aws_instance.web[*]' },
      { address: "module.net*" },
      {},
    ];
    expect(rules(...matching)).toHaveLength(matching.length);
    expect(
      rules(
        { type: "aws_vpc" },
        { address: "aws_instance.web" },
        { address: "module.net.aws_instance.web[1]" },
      ),
    ).toEqual([]);
  });

  test("are named in the words of their file, with the reason", () => {
    const label = ignoredBy(
      ["tags", "x"],
      rules({ type: "aws_instance", path: "tags.*", reason: "autoscaler" }),
    );
    expect(label).toBe("anchorwatch.yaml:1: aws_instance:tags.* (autoscaler)");
  });

  test("the last one that matches wins", () => {
    const list = rules({ path: "tags" }, { path: "tags.Owner", negate: true }, { path: "tags.O*r" });
    expect(ignoredBy(["tags", "Env"], list)).toContain(":1:");
    expect(ignoredBy(["tags", "Owner"], list.slice(0, 2))).toBeUndefined();
    expect(ignoredBy(["tags", "Owner"], list)).toContain(":3:");
  });

  test("only one without a path silences a resource that is gone", () => {
    expect(resourceIgnoredBy(rules({ path: "*" }))).toBeUndefined();
    expect(resourceIgnoredBy(rules({ type: "aws_instance" }))).toContain("aws_instance");
    expect(resourceIgnoredBy(rules({}, { negate: true }))).toBeUndefined();
  });

  test("ignore_changes is literal, and `all` covers every change but no deletion", () => {
    const literal = rulesOfIgnoreChanges([
      ["tags", "*"],
      ["disk", 0],
    ]);
    expect(ignoredBy(["tags", "*"], literal)).toContain("lifecycle.ignore_changes");
    expect(ignoredBy(["tags", "x"], literal)).toBeUndefined();
    expect(ignoredBy(["disk", 0, "size"], literal)).toContain("disk[0]");
    const all = rulesOfIgnoreChanges("all");
    expect(ignoredBy(["anything"], all)).toContain("all");
    expect(resourceIgnoredBy(all)).toBeUndefined();
  });
});

describe("elements of sets", () => {
  const change = (op: "add" | "remove", element: object): Change => ({
    path: ["ingress"],
    op,
    element: value({ from_port: 22, cidr_blocks: ["10.0.0.0/8"], ...element }),
    settable: true,
  });
  const marked = (changes: readonly Change[], ...list: Partial<IgnoreRule>[]) =>
    markIgnored(changes, SECURITY_GROUP, rules(...list)).map(({ ignoredBy: label }) => label !== undefined);
  const wider = [change("remove", {}), change("add", { cidr_blocks: ["0.0.0.0/0"] })];

  test("are silenced by [*], not by a position, which they do not have", () => {
    expect(marked(wider, { path: "ingress[*]" })).toEqual([true, true]);
    expect(marked(wider, { path: "ingress[0]" })).toEqual([false, false]);
  });

  test("are silenced in pairs that differ only where a rule says", () => {
    expect(marked(wider, { path: "ingress[*].cidr_blocks" })).toEqual([true, true]);
    expect(marked(wider, { path: "ingress[*].description" })).toEqual([false, false]);
    const other = [change("remove", {}), change("add", { cidr_blocks: [], from_port: 23 })];
    expect(marked(other, { path: "ingress[*].cidr_blocks" })).toEqual([false, false]);
    expect(marked(other, { path: "ingress[*].cidr_blocks" }, { path: "ingress[*].from_port" })).toEqual([
      true,
      true,
    ]);
    expect(marked([change("add", {})], { path: "ingress[*].cidr_blocks" })).toEqual([false]);
  });

  test("are reported when a later rule takes it back", () => {
    const back = { path: "ingress[*].cidr_blocks", negate: true };
    expect(marked(wider, { path: "ingress[*].cidr_blocks" }, back)).toEqual([false, false]);
    expect(marked(wider, { path: "ingress[*].cidr_blocks" }, { path: "ingress", negate: true })).toEqual([
      false,
      false,
    ]);
  });

  test("are reported for what a later rule takes back, however wide each of them is", () => {
    const back = { path: "ingress[*].cidr_blocks", negate: true };
    expect(marked(wider, { path: "ingress[*].*" }, back)).toEqual([false, false]);
    expect(marked(wider, { path: "ingress[*]" }, back)).toEqual([false, false]);
    expect(marked(wider, {}, back)).toEqual([false, false]);
    const wide = { path: "ingress[*].*", negate: true };
    expect(marked(wider, { path: "ingress[*].cidr_blocks" }, wide)).toEqual([false, false]);
    const renamed = [change("remove", {}), change("add", { description: "ssh" })];
    expect(marked(renamed, { path: "ingress[*]" }, back)).toEqual([true, true]);
    const opened = change("add", { cidr_blocks: ["0.0.0.0/0"] });
    expect(marked([opened], { path: "ingress" }, back)).toEqual([false]);
    expect(marked([change("add", { cidr_blocks: [] })], { path: "ingress" }, back)).toEqual([true]);
  });

  test("of texts have nothing inside that a rule could reach", () => {
    const shape = objectShape({ zones: optional(setOf(STRING)) });
    const changes: Change[] = [
      { path: ["zones"], op: "remove", element: "a", settable: true },
      { path: ["zones"], op: "add", element: "b", settable: true },
    ];
    const labels = markIgnored(changes, shape, rules({ path: "zones[*].x" })).map((c) => c.ignoredBy);
    expect(labels).toEqual([undefined, undefined]);
  });
});

describe("what came, went or was replaced whole", () => {
  const shape = objectShape({
    disk: optional(listOf(objectShape({ kind: optional(STRING), size: optional(STRING) }))),
    policy: optional(STRING),
  });
  const marked = (change: Omit<Change, "settable">, ...list: Partial<IgnoreRule>[]) =>
    markIgnored([{ ...change, settable: true }], shape, rules(...list))[0]?.ignoredBy !== undefined;

  test("is reported where a later rule takes back a part of it that says something", () => {
    const back = { path: "disk[*].size", negate: true };
    const added = (disk: object) => ({
      path: ["disk", 0],
      op: "add" as const,
      live: value({ kind: "a", ...disk }),
    });
    expect(marked(added({ size: "1" }), { path: "disk" })).toBe(true);
    expect(marked(added({ size: "1" }), { path: "disk" }, back)).toBe(false);
    expect(marked(added({ size: null }), { path: "disk" }, back)).toBe(true);
    expect(marked(added({ size: "1" }), back, { path: "disk" })).toBe(true);
  });

  test("is looked into where it is a document", () => {
    const back = { path: "policy.open", negate: true };
    const replaced = (live: string) => ({
      path: ["policy"],
      op: "replace" as const,
      recorded: '{"open":false,"note":"a"}',
      live,
    });
    expect(marked(replaced('{"open":false,"note":"b"}'), { path: "policy" }, back)).toBe(true);
    expect(marked(replaced('{"open":true,"note":"a"}'), { path: "policy" }, back)).toBe(false);
    expect(marked(replaced("none"), { path: "policy" }, back)).toBe(false);
    const note = { path: ["note"], op: "replace" as const, recorded: "a", live: "b" };
    expect(marked(note, { path: "*" }, { path: "*.open", negate: true })).toBe(true);
  });
});

describe(".driftignore", () => {
  const of = (text: string, subject: { type: string; id?: string }) =>
    rulesFor({ address: "x.y" as ResourceAddress, ...subject }, parseDriftignore(text, ".driftignore"));

  test("a type, or a type and id, silences whole resources, also deleted ones", () => {
    const text = "# buckets\n\naws_s3_bucket.logs\naws_iam_*\r\n";
    expect(resourceIgnoredBy(of(text, { type: "aws_s3_bucket", id: "logs" }))).toBe(
      ".driftignore:3: aws_s3_bucket.logs",
    );
    expect(resourceIgnoredBy(of(text, { type: "aws_s3_bucket", id: "data" }))).toBeUndefined();
    expect(resourceIgnoredBy(of(text, { type: "aws_iam_role", id: "x" }))).toBe(".driftignore:4: aws_iam_*");
  });

  test("the rest of a line is a path into the resource", () => {
    const list = of("aws_lambda_function.*.environment.0.variables.KEY", {
      type: "aws_lambda_function",
      id: "f.1",
    });
    expect(ignoredBy(["environment", 0, "variables", "KEY"], list)).toBeDefined();
    expect(ignoredBy(["environment", 0, "variables", "OTHER"], list)).toBeUndefined();
    expect(resourceIgnoredBy(list)).toBeUndefined();
  });

  test("a dot or star inside a part is escaped, and ! takes back", () => {
    const bucket = { type: "aws_s3_bucket", id: "my.bucket" };
    expect(resourceIgnoredBy(of("aws_s3_bucket.my\\.bucket", bucket))).toBeDefined();
    expect(resourceIgnoredBy(of("aws_s3_bucket.my.bucket", bucket))).toBeUndefined();
    expect(resourceIgnoredBy(of("aws_s3_bucket.m\\*", bucket))).toBeUndefined();
    expect(resourceIgnoredBy(of("*\n!aws_s3_bucket", bucket))).toBeUndefined();
    expect(resourceIgnoredBy(of("*\n!aws_s3_bucket", { type: "aws_vpc" }))).toBeDefined();
  });

  test.each([
    "aws_vpc..x",
    ".x",
    "aws_vpc.",
    "!",
    "aws_vpc.x\\",
    "aws vpc.x",
    "aws_vpc.\u0000",
    "a".repeat(5000),
  ])("line %# is refused with file and line", (line) => {
    expect(() => parseDriftignore(`ok.ok\n${line}`, "infra/.driftignore")).toThrow(
      expect.objectContaining({
        code: "driftignore_invalid",
        message: expect.stringContaining("infra/.driftignore:2"),
        location: { file: "infra/.driftignore", line: 2 },
      }),
    );
  });
});

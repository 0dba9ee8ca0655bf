import { describe, expect, it } from "vitest";
import { Decimal } from "../../domain/value.ts";
import type { Configuration } from "./configuration.ts";
import { parseConfiguration } from "./parse.ts";
import { configurationError, formatProblem } from "./problems.ts";

const FILE = "anchorwatch.yaml";

function good(text: string): Configuration {
  const parsed = parseConfiguration(text, FILE);
  expect(parsed.ok ? [] : parsed.problems.map(formatProblem)).toEqual([]);
  return (parsed as { configuration: Configuration }).configuration;
}

function problems(text: string): readonly string[] {
  const parsed = parseConfiguration(text, FILE);
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

/** What is there of sections that are not in the file. */
const NOTHING_ELSE = {
  gate: {},
  policy: { rules: [], adjustments: [], problems: [] },
  policyTests: [],
  ruleFiles: [],
};

describe("a configuration", () => {
  it("holds stacks, rules and limits, each with its line", () => {
    const configuration = good(`version: 1
concurrency: 20
deadlines:
  aws_sqs_queue: 60s
stacks:
  - name: network
    path: infra/network
    workspace: prod
    state: infra/network/prod.tfstate
    inputs:
      region: eu-west-1
      account: 12345678901234567890
    varFiles: [prod.tfvars]
    providers:
      aws.west: { region: us-west-2 }
ignore:
  - aws_autoscaling_group:desired_capacity
  - type: aws_instance
    path: tags.*
    reason: written by the scanner
  - "!aws_instance.audit:tags.Owner"
  - { path: tags.X, not: true }
sensitive:
  - { type: aws_ssm_parameter, path: insecure_value }
`);
    expect(configuration).toEqual({
      file: FILE,
      concurrency: 20,
      deadlines: new Map([["aws_sqs_queue", 60_000]]),
      stacks: [
        {
          name: "network",
          path: "infra/network",
          workspace: "prod",
          state: "infra/network/prod.tfstate",
          inputs: [
            { kind: "value", name: "region", value: "eu-west-1", origin: "anchorwatch.yaml:11" },
            { kind: "value", name: "account", value: 12345678901234567890n, origin: "anchorwatch.yaml:12" },
          ],
          varFiles: ["prod.tfvars"],
          providers: new Map([
            ["aws.west", { values: new Map([["region", "us-west-2"]]), origin: "anchorwatch.yaml:15" }],
          ]),
          line: 6,
        },
      ],
      ignore: [
        {
          type: "aws_autoscaling_group",
          path: "desired_capacity",
          negate: false,
          origin: "anchorwatch.yaml:17",
        },
        {
          type: "aws_instance",
          path: "tags.*",
          reason: "written by the scanner",
          negate: false,
          origin: "anchorwatch.yaml:18",
        },
        { address: "aws_instance.audit", path: "tags.Owner", negate: true, origin: "anchorwatch.yaml:21" },
        { path: "tags.X", negate: true, origin: "anchorwatch.yaml:22" },
      ],
      sensitive: [{ type: "aws_ssm_parameter", path: "insecure_value", origin: "anchorwatch.yaml:24" }],
      ...NOTHING_ELSE,
    });
  });

  it("may hold nothing but its version", () => {
    expect(good("version: 1")).toEqual({
      file: FILE,
      stacks: [],
      ignore: [],
      sensitive: [],
      deadlines: new Map(),
      ...NOTHING_ELSE,
    });
  });

  it("keeps the exact value of inputs, and treats every key as data", () => {
    const { stacks } = good(`version: 1
stacks:
  - name: a
    path: .
    inputs:
      __proto__: polluted
      fraction: 0.12345678901234567890123
      nested: { __proto__: { x: 1 }, list: [1, 2.5, true, null] }
`);
    const [proto, fraction, nested] = stacks[0]?.inputs ?? [];
    expect(proto).toMatchObject({ name: "__proto__", value: "polluted" });
    expect(fraction?.value).toEqual(new Decimal("0.12345678901234567890123"));
    expect(Object.keys(nested?.value ?? {})).toEqual(["__proto__", "list"]);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it("may use an anchor twice", () => {
    const { stacks } = good(`version: 1
stacks:
  - { name: a, path: a, inputs: &inputs { region: eu-west-1 } }
  - { name: b, path: b, inputs: *inputs }
`);
    expect(stacks.map(({ inputs }) => inputs[0]?.value)).toEqual(["eu-west-1", "eu-west-1"]);
  });
});

describe("a wrong configuration is told with its place and what was expected", () => {
  it.each([
    [
      "a stack that wants to be looked at all the time",
      "version: 1\nstacks:\n  - { name: a, path: b, sweepEvery: 59s }",
      "anchorwatch.yaml:3:37: stacks[0].sweepEvery: 59s is no time between two sweeps. At least 1m, at most 24 days.",
    ],
    [
      "a mistyped key",
      "version: 1\nstakcs: []",
      "anchorwatch.yaml:2:1: the file has the unknown key “stakcs”. Did you mean “stacks”?",
    ],
    [
      "a mistyped key inside",
      "version: 1\nstacks:\n  - name: a\n    path: b\n    input: {}",
      "anchorwatch.yaml:5:5: stacks[0] has the unknown key “input”. Did you mean “inputs”?",
    ],
    [
      "a mistyped key of a rule",
      "version: 1\nignore:\n  - { tipe: x }",
      "anchorwatch.yaml:3:7: ignore[0] has the unknown key “tipe”. Did you mean “type”?",
    ],
    [
      "a key that is like none",
      "version: 1\nignore:\n  - { zzzzzz: x }",
      "anchorwatch.yaml:3:7: ignore[0] has the unknown key “zzzzzz”. Known here: type, address, path, reason, not.",
    ],
    ["a missing version", "stacks: []", "anchorwatch.yaml:1:1: the file has no “version”. Add it: 1."],
    [
      "a missing path",
      "version: 1\nstacks:\n  - name: a",
      "anchorwatch.yaml:3:5: stacks[0] has no “path”. Add it: text.",
    ],
    ["another version", "version: 2", "anchorwatch.yaml:1:10: version: expected 1, found 2"],
    [
      "text for a list",
      "version: 1\nstacks: network",
      'anchorwatch.yaml:2:9: stacks: expected a list, found "network"',
    ],
    [
      "a number for a rule",
      "version: 1\nignore: [3]",
      "anchorwatch.yaml:2:10: ignore[0]: expected text or keys and values, found 3",
    ],
    [
      "a broken number",
      "version: 1\nconcurrency: 1.5",
      "anchorwatch.yaml:2:14: concurrency: expected a whole number, found 1.5",
    ],
    [
      "a huge number",
      "version: 1\nconcurrency: 100000000000000000000",
      "anchorwatch.yaml:2:14: concurrency: expected a smaller number, found 100000000000000000000",
    ],
    [
      "too much",
      "version: 1\nconcurrency: 5000",
      "anchorwatch.yaml:2:14: concurrency: expected at most 1000, found 5000",
    ],
    [
      "no duration",
      "version: 1\ndeadlines: { aws_sqs_queue: 60 }",
      "anchorwatch.yaml:2:29: deadlines.aws_sqs_queue: expected text, found 60",
    ],
    [
      "a duration without unit",
      'version: 1\ndeadlines: { aws_sqs_queue: "60" }',
      'anchorwatch.yaml:2:29: deadlines.aws_sqs_queue: expected a duration such as 90s or 5m, found "60"',
    ],
    [
      "no time at all",
      "version: 1\ndeadlines: { aws_sqs_queue: 0s }",
      "anchorwatch.yaml:2:29: deadlines.aws_sqs_queue: 0s is no time to wait. More than zero, at most 24 days.",
    ],
    [
      "a stack's bad name",
      "version: 1\nstacks: [{ name: a b, path: c }]",
      'anchorwatch.yaml:2:18: stacks[0].name: expected a name of letters, digits and . _ / - that begins with a letter or digit, found "a b"',
    ],
    [
      "a name that no variable has",
      "version: 1\nstacks: [{ name: a, path: b, inputs: { 1x: y } }]",
      "anchorwatch.yaml:2:40: stacks[0].inputs.1x is no valid name. Expected the name of a variable: letters, digits, _ and -, beginning with a letter or _.",
    ],
    [
      "a name that no resource type has",
      "version: 1\ndeadlines: { Aws-Queue: 5s }",
      "anchorwatch.yaml:2:14: deadlines.Aws-Queue is no valid name. Expected a resource type, such as aws_sqs_queue.",
    ],
    [
      "a deadline called like something that every object has",
      "version: 1\ndeadlines: { constructor: soon }",
      'anchorwatch.yaml:2:27: deadlines.constructor: expected a duration such as 90s or 5m, found "soon"',
    ],
    [
      "the same name twice",
      "version: 1\nstacks:\n  - { name: a, path: b }\n  - { name: a, path: c }",
      "anchorwatch.yaml:4:13: the stack name “a” is already taken in line 3. Give each stack its own.",
    ],
    [
      "a rule that ignores everything",
      "version: 1\nignore: [{ reason: peace }]",
      "anchorwatch.yaml:2:10: ignore[0] would ignore everything. Give it a type, an address or a path.",
    ],
    [
      "a rule that ignores everything by its wildcards",
      'version: 1\nignore: [{ type: "*", address: "**" }]',
      "anchorwatch.yaml:2:10: ignore[0] would ignore everything. Give it a type, an address or a path.",
    ],
    [
      "an open bracket",
      'version: 1\nignore: [{ path: "a[0" }]',
      "anchorwatch.yaml:2:18: ignore[0].path: “a[0”: expected a position, * or a quoted key, closed by “]” at character 3. Write it like ingress[*].description.",
    ],
    [
      "a path outside",
      "version: 1\nstacks: [{ name: a, path: ../other }]",
      "anchorwatch.yaml:2:27: stacks[0].path leaves the folder of anchorwatch.yaml. Give a path inside it, relative to the file.",
    ],
    [
      "an absolute file",
      "version: 1\nstacks: [{ name: a, path: a, varFiles: [/etc/passwd] }]",
      "anchorwatch.yaml:2:41: stacks[0].varFiles[0] leaves the folder of anchorwatch.yaml. Give a path inside it, relative to the file.",
    ],
    [
      "a key twice",
      "version: 1\nignore: []\nignore: []",
      "anchorwatch.yaml:3:1: has the key “ignore” twice. Keep one of them: which one counts is not defined.",
    ],
    [
      "a rule with ! and without quotes",
      "version: 1\nignore:\n  - !aws_instance.x:tags",
      "anchorwatch.yaml:3:25: has the YAML tag !aws_instance.x:tags. Text that begins with “!” needs quotes.",
    ],
    ["an empty file", "", "anchorwatch.yaml:1:1: the file: expected keys and values, found nothing"],
    ["a list", "- a", "anchorwatch.yaml:1:1: the file: expected keys and values, found a list"],
    [
      "two documents",
      "version: 1\n---\nversion: 1",
      "anchorwatch.yaml:2:1: is not valid YAML: Source contains multiple documents",
    ],
    [
      "a tab",
      "version: 1\nstacks:\n\t- a",
      "anchorwatch.yaml:3:1: is not valid YAML: Tabs are not allowed as indentation",
    ],
    [
      "an alias of nothing",
      "version: 1\nignore: *nothing",
      "anchorwatch.yaml:2:9: uses the alias *nothing, which is nowhere set before. Text that begins with “*” needs quotes.",
    ],
  ])("%s", (_, text, expected) => {
    expect(problems(text)).toContain(expected);
  });

  it("names every problem at once", () => {
    expect(problems("version: 2\nstakcs: []\nconcurrency: many")).toHaveLength(3);
  });

  it("as one error with the place of the first", () => {
    const parsed = parseConfiguration("version: 2\nfoo: 1", FILE);
    const error = configurationError(FILE, parsed.ok ? [] : parsed.problems);
    expect(error).toMatchObject({ code: "config_invalid", location: { file: FILE, line: 1, column: 10 } });
    expect(error.message).toContain(
      "2 problems in anchorwatch.yaml:\nanchorwatch.yaml:1:10: version: expected 1, found 2\n",
    );
  });
});

describe("a configuration that attacks", () => {
  it("with aliases of aliases is refused before it grows", () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) => `l${i + 1}: &l${i + 1} [${Array(10).fill(`*l${i}`).join()}]`,
    );
    const [problem] = problems(`version: 1\nl0: &l0 [x]\n${levels.join("\n")}`);
    expect(problem).toContain("expands to more than 100000 values. Use fewer aliases.");
  });

  it("with thousands of aliases is refused", () => {
    const aliases = Array(5000).fill("*a").join();
    expect(problems(`version: 1\nx: &a 1\ny: [${aliases}]`).join()).toContain("has more than 500 aliases");
  });

  it("with an alias of itself is refused", () => {
    expect(problems("version: 1\nstacks: &a [*a]").join()).toContain("is nested more than 40 levels deep");
  });

  it("with tens of thousands of mistakes is told a hundred of them", () => {
    const keys = Array.from({ length: 50_000 }, (_, i) => `k${i}: 1`).join("\n");
    expect(problems(`version: 1\n${keys}`)).toHaveLength(100);
  });

  it("with ten thousand brackets is refused", () => {
    expect(problems(`version: 1\nstacks: ${"[".repeat(10_000)}`)[0]).toMatch(
      /^anchorwatch\.yaml:2:\d+: is not valid YAML/,
    );
  });

  it("with more than 512 KiB is refused", () => {
    expect(problems(`version: 1 # ${"x".repeat(600 * 1024)}`)).toEqual([
      "anchorwatch.yaml:1:1: is larger than 512 KiB. Split it, or remove what is not needed.",
    ]);
  });
});

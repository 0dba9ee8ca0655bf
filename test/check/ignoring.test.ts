/** What a rule silences is shown as ignored, with the rule, and is no drift. */
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { WrittenStack } from "../reference-provider/fixtures.ts";
import { type Report, resourceIn, verdictsOf } from "./report.ts";
import { editLive, topic, type Workbench, workbench } from "./workbench.ts";

/** A topic whose display name and tags were changed in the console. */
async function changedTopic(bench: Workbench, ignoreChanges: readonly string[] = []): Promise<WrittenStack> {
  const set = { name: "alarms", display_name: "Before", tags: { env: "prod" } };
  const stack = await bench.stack({ resources: [topic("alarms", { set, ignoreChanges })] });
  editLive(stack, "reference_topic.alarms", (live) => ({
    ...live,
    display_name: "After",
    tags: { env: "test" },
  }));
  return stack;
}

/** The rules of what is told of the topic; `undefined` for a change that no rule silences. */
function rulesIn(report: Report): readonly (string | undefined)[] {
  const changes = resourceIn(report, "reference_topic.alarms")?.changes ?? [];
  return changes.filter(({ informational }) => !informational).map(({ ignoredBy }) => ignoredBy);
}

test("ignore_changes of the code silences its paths, names its line, and leaves the others drift", async () => {
  const bench = workbench();
  const stack = await changedTopic(bench, ["display_name"]);
  const { status, report } = await bench.report([stack.dir]);
  expect(verdictsOf(report)).toEqual({ "reference_topic.alarms": "changed" });
  expect(rulesIn(report)).toEqual([
    expect.stringMatching(/main\.tf:\d+ ignore_changes: display_name/),
    undefined,
  ]);
  expect(status).toBe(2);
});

test("with every path in ignore_changes the resource is ignored and the exit status is 0", async () => {
  const bench = workbench();
  const stack = await changedTopic(bench, ["display_name", "tags", "tags_all"]);
  const { status, report } = await bench.report([stack.dir]);
  expect(verdictsOf(report)).toEqual({ "reference_topic.alarms": "ignored" });
  expect(report.coverage).toMatchObject({ ignored: 1, changed: 0, pending: 0 });
  expect(status).toBe(0);
});

test("code that was never deployed is not pending where ignore_changes names it", async () => {
  const bench = workbench();
  const stack = await bench.stack({
    resources: [
      topic("alarms", { set: { name: "alarms", display_name: "Deployed" }, ignoreChanges: ["display_name"] }),
    ],
  });
  bench.write("stack/main.tf", (await codeOf(stack)).replace('"Deployed"', '"Newer"'));
  const { status, report } = await bench.report([stack.dir, "--strict"]);
  expect({ status, pending: report.pending }).toEqual({ status: 0, pending: [] });
});

async function codeOf(stack: WrittenStack): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  return readFile(`${stack.dir}/main.tf`, "utf8");
}

test("rules of anchorwatch.yaml are named with their file, line and reason", async () => {
  const bench = workbench();
  const stack = await changedTopic(bench);
  bench.write(
    "stack/anchorwatch.yaml",
    [
      "version: 1",
      "ignore:",
      "  - reference_topic:tags*",
      "  - {address: reference_topic.alarms, path: display_name, reason: marketing}",
      "",
    ].join("\n"),
  );
  const { status, report } = await bench.report([stack.dir]);
  expect(rulesIn(report)).toEqual([
    expect.stringMatching(/anchorwatch\.yaml:4: .*display_name.*\(marketing\)/),
    expect.stringMatching(/anchorwatch\.yaml:3: .*tags/),
  ]);
  expect({ status, verdicts: verdictsOf(report) }).toEqual({
    status: 0,
    verdicts: { "reference_topic.alarms": "ignored" },
  });
});

test("a .driftignore file silences a resource, also when it was deleted", async () => {
  const bench = workbench();
  const stack = await changedTopic(bench);
  bench.write("stack/.driftignore", "# console only\nreference_topic.*\n");
  const changed = await bench.report([stack.dir]);
  expect(rulesIn(changed.report)[0]).toMatch(/\.driftignore:2/);
  editLive(stack, "reference_topic.alarms", () => undefined);
  const deleted = await bench.report([stack.dir]);
  expect(verdictsOf(deleted.report)).toEqual({ "reference_topic.alarms": "ignored" });
  expect([changed.status, deleted.status]).toEqual([0, 0]);
});

test("a .driftignore file that is none of the repository's, or no file, is refused unread", async () => {
  const bench = workbench();
  const stack = await changedTopic(bench);
  const outside = bench.write("private/notes", "a secret without dots, hunter2 \\");
  const path = join(stack.dir, ".driftignore");
  const refused = async () => {
    const { status, stderr } = await bench.check([stack.dir]);
    expect({ status, quoted: stderr.includes("hunter2") }).toEqual({ status: 1, quoted: false });
    rmSync(path, { recursive: true });
    return stderr;
  };
  symlinkSync(outside, path);
  expect(await refused()).toContain("it is a link that leads out of its repository");
  mkdirSync(path);
  expect(await refused()).toContain("it is not a regular file");
});

test("--ignore with ! takes back what a rule before it ignores", async () => {
  const bench = workbench();
  const stack = await changedTopic(bench);
  const all = ["--ignore", "reference_topic"];
  const ignored = await bench.report([stack.dir, ...all]);
  expect({ status: ignored.status, rules: new Set(rulesIn(ignored.report)) }).toEqual({
    status: 0,
    rules: new Set(["--ignore: reference_topic"]),
  });
  const taken = await bench.report([stack.dir, ...all, "--ignore", "!reference_topic:display_name"]);
  expect(rulesIn(taken.report)).toEqual([undefined, "--ignore: reference_topic"]);
  expect(taken.status).toBe(2);
});

test("what a rule leaves out counts neither as seen nor as a blind spot when it cannot be read", async () => {
  const bench = workbench();
  const stack = await changedTopic(bench);
  stack.edit((content) => {
    content.faults = [{ type: "reference_topic", call: "ReadResource", kind: "error" }];
  });
  const { status, report } = await bench.report([stack.dir, "--ignore", "reference_topic"]);
  expect(resourceIn(report, "reference_topic.alarms")).toMatchObject({
    verdict: "not_checked",
    reason: { code: "rule" },
  });
  expect(status).toBe(0);
});

const named = (severity: string) => `
rules:
  - id: topic.renamed
    title: A topic has another name
    types: [reference_topic]
    when: changes.exists(c, c.attribute == "display_name" && c.live == "After")
    class: security
    severity: ${severity}
    explain: "\${resource.address} is called \${live.display_name} now."
`;

test("what a rule calls critical is told whatever the repository ignores, with the rule that would silence it", async () => {
  const bench = workbench();
  const stack = await changedTopic(bench, ["tags", "tags_all"]);
  bench.write("anchorwatch.yaml", `version: 1\nignore: [reference_topic:display_name]\n${named("critical")}`);
  const { status, report } = await bench.report([stack.dir]);
  const [told] = report.resources;
  expect([status, told?.verdict]).toEqual([2, "changed"]);
  expect(told?.classification).toMatchObject({
    ...{ class: "security", severity: "critical" },
    rules: [{ id: "topic.renamed", explanation: "reference_topic.alarms is called After now." }],
  });
  expect(told?.changes?.map(({ path, toldDespite }) => [path, toldDespite])).toContainEqual([
    ["display_name"],
    expect.stringMatching(/anchorwatch\.yaml:2/),
  ]);
  const text = await bench.check([stack.dir]);
  expect(text.stdout).toContain(
    "security, critical: reference_topic.alarms is called After now. (topic.renamed)",
  );
  expect(text.stdout).toMatch(/told although .*anchorwatch\.yaml:2.* ignores it: it is critical/);
  // What is less than that stays ignored.
  bench.write("anchorwatch.yaml", `version: 1\nignore: [reference_topic:display_name]\n${named("high")}`);
  const quiet = await bench.report([stack.dir]);
  expect([quiet.status, verdictsOf(quiet.report)]).toEqual([0, { "reference_topic.alarms": "ignored" }]);
  // Nor is it silenced where all of the resource is left out, nor where it is gone.
  bench.write("anchorwatch.yaml", `version: 1\nignore: [reference_topic]\n${named("critical")}`);
  expect((await bench.report([stack.dir])).status).toBe(2);
  // Nor by calling it secret: what the repository hides is judged, and not shown.
  const hidden = "sensitive: [{ path: display_name }]";
  bench.write("anchorwatch.yaml", `version: 1\nignore: [reference_topic]\n${hidden}\n${named("critical")}`);
  const secret = await bench.report([stack.dir]);
  expect([secret.status, verdictsOf(secret.report)]).toEqual([2, { "reference_topic.alarms": "changed" }]);
  expect(secret.report.resources[0]?.classification).toMatchObject({
    ...{ class: "security", severity: "critical", isComplete: false },
    problems: [{ message: expect.stringContaining("calls secret") }],
  });
  expect(JSON.stringify(secret.report)).not.toContain("is called After");
  expect(JSON.stringify(secret.report.resources)).not.toContain('"After"');
});

test("what is critical only together with something else cannot be silenced by ignoring a part of it", async () => {
  const bench = workbench();
  const stack = await changedTopic(bench);
  const both = named("critical").replace(
    'c.attribute == "display_name" && c.live == "After")',
    'c.attribute == "display_name") && changes.exists(c, c.attribute == "tags")',
  );
  bench.write("anchorwatch.yaml", `version: 1\nignore: [reference_topic:display_name]\n${both}`);
  const { report } = await bench.report([stack.dir]);
  expect(report.resources[0]?.classification).toMatchObject({ severity: "critical" });
  expect(report.resources[0]?.changes?.find(({ toldDespite }) => toldDespite !== undefined)).toMatchObject({
    path: ["display_name"],
  });
});

test("a rule that cannot be used, or fails, is told with its place, and the others count", async () => {
  const bench = workbench();
  const stack = await changedTopic(bench);
  const hostile = "\u001b[2J](https://evil.example)\n::error::<b>${resource.id}";
  editLive(stack, "reference_topic.alarms", (live) => ({ ...live, display_name: hostile + "a".repeat(800) }));
  const rule = (id: string, when: string) =>
    `  - { id: ${id}, title: t, class: security, severity: low, explain: e, when: "${when}" }\n`;
  const rules = [
    ...[
      named("high").replace(' && c.live == "After"', ""),
      rule("own.syntax", "changes.size() +"),
      rule("own.type", "1 + 'a' == 2"),
    ],
    ...[rule("own.zero", "1 / (changes.size() - changes.size()) > 0"), rule("own.member", "live.none == 1")],
    rule(
      "own.loops",
      "live.display_name.split('').exists(a, live.display_name.split('').exists(b, a + b == ''))",
    ),
    rule("own.pattern", "live.display_name.matches('^(a+)+$')"),
  ];
  bench.write("anchorwatch.yaml", `version: 1\n${rules.join("")}`);
  const { status, report } = await bench.report([stack.dir]);
  const locations = report.warnings?.map(({ code, location }) => [code, location?.line, location?.column]);
  expect(locations).toEqual([
    ["policy_rule_invalid", 11, expect.any(Number)],
    ["policy_rule_invalid", 12, expect.any(Number)],
  ]);
  const said = report.resources[0]?.classification;
  expect([status, said]).toMatchObject([2, { severity: "high", isComplete: false, adjustments: [] }]);
  expect(said?.problems?.map(({ rule: id, file, line }) => `${file}:${line} ${id}`).toSorted()).toEqual([
    ...["anchorwatch.yaml:11 own.syntax", "anchorwatch.yaml:12 own.type", "anchorwatch.yaml:13 own.zero"],
    ...["anchorwatch.yaml:14 own.member", "anchorwatch.yaml:15 own.loops"],
  ]);
  expect(said?.rules[0]?.explanation).toContain("<b>${resource.id}a");
  for (const format of ["text", "junit", "sarif", "markdown"]) {
    const { stdout } = await bench.check([stack.dir, "--format", format]);
    expect(stdout, format).toContain("security, high, classification incomplete");
    if (format !== "markdown")
      expect(stdout, format).toMatch(/anchorwatch\.yaml:13:\d+: own\.zero: divides by zero/);
    // What somebody else chose is neither evaluated, nor acted on by whatever shows it.
    expect(stdout, format).not.toContain("\u001b");
    expect(stdout, format).not.toMatch(/^::error/m);
  }
});

test("of a value that is too large to be looked at, nobody says that it is harmless", async () => {
  const bench = workbench();
  const stack = await changedTopic(bench);
  editLive(stack, "reference_topic.alarms", (live) => ({ ...live, display_name: "x".repeat(1_200_000) }));
  const { status, report } = await bench.report([stack.dir]);
  expect(status).toBe(2);
  expect(report.resources[0]?.classification).toMatchObject({
    ...{ isComplete: false, adjustments: [] },
    problems: [{ rule: "values" }],
  });
});

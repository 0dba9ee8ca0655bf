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

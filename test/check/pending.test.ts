/** Code that was never deployed is shown apart from drift. */
import { readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import type { WrittenStack } from "../reference-provider/fixtures.ts";
import { findExecutable } from "../support/executable.ts";
import { verdictsOf } from "./report.ts";
import { editLive, topic, type Workbench, workbench } from "./workbench.ts";

const ADDRESS = "reference_topic.alarms";

/** Deployed as `Before`; the code says `After` since. */
async function editedCode(bench: Workbench): Promise<WrittenStack> {
  const stack = await bench.stack({
    resources: [topic("alarms", { set: { name: "alarms", display_name: "Before" } })],
  });
  replaceCode(bench, stack, '"Before"', '"After"');
  return stack;
}

function replaceCode(bench: Workbench, stack: WrittenStack, from: string, to: string): void {
  const code = readFileSync(`${stack.dir}/main.tf`, "utf8");
  expect(code).toContain(from);
  bench.write("stack/main.tf", code.replace(from, to));
}

const change = { path: ["display_name"], recorded: "Before", declared: "After" };

test("a changed literal is pending and no drift; only --strict makes it count", async () => {
  const bench = workbench();
  const stack = await editedCode(bench);
  const { status, report } = await bench.report([stack.dir]);
  expect(report.pending).toMatchObject([
    { address: ADDRESS, action: "update", alreadyLive: false, changes: [change] },
  ]);
  expect({ status, verdicts: verdictsOf(report) }).toEqual({ status: 0, verdicts: {} });
  const strict = await bench.report([stack.dir, "--strict"]);
  expect(strict.status).toBe(2);
});

test("what somebody made by hand before it was deployed is pending and already live, no drift", async () => {
  const bench = workbench();
  const stack = await editedCode(bench);
  editLive(stack, ADDRESS, (live) => ({ ...live, display_name: "After" }));
  const { status, report } = await bench.report([stack.dir]);
  expect(report.pending).toMatchObject([{ address: ADDRESS, alreadyLive: true }]);
  expect({ status, verdicts: verdictsOf(report) }).toEqual({ status: 0, verdicts: {} });
});

test("where code, record and cloud all differ there is drift and a pending change", async () => {
  const bench = workbench();
  const stack = await editedCode(bench);
  editLive(stack, ADDRESS, (live) => ({ ...live, display_name: "Third" }));
  const { status, report } = await bench.report([stack.dir]);
  expect(report.pending).toMatchObject([{ address: ADDRESS, alreadyLive: false, changes: [change] }]);
  expect(report.resources).toMatchObject([
    {
      address: ADDRESS,
      verdict: "changed",
      changes: [{ path: ["display_name"], recorded: "Before", live: "Third" }],
    },
  ]);
  expect(status).toBe(2);
});

test("a resource that only the code knows will be created, one that only the state knows deleted", async () => {
  const bench = workbench();
  const stack = await bench.stack({ resources: [topic("old")] });
  replaceCode(bench, stack, '"reference_topic" "old"', '"reference_topic" "new"');
  const { status, report } = await bench.report([stack.dir]);
  expect(report.pending).toMatchObject([
    { address: "reference_topic.new", action: "create" },
    { address: "reference_topic.old", action: "delete" },
  ]);
  expect({ status, verdicts: verdictsOf(report) }).toEqual({ status: 0, verdicts: {} });
});

test("--pending without terraform on the PATH says what is missing and what to do", async () => {
  const bench = workbench();
  const stack = await editedCode(bench);
  const { status, stderr } = await bench.run([stack.dir, "--pending"]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/--pending needs terraform or tofu.*\n.*leave --pending out/);
});

const terraform = findExecutable("terraform", process.env);

describe.skipIf(terraform === undefined)("with the real terraform", () => {
  const env = {
    PATH: `${dirname(terraform ?? "")}:/usr/bin:/bin`,
    TF_DISABLE_PLUGIN_TLS: "1",
    CHECKPOINT_DISABLE: "1",
  };

  test("--pending also tells what only Terraform can: new instances", async () => {
    const bench = workbench();
    const stack = await bench.stack({
      resources: [topic("many", { count: 1, set: { name: "many-${count.index}" } })],
    });
    replaceCode(bench, stack, "count = 1", "count = 2");
    const literal = await bench.report([stack.dir], { env });
    expect(literal.report.pending).toEqual([]);
    const { status, report, stderr } = await bench.report([stack.dir, "--pending"], { env });
    expect(stderr).toBe("");
    expect(report.pending).toMatchObject([{ address: "reference_topic.many[1]", action: "create" }]);
    expect(status).toBe(0);
  });

  test("--pending plans in the workspace that was checked, not in the one that the folder has selected", async () => {
    const bench = workbench();
    const stack = await editedCode(bench);
    bench.write("stack/terraform.tfstate.d/prod/terraform.tfstate", readFileSync(stack.statePath, "utf8"));
    rmSync(stack.statePath);
    bench.write("stack/anchorwatch.yaml", "version: 1\nstacks:\n  - {name: s, path: ., workspace: prod}\n");
    const { report, stderr } = await bench.report([stack.dir, "--pending"], { env });
    expect(stderr).toBe("");
    expect(report.stack.workspace).toBe("prod");
    expect(report.pending).toMatchObject([{ address: ADDRESS, action: "update", changes: [change] }]);
  });

  test("what terraform cannot plan is told in its own words, with the folder", async () => {
    const bench = workbench();
    const stack = await bench.stack({
      resources: [topic("one")],
      extraCode: 'output "x" {\n  value = var.none\n}\n',
    });
    const { status, stderr } = await bench.run([stack.dir, "--pending"], { env });
    expect(status).toBe(1);
    expect(stderr).toContain(`terraform plan failed in ${stack.dir}`);
    expect(stderr).toContain("Reference to undeclared input variable");
  });
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { planPending } from "./terraformPlan.ts";

/** A `terraform` that says and does this. */
function plan(script: string) {
  const dir = mkdtempSync(join(tmpdir(), "anchorwatch-plan-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const command = join(dir, "terraform");
  writeFileSync(command, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return planPending({
    command,
    dir,
    variables: ["-var=a=1", "-var-file=b.tfvars"],
    environment: { PATH: "/usr/bin:/bin" },
    signal: new AbortController().signal,
    mask: (text) => text.replaceAll("hunter2\n3", "(sensitive)"),
  });
}

const say = (...events: readonly unknown[]) =>
  events.map((event) => `cat <<'EOF'\n${JSON.stringify(event)}\nEOF`).join("\n");

const planned = (action: string, addr: string) => ({
  type: "planned_change",
  change: { action, resource: { addr } },
});

test("what Terraform would do comes as addresses and actions; reading, moving and drift are not pending", async () => {
  const script = [
    "echo 'Terraform says hello'; echo '{ not JSON'",
    say(
      { type: "version", terraform: "1.11.4" },
      { type: "resource_drift", change: { action: "update", resource: { addr: "t.drifted" } } },
      planned("create", 't.new["a"]'),
      planned("update", "t.changed"),
      planned("delete", "t.old"),
      planned("replace", "t.other"),
      planned("read", "data.t.read"),
      planned("move", "t.moved"),
      planned("constructor", "t.none"),
      { type: "change_summary" },
    ),
  ].join("\n");
  expect(await plan(script)).toEqual([
    { address: 't.new["a"]', action: "create" },
    { address: "t.changed", action: "update" },
    { address: "t.old", action: "delete" },
    { address: "t.other", action: "replace" },
  ]);
});

test("the plan neither refreshes, locks, asks nor saves anything, and gets the variables in order", async () => {
  const script = `test "$*" = "plan -json -refresh=false -lock=false -input=false -var=a=1 -var-file=b.tfvars" || exit 1\n${say(planned("create", "t.x"))}`;
  expect(await plan(script)).toHaveLength(1);
});

test("the status that means changes is no failure", async () => {
  expect(await plan(`${say(planned("create", "t.x"))}\nexit 2`)).toHaveLength(1);
});

test("a failure is told in Terraform's words, without secrets, even those of several lines", async () => {
  const error = {
    type: "diagnostic",
    diagnostic: { severity: "error", summary: "Invalid key", detail: "got hunter2\n3,\n  not a key" },
  };
  const warning = { type: "diagnostic", diagnostic: { severity: "warning", summary: "Old" } };
  await expect(plan(`${say(warning, error)}\nexit 1`)).rejects.toMatchObject({
    code: "terraform_plan_failed",
    message: expect.stringMatching(/: Invalid key\. got \(sensitive\), not a key$/),
    hint: expect.stringContaining("--pending"),
  });
  await expect(plan("echo 'no such flag' >&2; exit 1")).rejects.toMatchObject({
    message: expect.stringMatching(/: no such flag$/),
  });
  await expect(plan("exit 7")).rejects.toMatchObject({
    message: expect.stringMatching(/: it ended with status 7 and said nothing$/),
  });
});

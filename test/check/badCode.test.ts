/** Code that cannot be read or evaluated: named with file and line, and the rest of the stack is checked. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { StackFixture, WrittenStack } from "../reference-provider/fixtures.ts";
import { resourceIn, verdictsOf } from "./report.ts";
import { addLive, editLive, topic, type Workbench, workbench } from "./workbench.ts";

const TRUST = JSON.stringify({ Statement: [] });

test("a syntax error is a warning with file and line; the resources of that file are checked by their record", async () => {
  const bench = workbench();
  const stack = await bench.stack({
    resources: [topic("a"), topic("b", { set: { name: "b", display_name: "B" } })],
  });
  moveResource(bench, stack, '"reference_topic" "b"', "\nresource {{{\n");
  editLive(stack, "reference_topic.b", (live) => ({ ...live, display_name: "by hand" }));
  const { status, report } = await bench.report([stack.dir]);
  expect(report.warnings).toMatchObject([
    {
      code: "code_syntax",
      location: { file: expect.stringMatching(/broken\.tf$/), line: expect.any(Number) },
    },
  ]);
  expect(verdictsOf(report)).toEqual({ "reference_topic.b": "changed" });
  expect(report.pending).toEqual([]);
  expect(status).toBe(2);
});

test("in sync with a syntax error is told with the warning, exit status 0", async () => {
  const bench = workbench();
  const stack = await bench.stack({ resources: [topic("a")] });
  bench.write("stack/broken.tf", 'resource "reference_topic" "x" {\n  name = \n');
  const { status, stdout } = await bench.run([stack.dir]);
  expect(stdout).toMatch(/warning +.*broken\.tf:\d+/);
  expect(stdout).toContain("No drift.");
  expect(status).toBe(0);
});

test("a folder without code or state says what it lacks", async () => {
  const bench = workbench();
  bench.write("empty/README", "");
  const { status, stderr } = await bench.check(["empty"]);
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(/^anchorwatch: .*\n +\S/) });
  expect(stderr).not.toContain("(internal)");
});

const configured: StackFixture = {
  provider: { region: "eu-2" },
  resources: [topic("a"), { type: "reference_role", name: "r", set: { name: "r", trust_policy: TRUST } }],
  extraCode: 'variable "region" {\n  type = string\n}\n',
};

/** The region comes from a variable without a default. */
async function stackWithVariable(bench: Workbench): Promise<WrittenStack> {
  const stack = await bench.stack(configured);
  edited(bench, stack, '"eu-2"', "var.region");
  return stack;
}

test("a variable of a provider block without a value is named with file and line, and how to give it", async () => {
  const bench = workbench();
  const stack = await stackWithVariable(bench);
  const { status, report } = await bench.report([stack.dir]);
  expect(report.coverage).toMatchObject({ resources: 2, unknown: 2 });
  const reason = resourceIn(report, "reference_topic.a")?.reason;
  expect(reason?.code).toBe("provider_config_unknown");
  expect(reason?.message).toMatch(/main\.tf:\d+: region: variable "region" has no value/);
  expect(reason?.message).toMatch(/--var.*anchorwatch\.yaml/);
  expect(status).toBe(1);
});

test.each<[string, readonly string[], Readonly<Record<string, string>>, string]>([
  ["--var", ["--var", "region=eu-2"], {}, ""],
  ["--var-file", ["--var-file", "stack/some.tfvars"], {}, ""],
  ["TF_VAR_region", [], { TF_VAR_region: "eu-2" }, ""],
  ["inputs of anchorwatch.yaml", [], {}, "inputs: {region: eu-2}"],
  ["providers of anchorwatch.yaml", [], {}, "providers: {reference: {region: eu-2}}"],
])("the value works when given by %s", async (_, args, env, yaml) => {
  const bench = workbench();
  const stack = await stackWithVariable(bench);
  bench.write("stack/some.tfvars", 'region = "eu-2"\n');
  if (yaml !== "") {
    bench.write("stack/anchorwatch.yaml", `version: 1\nstacks:\n  - {name: s, path: ., ${yaml}}\n`);
  }
  const { status, report } = await bench.report([stack.dir, ...args], { env });
  expect({ status, inSync: report.coverage["inSync"] }).toEqual({ status: 0, inSync: 2 });
  expect(report.identities?.[0]?.description).toBe("region eu-2");
});

test("an argument that the provider does not have is named with the line of its block", async () => {
  const bench = workbench();
  const stack = await bench.stack(configured);
  edited(bench, stack, 'region = "eu-2"', 'regoin = "eu-2"');
  const { status, report } = await bench.report([stack.dir]);
  const reason = resourceIn(report, "reference_topic.a")?.reason;
  expect(reason).toMatchObject({ code: "provider_config_invalid" });
  expect(reason?.message).toMatch(/main\.tf:\d+.*regoin/s);
  expect(status).toBe(1);
});

test("anchorwatch.yaml with a mistake names its line, and nothing is checked", async () => {
  const bench = workbench();
  const stack = await bench.stack(configured);
  bench.write("stack/anchorwatch.yaml", "version: 1\nignored: []\n");
  const { status, stdout, stderr } = await bench.run([stack.dir]);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(/anchorwatch\.yaml:2.*ignored/s);
});

test("a resource whose code has gone is checked by its record", async () => {
  const bench = workbench();
  const stack = await bench.stack(configured);
  edited(bench, stack, 'resource "reference_role" "r"', 'resource "reference_role" "renamed"');
  addLive(stack, "reference_role_policy", "r:backdoor", { role: "r", name: "backdoor", policy: TRUST });
  const { report } = await bench.report([stack.dir, "--var", "region=eu-2"]);
  expect(verdictsOf(report)).toEqual({ "reference_role.r": "changed" });
});

function edited(bench: Workbench, stack: WrittenStack, from: string, to: string): void {
  const code = readFileSync(`${stack.dir}/main.tf`, "utf8");
  expect(code).toContain(from);
  bench.write("stack/main.tf", code.replace(from, to));
}

/** Into `broken.tf`, together with what is no HCL. */
function moveResource(bench: Workbench, stack: WrittenStack, head: string, broken: string): void {
  const code = readFileSync(`${stack.dir}/main.tf`, "utf8");
  const start = code.indexOf(`resource ${head}`);
  const end = code.indexOf("\n}\n", start) + 3;
  bench.write("stack/main.tf", code.slice(0, start) + code.slice(end));
  bench.write("stack/broken.tf", broken + code.slice(start, end));
}

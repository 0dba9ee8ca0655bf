/** Which resources a check looks at, how instances are told apart, and how many providers that takes. */
import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { StackFixture } from "../reference-provider/fixtures.ts";
import { resourceIn, verdictsOf } from "./report.ts";
import { editLive, topic, workbench } from "./workbench.ts";

const network = { type: "reference_network", name: "one", set: { name: "n${var.key}", cidr: "10.0.0.0/8" } };

const instances: StackFixture = {
  modules: { net: { forEach: ["a", "b"] }, "net.inner": { count: 2 } },
  resources: [
    topic("many", { count: 2, set: { name: "many-${count.index}" } }),
    topic("named", { forEach: ["x", "y"], set: { name: "named-${each.key}" } }),
    { ...network, module: "net" },
    { ...network, name: "two", module: "net.inner", set: { name: "deep", cidr: "10.0.0.0/8" } },
    { type: "reference_object", name: "replaced", set: { name: "replaced" }, deposed: ["0a1b2c3d"] },
    topic("tainted", { tainted: true }),
  ],
};

const rename = (live: object) => ({
  ...live,
  display_name: "changed by hand",
  cidr: "10.9.0.0/16",
  class: "other",
});

test("every instance is told by its own address: count, for_each, modules in modules, tainted and deposed objects", async () => {
  const bench = workbench();
  const stack = await bench.stack(instances);
  const changed = [
    "reference_topic.many[1]",
    'reference_topic.named["y"]',
    'module.net["b"].reference_network.one',
    'module.net["a"].module.inner[1].reference_network.two',
    "reference_object.replaced (deposed 0a1b2c3d)",
    "reference_topic.tainted",
  ];
  for (const address of changed) editLive(stack, address, rename);
  const { status, report } = await bench.report([stack.dir]);
  expect(verdictsOf(report)).toEqual(Object.fromEntries(changed.map((address) => [address, "changed"])));
  expect(report.coverage).toMatchObject({ resources: 13, inSync: 7, changed: 6, pending: 0 });
  const source = resourceIn(report, 'module.net["b"].reference_network.one')?.source;
  expect(source?.file).toMatch(/modules\/net\/main\.tf$/);
  expect(status).toBe(2);
});

test.each([
  ["a resource with all its instances", ["reference_topic.many"], 2],
  ["one instance", ["reference_topic.many[1]"], 1],
  ["a module with everything in it", ["module.net"], 6],
  ["one instance of a module", ['module.net["b"]'], 3],
  ["several together", ["reference_topic.many[0]", 'reference_topic.named["x"]'], 2],
])("--target selects %s; the rest is not held against the check", async (_, targets, seen) => {
  const bench = workbench();
  const stack = await bench.stack(instances);
  editLive(stack, "reference_topic.tainted", rename);
  const { status, report } = await bench.report([stack.dir, ...targets.flatMap((t) => ["--target", t])]);
  expect(report.coverage).toMatchObject({ inSync: seen, changed: 0, notChecked: 13 - seen });
  expect(status).toBe(0);
});

test("a --target that names nothing ends the check with 1, says so and suggests what may be meant", async () => {
  const bench = workbench();
  const stack = await bench.stack(instances);
  const { status, stdout, stderr } = await bench.run([stack.dir, "--target", "reference_network.on"]);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toContain("--target reference_network.on");
  expect(stderr).toContain('module.net["a"].reference_network.one');
});

test("--all lists what is in sync, and informational differences", async () => {
  const bench = workbench();
  const stack = await bench.stack({ resources: [topic("a"), topic("b")] });
  const few = await bench.report([stack.dir]);
  const all = await bench.report([stack.dir, "--all"]);
  expect(verdictsOf(few.report)).toEqual({});
  expect(verdictsOf(all.report)).toEqual({ "reference_topic.a": "in_sync", "reference_topic.b": "in_sync" });
});

test("aliases with one configuration share a process, another configuration gets its own", async () => {
  const bench = workbench();
  const west = { region: "us-1" };
  const stack = await bench.stack({
    aliases: { west, also_west: west },
    resources: [topic("here"), topic("there", { alias: "west" }), topic("there_too", { alias: "also_west" })],
  });
  const { status, report } = await bench.report([stack.dir]);
  expect(report.identities?.map(({ description }) => description)).toEqual([
    "the default credentials of this machine",
    "region us-1",
  ]);
  expect({ status, inSync: report.coverage["inSync"] }).toEqual({ status: 0, inSync: 3 });
});

test("a record of an older schema is upgraded by the provider before it is compared", async () => {
  const bench = workbench();
  const set = { identifier: "main", engine: "postgres", username: "admin", size: 1 };
  const stack = await bench.stack({ resources: [{ type: "reference_database", name: "main", set }] });
  const state = readFileSync(stack.statePath, "utf8")
    .replace('"username"', '"user"')
    .replace('"schema_version": 1', '"schema_version": 0');
  bench.write("stack/terraform.tfstate", state);
  expect(state).toContain('"user": "admin"');
  const { status, report } = await bench.report([stack.dir]);
  expect({ status, verdicts: verdictsOf(report), pending: report.pending }).toEqual({
    status: 0,
    verdicts: {},
    pending: [],
  });
});

test("anchorwatch.yaml names stacks, their state and their variables", async () => {
  const bench = workbench();
  const stack = await bench.stack(
    { resources: [topic("a")], provider: { region: "eu-1" }, extraCode: 'variable "region" {}\n' },
    { name: "infra/one" },
  );
  bench.write(
    "infra/one/main.tf",
    readFileSync(`${stack.dir}/main.tf`, "utf8").replace('"eu-1"', "var.region"),
  );
  renameSync(stack.statePath, join(bench.folder, "infra/kept.tfstate"));
  bench.write(
    "anchorwatch.yaml",
    [
      "version: 1",
      "stacks:",
      "  - {name: network, path: infra/one, state: infra/kept.tfstate, inputs: {region: eu-1}}",
      "  - {name: other, path: infra/two}",
      "",
    ].join("\n"),
  );
  for (const wanted of ["network", "infra/one"]) {
    const { status, report } = await bench.report([wanted]);
    expect(report.stack).toMatchObject({ name: "network", path: "infra/one", serial: 1 });
    expect({ status, inSync: report.coverage["inSync"] }).toEqual({ status: 0, inSync: 1 });
  }
  const typo = await bench.check(["netwrok"]);
  expect({ status: typo.status, stderr: typo.stderr }).toEqual({
    status: 1,
    stderr: expect.stringContaining("Did you mean the stack “network”?"),
  });
});

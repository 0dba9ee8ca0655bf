/** What people change in a console, and how the check tells it. One estate, changed in many ways, checked once. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { everyType } from "../reference-provider/everyType.ts";
import type { StackFixture } from "../reference-provider/fixtures.ts";
import { type Report, type ReportedResource, resourceIn, verdictsOf } from "./report.ts";
import { addLive, type Checked, editLive, objectOf, topic, workbench } from "./workbench.ts";

const TRUST = JSON.stringify({ Statement: [{ Action: "sts:AssumeRole", Effect: "Allow" }] });
const OPEN = JSON.stringify({ Statement: [{ Action: "*", Effect: "Allow", Principal: "*" }] });
const RULE = { direction: "in", protocol: "tcp", from_port: 443, to_port: 443, cidrs: ["10.0.0.0/8"] };
const SSH = { ...RULE, from_port: 22, to_port: 22, cidrs: ["0.0.0.0/0"] };

const estate: StackFixture = {
  resources: [
    {
      type: "reference_network",
      name: "main",
      set: { name: "main", cidr: "10.0.0.0/16", tags: { env: "prod" } },
    },
    firewall("opened"),
    firewall("narrowed"),
    { type: "reference_firewall", name: "outside", set: { name: "outside", network_id: "net-1" } },
    role("edited"),
    role("backdoored"),
    role("parent"),
    {
      type: "reference_role_policy",
      name: "child",
      set: { role: "${reference_role.parent.name}", name: "child", policy: TRUST },
    },
    { type: "reference_bucket", name: "logs", set: { name: "logs", versioning: [{ enabled: true }] } },
    { type: "reference_bucket", name: "shared", set: { name: "shared" } },
    topic("renamed", { set: { name: "renamed", display_name: "Before" } }),
    topic("deleted"),
    topic("untouched"),
    topic("respelt", { set: { name: "respelt", tags: { team: "a" } } }),
  ],
};

function firewall(name: string) {
  return { type: "reference_firewall", name, set: { name, network_id: "net-1", rule: [RULE] } };
}

function role(name: string) {
  return { type: "reference_role", name, set: { name, trust_policy: TRUST } };
}

describe("on an estate that was changed in many ways", () => {
  const bench = workbench(afterAll);
  let checked: Checked & { readonly report: Report };

  beforeAll(async () => {
    const stack = await bench.stack(estate);
    editLive(stack, "reference_topic.renamed", (live) => ({ ...live, display_name: "After" }));
    editLive(stack, "reference_topic.deleted", () => undefined);
    editLive(stack, "reference_firewall.opened", (live) => ({ ...live, rule: [RULE, SSH] }));
    editLive(stack, "reference_firewall.narrowed", (live) => ({ ...live, rule: [] }));
    addLive(stack, "reference_firewall_rule", "fwr-stranger", {
      ...SSH,
      firewall_id: objectOf(stack, "reference_firewall.outside").id,
    });
    editLive(stack, "reference_role.edited", (live) => ({
      ...live,
      trust_policy: TRUST.replace("Allow", "Deny"),
    }));
    addLive(stack, "reference_role_policy", "backdoored:backdoor", {
      role: "backdoored",
      name: "backdoor",
      policy: OPEN,
    });
    editLive(stack, "reference_role_policy.child", (live) => ({ ...live, policy: OPEN }));
    editLive(stack, "reference_network.main", (live) => ({
      ...live,
      tags: { env: "prod", Owner: "tmp" },
    }));
    addLive(stack, "reference_bucket_policy", "shared", { bucket: "shared", policy: OPEN });
    editLive(stack, "reference_bucket.logs", (live) => ({
      ...live,
      versioning: [{ enabled: false, mfa_delete: false }],
    }));
    checked = await bench.report([stack.dir]);
  });

  const changesOf = (address: string): ReportedResource["changes"] =>
    resourceIn(checked.report, address)?.changes?.filter(({ informational }) => !informational);

  test("exactly the changed resources are reported, and the exit status is 2", () => {
    expect(verdictsOf(checked.report)).toEqual({
      "reference_network.main": "changed",
      "reference_firewall.opened": "changed",
      "reference_firewall.narrowed": "changed",
      "reference_firewall.outside": "changed",
      "reference_role.edited": "changed",
      "reference_role.backdoored": "changed",
      "reference_role_policy.child": "changed",
      "reference_bucket.logs": "changed",
      "reference_bucket.shared": "changed",
      "reference_topic.renamed": "changed",
      "reference_topic.deleted": "deleted",
    });
    expect(checked.report.coverage).toMatchObject({ resources: 14, inSync: 3, changed: 10, deleted: 1 });
    expect(checked.status).toBe(2);
  });

  test("an attribute is replaced, with both values", () => {
    expect(changesOf("reference_topic.renamed")).toEqual([
      { path: ["display_name"], op: "replace", recorded: "Before", live: "After", settable: true },
    ]);
  });

  test("a changed resource names the line of its code", () => {
    const source = resourceIn(checked.report, "reference_topic.renamed")?.source;
    expect(source).toMatchObject({ line: expect.any(Number) });
    expect(source?.file).toMatch(/main\.tf$/);
  });

  test("elements of a set are added and removed whole", () => {
    const element = (rule: object) => expect.objectContaining({ ...rule, description: null });
    expect(changesOf("reference_firewall.opened")).toEqual([
      { path: ["rule"], op: "add", element: element(SSH), settable: true },
    ]);
    expect(changesOf("reference_firewall.narrowed")).toEqual([
      { path: ["rule"], op: "remove", element: element(RULE), settable: true },
    ]);
  });

  test("a change inside JSON is told by its place in the document", () => {
    expect(changesOf("reference_role.edited")).toMatchObject([
      {
        path: ["trust_policy", { json: ["Statement", 0, "Effect"] }],
        op: "replace",
        recorded: "Allow",
        live: "Deny",
        recordedJson: TRUST,
      },
    ]);
  });

  test("a tag that somebody added is told by its key", () => {
    expect(changesOf("reference_network.main")).toContainEqual({
      path: ["tags", "Owner"],
      op: "add",
      live: "tmp",
      settable: true,
    });
  });

  test.each([
    ["inline policy", "reference_role.backdoored", "inline_policy", { name: "backdoor", policy: OPEN }],
    ["firewall rule", "reference_firewall.outside", "effective_rules", SSH],
  ])(
    "an undeclared %s beside declared ones is found, though no plan would touch it",
    (_, address, name, element) => {
      expect(changesOf(address)).toEqual([
        { path: [name], op: "add", element: expect.objectContaining(element), settable: false },
      ]);
    },
  );

  test("an undeclared bucket policy is found", () => {
    expect(changesOf("reference_bucket.shared")).toMatchObject([
      { path: ["policy"], live: OPEN, settable: false },
    ]);
  });

  test("a change that another resource declares is told there, and not again at its parent", () => {
    expect(changesOf("reference_role_policy.child")).not.toHaveLength(0);
    expect(resourceIn(checked.report, "reference_role.parent")).toBeUndefined();
  });
});

test("an estate of every type is in sync right after a refresh: nothing to report, exit status 0", async () => {
  const bench = workbench();
  const stack = await bench.stack(everyType);
  const { status, stdout, stderr } = await bench.run([stack.dir]);
  expect(stdout).toContain("No drift.\n12 resources: 12 in sync");
  expect(stdout).not.toContain("Pending");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

test("a just applied estate, whose parents have not yet seen their children, raises no alarm", async () => {
  const bench = workbench();
  const stack = await bench.stack({ ...everyType, settled: false });
  const { status, report } = await bench.report([stack.dir]);
  expect({ status, verdicts: verdictsOf(report), pending: report.pending }).toEqual({
    status: 0,
    verdicts: {},
    pending: [],
  });
});

test("without the code, what the record sets counts as set, and the same kinds of change are found", async () => {
  const bench = workbench();
  const stack = await bench.stack(estate);
  bench.write("stack/anchorwatch.yaml", withPath(stack.storePath));
  editLive(stack, "reference_topic.renamed", (live) => ({ ...live, display_name: "After" }));
  addLive(stack, "reference_role_policy", "backdoored:backdoor", {
    role: "backdoored",
    name: "backdoor",
    policy: OPEN,
  });
  const state = ["--state", "terraform.tfstate"];
  const { status, report } = await bench.report(state, { cwd: stack.dir });
  expect(verdictsOf(report)).toEqual({
    "reference_topic.renamed": "changed",
    "reference_role.backdoored": "changed",
  });
  expect(status).toBe(2);
});

/** A state does not tell how its provider was configured. */
function withPath(path: string): string {
  return `version: 1\nstacks:\n  - name: estate\n    path: .\n    providers:\n      reference:\n        path: ${path}\n`;
}

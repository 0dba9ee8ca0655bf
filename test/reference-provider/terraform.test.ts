/** The real Terraform with the reference provider. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findExecutable } from "../support/executable.ts";
import { type Ran, run } from "../support/run.ts";
import { everyType } from "./everyType.ts";
import { editStore, type StackFixture, type StoreContent, writeLoadStack, writeStack } from "./fixtures.ts";
import { installReferenceProvider } from "./install.ts";
import { testFolder } from "./testProvider.ts";
import type { JsonObject } from "./values/json.ts";

const terraform = findExecutable("terraform", process.env);
const title = terraform === undefined ? "skipped: terraform is not on PATH" : "with the real terraform";

interface Plan {
  readonly resource_drift?: readonly {
    readonly address: string;
    readonly change: { readonly actions: readonly string[] };
  }[];
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly change: { readonly actions: readonly string[] };
  }[];
}

/** Terraform in a folder, which takes providers only from a mirror with the reference provider. */
async function terraformIn(dir: string) {
  const mirror = join(testFolder(), "mirror");
  await installReferenceProvider(mirror);
  const cliConfig = join(mirror, "cli.tfrc");
  const installation = `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`;
  writeFileSync(cliConfig, `disable_checkpoint = true\n${installation}`);
  const env = {
    PATH: process.env["PATH"],
    HOME: process.env["HOME"],
    TF_CLI_CONFIG_FILE: cliConfig,
    TF_DISABLE_PLUGIN_TLS: "1",
    CHECKPOINT_DISABLE: "1",
  };
  const must = async (...args: readonly string[]): Promise<Ran> => {
    const ran = await run(terraform as string, args, { cwd: dir, env });
    expect(ran.status, `terraform ${args.join(" ")}\n${ran.stdout}\n${ran.stderr}`).toBe(0);
    return ran;
  };
  return {
    must,
    plan: async (...args: readonly string[]): Promise<Plan> => {
      await must("plan", "-input=false", "-lock=false", "-out=saved.tfplan", ...args);
      return JSON.parse((await must("show", "-json", "saved.tfplan")).stdout) as Plan;
    },
  };
}

function addressesOf(changes: Plan["resource_changes"], ...actions: readonly string[]): readonly string[] {
  return (changes ?? [])
    .filter(({ change }) => change.actions.some((action) => actions.length === 0 || actions.includes(action)))
    .map(({ address }) => address)
    .sort();
}

function changesIn(plan: Plan): readonly string[] {
  return addressesOf(plan.resource_changes, "create", "update", "delete");
}

function edit({ resources }: StoreContent, type: string, id: string, change: JsonObject): void {
  const byId = resources[type] as { [id: string]: JsonObject };
  byId[id] = { ...byId[id], ...change };
}

const NESTED: StackFixture = {
  aliases: { west: { region: "us-1" } },
  modules: { net: { count: 2 }, "net.inner": { forEach: ["a", "b"] } },
  resources: [
    {
      type: "reference_topic",
      name: "many",
      forEach: ["x", "y"],
      set: { name: "${each.key}" },
      alias: "west",
    },
    {
      type: "reference_network",
      name: "one",
      module: "net",
      set: { name: "n${var.key}", cidr: "10.0.0.0/8" },
    },
    {
      type: "reference_firewall",
      name: "fw",
      module: "net",
      count: 2,
      set: { name: "f${count.index}", network_id: "${reference_network.one.id}" },
    },
    { type: "reference_object", name: "o", module: "net.inner", set: { name: "o${var.key}" } },
  ],
};

describe.skipIf(terraform === undefined)(title, { timeout: 120_000 }, () => {
  test("a stack of every type is applied, settles, shows edits as drift, is repaired and destroyed", async () => {
    const dir = testFolder();
    const { storePath, statePath } = await writeStack(dir, everyType);
    const { must, plan } = await terraformIn(dir);
    await must("init");
    await must("validate");
    // As written, then from nothing: the fixture's state must be what Terraform itself would have made.
    expect(addressesOf((await plan("-refresh-only")).resource_drift)).toEqual([]);
    const written = readFileSync(statePath, "utf8");
    writeFileSync(storePath, '{"resources": {}}');
    writeFileSync(statePath, "");
    await must("apply", "-auto-approve", "-parallelism=1");
    expect(changesIn(await plan())).toEqual([]);
    await must("apply", "-refresh-only", "-auto-approve");
    expect(attributesIn(readFileSync(statePath, "utf8"))).toEqual(attributesIn(written));

    editStore(storePath, (content) => {
      edit(content, "reference_role", "app", { trust_policy: '{"Statement":[]}' });
      edit(content, "reference_bucket", "logs", { versioning: [{ enabled: false, mfa_delete: false }] });
      const backdoor = { id: "app:backdoor", role: "app", name: "backdoor", policy: '{"Action":"*"}' };
      edit(content, "reference_role_policy", "app:backdoor", backdoor);
      content.resources["reference_topic"] = {};
    });
    const drifted = await plan();
    const edited = ["reference_bucket.logs", "reference_role.app", "reference_topic.alarms"];
    expect(addressesOf(drifted.resource_drift)).toEqual(edited);
    expect(changesIn(drifted)).toEqual(edited);
    await must("apply", "-auto-approve");
    expect(changesIn(await plan())).toEqual([]);
    await must("destroy", "-auto-approve");
    const left = JSON.parse(readFileSync(storePath, "utf8")) as StoreContent;
    expect(Object.values(left.resources).flatMap((byId) => Object.keys(byId))).toEqual(["app:backdoor"]);
  });

  test("a written stack with modules, count, for_each and aliases is what Terraform would have made", async () => {
    const dir = testFolder();
    await writeStack(dir, NESTED);
    const { must, plan } = await terraformIn(dir);
    await must("init");
    const planned = await plan();
    expect(addressesOf(planned.resource_drift)).toEqual([]);
    expect(changesIn(planned)).toEqual([]);
  });

  test("a load stack is in sync, and its code is what was deployed", async () => {
    const dir = testFolder();
    await writeLoadStack(dir, 10);
    const { must, plan } = await terraformIn(dir);
    await must("init");
    const planned = await plan();
    expect(addressesOf(planned.resource_drift)).toEqual([]);
    expect(changesIn(planned)).toEqual([]);
  });

  test("a resource is imported by its id, and found by the data source", async () => {
    const dir = testFolder();
    const { statePath, objects } = await writeStack(dir, {
      resources: [{ type: "reference_network", name: "main", set: { name: "n", cidr: "10.0.0.0/8" } }],
      extraCode: 'data "reference_network" "found" {\n  name = reference_network.main.name\n}\n',
    });
    writeFileSync(statePath, "");
    const { must, plan } = await terraformIn(dir);
    await must("init");
    await must("import", "reference_network.main", objects.get("reference_network.main")?.id ?? "");
    expect(changesIn(await plan())).toEqual([]);
  });
});

/** What a state records of each resource, without the ids that the cloud made up. */
function attributesIn(state: string): ReadonlyMap<string, unknown> {
  const { resources } = JSON.parse(state.replaceAll(/-[0-9a-f]{17}/g, "-ID")) as {
    readonly resources: readonly {
      readonly type: string;
      readonly name: string;
      readonly instances: readonly JsonObject[];
    }[];
  };
  return new Map(
    resources.map(({ type, name, instances }) => [
      `${type}.${name}`,
      instances.map((instance) => [
        instance["attributes"],
        inAnyOrder(instance["sensitive_attributes"]),
        instance["private"],
      ]),
    ]),
  );
}
/** Terraform lists marks in an order that changes from run to run. */
function inAnyOrder(marks: unknown): readonly string[] {
  return (marks as readonly unknown[]).map((mark) => JSON.stringify(mark)).sort();
}

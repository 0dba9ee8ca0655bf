import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openReader } from "../../packages/tfprovider/src/client/reader.ts";
import { decodeCty } from "../../packages/tfprovider/src/cty/decode.ts";
import { decodeSchema } from "../../packages/tfprovider/src/schema/schema.ts";
import { everyType } from "./everyType.ts";
import { type StackFixture, writeLoadStack, writeStack } from "./fixtures.ts";
import { installReferenceProvider } from "./install.ts";
import { encodeSchema } from "./schema/messages.ts";
import { testFolder } from "./testProvider.ts";
import { PROVIDER_BLOCK } from "./types/provider.ts";
import { compileBlock } from "./values/fromJson.ts";
import { type JsonObject, parseExactJson } from "./values/json.ts";

interface State {
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
    readonly module?: string;
    readonly provider: string;
    readonly instances: readonly {
      readonly index_key?: string | number;
      readonly schema_version: number;
      readonly attributes: object;
      readonly private: string;
      readonly deposed?: string;
      readonly status?: string;
      readonly dependencies?: readonly string[];
    }[];
  }[];
}

const LIMITS = { deadlineMs: 20_000 };

/** How many instances of the state are, byte for byte, what the provider reads; and the addresses of the others. */
async function readAll(
  dir: string,
  provider: JsonObject = {},
): Promise<{ readonly same: number; readonly different: readonly string[] }> {
  const { executable } = await installReferenceProvider(join(dir, "mirror"));
  const reader = await openReader({
    executable,
    environment: {},
    config: () => compileBlock(PROVIDER_BLOCK)({ path: join(dir, "cloud.json"), ...provider }),
  });
  onTestFinished(() => reader.close());
  const state = stateIn(dir);
  const different: string[] = [];
  let same = 0;
  for (const { type, name, instances } of state.resources) {
    for (const instance of instances) {
      const json = Buffer.from(JSON.stringify(instance.attributes));
      const recorded = await reader.upgrade(type, instance.schema_version, { json }, LIMITS);
      const live = await reader.read(type, recorded, Buffer.from(instance.private, "base64"), LIMITS);
      if (Buffer.compare(live.value, recorded) === 0) same += 1;
      else different.push(`${type}.${name}`);
    }
  }
  return { same, different };
}

function stateIn(dir: string): State {
  return parseExactJson(readFileSync(join(dir, "terraform.tfstate"), "utf8")) as unknown as State;
}

test("a written stack of every type is in sync, byte for byte", async () => {
  const dir = testFolder();
  await writeStack(dir, everyType);
  const { same, different } = await readAll(dir, everyType.provider);
  expect(different).toEqual([]);
  expect(same).toBe(everyType.resources.length);
});

test("a just applied stack differs where parents have not yet seen their children", async () => {
  const dir = testFolder();
  await writeStack(dir, { ...everyType, settled: false });
  const { different } = await readAll(dir, everyType.provider);
  expect(different).toEqual([
    "reference_network.main",
    "reference_firewall.web",
    "reference_role.app",
    "reference_bucket.logs",
  ]);
});

test("modules, count, for_each, aliases, tainted and deposed instances stand in the state as Terraform writes them", async () => {
  const dir = testFolder();
  const fixture: StackFixture = {
    aliases: { west: { region: "us-1" } },
    modules: { net: { count: 2 }, "net.inner": { forEach: ["a"] } },
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
        count: 1,
        set: { name: "f${count.index}", network_id: "${reference_network.one.id}" },
      },
      { type: "reference_object", name: "o", module: "net.inner", set: { name: "o" }, tainted: true },
      { type: "reference_object", name: "d", set: { name: "d" }, deposed: ["0a1b2c3d"] },
    ],
  };
  const { objects } = await writeStack(dir, fixture);
  expect([...objects.keys()]).toEqual([
    'reference_topic.many["x"]',
    'reference_topic.many["y"]',
    "module.net[0].reference_network.one",
    "module.net[1].reference_network.one",
    "module.net[0].reference_firewall.fw[0]",
    "module.net[1].reference_firewall.fw[0]",
    'module.net[0].module.inner["a"].reference_object.o',
    'module.net[1].module.inner["a"].reference_object.o',
    "reference_object.d",
    "reference_object.d (deposed 0a1b2c3d)",
  ]);
  const [topics, , , firewall, , tainted, , deposed] = stateIn(dir).resources;
  expect(topics?.provider).toBe('provider["registry.terraform.io/anchorwatch/reference"].west');
  expect(firewall).toMatchObject({ module: "module.net[0]", type: "reference_firewall" });
  expect(firewall?.instances[0]?.dependencies).toEqual(["module.net.reference_network.one"]);
  expect(tainted?.instances[0]?.status).toBe("tainted");
  expect(deposed?.instances.map((instance) => instance.deposed)).toEqual([undefined, "0a1b2c3d"]);
});

test("a load stack is in sync, byte for byte, with some 2 kB a resource", async () => {
  const dir = testFolder();
  await writeLoadStack(dir, 20);
  expect(await readAll(dir)).toEqual({ same: 20, different: [] });
  expect(statSync(join(dir, "terraform.tfstate")).size / 20).toBeGreaterThan(2000);
});

test("a fixture that names what is not there is refused", async () => {
  const resources = [{ type: "reference_topic", name: "t", set: { name: "${reference_topic.none.id}" } }];
  await expect(writeStack(testFolder(), { resources })).rejects.toMatchObject({ code: "fixture_invalid" });
});

test("the provider's block, too, is what its schema says", () => {
  const { type } = decodeSchema(encodeSchema(PROVIDER_BLOCK, 0), 6);
  expect(() => decodeCty(Uint8Array.of(0x80), type)).toThrow("expected an attribute");
});

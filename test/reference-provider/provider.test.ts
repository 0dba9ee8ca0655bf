import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { decodeCty } from "../../packages/tfprovider/src/cty/decode.ts";
import { encodeCty } from "../../packages/tfprovider/src/cty/encode.ts";
import type { CtyObject } from "../../packages/tfprovider/src/cty/value.ts";
import { decodeSchema } from "../../packages/tfprovider/src/schema/schema.ts";
import { define, integer } from "../../packages/tfprovider/src/wire/message.ts";
import * as rpc from "../../packages/tfprovider/src/wire/rpc.ts";
import { editStore, setFaults } from "./fixtures.ts";
import { startProvider, type TestProvider, testFolder } from "./testProvider.ts";
import { resourceType } from "./types/catalogue.ts";
import { PROVIDER_BLOCK } from "./types/provider.ts";
import { compileBlock } from "./values/fromJson.ts";
import type { JsonObject } from "./values/json.ts";

const SERVICE = "/tfplugin6.Provider";
const PRIVATE = Buffer.from("{}");

async function configured(config: JsonObject = {}, folder = testFolder()) {
  const store = join(folder, "cloud.json");
  const provider = await startProvider(folder);
  const type = decodeSchema((await schemasOf(provider)).provider, 6).type;
  const msgpack = encodeCty(compileBlock(PROVIDER_BLOCK)({ path: store, ...config }), type);
  const answer = await provider.call(
    `${SERVICE}/ConfigureProvider`,
    rpc.ConfigureRequest,
    { config: { msgpack } },
    rpc.DiagnosticsResponse,
  );
  expect(answer.diagnostics).toEqual([]);
  return { provider, store };
}

function schemasOf(provider: TestProvider) {
  return provider.call(`${SERVICE}/GetProviderSchema`, rpc.Empty, {}, rpc.GetSchemaResponse);
}

async function change(
  provider: TestProvider,
  typeName: string,
  set: JsonObject,
  prior: CtyObject | null = null,
) {
  const { type, convert } = resourceType(typeName);
  const wire = (value: CtyObject | null) => ({ msgpack: encodeCty(value, type) });
  const common = { typeName, priorState: wire(prior), config: wire(convert(set)) };
  const planned = await provider.call(
    `${SERVICE}/PlanResourceChange`,
    rpc.PlanRequest,
    { ...common, proposedNewState: wire(convert(set)), priorPrivate: PRIVATE },
    rpc.PlanResponse,
  );
  const applied = await provider.call(
    `${SERVICE}/ApplyResourceChange`,
    rpc.ApplyRequest,
    { ...common, plannedState: planned.plannedState, plannedPrivate: PRIVATE },
    rpc.ApplyResponse,
  );
  return { planned, applied, value: decoded(typeName, applied.newState?.msgpack) };
}

function read(provider: TestProvider, typeName: string, msgpack: Uint8Array) {
  return provider.call(
    `${SERVICE}/ReadResource`,
    rpc.ReadResourceRequest,
    { typeName, currentState: { msgpack }, private: PRIVATE },
    rpc.ReadResourceResponse,
  );
}

function decoded(typeName: string, bytes: Uint8Array | undefined): CtyObject {
  return decodeCty(bytes ?? Uint8Array.of(0xc0), resourceType(typeName).type) as CtyObject;
}

function stateOf(typeName: string, attributes: JsonObject): Uint8Array {
  const { type, convert } = resourceType(typeName);
  return encodeCty(convert(attributes), type);
}

const TOPIC = { name: "alarms", display_name: "Alarms" };
const TOPIC_ID = "arn:reference:messages:eu-1:000000000000:topic/alarms";

test("every type that the provider has comes with a schema that can be decoded", async () => {
  const { resourceSchemas, serverCapabilities } = await schemasOf(await startProvider(testFolder()));
  const schemas = new Map(resourceSchemas.map(({ key, value }) => [key, decodeSchema(value, 6)]));
  expect(schemas.get("reference_database")?.version).toBe(1);
  expect(schemas.get("reference_database")?.block.attributes.get("password_wo")).toMatchObject({
    writeOnly: true,
  });
  expect(schemas.get("reference_database")?.block.attributes.get("windows")?.nested?.nesting).toBe("set");
  expect(schemas.get("reference_bucket")?.block.blocks.get("public_access")?.nesting).toBe("group");
  expect(serverCapabilities).toMatchObject({ planDestroy: true, getProviderSchemaOptional: true });
});

test("a resource is planned, applied, read, deleted, and then not there", async () => {
  const { provider } = await configured();
  const { applied, value } = await change(provider, "reference_topic", TOPIC);
  expect(value).toMatchObject({ id: TOPIC_ID, retention_days: 4, display_name: "Alarms" });
  const state = applied.newState?.msgpack as Uint8Array;
  const found = await read(provider, "reference_topic", state);
  expect(Buffer.from(found.newState?.msgpack ?? []).equals(state)).toBe(true);
  expect(Buffer.from(found.private).toString()).toBe("{}");
  await provider.call(
    `${SERVICE}/ApplyResourceChange`,
    rpc.ApplyRequest,
    {
      typeName: "reference_topic",
      priorState: { msgpack: state },
      plannedState: { msgpack: Uint8Array.of(0xc0) },
    },
    rpc.ApplyResponse,
  );
  expect(
    decoded("reference_topic", (await read(provider, "reference_topic", state)).newState?.msgpack),
  ).toBeNull();
});

test("an edit of the store is seen by the very next read", async () => {
  const { provider, store } = await configured();
  const { applied } = await change(provider, "reference_topic", TOPIC);
  const state = applied.newState?.msgpack as Uint8Array;
  editStore(store, ({ resources }) => {
    const topics = resources["reference_topic"] as { [id: string]: JsonObject };
    topics[TOPIC_ID] = { ...topics[TOPIC_ID], display_name: "Silence" };
  });
  const found = await read(provider, "reference_topic", state);
  expect(decoded("reference_topic", found.newState?.msgpack)["display_name"]).toBe("Silence");
});

test("a policy that nobody declares shows in its role alone, and no plan takes offence", async () => {
  const { provider, store } = await configured();
  const role = { name: "app", trust_policy: '{"a":1}' };
  const { value } = await change(provider, "reference_role", role);
  await change(provider, "reference_role_policy", { role: "app", name: "declared", policy: "{}" });
  editStore(store, ({ resources }) => {
    const backdoor = { id: "app:backdoor", role: "app", name: "backdoor", policy: '{"Action":"*"}' };
    (resources["reference_role_policy"] as { [id: string]: JsonObject })["app:backdoor"] = backdoor;
  });
  const state = stateOf("reference_role", { id: "app" });
  const live = decoded("reference_role", (await read(provider, "reference_role", state)).newState?.msgpack);
  expect(value["inline_policy"]).toEqual([]);
  expect(live["inline_policy"]).toMatchObject([{ name: "backdoor" }, { name: "declared" }]);
  const { planned } = await change(provider, "reference_role", { ...role, trust_policy: '{ "a": 1 }' }, live);
  expect(decoded("reference_role", planned.plannedState?.msgpack)).toEqual(live);
});

test("a state of an older version is upgraded, and what the schema does not know is dropped", async () => {
  const provider = await startProvider(testFolder());
  const recorded = {
    id: "db-1",
    user: "admin",
    size: 1,
    obsolete: true,
    settings: { gone: 1, collation: "x" },
  };
  const upgraded = await provider.call(
    `${SERVICE}/UpgradeResourceState`,
    rpc.UpgradeStateRequest,
    { typeName: "reference_database", version: 0, rawState: { json: Buffer.from(JSON.stringify(recorded)) } },
    rpc.UpgradeStateResponse,
  );
  const value = decoded("reference_database", upgraded.upgradedState?.msgpack);
  expect(value).toMatchObject({ username: "admin", settings: { collation: "x" }, replica: [] });
});

test("a change that needs another object says which attribute needs it", async () => {
  const { provider } = await configured();
  const { value } = await change(provider, "reference_network", { name: "a", cidr: "10.0.0.0/8" });
  const { planned } = await change(provider, "reference_network", { name: "b", cidr: "10.0.0.0/8" }, value);
  expect(planned.requiresReplace.map(({ steps }) => steps?.[0]?.attributeName)).toEqual(["name"]);
});

test("a change without the private data that belongs to the resource is refused", async () => {
  const { provider } = await configured();
  const { value } = await change(provider, "reference_database", { identifier: "a", engine: "x", size: 1 });
  const prior = { msgpack: encodeCty(value, resourceType("reference_database").type) };
  const { diagnostics } = await provider.call(
    `${SERVICE}/ApplyResourceChange`,
    rpc.ApplyRequest,
    { typeName: "reference_database", priorState: prior, plannedState: prior, config: prior },
    rpc.ApplyResponse,
  );
  expect(diagnostics[0]?.summary).toContain("private data");
});

test.each([
  [
    "error",
    "AccessDenied: User: arn:reference:iam::000000000000:user/test is not authorized to perform: reference:ReadResource on resource: x",
  ],
  ["throttle", "StatusCode: 429, api error ThrottlingException: Rate exceeded"],
] as const)("the fault %s comes as diagnostics, as often as it is asked for", async (kind, words) => {
  const { provider, store } = await configured();
  await change(provider, "reference_topic", TOPIC);
  setFaults(store, [{ kind, call: "ReadResource", times: 2 }]);
  const state = stateOf("reference_topic", { id: "x" });
  for (const _ of [1, 2]) {
    expect((await read(provider, "reference_topic", state)).diagnostics[0]?.detail).toContain(words);
  }
  expect((await read(provider, "reference_topic", state)).diagnostics).toEqual([]);
});

test("a hanging call ends when the provider is told to stop, and the provider goes on", async () => {
  const { provider, store } = await configured();
  await change(provider, "reference_topic", TOPIC);
  setFaults(store, [{ kind: "hang", type: "reference_topic", times: 1 }]);
  const state = stateOf("reference_topic", { id: TOPIC_ID });
  const hanging = read(provider, "reference_topic", state);
  const ended = await untilStopped(provider, hanging);
  expect(ended.diagnostics[0]?.detail).toBe("context canceled");
  expect((await read(provider, "reference_topic", state)).diagnostics).toEqual([]);
});

/** The stop may overtake the call that it should cancel: it is repeated until that one ended. */
async function untilStopped<T>(provider: TestProvider, hanging: Promise<T>): Promise<T> {
  for (;;) {
    const ended = await Promise.race([hanging, stopped(provider)]);
    if (typeof ended !== "string") return ended;
  }
}

async function stopped(provider: TestProvider): Promise<string> {
  return (await provider.call(`${SERVICE}/StopProvider`, rpc.Empty, {}, rpc.StopResponse)).error;
}

test("a crash ends the process as a panic would, and when asked for once not the next one", async () => {
  const folder = testFolder();
  const { provider, store } = await configured({}, folder);
  await change(provider, "reference_topic", TOPIC);
  setFaults(store, [{ kind: "crash", id: TOPIC_ID, times: 1 }]);
  const state = stateOf("reference_topic", { id: TOPIC_ID });
  await expect(read(provider, "reference_topic", state)).rejects.toMatchObject({ code: status.UNAVAILABLE });
  expect(await provider.exited).toBe(2);
  expect(provider.stderr()).toContain("panic: runtime error");
  const { provider: next } = await configured({}, folder);
  expect((await read(next, "reference_topic", state)).diagnostics).toEqual([]);
});

test("unknown and rubbish answers are what they say", async () => {
  const { provider, store } = await configured();
  await change(provider, "reference_topic", TOPIC);
  const state = stateOf("reference_topic", { id: TOPIC_ID });
  await expect(provider.call(`${SERVICE}/GetMetadata`, rpc.Empty, {}, rpc.Empty)).rejects.toMatchObject({
    code: status.UNIMPLEMENTED,
  });
  setFaults(store, [
    { kind: "unimplemented", times: 1 },
    { kind: "garbage_value", times: 1 },
    { kind: "garbage" },
  ]);
  await expect(read(provider, "reference_topic", state)).rejects.toMatchObject({
    code: status.UNIMPLEMENTED,
  });
  expect((await read(provider, "reference_topic", state)).newState?.msgpack).toEqual(Buffer.of(0xc1));
  await expect(read(provider, "reference_topic", state)).rejects.toThrow();
});

test("a token that the cloud does not know and a role that may only read are refused", async () => {
  const { provider, store } = await configured({ token: "t1", assume_role: [{ role_arn: "reader" }] });
  await change(provider, "reference_topic", TOPIC);
  editStore(store, (content) => {
    content.access = { tokens: ["t1"], readers: ["reader"] };
  });
  expect(
    (await change(provider, "reference_topic", { name: "b" })).applied.diagnostics[0]?.summary,
  ).toContain("AccessDenied");
  const state = stateOf("reference_topic", { id: TOPIC_ID });
  expect((await read(provider, "reference_topic", state)).diagnostics).toEqual([]);
  editStore(store, (content) => {
    content.access = { tokens: ["other"] };
  });
  expect((await read(provider, "reference_topic", state)).diagnostics[0]?.summary).toContain(
    "InvalidClientTokenId",
  );
});

test("it is healthy, and ends with status 0 when asked to", async () => {
  const provider = await startProvider(testFolder());
  const Health = define({ status: integer(1) });
  expect(await provider.call("/grpc.health.v1.Health/Check", rpc.Empty, {}, Health)).toEqual({ status: 1 });
  await provider.call("/plugin.GRPCController/Shutdown", rpc.Empty, {}, rpc.Empty);
  expect(await provider.exited).toBe(0);
});

test("an endpoint where nobody listens fails the read and not the configuration", async () => {
  const { provider } = await configured({ endpoint: "http://127.0.0.1:1" });
  const { diagnostics } = await read(
    provider,
    "reference_topic",
    stateOf("reference_topic", { id: TOPIC_ID }),
  );
  expect(diagnostics[0]?.summary).toContain("dial tcp 127.0.0.1:1");
});

test("a slow answer comes all the same, and a stale one is what was sent", async () => {
  const { provider, store } = await configured();
  await change(provider, "reference_topic", TOPIC);
  setFaults(store, [
    { kind: "slow", delayMs: 5, times: 1 },
    { kind: "stale", times: 1 },
  ]);
  const state = stateOf("reference_topic", { id: TOPIC_ID, name: "before" });
  const names = [];
  for (const _ of [1, 2, 3]) {
    const { newState } = await read(provider, "reference_topic", state);
    names.push(decoded("reference_topic", newState?.msgpack)["name"]);
  }
  expect(names).toEqual(["alarms", "before", "alarms"]);
});

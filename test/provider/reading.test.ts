import { expect, expectTypeOf, test } from "vitest";
import { listWith } from "../../packages/anchorwatch/src/terraform/read/listing.ts";
import { applyChange, NULL_VALUE } from "../../packages/tfprovider/src/client/calls.ts";
import { ProviderConnection } from "../../packages/tfprovider/src/client/connection.ts";
import { type ProviderReader, READING } from "../../packages/tfprovider/src/client/reader.ts";
import type { ProviderWriter } from "../../packages/tfprovider/src/client/writer.ts";
import { decodeCty } from "../../packages/tfprovider/src/cty/decode.ts";
import { encodeCty } from "../../packages/tfprovider/src/cty/encode.ts";
import { parseType } from "../../packages/tfprovider/src/cty/type.ts";
import type { CtyObject } from "../../packages/tfprovider/src/cty/value.ts";
import { editStore } from "../reference-provider/fixtures.ts";
import { protocol5 } from "./protocol5Stack.ts";
import { everyType, LIMITS, testStack, topicOf } from "./testStack.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

test("whatever was not touched reads as the very bytes that its record upgrades to", async () => {
  const stack = await testStack(everyType);
  const reader = await stack.reader();
  const objects = stack.objects();
  expect(objects.length).toBe(everyType.resources.length);
  for (const { type, version, recorded, private: kept } of objects) {
    const value = await reader.upgrade(type, version, recorded, LIMITS);
    const live = await reader.read(type, value, kept, LIMITS);
    expect(hex(live.value), type).toBe(hex(value));
    expect(hex(live.private), type).toBe(hex(kept));
  }
});

test("decoding a provider's bytes and encoding them again gives the same bytes", async () => {
  const stack = await testStack(everyType);
  const reader = await stack.reader();
  for (const { type, version, recorded } of stack.objects()) {
    const value = await reader.upgrade(type, version, recorded, LIMITS);
    const schema = reader.schemas.resource(type);
    expect(hex(encodeCty(decodeCty(value, schema.type), schema.type)), type).toBe(hex(value));
  }
});

test("what is gone reads as null, and what was changed as what it is now", async () => {
  const stack = await testStack();
  const reader = await stack.reader();
  const topic = await topicOf(stack, reader);
  stack.stack.edit(({ resources }) => {
    for (const attributes of Object.values(resources["reference_topic"] ?? {})) {
      Object.assign(attributes, { display_name: "Silence" });
    }
  });
  const { type } = reader.schemas.resource(topic.type);
  expect(decodeCty((await topic.read()).value, type)).toMatchObject({ display_name: "Silence" });
  stack.stack.edit(({ resources }) => {
    resources["reference_topic"] = {};
  });
  expect(hex((await topic.read()).value)).toBe(hex(NULL_VALUE));
});

test("a plan towards what exists changes nothing, and names what would destroy the object otherwise", async () => {
  const stack = await testStack();
  const reader = await stack.reader();
  const topic = await topicOf(stack, reader);
  const { type } = reader.schemas.resource(topic.type);
  const live = decodeCty(topic.value, type) as CtyObject;
  const config = { name: "alarms", display_name: "Alarms" };
  const input = { type: topic.type, prior: topic.value, private: topic.private };
  const same = { ...input, proposed: topic.value, config: encodeCty(config, type) };
  expect(hex((await reader.plan(same, LIMITS)).value)).toBe(hex(topic.value));
  const renamed = {
    ...input,
    proposed: encodeCty({ ...live, name: "other" }, type),
    config: encodeCty({ ...config, name: "other" }, type),
  };
  const plan = await reader.plan(renamed, LIMITS);
  expect(plan.requiresReplace).toEqual([["name"]]);
  expect(decodeCty(plan.value, type)).toMatchObject({ name: "other" });
});

test("an import finds an object that no state knows", async () => {
  const stack = await testStack();
  const reader = await stack.reader();
  const id = stack.stack.objects.values().next().value?.id ?? "";
  const [found, ...others] = await reader.import("reference_topic", id, LIMITS);
  expect(others).toEqual([]);
  expect(found?.type).toBe("reference_topic");
  const topic = await topicOf(stack, reader);
  const live = await reader.read(
    "reference_topic",
    found?.value ?? NULL_VALUE,
    found?.private ?? NULL_VALUE,
    LIMITS,
  );
  expect(hex(live.value)).toBe(hex(topic.value));
});

test("a listing tells what exists, whether a state has it or not, as it is read", async () => {
  const stack = await testStack();
  editStore(stack.stack.storePath, ({ resources }) => {
    const topics = resources["reference_topic"] ?? {};
    const [known] = Object.values(topics);
    for (const name of ["by-hand-1", "by-hand-2"]) topics[name] = { ...known, name, arn: name };
  });
  const reader = await stack.reader();
  expect([...reader.schemas.listTypes()]).toContain("reference_topic");
  const { resources, isCut, diagnostics } = await reader.list("reference_topic", {}, LIMITS);
  expect(resources.map(({ displayName }) => displayName).sort()).toEqual([
    "alarms",
    "by-hand-1",
    "by-hand-2",
  ]);
  expect([isCut, diagnostics]).toEqual([false, []]);
  const topic = await topicOf(stack, reader);
  const known = resources.find(({ displayName }) => displayName === "alarms");
  expect(hex(known?.value ?? NULL_VALUE)).toBe(hex(topic.value));
  const identities = await reader.identities(["reference_topic", "reference_database"], LIMITS);
  expect([...identities.keys()]).toEqual(["reference_topic"]);
  const type = identities.get("reference_topic") ?? parseType("dynamic");
  expect(decodeCty(known?.identity ?? NULL_VALUE, type)).toEqual({
    id: stack.stack.objects.values().next().value?.id,
  });
  stack.setFaults({ kind: "unimplemented", call: "GetResourceIdentitySchemas" });
  expect(await reader.identities(["reference_topic"], LIMITS)).toEqual(new Map());
  stack.setFaults({ kind: "error", call: "GetResourceIdentitySchemas" });
  await expect(reader.identities(["reference_topic"], LIMITS)).rejects.toMatchObject({
    code: "provider_diagnostics",
  });
});

test("a provider of protocol 5 lists as one of protocol 6 does", async () => {
  const problems: string[] = [];
  await protocol5().using(async (reader) => {
    const list = (most: number) =>
      listWith(reader, {
        ask: (_, call) => call(),
        onPartial: (type, why) => problems.push(`${type}: ${why}`),
        ...{ deadlineMs: LIMITS.deadlineMs, most, signal: AbortSignal.timeout(LIMITS.deadlineMs) },
      });
    expect(await list(10)).toEqual({
      ...{ types: ["five_thing"], notAsked: [] },
      objects: ["known", "by-hand"].map((id) => ({
        ...{ type: "five_thing", name: id, identity: { id }, id, tags: {} },
      })),
    });
    expect(problems).toEqual([]);
    expect((await list(1)).objects).toHaveLength(1);
    expect(problems).toEqual([expect.stringMatching(/^five_thing: There are more than 1/)]);
  });
});

test("a listing takes the type's own configuration, and says when there may be more than was wanted", async () => {
  const stack = await testStack();
  editStore(stack.stack.storePath, ({ resources }) => {
    const topics = resources["reference_topic"] ?? {};
    for (let at = 0; at < 300; at += 1) topics[`t-${at}`] = { name: `t-${at}` };
  });
  const reader = await stack.reader();
  const some = await reader.list("reference_topic", { config: { prefix: "alarm" } }, LIMITS);
  expect(some.resources).toHaveLength(1);
  const first = await reader.list("reference_topic", { most: 100 }, LIMITS);
  expect([first.resources.length, first.isCut]).toEqual([100, true]);
  expect((await reader.list("reference_topic", {}, LIMITS)).resources).toHaveLength(301);
  await expect(reader.list("reference_topic", { config: { colour: "red" } }, LIMITS)).rejects.toMatchObject({
    code: "cty_encode_failed",
  });
});

test("what a provider cannot list, or may not, is said, and never taken for nothing", async () => {
  const stack = await testStack();
  const reader = await stack.reader();
  await expect(reader.list("reference_database", {}, LIMITS)).rejects.toMatchObject({ code: "type_unknown" });
  stack.setFaults({ kind: "error", call: "ListResource" });
  const refused = await reader.list("reference_topic", {}, LIMITS);
  expect(refused).toMatchObject({
    resources: [],
    diagnostics: [{ severity: "error", detail: expect.stringContaining("AccessDenied") }],
  });
  stack.setFaults({ kind: "garbage", call: "ListResource" });
  await expect(reader.list("reference_topic", {}, LIMITS)).rejects.toMatchObject({
    code: "provider_rpc_failed",
  });
  stack.setFaults({ kind: "unimplemented", call: "ListResource" });
  await expect(reader.list("reference_topic", {}, LIMITS)).rejects.toMatchObject({
    code: "provider_rpc_unknown",
  });
});

test("a resource type that the provider does not have is named", async () => {
  const reader = await (await testStack()).reader();
  expect(reader.schemas.hasResource("reference_topic")).toBe(true);
  expect(reader.schemas.hasResource("reference_nothing")).toBe(false);
  expect(() => reader.schemas.resource("reference_nothing")).toThrow(
    expect.objectContaining({ code: "type_unknown", message: expect.stringContaining("reference_nothing") }),
  );
});

test("a reader has no way to write, by its type and by what it is made of", async () => {
  expectTypeOf<ProviderReader>().not.toHaveProperty("apply");
  expectTypeOf<ProviderWriter>().toHaveProperty("apply");
  expectTypeOf<ProviderWriter>().not.toExtend<ProviderReader>();
  const reader = await (await testStack()).reader();
  expect(Object.keys(reader).sort()).toEqual([
    "close",
    "identities",
    "import",
    "list",
    "maskOutput",
    "pid",
    "plan",
    "purpose",
    "read",
    "schemas",
    "upgrade",
  ]);
});

test("the connection of a reader refuses to apply, and the cloud stays as it was", async () => {
  const stack = await testStack();
  const reader = await stack.reader();
  const topic = await topicOf(stack, reader);
  const connection = await ProviderConnection.open({ ...stack.options, allowed: READING });
  try {
    const input = {
      type: topic.type,
      prior: topic.value,
      proposed: NULL_VALUE,
      config: NULL_VALUE,
      private: topic.private,
    };
    const plan = { value: NULL_VALUE, private: topic.private, warnings: [], requiresReplace: [] };
    await expect(applyChange(connection, input, plan, LIMITS)).rejects.toMatchObject({
      code: "provider_call_refused",
    });
  } finally {
    await connection.close();
  }
  expect(hex((await topic.read()).value)).toBe(hex(topic.value));
});

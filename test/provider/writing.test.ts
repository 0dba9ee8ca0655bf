import { expect, test } from "vitest";
import { type EncodedPlan, NULL_VALUE } from "../../packages/tfprovider/src/client/calls.ts";
import type { ProviderWriter } from "../../packages/tfprovider/src/client/writer.ts";
import { decodeCty } from "../../packages/tfprovider/src/cty/decode.ts";
import { encodeCty } from "../../packages/tfprovider/src/cty/encode.ts";
import type { CtyObject } from "../../packages/tfprovider/src/cty/value.ts";
import { resourceType } from "../reference-provider/types/catalogue.ts";
import type { JsonObject } from "../reference-provider/values/json.ts";
import { LIMITS, testStack } from "./testStack.ts";

const TYPE = "reference_database";
const DATABASE = { identifier: "orders", engine: "postgres", size: 1, password: "planted" };
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const topLevel = (bytes: Uint8Array) => decodeCty(bytes, resourceType(TYPE).type) as CtyObject;

interface Existing {
  readonly value: Uint8Array;
  readonly private: Uint8Array;
}

const NOTHING: Existing = { value: NULL_VALUE, private: new Uint8Array() };

/** Plans and applies. @param set null deletes */
async function change(writer: ProviderWriter, prior: Existing, set: JsonObject | null) {
  const { type, convert } = resourceType(TYPE);
  const config = set === null ? NULL_VALUE : encodeCty(convert(set), type);
  const input = { type: TYPE, prior: prior.value, proposed: config, config, private: prior.private };
  const plan = await writer.plan(input, LIMITS);
  return { plan, applied: await writer.apply(input, plan, LIMITS) };
}

test("a resource is created, changed and deleted, and reads each time as what was applied", async () => {
  const stack = await testStack();
  const [writer, reader] = await Promise.all([stack.writer(), stack.reader()]);
  const created = await change(writer, NOTHING, DATABASE);
  expect(topLevel(created.applied.value)).toMatchObject({ engine: "postgres", revision: 1 });
  expect(Buffer.from(created.applied.private).toString()).toContain("schema_version");
  const first = await reader.read(TYPE, created.applied.value, created.applied.private, LIMITS);
  expect(hex(first.value)).toBe(hex(created.applied.value));

  const changed = await change(writer, first, { ...DATABASE, size: "12345678901234567890.1" });
  expect(changed.plan.requiresReplace).toEqual([]);
  expect(topLevel(changed.applied.value)).toMatchObject({
    size: { text: "12345678901234567890.1" },
    revision: 2,
  });
  const second = await reader.read(TYPE, first.value, first.private, LIMITS);
  expect(hex(second.value)).toBe(hex(changed.applied.value));

  const deleted = await change(writer, second, null);
  expect(hex(deleted.plan.value)).toBe(hex(NULL_VALUE));
  expect(hex(deleted.applied.value)).toBe(hex(NULL_VALUE));
  expect(hex((await reader.read(TYPE, second.value, second.private, LIMITS)).value)).toBe(hex(NULL_VALUE));
});

test("private data travels from creation over reading and planning to the next change", async () => {
  const writer = await (await testStack()).writer();
  const { applied } = await change(writer, NOTHING, DATABASE);
  const read = await writer.read(TYPE, applied.value, applied.private, LIMITS);
  expect(hex(read.private)).toBe(hex(applied.private));
  const next = await change(writer, read, { ...DATABASE, size: 2 });
  expect(hex(next.plan.private)).toBe(hex(applied.private));
  // This type refuses a change that comes without its private data.
  const without = change(writer, { ...read, private: new Uint8Array() }, { ...DATABASE, size: 3 });
  await expect(without).rejects.toMatchObject({
    code: "provider_diagnostics",
    message: expect.stringContaining("private data"),
  });
});

test("the planned bytes go to the provider as they came from it, unknown values included", async () => {
  const writer = await (await testStack()).writer();
  const { plan, applied } = await change(writer, NOTHING, DATABASE);
  expect(hex(plan.value)).toContain("d40000");
  expect(topLevel(applied.value)["id"]).toEqual(expect.any(String));
  // Bytes that are no value at all get there as well: nothing in between takes them apart.
  const spoilt: EncodedPlan = { ...plan, value: Buffer.of(0xc1) };
  const input = {
    type: TYPE,
    prior: NULL_VALUE,
    proposed: NULL_VALUE,
    config: NULL_VALUE,
    private: plan.private,
  };
  await expect(writer.apply(input, spoilt, LIMITS)).rejects.toMatchObject({
    code: "provider_diagnostics",
    message: expect.stringContaining("0xc1"),
  });
});

test("a role that may only read is told so when it writes", async () => {
  const stack = await testStack();
  const config = {
    ...(await stack.options.config(undefined as never)),
    assume_role: [{ role_arn: "reader" }],
  };
  stack.stack.edit((content) => {
    content.access = { readers: ["reader"] };
  });
  const writer = await stack.writer({ config: () => config });
  await expect(change(writer, NOTHING, DATABASE)).rejects.toMatchObject({
    code: "provider_diagnostics",
    diagnostics: [expect.objectContaining({ severity: "error" })],
    message: expect.stringContaining("AccessDenied"),
  });
});

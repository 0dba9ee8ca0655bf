import { expect, test } from "vitest";
import { decodeCty } from "../../packages/tfprovider/src/cty/decode.ts";
import { ProviderError } from "../../packages/tfprovider/src/errors.ts";
import type { Fault } from "../reference-provider/fixtures.ts";
import { providersOf } from "./leftovers.ts";
import { testStack, topicOf } from "./testStack.ts";

async function opened() {
  const stack = await testStack();
  const reader = await stack.reader();
  return { stack, reader, topic: await topicOf(stack, reader) };
}

test.each<[Fault["kind"], string, string]>([
  ["garbage", "provider_rpc_failed", "readResource: the provider's answer is no valid message"],
  ["unimplemented", "provider_rpc_unknown", "the provider does not know the call readResource"],
  ["error", "provider_diagnostics", "AccessDenied: User: arn:reference:iam::000000000000:user/test"],
  ["throttle", "provider_diagnostics", "ThrottlingException: Rate exceeded"],
])("an answer of the kind %s becomes a typed error, and the provider goes on", async (kind, code, words) => {
  const { stack, topic } = await opened();
  const before = providersOf(stack.folder);
  stack.setFaults({ kind, times: 1 });
  const error = await topic.read().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ProviderError);
  expect(error).toMatchObject({ code, message: expect.stringContaining(words) });
  await topic.read();
  expect(providersOf(stack.folder)).toEqual(before);
});

test("diagnostics come whole: severity, summary, detail and the attribute that they speak of", async () => {
  const { stack, topic } = await opened();
  stack.setFaults({ kind: "error", message: "no way", times: 1 });
  await expect(topic.read()).rejects.toMatchObject({
    code: "provider_diagnostics",
    diagnostics: [
      {
        severity: "error",
        summary: expect.stringContaining("reading reference_topic"),
        detail: expect.stringContaining("no way"),
        attribute: [],
      },
    ],
  });
  await expect(stack.writer({ config: () => ({}) })).rejects.toMatchObject({
    code: "provider_diagnostics",
    diagnostics: [expect.objectContaining({ summary: "Missing path", attribute: ["path"] })],
  });
});

test("a value that is no MessagePack passes as bytes, and is refused where it is decoded", async () => {
  const { stack, reader, topic } = await opened();
  stack.setFaults({ kind: "garbage_value", times: 1 });
  const { value } = await topic.read();
  expect(() => decodeCty(value, reader.schemas.resource(topic.type).type)).toThrow(
    expect.objectContaining({ code: "cty_decode_failed" }),
  );
});

test("a configuration that does not fit the schema is refused by the name of the attribute", async () => {
  const stack = await testStack();
  await expect(stack.reader({ config: () => ({ path: "x", colour: "red" }) })).rejects.toMatchObject({
    code: "cty_encode_failed",
    message: expect.stringContaining("colour"),
  });
});

test.each([
  ["handshake_garbage", "provider_handshake_failed", "no plugin handshake"],
  ["handshake_hang", "provider_handshake_failed", "did not say within 1 s"],
  ["handshake_wrong_protocol", "provider_protocol_unsupported", "plugin protocol 4"],
  ["exit_at_start", "provider_spawn_failed", "exit status 3"],
] as const)(
  "a provider with the fault %s is refused with its path and what it printed",
  async (fault, code, words) => {
    const stack = await testStack(undefined, [fault]);
    const error = await stack
      .reader({ handshakeDeadlineMs: fault === "handshake_hang" ? 1000 : 20_000 })
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ code, message: expect.stringContaining(words) });
    expect(error).toMatchObject({ message: expect.stringContaining(stack.options.executable) });
    if (fault === "exit_at_start")
      expect(error).toMatchObject({ hint: expect.stringContaining("licence has expired") });
  },
);

test.each(["stdout_flood", "stderr_flood"] as const)(
  "a provider with a %s works as any other",
  async (fault) => {
    const stack = await testStack(undefined, [fault]);
    const topic = await topicOf(stack, await stack.reader());
    const answers = await Promise.all(Array.from({ length: 20 }, () => topic.read()));
    expect(answers).toHaveLength(20);
  },
);

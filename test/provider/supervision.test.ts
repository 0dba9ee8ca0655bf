import { expect, test } from "vitest";
import { NULL_VALUE } from "../../packages/tfprovider/src/client/calls.ts";
import type { CallLimits } from "../../packages/tfprovider/src/client/connection.ts";
import type { ProviderReader } from "../../packages/tfprovider/src/client/reader.ts";
import { ProviderError } from "../../packages/tfprovider/src/errors.ts";
import { expectNothingLeft, processesOf, providersOf } from "./leftovers.ts";
import { LIMITS, type TestStack, testStack, topicOf } from "./testStack.ts";

type Topic = Awaited<ReturnType<typeof topicOf>>;

/** Every call that a reader makes for one resource. */
const CALLS: Readonly<
  Record<string, (reader: ProviderReader, topic: Topic, limits: CallLimits) => Promise<unknown>>
> = {
  UpgradeResourceState: (reader, topic, limits) =>
    reader.upgrade(topic.type, 0, { json: Buffer.from("{}") }, limits),
  ReadResource: (_, topic, limits) => topic.read(limits),
  PlanResourceChange: (reader, { type, value }, limits) =>
    reader.plan(
      { type, prior: value, proposed: NULL_VALUE, config: NULL_VALUE, private: Buffer.of() },
      limits,
    ),
  ImportResourceState: (reader, topic, limits) => reader.import(topic.type, "x", limits),
  ListResource: (reader, topic, limits) => reader.list(topic.type, {}, limits),
  GetResourceIdentitySchemas: (reader, topic, limits) => reader.identities([topic.type], limits),
};

async function opened(more: Parameters<TestStack["reader"]>[0] = {}) {
  const stack = await testStack();
  const reader = await stack.reader(more);
  return { stack, reader, topic: await topicOf(stack, reader) };
}

const codeOf = (error: unknown) => (error instanceof ProviderError ? error.code : String(error));
const codesOf = async (calls: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(calls)).map((call) =>
    call.status === "rejected" ? codeOf(call.reason) : "answered",
  );

test.each(Object.keys(CALLS))(
  "%s is given up at its deadline, and the next one is answered",
  async (call) => {
    const { stack, reader, topic } = await opened();
    stack.setFaults({ kind: "hang", call, times: 1 });
    const hung = CALLS[call]?.(reader, topic, { deadlineMs: 100 });
    await expect(hung).rejects.toMatchObject({
      code: "provider_deadline",
      message: expect.stringContaining("100 ms"),
    });
    await CALLS[call]?.(reader, topic, LIMITS);
  },
);

test("a deadline without end is no deadline that has passed", async () => {
  const { topic } = await opened();
  await topic.read({ deadlineMs: Number.POSITIVE_INFINITY });
});

test("a provider that hangs while it is configured is given up, and nothing of it stays", async () => {
  const stack = await testStack();
  stack.setFaults({ kind: "hang", call: "ConfigureProvider" });
  await expect(stack.reader({ startDeadlineMs: 300 })).rejects.toMatchObject({ code: "provider_deadline" });
  await expectNothingLeft(stack.folder);
});

test("a call that was cancelled before it began never reaches the provider", async () => {
  const { stack, topic } = await opened();
  stack.setFaults({ kind: "slow", delayMs: 1, times: 100 });
  await expect(topic.read({ signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: "provider_cancelled",
  });
  await topic.read();
  expect(stack.faultsMet()).toBe(1);
});

test("a call in flight is cancelled, and the provider stays usable", async () => {
  const { stack, topic } = await opened();
  stack.setFaults({ kind: "hang", times: 1 });
  const [before] = providersOf(stack.folder);
  const controller = new AbortController();
  const hung = topic.read({ signal: controller.signal });
  await stack.untilFaultsMet(1);
  controller.abort();
  await expect(hung).rejects.toMatchObject({ code: "provider_cancelled" });
  await topic.read();
  expect(providersOf(stack.folder)).toEqual([before]);
});

test("a call is cancelled while it waits for its turn, also when that had happened before", async () => {
  const { stack, topic } = await opened({ maxInFlight: 1 });
  stack.setFaults({ kind: "hang", times: 1 });
  const first = new AbortController();
  const hung = topic.read({ signal: first.signal });
  await stack.untilFaultsMet(1);
  const second = new AbortController();
  const waiting = topic.read({ signal: second.signal });
  second.abort();
  await expect(waiting).rejects.toMatchObject({ code: "provider_cancelled" });
  await expect(topic.read({ signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: "provider_cancelled",
  });
  first.abort();
  await expect(hung).rejects.toMatchObject({ code: "provider_cancelled" });
  await topic.read();
});

test("the start is cancelled while the program does not say where it listens", async () => {
  const stack = await testStack(undefined, ["handshake_hang"]);
  const controller = new AbortController();
  const starting = stack.reader({ signal: controller.signal });
  await expect.poll(() => providersOf(stack.folder).length).toBe(1);
  controller.abort();
  await expect(starting).rejects.toMatchObject({ code: "provider_cancelled" });
});

test("no more calls than allowed are in flight, and those that wait come one for one", async () => {
  const { stack, topic } = await opened({ maxInFlight: 3 });
  stack.setFaults({ kind: "hang", times: 100 });
  const controllers = Array.from({ length: 8 }, () => new AbortController());
  const calls = controllers.map(({ signal }) => topic.read({ signal }));
  const codes = codesOf(calls);
  for (const [done, controller] of controllers.entries()) {
    await stack.untilFaultsMet(Math.min(8, done + 3));
    // Time for a fourth one to arrive, if it could.
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(stack.faultsMet()).toBe(Math.min(8, done + 3));
    controller.abort();
  }
  expect(await codes).toEqual(controllers.map(() => "provider_cancelled"));
});

test("when the provider crashes, all calls in flight fail and say so, and the next use starts it anew", async () => {
  const { stack, topic } = await opened();
  const [before] = providersOf(stack.folder);
  stack.setFaults({ kind: "hang", times: 3 }, { kind: "crash", times: 1 });
  const hanging = [topic.read(), topic.read(), topic.read()];
  const codes = codesOf(hanging);
  await stack.untilFaultsMet(3);
  await expect(topic.read()).rejects.toMatchObject({
    code: "provider_crashed",
    message: expect.stringContaining("exit status 2 during readResource"),
    hint: expect.stringContaining("panic: runtime error"),
  });
  expect(await codes).toEqual(hanging.map(() => "provider_crashed"));
  await topic.read();
  expect(providersOf(stack.folder)).toHaveLength(1);
  expect(providersOf(stack.folder)).not.toEqual([before]);
});

test("secrets that a provider printed before it crashed are masked in the error", async () => {
  const stack = await testStack(undefined, ["stderr_secret"]);
  stack.setFaults({ kind: "crash" });
  const reader = await stack
    .reader({
      environment: { ...stack.options.environment, API_TOKEN: "hunter2" },
      mask: (text) => text.replaceAll("hunter2", "(sensitive)"),
    })
    .catch((error: unknown) => error);
  expect(reader).toMatchObject({
    code: "provider_crashed",
    hint: expect.stringContaining("API_TOKEN=(sensitive)"),
  });
});

test("uses at the same time after a crash start one process", async () => {
  const { stack, topic } = await opened();
  await killProvider(stack);
  await Promise.all(Array.from({ length: 6 }, () => topic.read()));
  expect(providersOf(stack.folder)).toHaveLength(1);
});

test("a provider that was killed while nothing was asked of it is started by the next use", async () => {
  const { stack, topic } = await opened();
  for (const _ of [1, 2]) {
    await killProvider(stack);
    await topic.read();
  }
});

/** Kills it and waits until its guard is gone too. */
async function killProvider(stack: TestStack): Promise<void> {
  const pids = providersOf(stack.folder);
  expect(pids).toHaveLength(1);
  for (const pid of pids) process.kill(pid, "SIGKILL");
  await expect.poll(() => processesOf(stack.folder), { timeout: 5000, interval: 10 }).toEqual([]);
  // The kernel knows it some moments before Node tells its end.
  await new Promise((resolve) => setTimeout(resolve, 100));
}

test("a provider that crashes again and again is left alone for a while, with what it did the last time", async () => {
  let now = 0;
  const { stack, topic } = await opened({ maxRestarts: 1, restartWindowMs: 60_000, now: () => now });
  stack.setFaults({ kind: "crash", call: "ReadResource" });
  expect(await codesOf([topic.read()])).toEqual(["provider_crashed"]);
  expect(await codesOf([topic.read()])).toEqual(["provider_crashed"]);
  await expect(topic.read()).rejects.toMatchObject({
    code: "provider_crashed",
    message: expect.stringMatching(
      /failed 2 times within 60 s and is left alone for as long; the last time: .*exit status 2/,
    ),
    hint: expect.stringContaining("panic"),
  });
  await expectNothingLeft(stack.folder);
  now = 60_001;
  stack.setFaults();
  await topic.read();
});

test("crashes that lie far apart never add up: a reader may live for months", async () => {
  let now = 0;
  const { stack, topic } = await opened({ maxRestarts: 1, restartWindowMs: 60_000, now: () => now });
  for (let crash = 0; crash < 4; crash += 1) {
    stack.setFaults({ kind: "crash", call: "ReadResource" });
    expect(await codesOf([topic.read()])).toEqual(["provider_crashed"]);
    stack.setFaults();
    await topic.read();
    now += 60_001;
  }
});

test("a crash while it is configured fails the start, and the use after it tries again", async () => {
  const { stack, topic } = await opened();
  stack.setFaults(
    { kind: "crash", call: "ReadResource", times: 1 },
    { kind: "crash", call: "ConfigureProvider", times: 1 },
  );
  await expect(topic.read()).rejects.toMatchObject({ code: "provider_crashed" });
  await expect(topic.read()).rejects.toMatchObject({
    code: "provider_crashed",
    message: expect.stringContaining("during configure"),
  });
  await topic.read();
});

test("a call that waits for a start is cancelled at once, while the start goes on for others", async () => {
  const { stack, topic } = await opened();
  stack.setFaults(
    { kind: "crash", call: "ReadResource", times: 1 },
    { kind: "slow", call: "ConfigureProvider", delayMs: 500, times: 1 },
  );
  await expect(topic.read()).rejects.toMatchObject({ code: "provider_crashed" });
  const controller = new AbortController();
  const patient = topic.read();
  const impatient = topic.read({ signal: controller.signal });
  await stack.untilFaultsMet(2);
  controller.abort();
  await expect(impatient).rejects.toMatchObject({ code: "provider_cancelled" });
  await patient;
});

test("the program is looked at again before each start", async () => {
  const looks: string[] = [];
  const { stack, topic } = await opened({ beforeLaunch: () => void looks.push("look") });
  expect(looks).toHaveLength(1);
  await killProvider(stack);
  await topic.read();
  expect(looks).toHaveLength(2);
});

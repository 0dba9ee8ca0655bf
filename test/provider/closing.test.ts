import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ProviderError } from "../../packages/tfprovider/src/errors.ts";
import { expectNothingLeft, providersOf } from "./leftovers.ts";
import { testStack, topicOf } from "./testStack.ts";

const READER = fileURLToPath(new URL("../../packages/tfprovider/src/client/reader.ts", import.meta.url));

test("closing ends the provider, can be repeated, and later calls say that it was closed", async () => {
  const stack = await testStack();
  const reader = await stack.reader();
  const topic = await topicOf(stack, reader);
  await Promise.all([reader.close(), reader.close()]);
  await expectNothingLeft(stack.folder);
  await reader.close();
  await expect(topic.read()).rejects.toMatchObject({ code: "provider_closed" });
});

test("closing while calls are in flight and others wait ends all of them", async () => {
  const stack = await testStack();
  const reader = await stack.reader({ maxInFlight: 2 });
  const topic = await topicOf(stack, reader);
  stack.setFaults({ kind: "hang", times: 100 });
  const calls = [1, 2, 3, 4].map(() => topic.read());
  const outcomes = Promise.allSettled(calls);
  await stack.untilFaultsMet(2);
  await reader.close();
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: "provider_closed" } });
  }
});

test("closing while the provider starts ends it", async () => {
  const stack = await testStack();
  const reader = await stack.reader();
  const topic = await topicOf(stack, reader);
  stack.setFaults(
    { kind: "crash", call: "ReadResource", times: 1 },
    { kind: "hang", call: "ConfigureProvider", times: 1 },
  );
  await expect(topic.read()).rejects.toMatchObject({ code: "provider_crashed" });
  const starting = topic.read().catch((error: unknown) => error);
  await stack.untilFaultsMet(2);
  await reader.close();
  expect(await starting).toMatchObject({ code: "provider_closed" });
});

test("a provider that answers neither to a request to end nor to SIGTERM is ended all the same", async () => {
  const stack = await testStack(undefined, ["ignore_shutdown", "ignore_sigterm"]);
  const reader = await stack.reader();
  expect(providersOf(stack.folder)).toHaveLength(1);
  await reader.close();
  await expectNothingLeft(stack.folder);
});

test("a reader that could not be opened leaves nothing", async () => {
  const stack = await testStack();
  stack.setFaults({ kind: "error", call: "ConfigureProvider" });
  await expect(stack.reader()).rejects.toBeInstanceOf(ProviderError);
  await expectNothingLeft(stack.folder);
});

test("when Node itself is killed outright, the provider and its folder are gone", async () => {
  const stack = await testStack();
  const script = join(stack.folder, "reads.ts");
  writeFileSync(
    script,
    `import { openReader } from ${JSON.stringify(READER)};
     await openReader({
       executable: ${JSON.stringify(stack.options.executable)},
       environment: {},
       config: () => ({ path: ${JSON.stringify(stack.stack.storePath)} }),
     });
     console.log("open");
     setInterval(() => {}, 1000);`,
  );
  const parent = spawn(process.execPath, [script], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { TMPDIR: stack.folder },
  });
  await new Promise((resolve) => parent.stdout.once("data", resolve));
  expect(providersOf(stack.folder)).toHaveLength(1);
  parent.kill("SIGKILL");
  await expectNothingLeft(stack.folder);
});

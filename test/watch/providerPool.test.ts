/** Providers that stay running between checks: who shares one, when it goes, and that nothing of one check gets to another. */
import { expect, test } from "vitest";
import { createCheckStack } from "../../packages/anchorwatch/src/app/checkStack.ts";
import { thisMachine } from "../../packages/anchorwatch/src/cli/thisMachine.ts";
import type { ProviderPool } from "../../packages/anchorwatch/src/terraform/provider/pool.ts";
import { processMemory } from "../../packages/anchorwatch/src/terraform/provider/processMemory.ts";
import { editLive, topic } from "../check/workbench.ts";
import { setFaults, type WrittenStack } from "../reference-provider/fixtures.ts";
import { found, type StackBench, stackBench } from "./stackBench.ts";

function checking(bench: StackBench, pool: ProviderPool) {
  const machine = { ...thisMachine(), homeDir: `${bench.folder}/home` };
  const check = createCheckStack(machine, pool.open);
  return (stack: WrittenStack, more: Partial<Parameters<typeof check>[0]> = {}) =>
    check(
      { ...bench.request(stack.dir), targets: [], trigger: "manual", ...more },
      { progress: () => {}, result: () => {}, signal: bench.signal },
    );
}

test("a second check finds the provider of the first still running, and closing the pool ends it", async () => {
  const bench = stackBench();
  const pool = bench.pool();
  const check = checking(bench, pool);
  const stack = await bench.stack({ resources: [topic("a")] });
  expect(found(await check(stack))).toEqual({});
  const first = bench.providers();
  expect(first).toHaveLength(1);
  editLive(stack, "reference_topic.a", () => undefined);
  expect(found(await check(stack))).toEqual({ "reference_topic.a": "deleted" });
  expect(bench.providers()).toEqual(first);
  expect(pool.status()).toMatchObject([{ users: 0, version: "1.0.0" }]);
  await pool.close();
  expect(bench.providers()).toEqual([]);
  await expect(check(stack)).resolves.toMatchObject({
    resources: [{ verdict: "unknown", reason: { code: "provider_closed" } }],
  });
});

test("stacks share a process where all that it could be asked is the same, and have their own otherwise", async () => {
  const bench = stackBench();
  const pool = bench.pool();
  const check = checking(bench, pool);
  const one = await bench.stack({ resources: [topic("a")] }, "one");
  const two = await bench.stack({ resources: [topic("b")] }, "two");
  const values = new Map([["path", one.storePath]]);
  const same = { providerValues: new Map([["reference", { values, origin: "test" }]]) };
  await check(one);
  expect(found(await check(two, same))).toEqual({ "reference_topic.b": "deleted" });
  expect(bench.providers()).toHaveLength(1);
  await check(two);
  expect(bench.providers()).toHaveLength(2);
  await check(one, { environment: { ...bench.environment, OTHER: "yes" } });
  expect(bench.providers()).toHaveLength(3);
});

test("what takes too much memory together goes least recently used first, and never while it is in use", async () => {
  const bench = stackBench();
  const pool = bench.pool({ memoryBudget: 250, memoryOf: async () => 100 });
  const check = checking(bench, pool);
  const stacks = [];
  for (const name of ["one", "two", "three"])
    stacks.push(await bench.stack({ resources: [topic(name)] }, name));
  const [one, two, three] = stacks as [WrittenStack, WrittenStack, WrittenStack];
  await check(one);
  pool.clock.now = 1;
  await pool.tend();
  // The new one is taken to be large as long as it was not measured.
  setFaults(two.storePath, [{ kind: "slow", delayMs: 400, call: "ReadResource", times: 1 }]);
  const slow = check(two);
  await expect.poll(() => pool.status().map(({ users }) => users)).toEqual([1]);
  pool.clock.now = 2;
  await check(three);
  expect(found(await slow)).toEqual({});
  await pool.tend();
  expect(pool.status().map(({ memory }) => memory)).toEqual([100, 100]);
  expect(bench.providers()).toHaveLength(2);
});

test("many stacks, some of which fail, are read within the memory budget, and none waits for another", async () => {
  const bench = stackBench();
  const room = 3;
  const each = 350 * 1024 * 1024;
  const pool = bench.pool({ memoryBudget: room * each, memoryOf: async () => each });
  const check = checking(bench, pool);
  const stacks: WrittenStack[] = [];
  for (let number = 0; number < 8; number += 1)
    stacks.push(await bench.stack({ resources: [topic(`t${number}`)] }, `stack${number}`));
  const [hanging = expect.unreachable(), failing = expect.unreachable(), ...others] = stacks;
  setFaults(hanging.storePath, [{ kind: "hang", call: "ReadResource" }]);
  setFaults(failing.storePath, [{ kind: "error", call: "ReadResource" }]);
  const hung = check(hanging, { timeoutMs: 60_000 });
  await expect.poll(() => pool.status().map(({ users }) => users)).toEqual([1]);
  const running: number[] = [];
  for (const stack of [failing, ...others, ...others]) {
    const result = await check(stack);
    expect(result.resources.map(({ verdict }) => verdict)).toEqual([
      stack === failing ? "unknown" : "in_sync",
    ]);
    await pool.tend();
    running.push(bench.providers().length);
  }
  // What hangs is in use, and keeps its place.
  expect(Math.max(...running)).toBe(room);
  await pool.close();
  expect((await hung).resources).toMatchObject([{ verdict: "unknown" }]);
  expect(bench.providers()).toEqual([]);
});

test("an idle one goes after its time, and one that is used does not", async () => {
  const bench = stackBench();
  const pool = bench.pool({ idleMs: 1000 });
  const check = checking(bench, pool);
  const stack = await bench.stack({ resources: [topic("a")] });
  await check(stack);
  pool.clock.now = 999;
  await pool.tend();
  await check(stack);
  pool.clock.now = 1998;
  await pool.tend();
  expect(bench.providers()).toHaveLength(1);
  pool.clock.now = 1999;
  await pool.tend();
  expect(bench.providers()).toEqual([]);
  expect(found(await check(stack))).toEqual({});
});

test("one that crashed is started anew for the next check", async () => {
  const bench = stackBench();
  const pool = bench.pool();
  const check = checking(bench, pool);
  const stack = await bench.stack({ resources: [topic("a")] });
  await check(stack);
  for (const pid of bench.providers()) process.kill(pid, "SIGKILL");
  const memory = async () => {
    await pool.tend();
    return pool.status().map((provider) => provider.memory);
  };
  await expect.poll(memory).toEqual([0]);
  expect(found(await check(stack))).toEqual({});
});

test("a check that gives up while its provider starts leaves it to the next one", async () => {
  const bench = stackBench();
  const pool = bench.pool();
  const check = checking(bench, pool);
  const stack = await bench.stack({ resources: [topic("a")] });
  const given = await check(stack, { timeoutMs: 50 });
  expect(given.resources).toMatchObject([{ verdict: "unknown" }]);
  expect(found(await check(stack))).toEqual({});
  expect(bench.providers()).toHaveLength(1);
});

test("a provider that cannot be configured says so to every check, and is tried anew each time", async () => {
  const bench = stackBench();
  const pool = bench.pool();
  const check = checking(bench, pool);
  const stack = await bench.stack({ resources: [topic("a")], provider: { token: "hunter2-hunter2" } });
  stack.edit((content) => Object.assign(content, { access: { tokens: ["other"] } }));
  for (let time = 0; time < 2; time += 1) {
    const { resources } = await check(stack);
    expect(resources).toMatchObject([{ verdict: "unknown" }]);
    expect(JSON.stringify(resources)).not.toContain("hunter2");
  }
  stack.edit((content) => Object.assign(content, { access: { tokens: ["hunter2-hunter2"] } }));
  expect(found(await check(stack))).toEqual({});
});

test.runIf(process.platform === "linux")(
  "the memory of a provider is that of its program, which a small shell has started",
  async () => {
    const bench = stackBench();
    const pool = bench.pool();
    const stack = await bench.stack({ resources: [topic("a")] });
    await checking(bench, pool)(stack);
    await pool.tend();
    const [{ memory } = expect.unreachable()] = pool.status();
    const [own] = bench.providers();
    const alone = await processMemory(own ?? expect.unreachable());
    expect(alone).toBeGreaterThan(20 * 1024 * 1024);
    expect(memory).toBeGreaterThan((alone ?? 0) * 0.8);
    expect(memory).not.toBe(350 * 1024 * 1024);
    expect(await processMemory(2 ** 30)).toBeUndefined();
  },
);

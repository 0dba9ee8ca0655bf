/** Looks at a stack that is held: what is read again, and that a deployment in between is never told as drift. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { openStack } from "../../packages/anchorwatch/src/app/watch/stacks/hotStack.ts";
import { createHotStacks } from "../../packages/anchorwatch/src/app/watch/stacks/hotStacks.ts";
import { thisMachine } from "../../packages/anchorwatch/src/cli/thisMachine.ts";
import type { ResourceResult } from "../../packages/anchorwatch/src/domain/check.ts";
import type { OpenProvider } from "../../packages/anchorwatch/src/terraform/provider/open.ts";
import { editLive, topic } from "../check/workbench.ts";
import type { WrittenStack } from "../reference-provider/fixtures.ts";
import { found, type StackBench, stackBench } from "./stackBench.ts";

const OWN = { kind: "own" } as const;

async function opened(bench: StackBench) {
  const resources = ["a", "b", "c"].map((name) => topic(name, { set: { name, display_name: "Before" } }));
  const written = await bench.stack({ resources });
  const pool = bench.pool();
  const stack = await bench.hot(pool, { request: bench.request(written.dir), trust: OWN });
  const look = (...targets: string[]) => stack.check({ targets, trigger: "event", signal: bench.signal });
  const sweep = () => stack.check({ trigger: "schedule", signal: bench.signal });
  return { written, stack, look, sweep };
}

/** What an apply does: the cloud and the record move together, under a new serial. */
function deploy(stack: WrittenStack, address: string, displayName: string): void {
  editLive(stack, address, (live) => ({ ...live, display_name: displayName }));
  record(stack, (state) => {
    for (const resource of state.resources) {
      const [instance] = resource.instances;
      if (`${resource.type}.${resource.name}` === address && instance !== undefined)
        instance.attributes["display_name"] = displayName;
    }
  });
}

interface RecordedState {
  serial: number;
  lineage: string;
  resources: { type: string; name: string; instances: { attributes: Record<string, unknown> }[] }[];
}

function record(stack: WrittenStack, change: (state: RecordedState) => void): void {
  const state = JSON.parse(readFileSync(stack.statePath, "utf8")) as RecordedState;
  change(state);
  state.serial += 1;
  writeFileSync(stack.statePath, JSON.stringify(state));
}

test("a look reads what it is asked for and nothing else, and tells of nothing else", async () => {
  const bench = stackBench();
  const { written, look, sweep } = await opened(bench);
  editLive(written, "reference_topic.a", () => undefined);
  editLive(written, "reference_topic.b", () => undefined);
  const result = await look("reference_topic.b");
  expect(result.resources).toMatchObject([{ address: "reference_topic.b", verdict: "deleted" }]);
  expect(result.coverage).toMatchObject({ resources: 1, deleted: 1 });
  expect(result.trigger).toBe("event");
  expect(found(await sweep())).toEqual({ "reference_topic.a": "deleted", "reference_topic.b": "deleted" });
});

test("an address that the state does not have any more is left out", async () => {
  const bench = stackBench();
  const { look } = await opened(bench);
  expect((await look("reference_topic.gone", "reference_topic.a")).resources).toMatchObject([
    { address: "reference_topic.a", verdict: "in_sync" },
  ]);
  expect((await look("reference_topic.gone")).resources).toEqual([]);
});

test("the mark names the state that was compared with: its lineage, serial and digest", async () => {
  const bench = stackBench();
  const { written, stack, look } = await opened(bench);
  const before = stack.mark;
  const { serial, lineage } = JSON.parse(readFileSync(written.statePath, "utf8")) as RecordedState;
  expect(before).toEqual({ lineage, serial, digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
  deploy(written, "reference_topic.a", "Deployed");
  const result = await look("reference_topic.a");
  expect(result.mark).toMatchObject({ lineage, serial: serial + 1 });
  expect(result.mark.digest).not.toBe(before.digest);
  expect(stack.mark).toEqual(result.mark);
});

test("what a deployment changed is no drift, in a look or in a sweep", async () => {
  const bench = stackBench();
  const { written, look, sweep } = await opened(bench);
  deploy(written, "reference_topic.a", "One");
  expect(found(await look("reference_topic.a"))).toEqual({});
  deploy(written, "reference_topic.a", "Two");
  expect(found(await sweep())).toEqual({});
});

test("a deployment that ends while its resource is being read is no drift either", async () => {
  const bench = stackBench();
  const written = await bench.stack({ resources: [topic("a")] });
  const pool = bench.pool();
  let reads = 0;
  const deploying: OpenProvider = async (...args) => {
    const provider = await pool.open(...args);
    const { reader } = provider;
    return {
      ...provider,
      reader: {
        ...reader,
        async read(...call) {
          reads += 1;
          // The cloud is asked in the middle of an apply, which writes its record after that.
          if (reads === 1)
            editLive(written, "reference_topic.a", (live) => ({ ...live, display_name: "New" }));
          const answer = await reader.read(...call);
          if (reads === 1) deploy(written, "reference_topic.a", "New");
          return answer;
        },
      },
    };
  };
  const spec = { request: bench.request(written.dir), trust: OWN };
  const stack = await bench.hot({ open: deploying }, spec);
  const told: ResourceResult[] = [];
  const result = await stack.check({
    targets: ["reference_topic.a"],
    trigger: "event",
    signal: bench.signal,
    onResult: (one) => void told.push(one),
  });
  expect(found(result)).toEqual({});
  expect(told.map(({ verdict }) => verdict)).toEqual(["in_sync"]);
  expect(reads).toBeGreaterThan(1);
});

test("a record that moved makes drift of what was in sync before", async () => {
  const bench = stackBench();
  const { written, look } = await opened(bench);
  deploy(written, "reference_topic.a", "Deployed");
  expect(found(await look("reference_topic.a"))).toEqual({});
  record(written, (state) => {
    for (const { instances } of state.resources) {
      for (const { attributes } of instances) attributes["display_name"] = "Recorded";
    }
  });
  expect(found(await look("reference_topic.a"))).toEqual({ "reference_topic.a": "changed" });
});

test("code that was edited, and a rule that was added to a file of rules, count in the next look", async () => {
  const bench = stackBench();
  const written = await bench.stack({ resources: [topic("a")] });
  const rules = join(written.dir, ".driftignore");
  writeFileSync(rules, "");
  const request = bench.request(written.dir, { ignoreFiles: [rules] });
  const stack = await bench.hot(bench.pool(), { request, trust: OWN });
  const look = () => stack.check({ targets: ["reference_topic.a"], trigger: "event", signal: bench.signal });
  editLive(written, "reference_topic.a", (live) => ({ ...live, display_name: "Changed" }));
  expect(found(await look())).toEqual({ "reference_topic.a": "changed" });
  writeFileSync(rules, "reference_topic.*.display_name\n");
  expect(found(await look())).toEqual({ "reference_topic.a": "ignored" });
  writeFileSync(rules, "");
  expect(await stack.isCurrent(bench.signal)).toBe(false);
  expect(await stack.isCurrent(bench.signal)).toBe(true);
  const code = join(written.dir, "main.tf");
  const text = readFileSync(code, "utf8");
  writeFileSync(
    code,
    text.replace(
      /(resource "reference_topic" "a" \{)/,
      "$1\n  lifecycle {\n    ignore_changes = [display_name]\n  }\n",
    ),
  );
  expect(found(await look())).toEqual({ "reference_topic.a": "ignored" });
});

test("a state that is gone is an error that says so, and one that comes back is read", async () => {
  const bench = stackBench();
  const { written, look } = await opened(bench);
  const text = readFileSync(written.statePath);
  rmSync(written.statePath);
  await expect(look("reference_topic.a")).rejects.toMatchObject({ code: "state_missing" });
  writeFileSync(written.statePath, text);
  expect(found(await look("reference_topic.a"))).toEqual({});
});

test("many looks at once are all answered, over one provider", async () => {
  const bench = stackBench();
  const { written, look } = await opened(bench);
  editLive(written, "reference_topic.b", () => undefined);
  const results = await Promise.all(
    Array.from({ length: 30 }, (_, index) => look(`reference_topic.${"abc"[index % 3]}`)),
  );
  const verdicts = results.map((result) => result.resources[0]?.verdict);
  expect(verdicts).toEqual(Array.from({ length: 10 }, () => ["in_sync", "deleted", "in_sync"]).flat());
  expect(bench.providers()).toHaveLength(1);
});

test("a look that is given up ends", async () => {
  const bench = stackBench();
  const { stack } = await opened(bench);
  const controller = new AbortController();
  controller.abort(new RangeError("given up"));
  const given = stack.check({ targets: ["reference_topic.a"], trigger: "event", signal: controller.signal });
  await expect(given).rejects.toThrow("given up");
});

test("held stacks go least recently used first when they hold too much, and an edited spec opens anew", async () => {
  const bench = stackBench();
  const pool = bench.pool();
  const machine = { ...thisMachine(), homeDir: join(bench.folder, "home") };
  const stacks = createHotStacks({ machine, open: pool.open }, 1024 * 1024);
  const specs = await Promise.all(
    ["one", "two", "three"].map(async (name) => {
      const written = await bench.stack({ resources: [topic("a")] }, name);
      return { request: bench.request(written.dir), trust: OWN };
    }),
  );
  const held: object[] = [];
  const use = (index: number, spec = specs[index]) =>
    stacks.with(`stack-${index}`, spec ?? expect.unreachable(), bench.signal, async (stack) => {
      held[index] = stack;
      return stack;
    });
  const first = await use(0);
  await use(1);
  expect(await use(0)).toBe(first);
  await use(2);
  expect(stacks.status().stacks).toBe(2);
  expect(await use(0)).toBe(first);
  // An equal spec is the same, whoever made it.
  expect(await use(0, structuredClone(specs[0]) ?? expect.unreachable())).toBe(first);
  const edited = { request: bench.request(specs[0]?.request.dir ?? "", { stackName: "new" }), trust: OWN };
  expect(await use(0, edited)).not.toBe(first);
  stacks.close();
  expect(stacks.status()).toEqual({ stacks: 0, bytes: 0 });
});

test("a held stack that cannot be opened is tried anew, and one is opened once for all who ask at the same time", async () => {
  const bench = stackBench();
  const written = await bench.stack({ resources: [topic("a")] });
  const machine = { ...thisMachine(), homeDir: join(bench.folder, "home") };
  const open = vi.fn(openStack);
  const stacks = createHotStacks({ machine, open: bench.pool().open }, 2 ** 30, open);
  const spec = { request: bench.request(written.dir), trust: OWN };
  const use = () => stacks.with("stack", spec, bench.signal, async ({ mark }) => mark.serial);
  const text = readFileSync(written.statePath);
  rmSync(written.statePath);
  await expect(use()).rejects.toMatchObject({ code: "state_missing" });
  writeFileSync(written.statePath, text);
  await Promise.all([use(), use(), use()]);
  expect(open).toHaveBeenCalledTimes(2);
  stacks.close();
});

test("who waits while a stack cannot be opened opens it, and it is let go of like any other", async () => {
  const bench = stackBench();
  const written = await bench.stack({ resources: [topic("a")] });
  const machine = { ...thisMachine(), homeDir: join(bench.folder, "home") };
  const surroundings = { machine, open: bench.pool().open };
  const closed = vi.fn();
  const open = vi.fn(async (...given: Parameters<typeof openStack>) => {
    if (open.mock.calls.length === 1) throw new TypeError("the disk is away");
    const stack = await openStack(...given);
    vi.spyOn(stack, "close").mockImplementation(closed);
    return stack;
  });
  const stacks = createHotStacks(surroundings, 2 ** 30, open);
  const spec = { request: bench.request(written.dir), trust: OWN };
  const use = () => stacks.with("stack", spec, bench.signal, async ({ mark }) => mark.serial);
  const [first, second] = [use(), use()];
  await expect(first).rejects.toThrow("the disk is away");
  await second;
  expect(stacks.status().stacks).toBe(1);
  await use();
  expect(open).toHaveBeenCalledTimes(2);
  stacks.close();
  expect(closed).toHaveBeenCalledTimes(1);
});

import { expect, it, vi } from "vitest";
import type { WatchRecords } from "../../watch/records.ts";
import type { WatchedStack } from "../../watch/stack.ts";
import { NO_RULES } from "../policy/noRules.ts";
import { declaredStacks } from "./declaredStacks.ts";
import { type FoundStack, stackIdOf } from "./foundStack.ts";

function stackNamed(name: string): WatchedStack {
  return {
    ...{ id: stackIdOf(name), name, engine: "terraform", declaredBy: "config" },
    ...{ origin: { kind: "folder", path: `/infra/${name}` }, sweepEveryMs: 60_000, addedAt: new Date(0) },
  };
}

/** Of the records no more than a declaration needs. */
function process(names: () => readonly string[]) {
  const declare = vi.fn(async (stacks: readonly WatchedStack[]) => ({
    added: stacks,
    returned: [],
    gone: [],
  }));
  const records = {
    stacks: { addedByApi: async () => new Set<string>(), declare },
    detectors: { expect: async () => {} },
    outbox: { put: async () => {} },
    transaction: (work: (inside: WatchRecords) => Promise<unknown>) => work(records),
  } as unknown as WatchRecords;
  const forgotten: string[] = [];
  let clock = 0;
  const find = vi.fn(async () => ({
    stacks: names().map(
      (name): FoundStack => ({
        stack: stackNamed(name),
        spec: {} as never,
        delivery: { principals: [name] },
      }),
    ),
    mayHave: () => false,
  }));
  const watched = declaredStacks({
    declarations: { find, specOf: () => Promise.reject(new TypeError("none")), run: async () => {} },
    records,
    hot: {
      with: async () => "read" as never,
      forget: (id) => void forgotten.push(id),
      status: () => ({ stacks: 0, bytes: 0 }),
      close: () => {},
    },
    fingerprint: () => "",
    rules: NO_RULES,
    now: () => new Date(clock),
    random: () => 0,
    onWarning: () => {},
  });
  const read = (name: string) =>
    watched.stacks.with(stackNamed(name), new AbortController().signal, async () => {});
  return { watched, declare, find, forgotten, read, later: (ms: number) => (clock += ms) };
}

it("one process decides which stacks are declared; the others know how to read them, and forget those that are gone", async () => {
  let names = ["a", "b"];
  const { watched, declare, forgotten, read } = process(() => names);
  await watched.redeclare();
  await expect(read("b")).resolves.toBe("read");
  names = ["a"];
  await watched.redeclare();
  expect(declare).not.toHaveBeenCalled();
  expect(forgotten).toEqual([stackIdOf("b")]);
  const elected = new AbortController();
  await watched.lead(elected.signal);
  expect(declare.mock.calls.map(([stacks]) => stacks.map(({ name }) => name))).toEqual([["a"]]);
  elected.abort();
  await watched.redeclare();
  expect(declare).toHaveBeenCalledTimes(1);
});

it("a stack that another process has found is looked for, and not again and again when it is not there", async () => {
  const names = ["a"];
  const { watched, find, read, later } = process(() => names);
  await watched.redeclare();
  names.push("b");
  await expect(read("b")).rejects.toMatchObject({ code: "stack_folder_missing" });
  later(10_000);
  await expect(read("b")).resolves.toBe("read");
  later(10_000);
  for (let time = 0; time < 5; time += 1)
    await expect(read("c")).rejects.toMatchObject({ code: "stack_folder_missing" });
  expect(find).toHaveBeenCalledTimes(3);
});

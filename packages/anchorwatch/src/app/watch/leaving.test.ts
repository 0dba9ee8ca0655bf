import { expect, it } from "vitest";
import { aDrift } from "../../store/records.fixture.ts";
import type { OutsideResource, OutsideSight } from "../../terraform/read/outside.ts";
import type { DriftRecord } from "../../watch/drift.ts";
import type { KnownResource } from "../../watch/records.ts";
import type { StackId } from "../../watch/stack.ts";
import { type LeavingCase, lookAtLeft } from "./leaving.ts";

const PROVIDER = "registry.terraform.io/hashicorp/aws";
const TYPE = "aws_cloudwatch_log_group";
const known = (address: string, id: string): KnownResource => ({
  address,
  type: TYPE,
  provider: PROVIDER,
  id,
});

function drift(address: string, id: string, deposed?: string): DriftRecord {
  const resource = { type: TYPE, provider: PROVIDER, id, ...(deposed === undefined ? {} : { deposed }) };
  return aDrift("stack" as StackId, { address, type: TYPE, found: { data: { resource } } });
}

interface Case extends Partial<Omit<LeavingCase, "hot" | "signal">> {
  readonly now: readonly KnownResource[];
  readonly outside?: OutsideSight;
}

async function left({ now, outside = { kind: "unseen" }, ...more }: Case) {
  const asked: string[] = [];
  const hot = {
    resources: () => now,
    outside: async (lost: readonly OutsideResource[]) => {
      asked.push(...lost.map(({ address }) => address));
      return lost.map(() => outside);
    },
  };
  const signal = new AbortController().signal;
  const given = { before: undefined, open: [], seen: [], targets: undefined, ...more };
  return { asked, ...(await lookAtLeft({ ...given, hot, signal })) };
}

const EXISTS: OutsideSight = { kind: "left_the_state", exists: true, declared: false };
const GONE: OutsideSight = { kind: "left_the_state", exists: false, declared: true };

it("a resource that a new state has at another address has moved, with its drift", async () => {
  const open = [drift("a.old", "app")];
  const { moved, asked } = await left({
    before: [known("a.old", "app")],
    now: [known("a.new", "app")],
    open,
  });
  expect([...moved.values()]).toEqual(["a.new"]);
  expect(asked).toEqual([]);
});

it("a namesake that stayed where it was is not what left: log groups of two regions are called alike", async () => {
  const [eu, us] = [known("a.eu", "app"), known("a.us", "app")];
  const { moved, found } = await left({ before: [eu, us], now: [us], open: [], outside: EXISTS });
  expect(moved.size).toBe(0);
  expect(found).toMatchObject([{ verdict: "unmanaged", id: "app" }]);
  const open = [drift("a.eu", "app")];
  const again = await left({ before: [eu, us], now: [us], open, outside: EXISTS });
  expect(again.moved.size).toBe(0);
  expect([...again.sights.values()]).toEqual([EXISTS]);
});

it("what is unmanaged has come back when a new state has it, also at an address that there was before", async () => {
  const open = [drift("", "app")];
  const { sights } = await left({ before: [known("a.b", "other")], now: [known("a.b", "app")], open });
  expect([...sights.values()]).toEqual([{ kind: "in_sync" }]);
});

it("a look at some addresses asks for nothing else that is outside of the state", async () => {
  const open = [drift("", "one"), drift("a.two", "two")];
  expect((await left({ now: [], open, targets: ["a.three"] })).asked).toEqual([]);
  expect((await left({ now: [], open, targets: ["a.two"] })).asked).toEqual(["a.two"]);
  expect((await left({ now: [], open })).asked).toEqual(["", "a.two"]);
});

it("what a replacement left behind is looked for when the state has it no more, and no code has it", async () => {
  const now = [known("a.b", "new")];
  const open = [drift("a.b", "old", "abcd0123")];
  const { sights } = await left({ now, open, outside: GONE });
  expect([...sights.values()]).toEqual([{ ...GONE, declared: false }]);
  const seen = [{ address: "a.b" as never, deposed: "abcd0123" }];
  expect((await left({ now, open, seen })).asked).toEqual([]);
  expect((await left({ now, open, targets: ["a.b"] })).asked).toEqual([]);
});

it("drifts whose resources change places go with them, and one whose place is taken is called by what it is", async () => {
  const [a, b] = [drift("a[0]", "one"), drift("a[1]", "two")];
  const before = [known("a[0]", "one"), known("a[1]", "two")];
  const swapped = await left({ before, now: [known("a[0]", "two"), known("a[1]", "one")], open: [a, b] });
  expect(Object.fromEntries(swapped.moved)).toEqual({ [a.id]: "a[1]", [b.id]: "a[0]" });
  expect(swapped.asked).toEqual([]);
  const shifted = await left({ before, now: [known("a[0]", "two")], open: [a, b], outside: EXISTS });
  expect(Object.fromEntries(shifted.moved)).toEqual({ [a.id]: "", [b.id]: "a[0]" });
  expect(shifted.asked).toEqual([""]);
  expect(Object.fromEntries(shifted.sights)).toEqual({ [a.id]: EXISTS });
});

it("a resource whose address was given to another known one is looked for, drifted or not", async () => {
  const before = [known("a[0]", "one"), known("a[1]", "two")];
  const { found } = await left({ before, now: [known("a[0]", "two")], open: [], outside: EXISTS });
  expect(found).toMatchObject([{ verdict: "unmanaged", id: "one", address: "" }]);
});

it("a drift stays at its address when its resource was replaced, unless the old one runs all the same", async () => {
  const replaced = { before: [known("a.b", "old")], now: [known("a.b", "new")], open: [drift("a.b", "old")] };
  for (const outside of [GONE, { kind: "unseen" }] as const) {
    const { moved, sights } = await left({ ...replaced, outside });
    expect([moved.size, sights.size]).toEqual([0, 0]);
  }
  const runs = await left({ ...replaced, outside: EXISTS });
  expect([...runs.moved.values(), ...runs.sights.values()]).toEqual(["", EXISTS]);
});

import { expect, it } from "vitest";
import type { EventFilter, Identifier, WatchRecords } from "../watch/records.ts";
import type { StackId } from "../watch/stack.ts";
import { describeOnEveryServer } from "./postgres.fixture.ts";
import { aDrift, anEvent, aStack, aStep, at, behind, everyPage, id } from "./records.fixture.ts";

async function newStack({ stacks }: WatchRecords): Promise<StackId> {
  const stack = aStack({ declaredBy: "api" });
  await stacks.add(stack);
  return stack.id;
}

describeOnEveryServer("the records of events", (on) => {
  it("tell which events are new, however often and with whatever bytes they come", async () => {
    const { events } = on().records;
    const one = anEvent({ id: `\u0000\ud800${"x".repeat(5_000)}`, identifiers: ["\u0000", "\udc00"] });
    const two = anEvent();
    expect(await events.receive([one, two, one], at(1))).toEqual(new Set([one.id, two.id]));
    expect(await events.receive([two, one], at(2))).toEqual(new Set());
    expect(await events.receive([], at(2))).toEqual(new Set());
    const listed = await events.list({ limit: 100 });
    expect(listed.find((event) => event.id === one.id)).toStrictEqual({
      ...one,
      receivedAt: at(1),
      touched: [],
    });
  });

  it("count an event once when many processes receive it at the same time", async () => {
    const { events } = on().records;
    const batch = Array.from({ length: 300 }, () => anEvent());
    const shuffled = [batch, batch.toReversed(), batch.slice(100), batch.slice(0, 200).toReversed()];
    const fresh = await Promise.all(shuffled.map((some) => events.receive(some, at(3))));
    const counts = Map.groupBy(
      fresh.flatMap((ids) => [...ids]),
      (event) => event,
    );
    expect(counts.size).toBe(300);
    expect([...counts.values()].every((ids) => ids.length === 1)).toBe(true);
  });

  it("take thousands at once, and forget candidates only", async () => {
    const records = on().records;
    const { events } = records;
    const stackId = await newStack(records);
    const many = Array.from({ length: 5_000 }, () => anEvent());
    expect((await events.receive(many, at(-1_000))).size).toBe(5_000);
    const kept = many[77] ?? anEvent();
    await events.touched([{ eventId: kept.id, stackId, address: "a.b" }]);
    const young = anEvent();
    await events.receive([young], at(0));
    expect(await events.forgetCandidates(at(-500))).toBe(4_999);
    expect(await events.forgetCandidates(at(-500))).toBe(0);
    expect(await events.list({ stackId, limit: 9 })).toMatchObject([{ id: kept.id }]);
    expect(await events.receive([kept, young], at(4))).toEqual(new Set());
    const drift = aDrift(stackId, { attributions: [] });
    await records.drifts.save(drift, aStep(drift));
    expect(await events.forgetTouching(at(-1_001))).toBe(0);
    expect(await events.forgetTouching(at(-500))).toBe(1);
    expect(await events.list({ stackId, limit: 9 })).toEqual([]);
    expect(await events.receive([kept, young], at(4))).toEqual(new Set([kept.id]));
    expect(await records.drifts.history(drift.id)).toHaveLength(1);
  });

  it("find what touched a resource in a time, newest first", async () => {
    const records = on().records;
    const stackId = await newStack(records);
    const address = `a.b["${"k".repeat(5_000)}\u0000"]`;
    const all = [0, 10, 20, 30].map((seconds) => anEvent({ time: at(seconds) }));
    await records.events.receive(all, at(40));
    const touches = all.map((event) => ({ eventId: event.id, stackId, address }));
    await records.events.touched([...touches, ...touches, { eventId: "unknown", stackId, address }]);
    await records.events.touched(touches.map((touch) => ({ ...touch, address: "another.one" })));
    const found = await records.events.ofResource({ stackId, address }, { from: at(10), to: at(20) });
    expect(found).toStrictEqual([all[2], all[1]]);
    const [listed] = await records.events.list({ stackId, limit: 1 });
    expect(listed?.touched).toStrictEqual([
      { stackId, address: address },
      { stackId, address: "another.one" },
    ]);
  });

  it("come in pages, candidates and others in one order", async () => {
    const records = on().records;
    const { events } = records;
    const stackId = await newStack(records);
    const all = Array.from({ length: 9 }, () => anEvent());
    for (const [n, event] of all.entries()) await events.receive([event], at(1_000 + (n % 4)));
    const touching = all.filter((_, n) => n % 3 === 0);
    await events.touched(touching.map((event) => ({ eventId: event.id, stackId, address: "a.b" })));
    const paged = async (filter: EventFilter) => {
      const listed = await everyPage(
        (page) => events.list({ ...filter, from: at(1_000), ...page }),
        2,
        (event) => behind(event.receivedAt, event),
      );
      return listed.map((event) => event.id);
    };
    const everything = await paged({});
    expect(new Set(everything)).toEqual(new Set(all.map((event) => event.id)));
    expect(everything).toHaveLength(9);
    const times = everything.map((event) => all.findIndex((one) => one.id === event) % 4);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    const isTouching = (event: string) => touching.some((one) => one.id === event);
    expect(await paged({ candidates: "only" })).toEqual(everything.filter((event) => !isTouching(event)));
    expect(await paged({ candidates: "none" })).toEqual(everything.filter(isTouching));
    expect(await paged({ stackId })).toEqual(everything.filter(isTouching));
  });
});

describeOnEveryServer("the records of identifiers", (on) => {
  const own = (identifier: string, address = "a.b"): Identifier => ({ identifier, address, kind: "own" });

  it("find whose they are, in several stacks", async () => {
    const records = on().records;
    const [one, two] = [await newStack(records), await newStack(records)];
    const name = id();
    const long = `arn:${"x".repeat(9_000)}\u0000`;
    await records.identifiers.replace(one, [
      own(name),
      { ...own(name, "c.d"), kind: "reference" },
      own(name),
    ]);
    await records.identifiers.replace(two, [own(name), own(long)]);
    const found = await records.identifiers.find([name, long, "unknown", name]);
    expect(found).toHaveLength(4);
    expect(found).toEqual(
      expect.arrayContaining([
        { ...own(name), stackId: one },
        { ...own(name, "c.d"), kind: "reference", stackId: one },
        { ...own(name), stackId: two },
        { ...own(long), stackId: two },
      ]),
    );
    expect(await records.identifiers.find([])).toEqual([]);
  });

  it("are those that were given last, and nothing of a stack that is gone", async () => {
    const records = on().records;
    const stackId = await newStack(records);
    const [kept, left, added] = [id(), id(), id()];
    await records.identifiers.replace(stackId, [own(kept), own(left)]);
    await records.identifiers.replace(stackId, [own(kept), own(added), { ...own(kept), kind: "reference" }]);
    const found = await records.identifiers.find([kept, left, added]);
    expect(found.map(({ identifier, kind }) => `${kind} ${identifier}`).sort()).toEqual(
      [`own ${kept}`, `own ${added}`, `reference ${kept}`].sort(),
    );
    await records.stacks.remove(stackId);
    expect(await records.identifiers.find([kept])).toEqual([]);
    await records.identifiers.replace(stackId, []);
  });

  it("take a hundred thousand of a stack, also when two give them at once", async () => {
    const records = on().records;
    const stackId = await newStack(records);
    const many = Array.from({ length: 100_000 }, (_, n) => own(`${stackId}-${n}`, `a.b[${n >> 2}]`));
    await Promise.all([
      records.identifiers.replace(stackId, many),
      records.identifiers.replace(stackId, many.slice(0, 50_000)),
    ]);
    await records.identifiers.replace(stackId, many);
    const asked = many.filter((_, n) => n % 10 === 0).map(({ identifier }) => identifier);
    const found = await records.identifiers.find([...asked, ...asked.map((name) => `${name}?`)]);
    expect(found).toHaveLength(10_000);
    expect(
      found.every(
        ({ address, identifier }) => address === `a.b[${Number(identifier.split("-").at(-1)) >> 2}]`,
      ),
    ).toBe(true);
  });
});

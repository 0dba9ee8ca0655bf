import { expect, it } from "vitest";
import type { OutboxEntry, WantedLook, WatchRecords } from "../watch/records.ts";
import type { StackId } from "../watch/stack.ts";
import { describeOnEveryServer } from "./postgres.fixture.ts";
import { aStack, at, id } from "./records.fixture.ts";

async function newStack({ stacks }: WatchRecords): Promise<StackId> {
  const stack = aStack({ declaredBy: "api" });
  await stacks.add(stack);
  return stack.id;
}

describeOnEveryServer("the records of looks", (on) => {
  const wanted = (stackId: StackId, seconds: number, with_: Partial<WantedLook> = {}): WantedLook => ({
    ...{ stackId, address: 'a.b["\u0000"]', round: 0 },
    ...{ dueAt: at(seconds), since: at(seconds - 2), receivedAt: at(seconds - 1) },
    ...with_,
  });

  it("merge what is wanted again: earlier, and from the beginning", async () => {
    const records = on().records;
    const stackId = await newStack(records);
    await records.looks.want([wanted(stackId, 10, { round: 2 }), wanted(stackId, 11), wanted(stackId, 12)]);
    await records.looks.want([wanted(stackId, 5, { round: 3 }), wanted("unknown" as StackId, 1)]);
    const due = await records.looks.due(stackId, at(5));
    const times = { newsAt: at(9), lastAt: at(11) };
    expect(due).toStrictEqual([{ ...wanted(stackId, 5), ...times, version: expect.any(Number) }]);
    expect(await records.looks.due(stackId, at(4))).toEqual([]);
  });

  it("are settled, with the next round", async () => {
    const records = on().records;
    const stackId = await newStack(records);
    await records.looks.want([wanted(stackId, 1), wanted(stackId, 1, { address: "c.d" })]);
    const due = await records.looks.due(stackId, at(2));
    const again = wanted(stackId, 30, { round: 1 });
    await records.looks.settle(due, [again]);
    expect(await records.looks.due(stackId, at(99))).toMatchObject([again]);
  });

  it("stay when they were wanted again while they were looked at", async () => {
    const records = on().records;
    const stackId = await newStack(records);
    const look = wanted(stackId, 1);
    await records.looks.want([look]);
    const due = await records.looks.due(stackId, at(2));
    await records.looks.want([wanted(stackId, 3)]);
    await records.looks.settle(due, [wanted(stackId, 30, { receivedAt: look.receivedAt, round: 1 })]);
    expect(await records.looks.due(stackId, at(2))).toMatchObject([look]);
  });

  it("take a new event for news, and begin their rounds again with it", async () => {
    const records = on().records;
    const stackId = await newStack(records);
    await records.looks.want([wanted(stackId, 1)]);
    const first = await records.looks.due(stackId, at(1));
    await records.looks.settle(first, [wanted(stackId, 121, { receivedAt: at(0), round: 3 })]);
    await records.looks.want([wanted(stackId, 101), wanted(stackId, 103)]);
    const news = { round: 0, receivedAt: at(0), newsAt: at(100), lastAt: at(102) };
    expect(await records.looks.due(stackId, at(101))).toMatchObject([news]);
  });

  it("have the newest event for news when it came while they were looked at, and their drift is told", async () => {
    const records = on().records;
    const stackId = await newStack(records);
    await records.looks.want([wanted(stackId, 1)]);
    const due = await records.looks.due(stackId, at(1));
    await records.looks.want([wanted(stackId, 31)]);
    // What nothing shows of yet stays what patience is counted from.
    await records.looks.settle(due, [wanted(stackId, 5, { receivedAt: at(0), round: 1 })]);
    const news = { round: 0, newsAt: at(30), lastAt: at(30) };
    expect(await records.looks.due(stackId, at(31))).toMatchObject([{ ...news, receivedAt: at(0) }]);
    await records.looks.settle(due, []);
    expect(await records.looks.due(stackId, at(31))).toMatchObject([{ ...news, receivedAt: at(30) }]);
  });

  it("stay when they were settled by another, and then wanted again", async () => {
    const records = on().records;
    const stackId = await newStack(records);
    await records.looks.want([wanted(stackId, 1)]);
    const slow = await records.looks.due(stackId, at(2));
    await records.looks.settle(await records.looks.due(stackId, at(2)), []);
    await records.looks.want([wanted(stackId, 1)]);
    await records.looks.settle(slow, []);
    expect(await records.looks.due(stackId, at(2))).toHaveLength(1);
  });

  it("tell which stacks wait, and when the next look is due", async () => {
    const records = on().records;
    const [late, early] = [await newStack(records), await newStack(records)];
    await records.looks.want([
      wanted(late, -100_001),
      wanted(early, -100_002),
      wanted(early, -100_000, { address: "c.d" }),
    ]);
    expect(await records.looks.waiting(at(-100_001))).toEqual({ due: [early, late], nextAt: at(-100_000) });
  });

  it("are merged by many at once without loss", async () => {
    const records = on().records;
    const stackId = await newStack(records);
    const addresses = Array.from({ length: 50 }, (_, n) => `a.b[${n}]`);
    const batches = [addresses, addresses.toReversed(), addresses.toSpliced(9, 20)];
    await Promise.all(
      [...batches, ...batches].map((some, n) =>
        records.transaction(({ looks }) =>
          looks.want(some.map((address) => wanted(stackId, n, { address }))),
        ),
      ),
    );
    const due = await records.looks.due(stackId, at(0));
    expect(new Set(due.map(({ address }) => address))).toEqual(new Set(addresses));
  });
});

describeOnEveryServer("the outbox", (on) => {
  const entry = (with_: Partial<OutboxEntry> = {}): OutboxEntry => ({
    id: id(),
    entry: { kind: "drift.opened", "\u0000": ["\ud800", 1] },
    content: [],
    ...with_,
  });

  it("gives entries with their content, in their order, until they are published", async () => {
    const { outbox } = on().records;
    const bytes = Uint8Array.from([0, 255, 10]);
    const one = entry({
      content: [
        { role: "before", mediaType: "application/json", bytes },
        { role: "after", mediaType: "text/plain", bytes: new Uint8Array() },
      ],
    });
    const two = entry();
    await outbox.put([one]);
    await outbox.put([two, one, two]);
    const found = await outbox.next(10);
    expect(found.map((it) => it.id)).toEqual([one.id, two.id]);
    expect(found[0]?.entry).toStrictEqual(one.entry);
    expect(found[0]?.content.map((it) => [it.role, it.mediaType, [...it.bytes]])).toEqual([
      ["before", "application/json", [0, 255, 10]],
      ["after", "text/plain", []],
    ]);
    expect(await outbox.backlog()).toEqual({ entries: 2, oldestAt: expect.any(Date) });
    await outbox.published([one.id]);
    expect((await outbox.next(10)).map((it) => it.id)).toEqual([two.id]);
    await outbox.published([two.id, "unknown"]);
    expect(await outbox.backlog()).toEqual({ entries: 0 });
  });

  it("gives all entries of a transaction, or none", async () => {
    const records = on().records;
    const [first, second] = [
      [entry(), entry(), entry()],
      [entry(), entry()],
    ];
    await records.transaction(async ({ outbox }) => {
      for (const one of first) await outbox.put([one]);
      expect(await records.outbox.next(10)).toEqual([]);
    });
    await records.outbox.put(second);
    expect((await records.outbox.next(1)).map((it) => it.id)).toEqual(first.map((it) => it.id));
    expect(await records.outbox.next(4)).toHaveLength(5);
    await records.outbox.published([...first, ...second].map((it) => it.id));
  });
});

describeOnEveryServer("the records of detectors", (on) => {
  it("tell each death and each return once", async () => {
    const { detectors } = on().records;
    const name = `events:${id()}\u0000`;
    const beat = (seconds: number, problem?: string) =>
      detectors.beat({
        name,
        at: at(seconds),
        expectedWithinMs: 10_000,
        lagMs: 1.5,
        ...(problem === undefined ? {} : { problem }),
      });
    await beat(0);
    await beat(-5); // From a slower process: it changes nothing.
    expect(await detectors.buryDead(at(9))).toEqual([]);
    await beat(8, "the queue is away");
    const now = await Promise.all([detectors.buryDead(at(11)), detectors.buryDead(at(11))]);
    const dead = { name, at: at(8), expectedWithinMs: 10_000, lagMs: 1.5, problem: "the queue is away" };
    expect(now.flat()).toStrictEqual([{ ...dead, wellAt: at(0), deadSince: at(11) }]);
    expect(await detectors.resurrect()).toEqual([]);
    await beat(10); // The clock of that process is behind.
    expect((await detectors.resurrect())[0]).toMatchObject({ name, deadSince: at(11), wellAt: at(10) });
    expect(await detectors.resurrect()).toEqual([]);
    expect(await detectors.byName(name)).toStrictEqual({
      name,
      at: at(10),
      expectedWithinMs: 10_000,
      lagMs: 1.5,
      wellAt: at(10),
    });
    await detectors.forget(name);
    expect(await detectors.byName(name)).toBeUndefined();
  });

  it("bury one that was expected and never came, and leave one that is known as it is", async () => {
    const { detectors } = on().records;
    const [expected, known] = [id(), id()];
    await detectors.beat({ name: known, at: at(205), expectedWithinMs: 10_000 });
    const both = [expected, known].map((name) => ({ name, at: at(200), expectedWithinMs: 10_000 }));
    await detectors.expect(both);
    await detectors.expect(both.map((one) => ({ ...one, at: at(209) })));
    expect(await detectors.byName(known)).toMatchObject({ at: at(205), wellAt: at(205) });
    expect(await detectors.totals(at(210))).toEqual({ alive: 2, dead: 0 });
    expect(await detectors.buryDead(at(211))).toMatchObject([{ name: expected, deadSince: at(211) }]);
    expect(await detectors.totals(at(211))).toEqual({ alive: 1, dead: 1 });
    // The dead first, then the one that was silent for the longest time.
    await detectors.beat({ name: expected, at: at(212), expectedWithinMs: 10_000, problem: "still away" });
    expect((await detectors.worst(at(212), 9)).map(({ name }) => name)).toEqual([expected, known]);
    expect(await detectors.worst(at(212), 1)).toHaveLength(1);
    for (const name of [expected, known]) await detectors.forget(name);
  });

  it("bury one that never was well", async () => {
    const { detectors } = on().records;
    const name = id();
    const beat = { name, expectedWithinMs: 10_000, problem: "no credentials" };
    await detectors.beat({ ...beat, at: at(100) });
    await detectors.beat({ ...beat, at: at(109) });
    expect(await detectors.buryDead(at(110))).toEqual([]);
    expect(await detectors.buryDead(at(111))).toMatchObject([{ name, deadSince: at(111) }]);
    await detectors.forget(name);
  });
});

describeOnEveryServer("a transaction", (on) => {
  it("is all or nothing, and inner ones are a part of it", async () => {
    const records = on().records;
    const stack = aStack({ declaredBy: "api" });
    const failing = records.transaction(async (outer) => {
      await outer.transaction(({ stacks }) => stacks.add(stack));
      expect(await outer.stacks.byId(stack.id)).toBeDefined();
      throw new TypeError("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await records.stacks.byId(stack.id)).toBeUndefined();
  });

  it("is done again when it collided with another", async () => {
    const records = on().records;
    const [one, two] = [await newStack(records), await newStack(records)];
    let attempts = 0;
    const { promise: bothHold, resolve } = Promise.withResolvers<void>();
    let holding = 0;
    const crossing = (first: StackId, second: StackId) =>
      records.transaction(async ({ drifts }) => {
        attempts++;
        await drifts.lockOpen(first);
        holding++;
        if (holding >= 2) resolve();
        await bothHold;
        await drifts.lockOpen(second);
      });
    await Promise.all([crossing(one, two), crossing(two, one)]);
    expect(attempts).toBe(3);
  });
});

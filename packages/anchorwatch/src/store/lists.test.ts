/** Lists as those see them who may not see everything: compared with filters that anybody can follow. */
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { type Classification, SEVERITIES } from "../domain/classification.ts";
import type { LabelSetKey } from "../domain/labels.ts";
import type { ClaimId, ClaimRecord } from "../watch/claim.ts";
import { type DriftRecord, weightOf } from "../watch/drift.ts";
import type {
  CheckRecord,
  DriftFilter,
  EventFilter,
  Page,
  StoredEvent,
  WatchRecords,
} from "../watch/records.ts";
import type { StackId, WatchedStack } from "../watch/stack.ts";
import { createAccessRecords } from "./accessRecords.ts";
import { describeOnEveryServer, type TestDatabase } from "./postgres.fixture.ts";
import {
  aCheck,
  aDrift,
  anEvent,
  aStack,
  aStep,
  at,
  behind,
  everyPage,
  id,
  STATE,
} from "./records.fixture.ts";

const TEAMS = [{}, { team: "a" }, { team: "b" }, { team: "a", env: "prod" }] as const;
const PRINCIPALS = ["arn:aws:iam::1:user/ada", "arn:aws:iam::1:role/ci", "\u0000"];
const TYPES = ["aws_sqs_queue", "aws_vpc", "x".repeat(9_000)];

interface World {
  readonly stacks: readonly WatchedStack[];
  readonly drifts: readonly DriftRecord[];
  readonly checks: readonly CheckRecord[];
  readonly events: readonly Omit<StoredEvent, "touched">[];
  readonly touches: readonly {
    readonly eventId: string;
    readonly stackId: StackId;
    readonly address: string;
  }[];
}

/** Everything is somewhere, and many things happen at the same time. */
async function fill(records: WatchRecords): Promise<World> {
  const stacks = Array.from({ length: 8 }, (_, n) =>
    aStack({ labels: TEAMS[n % 4] ?? {}, name: `stack ${n}` }),
  );
  await records.stacks.declare(stacks, at(0));
  const stackOf = (n: number) => stacks[n % stacks.length]?.id as StackId;
  const drifts = Array.from({ length: 60 }, (_, n) => driftNumber(n, stackOf((n * 7) % 5)));
  for (const drift of drifts) await records.drifts.save(drift, aStep(drift));
  const checks = Array.from({ length: 30 }, (_, n) =>
    aCheck(stackOf(n), { finishedAt: at(n % 9), outcome: n % 4 === 0 ? "failed" : "complete" }),
  );
  for (const check of checks) await records.checks.add(check);
  const events = Array.from({ length: 30 }, (_, n) => ({
    ...anEvent({ name: n % 3 === 0 ? "RunInstances" : "CreateQueue" }),
    actor: { ...anEvent().actor, principal: PRINCIPALS[n % 3] ?? "" },
    receivedAt: at(n % 9),
  }));
  for (const { receivedAt, ...event } of events) await records.events.receive([event], receivedAt);
  // Some touch nothing, some one stack, and some two with other labels.
  const touches = events.flatMap((event, n) =>
    [n % 3 > 0 ? [n] : [], n % 3 > 1 ? [n + 1] : []].flat().map((one) => ({
      ...{ eventId: event.id, stackId: stackOf(one), address: "a.b" },
    })),
  );
  await records.events.touched(touches);
  return { stacks, drifts, checks, events, touches };
}

function driftNumber(n: number, stackId: StackId): DriftRecord {
  const times = { openedAt: at(n % 7), updatedAt: at(10 + (n % 11)) };
  const actors = PRINCIPALS.slice(n % 4).map((principal, i) => ({
    ...{ eventId: id(), eventName: "e", service: "s", time: at(n + i), isDelivery: false },
    actor: { ...anEvent().actor, principal },
    person: n % 2 === 0 ? { kind: "mapped" as const, name: "Ada", rule: "r" } : { kind: "unmapped" as const },
  }));
  return aDrift(stackId, {
    ...times,
    ...{ resource: `r${n}`, address: `module.m${n % 3}.${"ä".repeat(n % 2 === 0 ? 300 : 1)}[${n}]` },
    ...{ type: TYPES[n % 3] ?? "", verdict: n % 5 === 0 ? "absorbed" : "changed" },
    ...{ status: n % 3 === 0 ? "closed" : "open", attributions: actors },
    ...(n % 7 === 0 ? {} : { classification: saidOf(n) }),
    ...(n % 6 === 1 ? { excepted: { id: "e", kind: "accept", until: at(90) } } : {}),
  });
}

function saidOf(n: number): Classification {
  const severity = SEVERITIES[n % 5] ?? "info";
  const said = { isComplete: true, problems: [], rules: [], adjustments: [], policy: "sha256:00" };
  return { ...said, class: n % 2 === 0 ? "security" : "operational", severity };
}

/** Undefined: an own part of the program asks. */
const anyVisible = fc.option(fc.subarray([0, 1, 2, 3]), { nil: undefined });
const anyPage = fc.integer({ min: 1, max: 70 });
const anyWindow = fc.record(
  { from: fc.integer({ min: 0, max: 20 }).map(at), to: fc.integer({ min: 0, max: 22 }).map(at) },
  { requiredKeys: [] },
);

describeOnEveryServer("lists", (on) => {
  let world: World;
  let sets: readonly LabelSetKey[];
  beforeAll(async () => {
    world = await fill(on().records);
    sets = await keysOf(on(), world);
  }, 60_000);

  /** @param many as of somebody who may see hundreds of sets: they are looked through in another way */
  const seenBy = (chosen: readonly number[] | undefined, many: boolean) => {
    if (chosen === undefined) return {};
    const others = many ? Array.from({ length: 400 }, (_, n) => (9_000 + n) as LabelSetKey) : [];
    return { visible: [...chosen.map((n) => sets[n] as LabelSetKey), ...others] };
  };
  const isSeen = (chosen: readonly number[] | undefined, stackId: StackId) =>
    chosen === undefined || chosen.includes(world.stacks.findIndex((stack) => stack.id === stackId) % 4);

  it("of drifts give what is visible and asked for, page by page, in every order", async () => {
    const { drifts } = on().records;
    const anyFilter: fc.Arbitrary<DriftFilter> = fc.record(
      {
        stackId: fc.nat(4).map((n) => n as unknown as StackId),
        status: fc.constantFrom("open", "closed"),
        verdict: fc.constantFrom("changed", "absorbed"),
        type: fc.constantFrom(...TYPES),
        addressPrefix: fc.constantFrom("module.m1", "module.", `module.m0.${"ä".repeat(250)}`, "%"),
        actor: fc.constantFrom(...PRINCIPALS, "Ada", "nobody"),
        class: fc.constantFrom("security", "operational"),
        severity: fc.constantFrom("low", "critical"),
        excepted: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    const anySort = fc.constantFrom("updatedAt" as const, "openedAt" as const, "severity" as const);
    const anyOrder = fc.constantFrom("asc" as const, "desc" as const);
    await fc.assert(
      fc.asyncProperty(
        ...[anyFilter, anyWindow, anySort, anyOrder, anyVisible, fc.boolean(), anyPage],
        async (filter, window, sort, order, chosen, many, limit) => {
          const { stackId: n, ...rest } = filter;
          const stackId = n === undefined ? {} : { stackId: world.stacks[Number(n)]?.id as StackId };
          const wanted = { ...rest, ...window, ...stackId, sort, order };
          const found = await everyPage(
            (page) => drifts.list({ ...wanted, ...page, ...seenBy(chosen, many) }),
            limit,
            (drift) =>
              sort === "severity" ? { value: weightOf(drift), id: drift.id } : behind(drift[sort], drift),
          );
          const rank = (drift: DriftRecord) => (sort === "severity" ? Number(weightOf(drift)) : +drift[sort]);
          const expected = world.drifts
            .filter((drift) => isSeen(chosen, drift.stackId) && isWanted(drift, wanted))
            .toSorted((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
          expect(found).toStrictEqual(order === "asc" ? expected : expected.toReversed());
        },
      ),
      { numRuns: 80 },
    );
  });

  it("of checks give what is visible and asked for, the newest first", async () => {
    const { checks } = on().records;
    const anyOutcome = fc.option(fc.constantFrom("failed" as const, "complete" as const), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(
        ...[anyOutcome, anyWindow, anyVisible, fc.boolean(), anyPage],
        async (outcome, window, chosen, many, limit) => {
          const wanted = { ...window, ...(outcome === undefined ? {} : { outcome }) };
          const found = await everyPage(
            (page) => checks.list({ ...wanted, trigger: "manual", ...page, ...seenBy(chosen, many) }),
            limit,
            (check) => behind(check.finishedAt, check),
          );
          const expected = world.checks
            .filter((check) => isSeen(chosen, check.stackId) && (outcome ?? check.outcome) === check.outcome)
            .filter(({ finishedAt }) => isWithin(finishedAt, window))
            .toSorted((a, b) => +b.finishedAt - +a.finishedAt || (a.id < b.id ? 1 : -1));
          expect(found).toStrictEqual(expected);
        },
      ),
      { numRuns: 30 },
    );
    expect(await checks.list({ trigger: "ci", limit: 9 })).toEqual([]);
  });

  it("of events tell only of what is visible, and of nothing that touched nothing visible", async () => {
    const { events } = on().records;
    const anyFilter: fc.Arbitrary<EventFilter> = fc.record(
      {
        stackId: fc.nat(4).map((n) => n as unknown as StackId),
        candidates: fc.constantFrom("also", "only", "none"),
        principal: fc.constantFrom(...PRINCIPALS),
        eventName: fc.constantFrom("RunInstances", "CreateQueue", "None"),
        service: fc.constant("ec2.amazonaws.com"),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        ...[anyFilter, anyWindow, anyVisible, anyPage],
        async ({ stackId: n, ...filter }, window, chosen, limit) => {
          const stackId = n === undefined ? undefined : world.stacks[Number(n)]?.id;
          const wanted = { ...filter, ...window, ...(stackId === undefined ? {} : { stackId }) };
          const found = await everyPage(
            (page) => events.list({ ...wanted, ...page, ...seenBy(chosen, false) }),
            limit,
            (event) => behind(event.receivedAt, event),
          );
          expect(byTime(found)).toStrictEqual(byTime(eventsSeenBy(chosen, wanted)));
          const times = found.map(({ receivedAt }) => +receivedAt);
          expect(times).toEqual(times.toSorted((a, b) => b - a));
        },
      ),
      { numRuns: 60 },
    );
  });

  const eventsSeenBy = (chosen: readonly number[] | undefined, wanted: EventFilter): StoredEvent[] => {
    const { candidates = chosen === undefined ? "also" : "none" } = wanted;
    return world.events.flatMap((event) => {
      const all = world.touches.filter(({ eventId }) => eventId === event.id);
      const touched = all.filter(({ stackId }) => isSeen(chosen, stackId));
      const isThere =
        all.length === 0
          ? candidates !== "none" && wanted.stackId === undefined
          : candidates !== "only" && touched.some(({ stackId }) => stackId === (wanted.stackId ?? stackId));
      const isAsked =
        isWithin(event.receivedAt, wanted) &&
        event.actor.principal === (wanted.principal ?? event.actor.principal) &&
        event.name === (wanted.eventName ?? event.name);
      return isThere && isAsked ? [{ ...event, touched: touched.map(({ eventId: _, ...one }) => one) }] : [];
    });
  };

  it("of actors count what is visible, the latest first", async () => {
    const { actors } = on().records;
    await fc.assert(
      fc.asyncProperty(
        anyVisible,
        fc.boolean(),
        fc.integer({ min: 1, max: 4 }),
        async (chosen, many, limit) => {
          const found = await everyPage(
            (page) => actors.list({ ...page, ...seenBy(chosen, many) }),
            limit,
            ({ lastSeenAt, principal }) => behind(lastSeenAt, { id: principal }),
          );
          const drifts = world.drifts.filter(({ stackId }) => isSeen(chosen, stackId));
          const expected = PRINCIPALS.flatMap((principal) => {
            const caused = drifts.filter((drift) => isBy(drift, principal));
            const all = caused.flatMap(({ attributions }) =>
              attributions.filter(({ actor }) => actor.principal === principal),
            );
            const last = all.toSorted(
              (a, b) => +b.time - +a.time || (a.person.kind === "mapped" ? -1 : 1),
            )[0];
            if (last === undefined) return [];
            const person = last.person.kind === "mapped" ? { person: last.person.name } : {};
            const open = caused.filter(({ status }) => status === "open").length;
            return [{ principal, ...person, lastSeenAt: last.time, drifts: caused.length, openDrifts: open }];
          });
          expect(found).toEqual(expected.toSorted((a, b) => +b.lastSeenAt - +a.lastSeenAt));
        },
      ),
      { numRuns: 30 },
    );
    const search = async (text: string) =>
      (await actors.list({ limit: 9, search: text })).map((one) => one.principal);
    expect(await search("ROLE/")).toEqual([PRINCIPALS[1]]);
    expect(await search("ada")).toHaveLength(3);
    expect(await search("%")).toEqual([]);
  });

  it("of stacks give what is visible and has all of the labels, and totals count nothing else", async () => {
    const { stacks } = on().records;
    const names = async (filter: Parameters<typeof stacks.list>[0]) =>
      (await stacks.list(filter)).map(({ stack }) => stack.name);
    const limit = 99;
    expect(await names({ limit, labels: { team: "a" } })).toEqual([
      "stack 1",
      "stack 3",
      "stack 5",
      "stack 7",
    ]);
    expect(await names({ limit, labels: { team: "a", env: "prod" } })).toEqual(["stack 3", "stack 7"]);
    expect(await names({ limit, labels: { team: "a" }, ...seenBy([0, 1], false) })).toEqual([
      "stack 1",
      "stack 5",
    ]);
    expect(await names({ limit, namePrefix: "stack", order: "desc", ...seenBy([2], true) })).toEqual([
      ...["stack 6", "stack 2"],
    ]);
    expect(await names({ limit, namePrefix: "%" })).toEqual([]);
    expect(await names({ limit, visible: [] })).toEqual([]);
    const [first, second] = world.stacks;
    for (const [n, stack] of [second, first].entries())
      if (stack !== undefined)
        await stacks.checked(stack.id, { startedAt: at(n), at: at(n), isComplete: false, state: STATE });
    for (const order of ["asc", "desc"] as const) {
      const listed = await everyPage(
        (page) => stacks.list({ ...page, sort: "lastCheckAt", order, ...seenBy([0, 1], false) }),
        1,
        ({ stack, lastCheckAt }) => behind(lastCheckAt, stack),
      );
      const checked = order === "asc" ? ["stack 1", "stack 0"] : ["stack 0", "stack 1"];
      expect(listed.map(({ stack }) => stack.name)).toEqual([
        ...checked,
        ...new Array(2).fill(expect.any(String)),
      ]);
    }
    const open = (chosen: readonly number[]) =>
      world.drifts.filter(({ status, stackId }) => status === "open" && isSeen(chosen, stackId)).length;
    for (const chosen of [[], [2], [0, 1, 2, 3]]) {
      const { stacks: counted, openDrifts } = await stacks.totals(seenBy(chosen, false));
      expect([counted.new + counted.ok, openDrifts]).toEqual([2 * chosen.length, open(chosen)]);
    }
  });

  it("and single records are not there for whoever may not see them", async () => {
    const { stacks, drifts, claims } = on().records;
    const [hidden, shown] = [world.stacks[0], world.stacks[1]] as [WatchedStack, WatchedStack];
    const drift = world.drifts.find(({ stackId }) => stackId === hidden.id);
    const visible = seenBy([1], false);
    expect(await stacks.byId(hidden.id, visible)).toBeUndefined();
    expect((await stacks.byId(shown.id, visible))?.stack).toStrictEqual(shown);
    expect(await drifts.byId(drift?.id as DriftRecord["id"], visible)).toBeUndefined();
    expect(await drifts.byId(drift?.id as DriftRecord["id"], seenBy([0], false))).toStrictEqual(drift);
    const claim: ClaimRecord = {
      ...{
        id: id() as ClaimId,
        stacks: [hidden.id, shown.id] as const,
        status: "open",
        resources: [],
        count: 0,
      },
      ...{ openedAt: at(0), updatedAt: at(0), entryId: id() },
    };
    await claims.save(claim);
    expect(await claims.list({ limit: 9, ...visible })).toEqual([]);
    expect(await claims.list({ limit: 9, ...seenBy([0, 1], false) })).toStrictEqual([claim]);
    expect((await stacks.totals(visible)).openClaims).toBe(0);
  });

  it("follow the labels of a stack when they change, with all that belongs to it, also what is stored then", async () => {
    const { stacks, drifts, checks, actors } = on().records;
    const stack = aStack({ declaredBy: "api", labels: { moving: "from" } });
    await stacks.add(stack);
    const keyOf = async () => [(await stacks.byId(stack.id))?.labelSet as LabelSetKey];
    const before = { visible: await keyOf() };
    const caused = driftNumber(0, stack.id);
    await drifts.save(caused, aStep(caused));
    const save = async () => {
      const drift = driftNumber(1, stack.id);
      await drifts.save(drift, aStep(drift));
      await checks.add(aCheck(stack.id));
    };
    const moved = { ...stack, declaredBy: "config", labels: { moving: "to" } } as const;
    await stacks.remove(stack.id);
    await Promise.all([save(), stacks.declare([...world.stacks, moved], at(1)), save(), save()]);
    expect((await stacks.byId(stack.id))?.stack.labels).toEqual({ moving: "to" });
    const after = { visible: await keyOf() };
    const counts = async (visible: typeof before) => [
      (await drifts.list({ limit: 9, ...visible })).length,
      (await checks.list({ limit: 9, ...visible })).length,
      (await actors.list({ limit: 9, ...visible })).length,
    ];
    expect(await counts(before)).toEqual([0, 0, 0]);
    expect(await counts(after)).toEqual([4, 3, 3]);
  });

  it("of resources come by address, with the drift that is open", async () => {
    const { resources, drifts } = on().records;
    const stackId = world.stacks[7]?.id as StackId;
    const known = ["b", "a[1]", "a[0]", "Z", "\u0000"].map((address) => ({
      ...{ address, type: address.startsWith("a") ? "aws_vpc" : "aws_eip", provider: "p", id: address },
    }));
    await resources.replace(stackId, known);
    const drift = aDrift(stackId, { address: "a[0]" });
    const closed = aDrift(stackId, { address: "b", status: "closed" });
    for (const one of [drift, closed]) await drifts.save(one, aStep(one));
    const listed = (filter: object) => (page: Page) => resources.listed({ stackId, ...filter, ...page });
    const position = ({ address }: { address: string }) => ({ value: address, id: "" });
    const all = await everyPage(listed({}), 2, position);
    expect(all.map(({ address }) => address)).toEqual(["\u0000", "Z", "a[0]", "a[1]", "b"]);
    expect(all.map((one) => one.drift?.id)).toEqual([undefined, undefined, drift.id, undefined, undefined]);
    const some = await everyPage(listed({ type: "aws_vpc", addressPrefix: "a[1" }), 9, position);
    expect(some).toStrictEqual([known[1]]);
  });
});

async function keysOf(on: TestDatabase, { stacks }: World): Promise<readonly LabelSetKey[]> {
  const known = await createAccessRecords(on.database).labels.since(0);
  const statuses = await Promise.all(stacks.slice(0, 4).map((stack) => on.records.stacks.byId(stack.id)));
  const keys = statuses.map((status) => status?.labelSet as LabelSetKey);
  for (const [n, key] of keys.entries())
    expect(known.find((set) => set.key === key)?.labels).toEqual(TEAMS[n]);
  return keys;
}

function isWithin(moment: Date, { from, to }: { readonly from?: Date; readonly to?: Date }): boolean {
  return (from === undefined || moment >= from) && (to === undefined || moment < to);
}

function isBy({ attributions }: DriftRecord, name: string): boolean {
  return attributions.some(
    ({ actor, person }) => actor.principal === name || (person.kind === "mapped" && person.name === name),
  );
}

function isWanted(
  drift: DriftRecord,
  wanted: DriftFilter & { readonly sort: "updatedAt" | "openedAt" | "severity" },
): boolean {
  const {
    stackId = drift.stackId,
    status = drift.status,
    verdict = drift.verdict,
    type = drift.type,
  } = wanted;
  return (
    drift.stackId === stackId &&
    drift.status === status &&
    drift.verdict === verdict &&
    drift.type === type &&
    drift.address.startsWith(wanted.addressPrefix ?? "") &&
    (wanted.actor === undefined || isBy(drift, wanted.actor)) &&
    (wanted.class === undefined || drift.classification?.class === wanted.class) &&
    (wanted.severity === undefined || drift.classification?.severity === wanted.severity) &&
    (wanted.excepted === undefined || (drift.excepted !== undefined) === wanted.excepted) &&
    isWithin(drift[wanted.sort === "openedAt" ? "openedAt" : "updatedAt"], wanted)
  );
}

/** Of the same moment in any order: that of their digests means nothing to anybody. */
function byTime(events: readonly StoredEvent[]): readonly StoredEvent[] {
  return events
    .map((event) => ({
      ...event,
      touched: event.touched.toSorted((a, b) => (a.stackId < b.stackId ? -1 : 1)),
    }))
    .toSorted((a, b) => +b.receivedAt - +a.receivedAt || (a.id < b.id ? -1 : 1));
}

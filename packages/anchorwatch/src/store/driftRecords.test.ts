import fc from "fast-check";
import { expect, it } from "vitest";
import type { Attribution } from "../domain/actor.ts";
import type { Classification, Severity } from "../domain/classification.ts";
import type { JsonObject } from "../domain/jsonValue.ts";
import { type DriftId, weightOf } from "../watch/drift.ts";
import type { ExceptionId, ExceptionRecord } from "../watch/exception.ts";
import type { WatchRecords } from "../watch/records.ts";
import type { StackId } from "../watch/stack.ts";
import { describeOnEveryServer } from "./postgres.fixture.ts";
import { aCheck, aDrift, anEvent, aStack, aStep, at, behind, everyPage, id } from "./records.fixture.ts";

const ATTRIBUTION: Attribution = {
  eventId: "e",
  eventName: "SetQueueAttributes",
  service: "sqs.amazonaws.com",
  time: at(-3),
  actor: anEvent().actor,
  person: { kind: "mapped", name: "Ada", rule: "anchorwatch.server.yaml:3" },
  isDelivery: false,
};

async function newStack({ stacks }: WatchRecords): Promise<StackId> {
  const stack = aStack({ declaredBy: "api" });
  await stacks.add(stack);
  return stack.id;
}

describeOnEveryServer("the records of drifts", (on) => {
  it("give a drift back with everything that it holds, and with its history, oldest first", async () => {
    const { drifts, ...records } = on().records;
    const open = aDrift(await newStack({ drifts, ...records }), {
      address: 'module.a["\u0000"].b',
      attributions: [ATTRIBUTION],
      marks: [{ kind: "value", path: ["a", 1, { json: ["b"] }], madeAt: "a.b", recorded: "r", live: "l" }],
    });
    await drifts.save(open, aStep(open));
    const newer = { lineage: "lineage", serial: 8, digest: "sha256:08" };
    await drifts.seenUnder([open.id], newer);
    expect(await drifts.byId(open.id)).toStrictEqual({ ...open, state: newer });
    const closed = { ...open, status: "closed", closedAt: at(5), updatedAt: at(5), end: "reverted" } as const;
    await drifts.save(closed, aStep(closed, { kind: "closed", end: "reverted" }));
    expect(await drifts.byId(open.id)).toStrictEqual(closed);
    const { id: driftId, ...reopened } = { ...open, times: 2, updatedAt: at(9), openedAt: at(9) };
    await drifts.save({ id: driftId, ...reopened }, aStep(open, { kind: "reopened", at: at(9) }));
    expect(await drifts.byId(open.id)).toStrictEqual({ id: driftId, ...reopened });
    const history = await drifts.history(open.id);
    expect(history.map(({ kind, end }) => ({ kind, end }))).toEqual([
      { kind: "opened", end: undefined },
      { kind: "closed", end: "reverted" },
      { kind: "reopened", end: undefined },
    ]);
    expect(history[0]).toStrictEqual({ ...aStep(open), checkId: expect.any(String) });
    expect(await drifts.byId("none" as DriftId)).toBeUndefined();
  });

  it("give any JSON back as it was found", async () => {
    const { drifts, ...records } = on().records;
    const stackId = await newStack({ drifts, ...records });
    const anyFound = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()) as fc.Arbitrary<JsonObject>;
    await fc.assert(
      fc.asyncProperty(anyFound, async (found) => {
        const drift = aDrift(stackId, { found });
        await drifts.save(drift, aStep(drift));
        expect(JSON.stringify((await drifts.byId(drift.id))?.found)).toBe(JSON.stringify(found));
      }),
      { numRuns: 40, examples: [[{ "\u0000": "\u0000\ud800", b: 1, a: 1e300, ["__proto__"]: [] }]] },
    );
  });

  it("count open drifts for the stack, and find the newest record of a resource", async () => {
    const { drifts, stacks, ...records } = on().records;
    const stackId = await newStack({ drifts, stacks, ...records });
    const closed = aDrift(stackId, { status: "closed", end: "removed", closedAt: at(1), openedAt: at(0) });
    const open = aDrift(stackId, { openedAt: at(2) });
    const other = aDrift(stackId, { resource: "other" });
    for (const drift of [open, closed, other]) await drifts.save(drift, aStep(drift));
    expect((await stacks.byId(stackId))?.openDrifts).toBe(2);
    expect((await drifts.lockResource(stackId, open.resource))?.id).toBe(open.id);
    expect(await drifts.lockResource(stackId, "nothing")).toBeUndefined();
    expect((await drifts.lockOpen(stackId)).map((drift) => drift.id)).toEqual([other.id, open.id]);
  });

  it("let two checks of one stack take turns, so that no drift is opened twice", async () => {
    const records = on().records;
    const stackId = await newStack(records);
    const check = () =>
      records.transaction(async ({ drifts }) => {
        if ((await drifts.lockOpen(stackId)).length > 0) return "known";
        const drift = aDrift(stackId);
        await drifts.save(drift, aStep(drift));
        return "opened";
      });
    const outcomes = await Promise.all(Array.from({ length: 8 }, check));
    expect(outcomes.filter((outcome) => outcome === "opened")).toHaveLength(1);
    expect(await records.drifts.list({ stackId, limit: 9 })).toHaveLength(1);
  });

  it("refuse a drift of a stack that nobody knows", async () => {
    const { drifts, checks } = on().records;
    const nobody = id() as StackId;
    const drift = aDrift(nobody);
    const refused = { code: "stack_unknown", message: expect.stringContaining(nobody) };
    await expect(drifts.save(drift, aStep(drift))).rejects.toMatchObject(refused);
    await expect(drifts.lockOpen(nobody)).rejects.toMatchObject(refused);
    await expect(checks.add(aCheck(nobody))).rejects.toMatchObject(refused);
  });

  it("come in pages, newest change first, filtered", async () => {
    const { drifts, ...records } = on().records;
    const stackId = await newStack({ drifts, ...records });
    const all = Array.from({ length: 7 }, (_, n) =>
      aDrift(stackId, { updatedAt: at(n % 3), status: n < 4 ? "open" : "closed", resource: `r${n}` }),
    );
    for (const drift of all) await drifts.save(drift, aStep(drift));
    const paged = await everyPage(
      (page) => drifts.list({ ...page, stackId }),
      2,
      (drift) => behind(drift.updatedAt, drift),
    );
    const sorted = all.toSorted((a, b) => +b.updatedAt - +a.updatedAt || (a.id < b.id ? 1 : -1));
    expect(paged.map((drift) => drift.id)).toEqual(sorted.map((drift) => drift.id));
    expect(await drifts.list({ stackId, status: "closed", limit: 9 })).toHaveLength(3);
    expect(
      (await drifts.list({ status: "open", limit: 1_000 })).every(({ status }) => status === "open"),
    ).toBe(true);
  });
});

describeOnEveryServer("the records of checks", (on) => {
  it("give a check back, added twice or not, newest first", async () => {
    const { checks, ...records } = on().records;
    const stackId = await newStack({ checks, ...records });
    const coverage = {
      ...{ resources: 1, inSync: 1, changed: 0, deleted: 0, unmanaged: 0, absorbed: 0 },
      ...{ ignored: 0, unknown: 0, notChecked: 0, pending: 0 },
    };
    const complete = aCheck(stackId, { coverage });
    const failed = aCheck(stackId, {
      outcome: "failed",
      error: { code: "state_missing", message: "\u0000" },
      finishedAt: at(3),
    });
    for (const check of [complete, failed, complete]) await checks.add(check);
    expect(await checks.list({ stackId, limit: 9 })).toStrictEqual([failed, complete]);
    expect(await checks.list({ stackId, limit: 9, after: behind(failed.finishedAt, failed) })).toStrictEqual([
      complete,
    ]);
    expect(await checks.list({ limit: 1 })).toHaveLength(1);
    expect(await checks.forget(at(1))).toBe(0);
    expect(await checks.forget(at(2))).toBe(1);
    expect(await checks.list({ stackId, limit: 9 })).toStrictEqual([failed]);
  });
});

describeOnEveryServer("why drifts matter", (on) => {
  const said = (severity: Severity, more: Partial<Classification> = {}): Classification => ({
    ...{ class: "security", severity, isComplete: true, problems: [], rules: [], adjustments: [] },
    policy: "sha256:p1",
    ...more,
  });

  it("is given back, sorted and found by, and counted, of what is visible", async () => {
    const { drifts, stacks } = on().records;
    const stack = aStack({ labels: { team: `t${id()}` } });
    await stacks.add(stack);
    const labelSet = (await stacks.byId(stack.id))?.labelSet ?? expect.unreachable();
    const severities: readonly (Severity | undefined)[] = ["low", "critical", undefined, "high", "critical"];
    for (const [at_, severity] of severities.entries()) {
      const drift = aDrift(stack.id, {
        ...{ resource: `r${at_}`, address: `a.r${at_}`, updatedAt: at(at_) },
        ...(severity === undefined ? {} : { classification: said(severity, { againAt: at(100) }) }),
        ...(at_ === 3 ? { excepted: { id: "e", kind: "accept", until: at(50) } as const } : {}),
      });
      await drifts.save(
        drift,
        aStep(drift, drift.classification && { classification: drift.classification }),
      );
    }
    const visible = [labelSet];
    const addresses = async (filter: Parameters<typeof drifts.list>[0]) =>
      (await drifts.list(filter)).map(({ address }) => address);
    const bySeverity = { visible, limit: 2, sort: "severity" } as const;
    const all = await everyPage(
      (page) => drifts.list({ ...bySeverity, ...page }),
      2,
      (drift) => ({
        ...{ value: weightOf(drift), id: drift.id },
      }),
    );
    expect(all.map(({ address }) => address)).toEqual(["a.r4", "a.r1", "a.r3", "a.r0", "a.r2"]);
    expect(await addresses({ visible, limit: 9, severity: "critical" })).toEqual(["a.r4", "a.r1"]);
    expect(await addresses({ visible, limit: 9, excepted: true })).toEqual(["a.r3"]);
    expect(await addresses({ visible, limit: 9, class: "operational" })).toEqual([]);
    expect(await addresses({ visible: [], limit: 9, sort: "severity" })).toEqual([]);
    expect((await stacks.totals({ visible })).drifts).toEqual({
      classes: { security: 3, operational: 0 },
      severities: { critical: 2, high: 0, medium: 0, low: 1, info: 0 },
      ...{ unclassified: 1, excepted: 1 },
    });
    const [first] = all;
    expect(first?.classification).toEqual(said("critical", { againAt: at(100) }));
    expect((await drifts.history(first?.id ?? expect.unreachable()))[0]?.classification).toEqual(
      first?.classification,
    );
  });

  it("is asked again when its time comes, or by other rules; what it was said of is kept while it is open", async () => {
    const { drifts, stacks } = on().records;
    const stack = aStack();
    await stacks.add(stack);
    const drift = aDrift(stack.id, { classification: said("low", { againAt: at(10) }) });
    const seen = { recorded: { a: 1 }, live: { a: "\u0000\ud800" }, isCut: false, changes: [] };
    await drifts.save(drift, aStep(drift), seen);
    expect(await drifts.seenOf([drift.id])).toEqual(new Map([[drift.id, seen]]));
    const due = async (moment: Date) => (await drifts.dueForJudging(moment, 1000)).includes(stack.id);
    expect([await due(at(9)), await due(at(10))]).toEqual([false, true]);
    expect(await drifts.policies()).toContainEqual({ stackId: stack.id, labels: {}, policy: "sha256:p1" });
    await drifts.judgedTheSame([{ ...drift, classification: said("low", { policy: "sha256:p2" }) }]);
    expect(await due(at(10))).toBe(false);
    expect(await drifts.policies()).toContainEqual({ stackId: stack.id, labels: {}, policy: "sha256:p2" });
    expect(await drifts.history(drift.id)).toHaveLength(1);
    const closed = { ...drift, status: "closed", closedAt: at(11), end: "reverted" } as const;
    await drifts.save(closed, aStep(closed, { kind: "closed" }));
    expect(await drifts.seenOf([drift.id])).toEqual(new Map());
    expect(await due(at(99))).toBe(false);
  });

  it("exceptions are kept with all that they hold, and are seen as their stack is", async () => {
    const { exceptions, stacks, drifts } = on().records;
    const stack = aStack({ labels: { team: `t${id()}` } });
    await stacks.add(stack);
    const drift = aDrift(stack.id);
    await drifts.save(drift, aStep(drift));
    const labelSet = (await stacks.byId(stack.id))?.labelSet ?? expect.unreachable();
    const common = {
      stackId: stack.id,
      reason: "r\u0000",
      by: "kim",
      at: at(0),
      updatedAt: at(0),
      version: 1,
    };
    const accepted: ExceptionRecord = {
      ...{ ...common, id: id() as ExceptionId, state: "active", kind: "accept", driftId: drift.id },
      ...{ digest: "sha256:01", until: at(60), evenCritical: true },
    };
    const raised: ExceptionRecord = {
      ...{ ...common, id: id() as ExceptionId, state: "active", kind: "escalate", updatedAt: at(1) },
      ...{ pattern: { type: "aws_*" }, raise: { severity: "high" } },
    };
    for (const one of [accepted, raised]) await exceptions.save(one);
    expect(await exceptions.lockActive(stack.id)).toEqual(expect.arrayContaining([accepted, raised]));
    expect(await exceptions.byId(accepted.id)).toEqual({ exception: accepted, labelSet });
    expect(await exceptions.byId(accepted.id, { visible: [] })).toBeUndefined();
    expect(await exceptions.list({ visible: [labelSet], limit: 9 })).toEqual([raised, accepted]);
    expect(await exceptions.list({ visible: [], limit: 9 })).toEqual([]);
    expect(await exceptions.list({ driftId: drift.id, limit: 9 })).toEqual([accepted]);
    expect(await exceptions.expired(at(60), 1000)).toContain(stack.id);
    await exceptions.save({ ...accepted, state: "expired", version: 2, updatedAt: at(61) });
    expect(await exceptions.expired(at(99), 1000)).not.toContain(stack.id);
    expect(await exceptions.lockActive(stack.id)).toEqual([raised]);
  });
});

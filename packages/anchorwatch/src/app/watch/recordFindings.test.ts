import { describe, expect, it } from "vitest";
import { change, checkResult, resource } from "../../cli/formats/checkResult.fixture.ts";
import type { Attribution } from "../../domain/actor.ts";
import type { ResourceResult } from "../../domain/check.ts";
import type { MarkStanding } from "../../domain/driftMark.ts";
import { encodeEntry } from "../../ledger/entry/entry.ts";
import type { EntryInput } from "../../ledger/entry/form.ts";
import { describeOnEveryServer } from "../../store/postgres.fixture.ts";
import { aStack, at, id } from "../../store/records.fixture.ts";
import { remember } from "../../terraform/read/remembered.ts";
import { STATE_ADDRESS } from "../../watch/deployment.ts";
import type { DriftId, DriftRecord } from "../../watch/drift.ts";
import type { WatchRecords } from "../../watch/records.ts";
import type { StackStatus } from "../../watch/stack.ts";
import { NO_RULES } from "../policy/noRules.ts";
import { type Left, resourceIn } from "./leaving.ts";
import { type RecordedFindings, recordFindings } from "./recordFindings.ts";

const ADDRESS = "aws_sqs_queue.jobs";
const MARK = {
  kind: "value",
  path: ["delay_seconds"],
  madeAt: ADDRESS,
  recorded: "r",
  live: "l",
} as const;

const drifted = (live: number, address = ADDRESS): ResourceResult =>
  resource(address, {
    id: "q-1",
    verdict: "changed",
    changes: [change({ path: ["delay_seconds"], recorded: 0, live })],
  });

const rememberedOf = ({ address, type, found, marks }: DriftRecord) => ({
  address,
  type,
  id: resourceIn(found)?.id,
  marks,
});

interface Seen {
  readonly resources: readonly ResourceResult[];
  readonly seconds: number;
  readonly serial?: number;
  readonly standings?: readonly MarkStanding[];
  readonly address?: string;
  readonly moved?: Left["moved"];
  readonly isAsked?: boolean;
  /** Events that touched the resource, or the state. */
  readonly events?: readonly Attribution[];
  readonly writers?: readonly Attribution[];
}

const by = (who: string, seconds: number): Attribution => ({
  eventId: `${who} at ${seconds}`,
  eventName: "SetQueueAttributes",
  service: "sqs.amazonaws.com",
  time: at(seconds),
  actor: { principal: who, kind: "user", channel: "console" },
  person: { kind: "unmapped" },
  isDelivery: who === "pipeline",
});

/** Why it matters is told by entries of their own. */
const isOfLife = ({ kind }: EntryInput) => kind.startsWith("drift.") && kind !== "drift.classified";

/** One stack, checked again and again. */
async function watchedStack(records: WatchRecords) {
  const stack = aStack();
  await records.stacks.add(stack);
  const status = async () => (await records.stacks.byId(stack.id)) as StackStatus;
  const check = async ({
    resources,
    seconds,
    serial = 1,
    standings = [],
    address = ADDRESS,
    moved = new Map(),
    isAsked = true,
    events = [],
    writers = [],
  }: Seen): Promise<RecordedFindings> => {
    const open = await records.drifts.list({ stackId: stack.id, status: "open", limit: 100 });
    const times = { startedAt: at(seconds), finishedAt: at(seconds + 1) };
    return await recordFindings(
      records,
      {
        status: await status(),
        trigger: "schedule",
        result: checkResult(resources, {
          ...times,
          trigger: "schedule",
          stack: { name: stack.name, kind: "terraform" },
        }),
        state: { lineage: "l", serial, digest: `sha256:${serial}` },
        revision: undefined,
        isSweep: true,
        marked: new Map([[address, { marks: [MARK], standings }]]),
        wholes: new Map(),
        rules: NO_RULES(undefined),
        remembered: remember(isAsked ? open.map(rememberedOf) : []),
        left: { sights: new Map(), moved },
        newState: undefined,
        hasDelivery: true,
        attribute: async (_, about) => (about.address === STATE_ADDRESS ? writers : events),
        causesSince: undefined,
        hold: async () => {},
        isHeldBack: () => false,
      },
      { newId: id },
    );
  };
  const entries = async () => {
    const waiting = await records.outbox.next(1000);
    // What the ledger would refuse would stay in the outbox for ever.
    for (const { entry } of waiting) encodeEntry(entry as unknown as EntryInput);
    const all = waiting.map(({ entry }) => entry as unknown as EntryInput);
    return all.filter((entry) => entry.stack?.name === stack.name);
  };
  const drifts = () => records.drifts.list({ stackId: stack.id, limit: 100 });
  return { check, entries, drifts, status };
}

describeOnEveryServer("recording what a check found", (on) => {
  it("keeps one record for one resource, with its whole history, and an entry for each step", async () => {
    const { check, entries, drifts } = await watchedStack(on().records);
    await check({ resources: [drifted(5)], seconds: 0 });
    await check({ resources: [drifted(5)], seconds: 10 });
    await check({ resources: [drifted(9)], seconds: 20 });
    await check({ resources: [resource(ADDRESS, { id: "q-1" })], seconds: 30 });
    await check({ resources: [drifted(5)], seconds: 40 });
    const [drift, ...others] = await drifts();
    expect(others).toEqual([]);
    expect(drift).toMatchObject({ status: "open", verdict: "changed", times: 2, openedAt: at(41) });
    expect(drift?.closedAt).toBeUndefined();
    const history = await on().records.drifts.history(drift?.id as never);
    expect(
      history.map(({ kind, found }) => [kind, (found["after"] as { delay_seconds?: number })?.delay_seconds]),
    ).toEqual([
      ["opened", 5],
      ["updated", 9],
      ["closed", 9],
      ["reopened", 5],
    ]);
    const kinds = (await entries()).filter(isOfLife);
    expect(kinds.map(({ kind }) => kind)).toEqual([
      "drift.opened",
      "drift.updated",
      "drift.resolved",
      "drift.opened",
    ]);
    const [first, second, third, fourth] = kinds;
    expect(second?.refs).toContainEqual({ type: "drift", id: first?.id });
    expect(third?.refs).toContainEqual({ type: "drift", id: first?.id });
    expect(third?.data).toMatchObject({ how: "reverted" });
    expect(fourth?.refs).toContainEqual({ type: "reopens", id: first?.id });
    expect(drift?.entryId).toBe(fourth?.id);
  });

  it("leaves nothing of a sweep that finds everything as before", async () => {
    const { check, entries, status } = await watchedStack(on().records);
    const inSync = [resource(ADDRESS)];
    await check({ resources: inSync, seconds: 0 });
    const before = await entries();
    const again = await check({ resources: inSync, seconds: 10 });
    expect(again).toEqual({ check: undefined, changes: [], heldBack: [], claims: [] });
    expect(await entries()).toEqual(before);
    expect((await status()).lastCompleteAt).toEqual(at(11));
  });

  it("keeps a drift open as absorbed when a new serial records the stranger, and closes it when it is taken out", async () => {
    const { check, entries, drifts } = await watchedStack(on().records);
    await check({ resources: [drifted(5)], seconds: 0 });
    const inSync = [resource(ADDRESS, { id: "q-1" })];
    await check({ resources: inSync, seconds: 10, serial: 2, standings: ["stranger"] });
    expect(await drifts()).toMatchObject([{ status: "open", verdict: "absorbed", marks: [MARK] }]);
    await check({ resources: inSync, seconds: 20, serial: 2, standings: ["stranger"] });
    await check({ resources: inSync, seconds: 30, serial: 3, standings: ["restored"] });
    expect(await drifts()).toMatchObject([{ status: "closed", end: "deployed" }]);
    const told = (await entries()).filter(isOfLife);
    expect(told.map(({ kind, data }) => [kind, data["verdict"] ?? data["how"]])).toEqual([
      ["drift.opened", "changed"],
      ["drift.updated", "absorbed"],
      ["drift.resolved", "deployed"],
    ]);
  });

  it("is not moved by a check that began to read before the newest one", async () => {
    const { check, drifts } = await watchedStack(on().records);
    await check({ resources: [drifted(5)], seconds: 20 });
    await check({ resources: [resource(ADDRESS, { id: "q-1" })], seconds: 10 });
    expect(await drifts()).toMatchObject([{ status: "open" }]);
  });

  it("keeps the one record of a resource that moved to another address, then and later", async () => {
    const { check, drifts, entries } = await watchedStack(on().records);
    await check({ resources: [drifted(5)], seconds: 0 });
    const [before] = await drifts();
    const address = "aws_sqs_queue.work";
    const there = drifted(5, address);
    const moved = new Map([[before?.id as DriftId, address]]);
    await check({ resources: [there], seconds: 10, serial: 2, address, moved });
    expect(await drifts()).toMatchObject([{ id: before?.id, address, status: "open", times: 1 }]);
    // The next state knows nothing of the move.
    await check({ resources: [there], seconds: 20, serial: 2, address });
    await check({ resources: [resource(address)], seconds: 30, serial: 2, address, standings: ["restored"] });
    expect(await drifts()).toMatchObject([{ id: before?.id, address, status: "closed" }]);
    const told = (await entries()).filter(isOfLife);
    expect(told.map(({ kind, address: where }) => [kind, where])).toEqual([
      ["drift.opened", ADDRESS],
      ["drift.updated", address],
      ["drift.resolved", address],
    ]);
  });

  it("keeps the drift of what a replacement left behind apart from its successor's", async () => {
    const { check, drifts } = await watchedStack(on().records);
    const old: ResourceResult = { ...drifted(7), id: "q-0", deposed: "abcd0123" };
    await check({ resources: [drifted(5), old], seconds: 0 });
    await check({ resources: [drifted(5), old], seconds: 10 });
    expect(await drifts()).toHaveLength(2);
    await check({ resources: [resource(ADDRESS, { id: "q-1" }), old], seconds: 20 });
    expect((await drifts()).map(({ status }) => status).sort()).toEqual(["closed", "open"]);
  });

  describe("a drift that goes away under a state that is new", () => {
    const back = [resource(ADDRESS, { id: "q-1" })];
    const ended = async (drifts: Awaited<ReturnType<typeof watchedStack>>["drifts"]) => {
      const [drift] = await drifts();
      return [drift?.end, drift?.attributions.map(({ eventId }) => eventId)];
    };

    it("was reverted by hand where the state had no part in it", async () => {
      const { check, drifts, entries } = await watchedStack(on().records);
      const ada = by("ada", 0);
      await check({ resources: [drifted(5)], seconds: 1, events: [ada] });
      await check({
        resources: [drifted(5)],
        seconds: 10,
        serial: 2,
        standings: ["restored"],
        events: [ada],
      });
      const events = [by("bob", 19), ada];
      await check({ resources: back, seconds: 20, serial: 2, standings: ["restored"], events });
      expect(await ended(drifts)).toEqual(["reverted", ["ada at 0"]]);
      const told = (await entries()).filter(isOfLife);
      expect(told.map(({ kind, actor, data }) => [kind, actor.id, data["how"]])).toEqual([
        ["drift.opened", "ada", undefined],
        ["drift.resolved", "bob", "reverted"],
      ]);
    });

    it.each([
      ["reverted", [by("bob", 19)], "bob"],
      ["deployed", [by("pipeline", 19), by("bob", 18)], "pipeline"],
      ["deployed", [], "anchorwatch/check"],
    ] as const)(
      "was %s by whom the events tell where both came between two looks",
      async (end, events, who) => {
        const { check, drifts, entries } = await watchedStack(on().records);
        const ada = by("ada", 0);
        await check({ resources: [drifted(5)], seconds: 1, events: [ada] });
        await check({
          resources: back,
          seconds: 20,
          serial: 2,
          standings: ["restored"],
          events: [...events, ada],
        });
        // Whoever made it did not end it by the same call.
        expect(await ended(drifts)).toEqual([end, ["ada at 0"]]);
        expect((await entries()).findLast(({ kind }) => kind === "drift.resolved")?.actor.id).toBe(who);
      },
    );

    it("was absorbed by whoever wrote the state, and is still whose it was", async () => {
      const { check, drifts, entries } = await watchedStack(on().records);
      const ada = by("ada", 0);
      await check({ resources: [drifted(5)], seconds: 1, events: [ada] });
      const writers = [by("eve", 19)];
      const events = [ada];
      await check({ resources: back, seconds: 20, serial: 2, standings: ["stranger"], events, writers });
      expect(await ended(drifts)).toEqual([undefined, ["ada at 0"]]);
      expect((await entries()).findLast(({ kind }) => kind === "drift.updated")?.actor.id).toBe("eve");
    });
  });

  it("names nobody for a drift that came again by itself, and all who changed it meanwhile where it goes on", async () => {
    const { check, drifts } = await watchedStack(on().records);
    const [ada, bob] = [by("ada", 0), by("bob", 10)];
    await check({ resources: [drifted(5)], seconds: 1, events: [ada] });
    await check({ resources: [drifted(7)], seconds: 11, events: [bob] });
    expect(await drifts()).toMatchObject([{ attributions: [bob, ada] }]);
    await check({ resources: [resource(ADDRESS, { id: "q-1" })], seconds: 20, events: [bob, ada] });
    await check({ resources: [drifted(5)], seconds: 30, events: [bob, ada] });
    expect(await drifts()).toMatchObject([{ status: "open", times: 2, attributions: [] }]);
  });

  it("takes no answer about marks that another check has changed meanwhile", async () => {
    const { check, drifts } = await watchedStack(on().records);
    await check({ resources: [drifted(5)], seconds: 0 });
    const inSync = { resources: [resource(ADDRESS, { id: "q-1" })], serial: 2 };
    await check({ ...inSync, seconds: 10, standings: ["restored"], isAsked: false });
    expect(await drifts()).toMatchObject([{ status: "open", verdict: "changed" }]);
    await check({ ...inSync, seconds: 20, standings: ["restored"] });
    expect(await drifts()).toMatchObject([{ status: "closed", end: "deployed" }]);
  });

  it("records a sweep that cannot see everything once, while it stays so", async () => {
    const { check } = await watchedStack(on().records);
    const unseen = [resource(ADDRESS, { verdict: "unknown" })];
    expect((await check({ resources: unseen, seconds: 0 })).check?.outcome).toBe("incomplete");
    expect((await check({ resources: unseen, seconds: 10 })).check).toBeUndefined();
  });
});

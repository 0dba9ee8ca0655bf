import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditEvent } from "../../domain/auditEvent.ts";
import type { LabelSetKey } from "../../domain/labels.ts";
import { openTestDatabase, quickTestServer } from "../../store/postgres.fixture.ts";
import { anEvent, aStack, at, id } from "../../store/records.fixture.ts";
import { createWatchRecords } from "../../store/watchRecords.ts";
import { type MeteredBatch, NO_METER } from "../../watch/meter.ts";
import type { WatchRecords } from "../../watch/records.ts";
import type { StackStatus } from "../../watch/stack.ts";
import { attributing } from "./attributing.ts";
import { taking } from "./taking.ts";
import type { WatchContext } from "./watchContext.ts";

const HOUR = 3600;

describe("who did it", () => {
  let records: WatchRecords;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const server = await quickTestServer();
    const database = await openTestDatabase(await server.createDatabase());
    records = createWatchRecords(database);
    close = async () => {
      await database.close();
      await server.leave();
    };
  });
  afterAll(() => close());

  const context = (now: Date) =>
    ({
      now: () => now,
      identities: () => [],
      stacks: { deliveryOf: () => ({ principals: [] }) },
    }) as unknown as WatchContext;

  /** A stack that was seen whole by a check that took from the one moment to the other. */
  async function watched(completeSince: Date, lastCompleteAt: Date) {
    const stack = aStack();
    await records.stacks.add({ ...stack, declaredBy: "api" });
    return {
      stack,
      labelSet: 1 as LabelSetKey,
      health: "ok",
      failures: 0,
      openDrifts: 0,
      completeSince,
      lastCompleteAt,
    } as const;
  }
  async function touching(status: Pick<StackStatus, "stack">, seconds: number) {
    const event = anEvent({ time: at(seconds) });
    await records.events.receive([event], at(seconds));
    await records.events.touched([{ eventId: event.id, stackId: status.stack.id, address: "a.b" }]);
    return event.id;
  }
  const ids = (found: readonly { readonly eventId: string }[]) => found.map(({ eventId }) => eventId);

  it("is whoever touched it since the last good check began, not since it ended", async () => {
    const status = await watched(at(-2 * HOUR), at(-HOUR));
    await touching(status, -3 * HOUR);
    const during = await touching(status, -1.5 * HOUR);
    const ask = attributing(context(at(0)), status);
    expect(ids(await ask(records, { address: "a.b" }))).toEqual([during]);
  });

  it("is told also late, when good checks came after the drift was found", async () => {
    const status = await watched(at(-60), at(-30));
    const early = await touching(status, -HOUR);
    const ask = attributing(context(at(0)), status);
    expect(ids(await ask(records, { address: "a.b" }))).toEqual([]);
    expect(ids(await ask(records, { address: "a.b", since: at(-2 * HOUR) }))).toEqual([early]);
  });

  it("may have a clock that is somewhat ahead of ours", async () => {
    const status = await watched(at(-60), at(-30));
    const ahead = await touching(status, 30);
    await touching(status, 300);
    const ask = attributing(context(at(0)), status);
    expect(ids(await ask(records, { address: "a.b" }))).toEqual([ahead]);
  });

  it("is found for what no state has by the names in its id, all of them", async () => {
    const status = await watched(at(-60), at(-30));
    const [role, policy] = [`role-${id()}`, `policy-${id()}`];
    const named = (identifiers: readonly string[], seconds: number) =>
      anEvent({ identifiers, time: at(seconds) });
    const [right, other] = [named([policy, role], -20), named([role], -20)];
    const early = named([role, policy], -2 * HOUR);
    await records.events.receive([right, other, early], at(-10));
    const ask = attributing(context(at(0)), status);
    expect(ids(await ask(records, { address: "", name: `${role}:${policy}` }))).toEqual([right.id]);
    expect(ids(await ask(records, { address: "", name: role }))).toEqual(
      expect.arrayContaining([right.id, other.id]),
    );
    expect(await ask(records, { address: "" })).toEqual([]);
  });

  it("is known also by an event that came before the state had what it names, once it is asked again", async () => {
    const status = await watched(at(-60), at(-30));
    const { id: stackId } = status.stack;
    const name = `sg-${id()}`;
    const event: AuditEvent = anEvent({ identifiers: [name], time: at(-20) });
    const sent: string[] = [];
    const batches: MeteredBatch[] = [];
    const take = taking({
      records,
      jobs: {
        sendAll: async (_: string, jobs: readonly { readonly key: string }[]) =>
          void sent.push(...jobs.map(({ key }) => key)),
      } as never,
      meter: { ...NO_METER, received: (batch) => void batches.push(batch) },
      onWarning: () => {},
    });
    await take("trail", [{ kind: "change", event }], at(0));
    await records.identifiers.replace(stackId, [{ identifier: name, address: "a.b", kind: "own" }]);
    await take("trail", [{ kind: "change", event }], at(1));
    const ask = attributing(context(at(2)), status);
    expect([sent, await ask(records, { address: "a.b" })]).toEqual([[], []]);
    await take("trail", [{ kind: "change", event }], at(2), "again");
    expect(sent).toEqual([stackId]);
    expect(ids(await ask(records, { address: "a.b" }))).toEqual([event.id]);
    expect(batches.map(({ changes, duplicates, lagsMs }) => [changes, duplicates, lagsMs])).toEqual([
      [1, 0, [20_000]],
      [1, 1, []],
      [1, 1, []],
    ]);
  });

  it.each(["0000-01-01T00:00:00Z", "0001-06-01T00:00:00Z", "9999-12-31T23:59:59Z"])(
    "is kept for an event of %s: a time that somebody made up holds up no other",
    async (time) => {
      const [strange, plain] = [anEvent({ time: new Date(time) }), anEvent()];
      expect(await records.events.receive([strange, plain], at(0))).toEqual(new Set([strange.id, plain.id]));
      const listed = await records.events.list({ limit: 1000 });
      expect(listed.find((event) => event.id === strange.id)?.time).toEqual(new Date(time));
    },
  );

  it("is not told by what cannot be read; that is warned of, and stands in the ledger once", async () => {
    const warnings: string[] = [];
    const source = `trail-${id()}`;
    const take = taking({
      records,
      jobs: {} as never,
      meter: NO_METER,
      onWarning: ({ message }) => void warnings.push(message),
    });
    const malformed = {
      kind: "malformed",
      why: "eventTime: missing",
      digest: `sha256:${"0".repeat(64)}`,
    } as const;
    await take(source, [malformed, { ...malformed, why: "no JSON" }], at(0));
    await take(source, [malformed], at(1));
    expect(warnings).toEqual([
      `The event source ${source} gave 2 records that cannot be read: eventTime: missing`,
      `The event source ${source} gave a record that cannot be read: eventTime: missing`,
    ]);
    const entries = (await records.outbox.next(1000)).map(({ entry }) => entry["data"]);
    const own = entries.filter((data) => (data as { readonly source?: string }).source === source);
    expect(own).toMatchObject([{ reason: "eventTime: missing" }, { reason: "no JSON" }]);
  });
});

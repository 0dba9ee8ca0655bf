import { describe, expect, it } from "vitest";
import type { Classification, Severity } from "../domain/classification.ts";
import type { LabelSetKey, Labels } from "../domain/labels.ts";
import { weightOf } from "../watch/drift.ts";
import type { UnmanagedId, UnmanagedRecord } from "../watch/unmanaged.ts";
import { describeOnEveryServer } from "./postgres.fixture.ts";
import { anEvent, at, everyPage, id } from "./records.fixture.ts";

const SEARCH = {
  ...{ startedAt: at(0), finishedAt: at(1), isComplete: true, things: 1, managed: 0, managedByGuess: 0 },
  ...{ unreadStacks: 0, drifts: 0, unmanaged: 1, leftOut: {}, units: [], calls: 1, waitedMs: 0 },
};
const account = (name: string, labels: Labels = {}) => ({ name, labels, regions: ["eu-central-1"] });

function aRecord(with_: Partial<UnmanagedRecord> = {}): UnmanagedRecord {
  const unique = id();
  return {
    ...{
      id: unique as UnmanagedId,
      account: "prod",
      region: "global",
      type: "aws_iam_user",
      importId: unique,
    },
    ...{
      unit: "iam",
      status: "open",
      digest: "sha256:00",
      attributes: { name: "a\u0000b" },
      tags: {},
      times: 1,
    },
    ...{ firstSeenAt: at(0), seenAt: at(0), updatedAt: at(0), attributions: [] },
    ...with_,
  };
}

describeOnEveryServer("what no stack has", (on) => {
  const all = () => on().records.unmanaged;

  it("comes back as it was put, and what was put again is the one record of the thing", async () => {
    await all().declareAccounts([account("prod")], at(0));
    const { time, actor, name: eventName, service, id: eventId } = anEvent();
    const attributions = [
      { eventId, eventName, service, time, actor, person: { kind: "unmapped" }, isDelivery: false } as const,
    ];
    const record = aRecord({
      ...{
        arn: "arn:aws:iam::1:user/x",
        parent: { type: "t", id: "p" },
        createdAt: at(1),
        openedAt: at(2),
        attributions,
      },
      ...{ accepted: { at: at(3), by: "user-1", reason: "r\u0000" }, entryId: "e", status: "accepted" },
    });
    await all().save([record]);
    expect(await all().byId(record.id)).toEqual(record);
    await all().save([{ ...record, status: "closed", closedAt: at(4), updatedAt: at(4), end: "gone" }]);
    expect(await all().byId(record.id)).toMatchObject({ status: "closed", closedAt: at(4), end: "gone" });
    await all().seen([record.id], at(9));
    expect((await all().byId(record.id))?.seenAt).toEqual(at(9));
  });

  it("shows what is held to nobody, and forgets nothing else", async () => {
    const [held, open] = [aRecord({ status: "held" }), aRecord()];
    await all().save([held, open]);
    expect(await all().byId(held.id)).toBeUndefined();
    expect((await all().list({ limit: 500 })).map((one) => one.id)).not.toContain(held.id);
    await all().forget([held.id, open.id]);
    const known = (await all().lockKnown("prod", [])).map((one) => one.id);
    expect(known).toContain(open.id);
    expect(known).not.toContain(held.id);
  });

  it("is listed page after page, without a gap or a repetition, by whatever is asked for", async () => {
    const records = Array.from({ length: 25 }, (_, n) =>
      aRecord({
        account: "pages",
        updatedAt: at(Math.floor(n / 4)),
        type: n % 2 === 0 ? "aws_vpc" : "aws_key_pair",
      }),
    );
    await all().declareAccounts([account("prod"), account("pages")], at(0));
    await all().save(records);
    const seen: string[] = [];
    let after: { value: string; id: string } | undefined;
    for (;;) {
      const page = await all().list({ account: "pages", limit: 4, ...(after && { after }) });
      seen.push(...page.map((one) => one.id));
      const last = page.at(-1);
      if (last === undefined) break;
      after = { value: last.updatedAt.toISOString(), id: last.id };
    }
    expect(seen).toHaveLength(25);
    expect([...seen].sort()).toEqual(records.map((one) => one.id as string).sort());
    expect(await all().list({ account: "pages", type: "aws_vpc", limit: 500 })).toHaveLength(13);
    expect(await all().list({ account: "pages", status: "closed", limit: 500 })).toEqual([]);
  });

  it("is found by how bad it is, the severest first, also page after page and when something else is said of it", async () => {
    await all().declareAccounts([account("weighed")], at(0));
    const said = (severity: Severity): Classification => ({
      ...{ class: "security", severity, isComplete: true, problems: [], rules: [], adjustments: [] },
      policy: "sha256:00",
    });
    const records = (["low", "critical", "high", "critical"] as const).map((severity, n) =>
      aRecord({ account: "weighed", updatedAt: at(n), classification: said(severity) }),
    );
    const unclassified = aRecord({ account: "weighed", updatedAt: at(9) });
    await all().save([...records, unclassified]);
    const listed = async (filter: object = {}) =>
      (
        await everyPage(
          (page) => all().list({ account: "weighed", sort: "severity", ...filter, ...page }),
          2,
          (one) => ({ value: weightOf(one), id: one.id }),
        )
      ).map((one) => one.id);
    const [low, first, high, last] = records.map((one) => one.id);
    expect(await listed()).toEqual([last, first, high, low, unclassified.id]);
    expect(await listed({ severity: "critical" })).toEqual([last, first]);
    expect(await listed({ class: "operational" })).toEqual([]);
    await all().save(records.slice(0, 1).map((one) => ({ ...one, classification: said("critical") })));
    expect(await listed({ severity: "critical" })).toEqual([last, first, low]);
  });

  it("is there only for whoever may see its account, in lists, counts and by its id", async () => {
    await all().declareAccounts([account("a", { team: "a" }), account("b", { team: "b" })], at(0));
    const mine = aRecord({ account: "a" });
    const theirs = aRecord({ account: "b" });
    await all().save([mine, theirs]);
    const key = (await all().accounts()).find(({ name }) => name === "a")?.labelSet as LabelSetKey;
    const visible = [key];
    expect((await all().accounts({ visible })).map(({ name }) => name)).toEqual(["a"]);
    expect((await all().list({ limit: 10, visible })).map((one) => one.id)).toEqual([mine.id]);
    expect(await all().list({ limit: 10, visible, account: "b" })).toEqual([]);
    // What was never searched is unknown, and not none.
    expect(await all().totals({ visible })).toEqual([]);
    for (const name of ["a", "b"]) await all().searched(name, "111111111111", SEARCH);
    expect(await all().totals({ visible })).toEqual([{ account: "a", open: 1, accepted: 0 }]);
    expect(await all().byId(theirs.id, { visible })).toBeUndefined();
    expect(await all().byId(mine.id, { visible })).toEqual(mine);
    expect(await all().list({ limit: 10, visible: [] })).toEqual([]);
    // Nor is what was in force before when the operator changes the labels.
    await all().declareAccounts([account("a", { team: "b" }), account("b", { team: "b" })], at(0));
    expect(await all().byId(mine.id, { visible })).toBeUndefined();
  });

  describe("accounts", () => {
    it("are due at once when they are new, come back, or have other regions, and else when they were planned", async () => {
      const due = async (seconds: number) =>
        (await all().dueForSearch(at(seconds))).filter((name) => name.startsWith("due"));
      await all().declareAccounts([account("due")], at(0));
      expect(await due(0)).toEqual(["due"]);
      await all().scheduleSearch("due", at(100));
      await all().declareAccounts([account("due", { env: "prod" })], at(1));
      expect(await due(50)).toEqual([]);
      await all().declareAccounts([{ ...account("due"), regions: ["us-east-1"] }], at(2));
      expect(await due(2)).toEqual(["due"]);
      await all().save([aRecord({ account: "due" })]);
      await all().declareAccounts([], at(3));
      expect(await due(1000)).toEqual([]);
      expect(await all().list({ account: "due", limit: 10 })).toEqual([]);
      await all().declareAccounts([account("due")], at(4));
      expect(await due(4)).toEqual(["due"]);
      expect(await all().list({ account: "due", limit: 10 })).toHaveLength(1);
    });
  });

  it("is looked for because of an event once, and again when it was not found", async () => {
    await all().declareAccounts([account("prod")], at(0));
    const event = anEvent();
    await all().wantLooks(
      [
        { account: "prod", event },
        { account: "prod", event },
        { account: "none", event },
      ],
      at(0),
    );
    expect(await all().waitingLooks(at(0))).toEqual(["prod"]);
    expect(await all().dueLooks("prod", at(0), 10)).toEqual([{ account: "prod", event, tries: 0 }]);
    await all().settleLooks("prod", [event.id], at(5));
    expect(await all().dueLooks("prod", at(4), 10)).toEqual([]);
    expect(await all().dueLooks("prod", at(5), 10)).toMatchObject([{ tries: 1 }]);
    await all().settleLooks("prod", [event.id]);
    expect(await all().waitingLooks(at(1000))).toEqual([]);
  });
});

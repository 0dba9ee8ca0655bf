import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AlertId } from "../../alerts/alert.ts";
import type { Route } from "../../alerts/routing/route.ts";
import { compileCondition } from "../../policy/condition.ts";
import type { Database } from "../../store/connect.ts";
import { emptyTestDatabase, openTestDatabase, quickTestServer } from "../../store/postgres.fixture.ts";
import type { DriftRecord } from "../../watch/drift.ts";
import type { KnownRequester } from "../access/requester.ts";
import {
  caused,
  channelSettings,
  classified,
  refusing,
  TestAlerting,
  ToldChannel,
} from "./alerting.fixture.ts";
import { answerAlert } from "./answering.ts";
import { runChannel } from "./channelRun.ts";
import { noticeChanges } from "./noticing.ts";
import { resend } from "./resending.ts";
import { testChannel } from "./testing.ts";

const ADA: KnownRequester = {
  principal: { kind: "user", id: "u1", name: "Ada", channel: "session", strong: true, groups: [] } as never,
  ...{ address: "192.0.2.1", userAgent: "", requestId: "r" },
};

let url: string;
let database: Database;
let leave: () => Promise<void>;
beforeAll(async () => {
  const server = await quickTestServer();
  leave = () => server.leave();
  url = await server.createDatabase();
  database = await openTestDatabase(url);
}, 60_000);
afterAll(async () => {
  await database?.close();
  await leave?.();
});

async function alerting(
  channels: readonly ToldChannel[] = [new ToldChannel("chat")],
  with_: Partial<TestAlerting["settings"]> = {},
): Promise<TestAlerting> {
  await emptyTestDatabase(url);
  return new TestAlerting(database, channels, with_);
}

function aRoute(with_: Partial<Route> = {}): Route {
  return { name: "r", when: {}, to: ["chat"], toOwners: false, escalate: [], goesOn: false, ...with_ };
}

async function alertOf(one: TestAlerting, { id }: { readonly id: string }): Promise<AlertId> {
  const found = await one.context.records.alerts.ofDrifts([id]);
  return found.get(id) as AlertId;
}

async function entriesOf(one: TestAlerting, prefix: string) {
  const entries = await one.watch.outbox.next(10_000);
  return entries.map(({ entry }) => entry).filter(({ kind }) => String(kind).startsWith(prefix));
}

describe("one drift is one conversation", () => {
  it("that is forgotten when it has been over for long, and never while it goes on or is still to be told", async () => {
    const one = await alerting();
    const stack = await one.stack();
    const [over, untold] = [await one.open(stack), await one.open(stack, { type: "aws_other" })];
    const open = await one.open(stack, { type: "aws_another" });
    await one.settle();
    one.pass(60);
    await one.close(over);
    await one.settle();
    await one.close(untold);
    await noticeChanges(one.context);
    const { alerts } = one.context.records;
    one.pass(60);
    const ids = await Promise.all([over, untold, open].map((drift) => alertOf(one, drift)));
    expect(new Set(ids).size).toBe(3);
    expect(await alerts.forget(one.now())).toBe(1);
    const left = await alerts.list({ limit: 10 });
    expect(left.map(({ id }) => id).sort()).toEqual(ids.slice(1).sort());
    expect(await alerts.ofDrifts([over.id])).toEqual(new Map());
    await one.settle();
    expect(await alerts.forget(one.now())).toBe(1);
  });

  it("opened, changed in place, resolved, and begun again: each told once, with what people need", async () => {
    const chat = new ToldChannel("chat");
    const one = await alerting([chat]);
    const stack = await one.stack({
      labels: { env: "prod" },
      origin: { kind: "repository", url: "https://github.com/acme/infra.git", ref: "main", path: "net" },
    });
    const drift = await one.open(stack, { attributions: [caused("arn:aws:iam::1:user/kim", one.now())] });
    await one.settle();
    await one.settle();
    expect(chat.steps).toEqual(["open"]);
    const { message, reference } = chat.told[0] ?? {};
    expect(reference).toBeUndefined();
    expect(message).toMatchObject({ status: "open", severity: "high", class: "security", total: 1, open: 1 });
    expect(message?.drifts[0]).toMatchObject({
      address: drift.address,
      diff: ["~ delay_seconds  recorded 0  live 5"],
      stack: { name: stack.name, labels: { env: "prod" } },
      source: { file: "main.tf", line: 12, url: "https://github.com/acme/infra/blob/main/net/main.tf#L12" },
      who: { principal: "arn:aws:iam::1:user/kim" },
      event: "SetQueueAttributes",
      entryId: drift.entryId,
    });
    one.pass(60);
    const worse = await one.change(
      drift,
      { classification: classified({ severity: "critical" }) },
      "classified",
    );
    await one.settle();
    one.pass(60);
    await one.close(worse);
    await one.settle();
    await one.settle();
    expect(chat.steps).toEqual(["open", "update", "resolve"]);
    expect(chat.told.at(-1)).toMatchObject({
      reference: { id: message?.id },
      message: { status: "resolved", resolution: "reverted: what runs is as recorded again" },
    });
    one.pass(60);
    await one.change(worse, { status: "open", times: 2 }, "reopened");
    await one.settle();
    expect(chat.steps).toEqual(["open", "update", "resolve", "open"]);
    expect(new Set(chat.told.map(({ message: { id } }) => id)).size).toBe(1);
    expect(new Set(chat.told.map(({ key }) => key)).size).toBe(4);
    expect((await entriesOf(one, "alert.")).map(({ data }) => (data as { step: string }).step)).toEqual([
      "open",
      "resolve",
      "open",
    ]);
  });

  it("is not begun for what came and went, or was accepted, before anybody heard of it; what is accepted ends it quietly", async () => {
    const chat = new ToldChannel("chat");
    const one = await alerting([chat]);
    const stack = await one.stack();
    await one.close(await one.open(stack));
    await one.settle();
    expect(chat.told).toEqual([]);
    const drift = await one.open(stack);
    await one.settle();
    const until = new Date("2026-03-01T00:00:00Z");
    const excepted = await one.change(
      drift,
      { excepted: { id: "e", kind: "accept", until } as never },
      "excepted",
    );
    await one.settle();
    expect(chat.told.at(-1)).toMatchObject({
      step: "resolve",
      message: { resolution: "accepted until 2026-03-01T00:00Z" },
    });
    const { excepted: _, ...rearmed } = excepted;
    await one.change(rearmed as DriftRecord, {}, "rearmed");
    await one.settle();
    expect(chat.steps).toEqual(["open", "resolve", "open"]);
  });

  it("after a crash between sending and writing that down is sent again under the same key, and no other", async () => {
    const chat = new ToldChannel("chat");
    const one = await alerting([chat]);
    await one.open(await one.stack());
    const { transaction } = one.context.records;
    Object.assign(one.context.records, {
      transaction: (work: never) =>
        chat.told.length === 0 ? transaction(work) : Promise.reject(new TypeError("crash")),
    });
    await expect(one.settle()).rejects.toThrow("crash");
    Object.assign(one.context.records, { transaction });
    await one.settle();
    await one.settle();
    expect(chat.steps).toEqual(["open", "open"]);
    expect(chat.told[0]?.key).toBe(chat.told[1]?.key);
  });
});

describe("many drifts", () => {
  it("of one cause, 500 over 50 stacks, are one alert and three messages at most", async () => {
    const chat = new ToldChannel("chat");
    const mail = new ToldChannel("mail", false);
    const one = await alerting([chat, mail]);
    const stacks = await Promise.all(Array.from({ length: 50 }, () => one.stack()));
    const drifts: DriftRecord[] = [];
    for (let i = 0; i < 500; i += 50) {
      const batch = Array.from({ length: 50 }, (_, n) => stacks[(i + n) % 50] as (typeof stacks)[number]);
      drifts.push(
        ...(await Promise.all(
          batch.map((stack) =>
            one.open(stack, { attributions: [caused("arn:aws:iam::1:role/script", one.now())] }),
          ),
        )),
      );
      one.pass(1);
      await one.settle();
    }
    one.pass(3600);
    await one.settle();
    for (const channel of [chat, mail]) {
      expect(channel.told.length).toBeLessThanOrEqual(3);
      expect(channel.told.at(-1)?.message).toMatchObject({ total: 500, open: 500, status: "open" });
      expect(channel.told.at(-1)?.message.drifts).toHaveLength(10);
      expect(new Set(channel.told.map(({ message: { id } }) => id)).size).toBe(1);
    }
  });

  it("of many causes in one stack become one alert after the tenth, and those of everybody after the fiftieth", async () => {
    const chat = new ToldChannel("chat");
    const one = await alerting([chat]);
    const stack = await one.stack();
    for (let i = 0; i < 40; i++) await one.open(stack, { type: `aws_type_${i}`, verdict: "deleted" });
    await one.settle();
    expect(new Set(chat.told.map(({ message: { id } }) => id)).size).toBe(11);
    for (let i = 0; i < 100; i++) await one.open(await one.stack(), { type: `aws_other_${i}` });
    one.pass(60);
    await one.settle();
    expect(new Set(chat.told.map(({ message: { id } }) => id)).size).toBe(51);
    const totals = chat.told.map(({ message: { total } }) => total);
    expect(Math.max(...totals)).toBe(61);
  });

  it("of one alert are told to each channel only as far as its routes lead there", async () => {
    const [red, blue] = [new ToldChannel("red"), new ToldChannel("blue")];
    const one = await alerting([red, blue], {
      routing: {
        owners: new Map(),
        routes: [
          aRoute({ when: { labels: { team: "red" } }, to: ["red"] }),
          aRoute({ when: { labels: { team: "blue" } }, to: ["blue"] }),
        ],
      },
    });
    const of = async (team: string) =>
      await one.open(await one.stack({ labels: { team } }), {
        attributions: [caused("arn:aws:iam::1:role/script", one.now())],
      });
    const mine = await of("red");
    const theirs = await of("blue");
    await one.settle();
    expect(await alertOf(one, mine)).toBe(await alertOf(one, theirs));
    expect(red.told.map(({ message: { drifts, total } }) => [drifts.map(({ id }) => id), total])).toEqual([
      [[mine.id], 1],
    ]);
    expect(JSON.stringify(blue.told)).not.toContain(mine.id);
    await one.close(mine);
    await one.settle();
    expect([red.steps, blue.steps]).toEqual([["open", "resolve"], ["open"]]);
  });
});

describe("a route", () => {
  it("knows by a condition who used the role for emergencies, and who is not known", async () => {
    const [chat, page] = [new ToldChannel("chat"), new ToldChannel("page")];
    const compiled = compileCondition("actor.isBreakGlass");
    const holds = compiled.ok ? compiled.condition.holds : expect.fail(compiled.problem.message);
    const routes = [aRoute({ name: "emergency", when: { holds }, to: ["page"] }), aRoute({ name: "others" })];
    const one = await alerting([chat, page], { routing: { owners: new Map(), routes } });
    const stack = await one.stack();
    await one.open(stack, { attributions: [caused("arn:aws:iam::1:role/emergency", one.now())] });
    await one.open(stack, { attributions: [caused("arn:aws:iam::1:user/eve", one.now())] });
    await one.settle();
    expect(
      [chat, page].map(({ told }) => told.map(({ message }) => message.drifts[0]?.who?.principal)),
    ).toEqual([["arn:aws:iam::1:user/eve"], ["arn:aws:iam::1:role/emergency"]]);
  });
});

describe("what no stack has", () => {
  const arn = "arn:aws:iam::111111111111:user/mallory";

  it("is told by class and severity, to whom its routes say, as the account's; accepted or gone, that is over", async () => {
    const [chat, page] = [new ToldChannel("chat"), new ToldChannel("page")];
    const one = await alerting([chat, page], {
      routing: {
        owners: new Map(),
        routes: [
          aRoute({ when: { severity: "critical" }, to: ["page"] }),
          aRoute({
            when: { labels: { env: "prod" }, types: [(type) => type === "aws_iam_user"] },
            to: ["chat"],
          }),
        ],
      },
    });
    const thing = await one.unmanaged({ attributions: [caused(arn, one.now())] });
    await one.settle();
    expect([chat.steps, page.steps]).toEqual([["open"], []]);
    expect(chat.told[0]?.message).toMatchObject({
      ...{ status: "open", severity: "high", class: "security", total: 1 },
      title: `aws_iam_user ${thing.importId} in the account prod: no stack has it`,
      drifts: [
        { account: "prod", verdict: "unmanaged", resourceId: thing.importId, who: { principal: arn } },
      ],
    });
    const [open] = chat.told[0]?.message.actions.filter(({ kind }) => kind === "open") ?? [];
    expect(open?.url).toBe(`https://drift.example.com/api/v1/unmanaged/${thing.id}`);
    expect(chat.told[0]?.message.actions.map(({ kind }) => kind)).not.toContain("accept");
    await one.watch.unmanaged.seen([thing.id], one.now());
    expect(await one.context.records.alerts.changes(10)).toEqual([]);
    const worse = { ...thing, classification: { ...classified({ severity: "critical" }) } };
    await one.watch.unmanaged.save([worse]);
    await one.settle();
    expect([chat.steps, page.steps]).toEqual([["open", "update"], ["open"]]);
    const accepted = { at: one.now(), by: "u1", reason: "known" };
    await one.watch.unmanaged.save([{ ...worse, status: "accepted", accepted }]);
    await one.settle();
    expect(chat.told.at(-1)?.message.resolution).toBe("accepted: it is part of the baseline");
    expect(page.steps).toEqual(["open", "resolve"]);
    await one.watch.unmanaged.save([worse]);
    await one.settle();
    await one.watch.unmanaged.save([{ ...worse, status: "closed", because: "It does not exist any more." }]);
    await one.settle();
    expect(page.steps).toEqual(["open", "resolve", "open", "resolve"]);
    expect(page.told.at(-1)?.message.resolution).toBe("It does not exist any more.");
  });

  it("is told to nobody while it may be a deployment that goes on, and is one alert where one made many", async () => {
    const chat = new ToldChannel("chat");
    const one = await alerting([chat]);
    await one.unmanaged({ status: "held" });
    await one.settle();
    expect(chat.told).toEqual([]);
    for (let i = 0; i < 30; i++) await one.unmanaged({ attributions: [caused(arn, one.now())] });
    await one.settle();
    expect(chat.told).toMatchObject([
      { message: { total: 30, title: `30 aws_iam_user that no stack has, made by ${arn}` } },
    ]);
  });

  it("is seen by those alone who may see the account, whatever stacks they may see", async () => {
    const one = await alerting();
    const thing = await one.unmanaged();
    await one.settle();
    const { alerts } = one.context.records;
    const [account] = (await one.watch.unmanaged.accounts()).map(({ labelSet }) => labelSet);
    const sets = account === undefined ? [] : [account];
    const id = await alertOf(one, thing);
    const seen = { stacks: [], accounts: sets };
    const unseen = { stacks: sets, accounts: [] };
    expect((await alerts.byId(id, { visible: seen }))?.id).toBe(id);
    expect(await alerts.byId(id, { visible: unseen })).toBeUndefined();
    expect(await alerts.list({ limit: 10, visible: unseen })).toEqual([]);
    expect(await alerts.members(id, { visible: seen }, 10)).toEqual([{ id: thing.id, isUnmanaged: true }]);
    expect(await alerts.countsOf(id, { visible: unseen })).toBeUndefined();
  });
});

describe("people", () => {
  it("who acknowledge stop what would go further up; it begins anew with what is worse", async () => {
    const [chat, page] = [new ToldChannel("chat"), new ToldChannel("page")];
    const routes = [aRoute({ escalate: [{ afterMs: 900_000, to: ["page"] }] })];
    const one = await alerting([chat, page], { routing: { owners: new Map(), routes } });
    const stack = await one.stack();
    const drift = await one.open(stack);
    await one.settle();
    one.pass(901);
    await one.settle();
    expect(page.told).toMatchObject([{ step: "open", message: { escalation: 1, total: 1 } }]);
    expect(chat.steps).toEqual(["open", "update"]);
    const id = await alertOf(one, drift);
    await answerAlert(one.context, id, { kind: "acknowledge", reason: "on it" }, ADA);
    await answerAlert(one.context, id, { kind: "acknowledge" }, ADA);
    await one.settle();
    expect([chat.steps.at(-1), page.steps.at(-1)]).toEqual(["acknowledge", "acknowledge"]);
    expect(await entriesOf(one, "alert.acknowledged")).toMatchObject([
      {
        actor: { id: "u1" },
        refs: [{ type: "drift", id: drift.entryId }],
        data: { alert: id, reason: "on it" },
      },
    ]);
    await one.change(drift, { classification: classified({ severity: "critical" }) }, "classified");
    await one.settle();
    expect(page.told.at(-1)?.message).toMatchObject({ status: "open", severity: "critical" });
  });

  it("who snooze hear of it when that ends, where it is still open, and cannot answer what is over", async () => {
    const mail = new ToldChannel("mail", false);
    const one = await alerting([mail]);
    const drift = await one.open(await one.stack());
    await one.settle();
    const id = await alertOf(one, drift);
    const until = new Date(one.now().getTime() + 3_600_000);
    await answerAlert(one.context, id, { kind: "snooze", until }, ADA);
    one.pass(3599);
    await one.settle();
    expect(mail.steps).toEqual(["open"]);
    one.pass(1);
    await one.settle();
    expect(mail.steps).toEqual(["open", "update"]);
    await one.close(drift);
    await one.settle();
    await expect(answerAlert(one.context, id, { kind: "acknowledge" }, ADA)).rejects.toMatchObject({
      code: "alert_over",
    });
    await expect(
      answerAlert(one.context, id, { kind: "snooze", until: new Date(0) }, ADA),
    ).rejects.toMatchObject({ code: "alert_snooze_invalid" });
    expect(await answerAlert(one.context, "none" as AlertId, { kind: "acknowledge" }, ADA)).toBeUndefined();
  });
});

describe("an answer", () => {
  it("is none for something critical that joins later, however bad it was before: that is told at once, and once", async () => {
    const chat = new ToldChannel("chat");
    const one = await alerting([chat]);
    const stack = await one.stack();
    const critical = async () =>
      await one.open(stack, {
        classification: classified({ severity: "critical" }),
        attributions: [caused("arn:aws:iam::1:role/script", one.now())],
      });
    const id = await critical().then(async (drift) => {
      await one.settle();
      return await alertOf(one, drift);
    });
    await answerAlert(one.context, id, { kind: "acknowledge" }, ADA);
    await one.settle();
    one.pass(1);
    expect(await alertOf(one, await critical())).toBeUndefined();
    await one.settle();
    await one.settle();
    expect((await one.context.records.alerts.byId(id))?.acknowledged).toBeUndefined();
    expect(chat.steps).toEqual(["open", "acknowledge", "update"]);
    expect(chat.told.at(-1)).toMatchObject({ message: { status: "open", severity: "critical", total: 2 } });
  });

  it("is none for what joins later of labels that nobody was asked about: that is told at once", async () => {
    const [red, blue] = [new ToldChannel("red"), new ToldChannel("blue")];
    const one = await alerting([red, blue], {
      routing: {
        owners: new Map(),
        routes: [
          aRoute({ when: { labels: { team: "red" } }, to: ["red"] }),
          aRoute({ when: { labels: { team: "blue" } }, to: ["blue"] }),
        ],
      },
    });
    const of = async (team: string) =>
      await one.open(await one.stack({ labels: { team } }), {
        attributions: [caused("arn:aws:iam::1:role/script", one.now())],
      });
    const mine = await of("red");
    await one.settle();
    const id = await alertOf(one, mine);
    const until = new Date(one.now().getTime() + 30 * 24 * 3_600_000);
    await answerAlert(one.context, id, { kind: "snooze", until }, ADA);
    one.pass(60);
    await of("red");
    await one.settle();
    expect((await one.context.records.alerts.byId(id))?.snoozed?.byName).toBe("Ada");
    const theirs = await of("blue");
    await one.settle();
    expect(await alertOf(one, theirs)).toBe(id);
    expect(blue.told).toMatchObject([{ step: "open", message: { status: "open", total: 1 } }]);
    expect((await one.context.records.alerts.byId(id))?.snoozed).toBeUndefined();
  });
});

describe("a channel that fails", () => {
  it("is tried again later and later, not before it wants, and is told once it is well", async () => {
    const chat = new ToldChannel("chat");
    const one = await alerting([chat]);
    await one.open(await one.stack());
    chat.answer = refusing("again", 120_000);
    expect(await one.settle()).toEqual(["failed"]);
    one.pass(119);
    expect(await one.settle()).toEqual([]);
    one.pass(2);
    chat.answer = () => {};
    expect(await one.settle()).toEqual(["sent"]);
    expect(chat.steps).toEqual(["open"]);
  });

  it("is told of the others when one of them cannot be put into words", async () => {
    const chat = new ToldChannel("chat");
    const one = await alerting([chat]);
    const stack = await one.stack();
    for (const type of ["aws_a", "aws_b"]) await one.open(stack, { type });
    await noticeChanges(one.context);
    const { alerts, deliveries } = one.context.records;
    const [sick, well] = await deliveries.due("chat", one.now(), 10);
    const [member] = await alerts.members(sick?.alert as AlertId, { visible: undefined }, 1);
    const ending = new AbortController();
    const byIds: typeof one.context.drifts.byIds = async (ids) => {
      if (ids.includes(member?.id as string)) throw new URIError("URI malformed");
      return await one.context.drifts.byIds(ids);
    };
    const { ended } = runChannel({
      ...{ context: { ...one.context, drifts: { byIds } }, channel: chat, settings: channelSettings(chat) },
      ...{ random: () => 0.5, signal: ending.signal, sleep: async () => ending.abort() },
    });
    await ended;
    expect(chat.told.map(({ message }) => message.id)).toEqual([well?.alert]);
    expect(one.warnings).toMatchObject([{ code: "internal" }]);
  });

  it("has all the time again when what it failed to tell is over: a failure long ago makes nothing a dead letter at once", async () => {
    const chat = new ToldChannel("chat");
    const one = await alerting([chat]);
    const drift = await one.open(await one.stack());
    chat.answer = refusing("again");
    await one.settle();
    one.pass(60);
    const closed = await one.close(drift);
    await one.settle();
    const { deliveries } = one.context.records;
    const failing = async () =>
      (await deliveries.totals()).find(({ channel }) => channel === "chat")?.failing;
    const before = await failing();
    one.pass(23 * 3600);
    const again = await one.change(closed, { status: "open" }, "reopened");
    one.pass(2 * 3600);
    expect([await one.settle(), await deliveries.dead({ channel: "chat", limit: 10 })]).toEqual([
      ["failed"],
      [],
    ]);
    expect(await failing()).toBe((before ?? 0) + 1);
    chat.answer = () => {};
    one.pass(60);
    expect(await one.settle()).toEqual(["sent"]);
    expect(chat.told).toMatchObject([{ step: "open", message: { drifts: [{ id: again.id }] } }]);
  });

  it("becomes a dead letter when it refuses for good, or for a day; that is visible, and can be sent again", async () => {
    const [chat, page] = [new ToldChannel("chat"), new ToldChannel("page")];
    const one = await alerting([chat, page]);
    const drift = await one.open(await one.stack());
    chat.answer = refusing("never");
    page.answer = refusing("again");
    await one.settle();
    const { deliveries } = one.context.records;
    expect(await deliveries.dead({ limit: 10 })).toMatchObject([{ channel: "chat", problem: "it refuses" }]);
    one.pass(25 * 3600);
    await one.settle();
    expect((await deliveries.dead({ limit: 10 })).map(({ channel }) => channel).sort()).toEqual([
      "chat",
      "page",
    ]);
    expect((await entriesOf(one, "alert.sent")).map(({ data }) => data)).toMatchObject([
      { channel: "webhook", recipient: "chat", outcome: "failed", message: "it refuses" },
      { recipient: "page", outcome: "failed" },
    ]);
    chat.answer = () => {};
    const filter = { channel: "chat", alert: await alertOf(one, drift) };
    expect([await resend(one.context, filter, ADA), await resend(one.context, filter, ADA)]).toEqual([1, 0]);
    await one.settle();
    expect(chat.steps).toEqual(["open"]);
    expect(await entriesOf(one, "alert.resent")).toMatchObject([
      { actor: { id: "u1" }, data: { ...filter, deadLetters: 1 } },
    ]);
  });

  it("is tested by who asks for it, and the ledger has that, also when it fails", async () => {
    const chat = new ToldChannel("chat");
    const one = await alerting([chat]);
    await testChannel(one.context, chat, ADA);
    expect(chat.steps).toEqual(["open", "resolve"]);
    chat.answer = refusing("never");
    await expect(testChannel(one.context, chat, ADA)).rejects.toMatchObject({ code: "channel_failed" });
    expect((await entriesOf(one, "channel.tested")).map(({ actor, data }) => [actor, data])).toMatchObject([
      [{ name: "Ada" }, { channel: "webhook", recipient: "chat", outcome: "sent" }],
      [{ name: "Ada" }, { outcome: "failed", message: expect.stringContaining("it refuses") }],
    ]);
  });
});

describe("quiet hours", () => {
  it("hold back what is not critical, and tell it at their end as one", async () => {
    const chat = new ToldChannel("chat");
    const one = await alerting([chat]);
    const quiet = { from: 22 * 60, to: 7 * 60, timeZone: "UTC" };
    one.settings = { ...one.settings, channels: [channelSettings(chat, { quiet })] };
    one.set("2026-01-07T23:00:00Z");
    const stack = await one.stack();
    const passing = await one.open(stack, { type: "aws_vpc" });
    await one.open(stack, { type: "aws_a" });
    await one.open(stack, { type: "aws_b" });
    await one.settle();
    expect(chat.told).toEqual([]);
    await one.open(stack, { type: "aws_c", classification: classified({ severity: "critical" }) });
    await one.settle();
    expect(chat.told).toMatchObject([{ step: "open", message: { severity: "critical" } }]);
    await one.close(passing);
    one.set("2026-01-08T06:59:00Z");
    await one.settle();
    expect(chat.told).toHaveLength(1);
    one.set("2026-01-08T07:00:00Z");
    await one.settle();
    expect(chat.told).toHaveLength(2);
    expect(chat.told[1]).toMatchObject({ step: "open", message: { total: 2, open: 2 } });
    const id = chat.told[1]?.message.id as AlertId;
    await answerAlert(one.context, id, { kind: "acknowledge" }, ADA);
    expect(await entriesOf(one, "alert.acknowledged")).toHaveLength(2);
  });

  it("are no way to silence others: what was snoozed meanwhile is told with what was not", async () => {
    const [chat, other] = [new ToldChannel("chat"), new ToldChannel("other")];
    const one = await alerting([chat, other]);
    const quiet = { from: 22 * 60, to: 7 * 60, timeZone: "UTC" };
    const settings = [channelSettings(chat, { quiet }), channelSettings(other)];
    one.settings = { ...one.settings, channels: settings };
    one.set("2026-01-07T23:00:00Z");
    const stack = await one.stack();
    const opened = [await one.open(stack, { type: "aws_a" }), await one.open(stack, { type: "aws_b" })];
    await one.settle();
    expect(chat.told).toEqual([]);
    const { deliveries } = one.context.records;
    one.set("2026-01-08T07:00:00Z");
    // The one that would tell of the others.
    const [first] = await deliveries.due("chat", one.now(), 10);
    const until = new Date(one.now().getTime() + 24 * 3_600_000);
    await answerAlert(one.context, first?.alert as AlertId, { kind: "snooze", until }, ADA);
    await one.settle();
    expect(chat.told).toMatchObject([{ step: "open", message: { status: "open", open: opened.length } }]);
  });
});

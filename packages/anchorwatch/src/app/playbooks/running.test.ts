import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Answered, Delivery, Question } from "../../alerts/channel.ts";
import { DEFAULT_GROUPING } from "../../alerts/grouping/group.ts";
import type { Playbook, PlaybookStep } from "../../alerts/playbooks/playbook.ts";
import { AnchorwatchError, type Warning } from "../../domain/errors.ts";
import { compileCondition } from "../../policy/condition.ts";
import { KIM } from "../../server/memoryAccess.fixture.ts";
import type { Database } from "../../store/connect.ts";
import { createDriftsInStacks } from "../../store/driftsInStacks.ts";
import { openTestDatabase, quickTestServer } from "../../store/postgres.fixture.ts";
import { aDrift, aStack, aStep } from "../../store/records.fixture.ts";
import { createWatchRecords } from "../../store/watchRecords.ts";
import type { DriftRecord } from "../../watch/drift.ts";
import type { CallId } from "../../watch/playbookCall.ts";
import type { PlaybookRun } from "../../watch/playbookRun.ts";
import type { RunId } from "../../watch/runId.ts";
import { classified, refusing, ToldChannel } from "../alerts/alerting.fixture.ts";
import type { WatchContext } from "../watch/watchContext.ts";
import { dryRun } from "./dryRun.ts";
import { addFreeze, endExpired, thawFreeze } from "./freezes.ts";
import { keepCall } from "./keepingCalls.ts";
import type { PlaybookContext } from "./playbookContext.ts";
import { goOn } from "./playbookRunner.ts";
import { takeStep } from "./running.ts";
import { startRuns } from "./starting.ts";

let database: Database;
let leave: () => Promise<void>;
beforeAll(async () => {
  const server = await quickTestServer();
  database = await openTestDatabase(await server.createDatabase());
  leave = () => server.leave();
}, 60_000);
afterAll(async () => {
  await database?.close();
  await leave?.();
});

/** Whoever is asked says what it is to say. */
class AskedChannel extends ToldChannel {
  readonly asked: Question[] = [];
  /** Happens while it is told something. */
  meanwhile: () => Promise<void> = async () => {};

  override async deliver(delivery: Delivery) {
    const delivered = await super.deliver(delivery);
    await this.meanwhile();
    return delivered;
  }

  say: () => Answered = () => ({ status: 200, text: '{"decision":"continue"}' });

  async ask(question: Question): Promise<Answered> {
    this.asked.push(question);
    return this.say();
  }
}

const STORM = Number(process.env["STORM"] ?? 25);
const REQUESTER = { principal: KIM, address: "10.0.0.9", userAgent: "", requestId: "r" };
const STEPS: readonly PlaybookStep[] = [
  { kind: "snapshot", timeoutMs: 60_000, onFailure: "continue" },
  { kind: "notify", channels: ["one", "two"], timeoutMs: 60_000, onFailure: "continue" },
  { kind: "freeze", forMs: 3_600_000, reason: "wait", timeoutMs: 60_000, onFailure: "continue" },
  { kind: "webhook", channel: "one", timeoutMs: 60_000, onFailure: "stop" },
];

/** Playbooks over a real database, with a clock that is set, channels that remember, and jobs that a test takes one by one. */
class Bench {
  readonly records = createWatchRecords(database);
  readonly one = new AskedChannel("one");
  readonly two = new AskedChannel("two");
  readonly once = new AskedChannel("once", false);
  readonly jobs: { readonly run: RunId; readonly step: number; readonly startAfter: Date | undefined }[] = [];
  /** Calls that are to be looked at, and when. */
  readonly looks = new Map<CallId, Date>();
  readonly warnings: Warning[] = [];
  readonly stack = aStack();
  playbooks: readonly Playbook[];
  nowMs = Date.UTC(2026, 0, 7, 12);
  /** The process vanishes at this use of its lease, counted from 1. */
  diesAt = Number.POSITIVE_INFINITY;
  #held = 0;
  #added: Promise<unknown> | undefined;

  constructor(with_: Partial<Playbook> = {}) {
    this.playbooks = [
      { name: "exposed", digest: randomUUID(), on: ["opened"], when: {}, steps: STEPS, ...with_ },
    ];
  }

  get context(): PlaybookContext {
    const now = () => new Date(this.nowMs);
    return {
      ...{ records: this.records, drifts: createDriftsInStacks(database), now, origin: () => "https://here" },
      watch: { now } as WatchContext,
      playbooks: () => this.playbooks,
      channel: (name) => [this.one, this.two, this.once].find((channel) => channel.name === name),
      grouping: () => DEFAULT_GROUPING,
      isBreakGlass: () => false,
      sendStep: async ({ id }, step, options) =>
        void this.jobs.push({ run: id, step, startAfter: options?.startAfter }),
      sendCall: async (call, options) => {
        const [at, before] = [options?.startAfter ?? now(), this.looks.get(call)];
        if (before === undefined || at < before) this.looks.set(call, at);
      },
      newId: () => randomUUID().replaceAll("-", ""),
      onWarning: (warning) => void this.warnings.push(warning),
    };
  }

  async open(with_: Partial<DriftRecord> = {}): Promise<DriftRecord> {
    this.#added ??= this.records.stacks.add(this.stack);
    await this.#added;
    const drift = aDrift(this.stack.id, { resource: randomUUID(), classification: classified(), ...with_ });
    await this.records.drifts.save(drift, aStep(drift, { classification: classified(), ...kept(drift) }));
    return drift;
  }

  async change(drift: DriftRecord, kind: "updated" | "classified" | "closed", severity: "high" | "critical") {
    const classification = classified({ severity });
    const over = kind === "closed" ? ({ status: "closed", end: "reverted" } as const) : {};
    const changed: DriftRecord = { ...drift, classification, ...over };
    await this.records.drifts.save(changed, aStep(changed, { kind, classification }));
  }

  async start(): Promise<void> {
    while ((await startRuns(this.context)) > 0);
  }

  /** What is queued, until nothing is, so many at once. A process that vanishes leaves its job to the next one. */
  async work(atOnce = 1): Promise<void> {
    await Promise.all(Array.from({ length: atOnce }, () => this.#work()));
  }

  async #work(): Promise<void> {
    for (let job = this.jobs.shift(); job !== undefined; job = this.jobs.shift()) {
      this.nowMs = Math.max(this.nowMs, job.startAfter?.getTime() ?? 0);
      try {
        await takeStep(this.context, job.run, job.step, {
          signal: new AbortController().signal,
          hold: () => this.#hold(),
        });
      } catch (error) {
        if (!(error instanceof AnchorwatchError) || error.code !== "job_lease_lost") throw error;
        this.jobs.unshift({ ...job, startAfter: undefined });
      }
    }
  }

  /** Whatever waits to be told of what became of it, however late. */
  async look(): Promise<void> {
    for (let [next] = this.looks; next !== undefined; [next] = this.looks) {
      const [call, at] = next;
      this.looks.delete(call);
      this.nowMs = Math.max(this.nowMs, at.getTime());
      await keepCall(this.context, call, { signal: new AbortController().signal, hold: async () => {} });
    }
  }

  async #hold(): Promise<void> {
    this.#held += 1;
    if (this.#held === this.diesAt) throw new AnchorwatchError("job_lease_lost", "it is gone");
  }

  get held(): number {
    return this.#held;
  }

  async runs(limit = 100): Promise<readonly PlaybookRun[]> {
    return await this.records.playbooks.list({ stackId: this.stack.id, limit });
  }

  /** Since the bench was made. */
  async entries(kinds = /^(playbook|freeze)\./): Promise<readonly string[]> {
    const all = await this.records.outbox.next(100_000);
    const isMine = (stack: unknown) => (stack as { name?: string } | undefined)?.name === this.stack.name;
    const told = new Set(this.one.told.map(({ message }) => message.id));
    const isTold = (data: unknown) => told.has((data as { alert?: string } | undefined)?.alert ?? "");
    return all
      .filter(({ entry }) => isMine(entry["stack"]) || isTold(entry["data"]))
      .map(({ entry }) => String(entry["kind"]))
      .filter((kind) => kinds.test(kind));
  }
}

function kept({ excepted }: DriftRecord) {
  return excepted === undefined ? {} : { excepted };
}

const TAKEN = [
  ...["playbook.started", "playbook.step"],
  ...["freeze.added", "playbook.step", "playbook.step", "playbook.ended"],
];

it("a process that vanishes at any moment leaves nothing undone, and nothing that is done twice under another key", async () => {
  const steps = [
    ...STEPS.slice(1, 2).map((step) => ({ ...step, channels: ["one"] }) as PlaybookStep),
    ...STEPS.slice(2),
  ];
  const whole = new Bench({ steps });
  await whole.open();
  await whole.start();
  await whole.work();
  expect(whole.held).toBeGreaterThan(8);
  for (let diesAt = 1; diesAt <= whole.held; diesAt += 1) {
    const bench = new Bench({ steps });
    bench.diesAt = diesAt;
    await bench.open();
    await bench.start();
    await bench.work();
    expect((await bench.runs()).map(({ status }) => status)).toEqual(["done"]);
    expect(await bench.entries()).toEqual(TAKEN);
    expect(await bench.records.freezes.list({ stackId: bench.stack.id, limit: 9 })).toHaveLength(1);
    for (const told of [bench.one.told, bench.one.asked])
      expect(new Set(told.map(({ key }) => key)).size).toBe(1);
  }
});

const PAGE: PlaybookStep = { kind: "page", channels: ["one"], timeoutMs: 60_000, onFailure: "continue" };
const MINE = { found: { data: { changes: [] } } } as const;

it("drifts of one cause are one page, which says how many they are and is resolved when all of them are over", async () => {
  const bench = new Bench({ steps: [PAGE, STEPS[2] as PlaybookStep] });
  const drifts = await Promise.all(Array.from({ length: STORM }, () => bench.open(MINE)));
  await bench.start();
  await bench.work(10);
  expect((await bench.runs(STORM)).every(({ status }) => status === "done")).toBe(true);
  expect(bench.one.told).toHaveLength(1);
  await bench.look();
  expect(bench.one.told.map(({ step, message }) => [step, message.total, message.open])).toEqual([
    ["open", 1, 1],
    ["update", STORM, STORM],
  ]);
  expect(bench.one.told[1]?.message.title).toContain(`and ${STORM - 1} more drifts`);
  const [freeze, ...others] = await bench.records.freezes.list({ stackId: bench.stack.id, limit: 9 });
  expect([freeze?.state, others]).toEqual(["active", []]);
  const [last, ...first] = drifts;
  for (const drift of first) await bench.change(drift, "closed", "high");
  await bench.start();
  await bench.look();
  await bench.change(last as DriftRecord, "closed", "high");
  await bench.start();
  await bench.look();
  // However often it changes, people hear of it once a minute.
  expect(bench.one.steps).toEqual(["open", "update", "update", "resolve"]);
  expect(new Set(bench.one.told.map(({ message }) => message.id)).size).toBe(1);
  expect(bench.one.told.at(-1)).toMatchObject({
    reference: { id: expect.any(String) },
    message: { open: 0 },
  });
  expect((await bench.entries(/^alert/)).at(-1)).toBe("alert.sent");
}, 120_000);

it("where messages cannot be changed, people get one at first and one with all that joined", async () => {
  const bench = new Bench({ steps: [{ ...PAGE, kind: "notify", channels: ["once"] }] });
  await Promise.all(Array.from({ length: 4 }, () => bench.open(MINE)));
  for (const more of [0, 1, 1]) {
    for (let n = 0; n < more; n += 1) await bench.open(MINE);
    await bench.start();
    await bench.work();
    await bench.look();
  }
  expect(bench.once.told.map(({ message }) => message.total)).toEqual([1, 4]);
});

it("what joins while it is told that all is over is told again", async () => {
  const bench = new Bench({ steps: [PAGE] });
  const first = await bench.open(MINE);
  await bench.start();
  await bench.work();
  await bench.change(first, "closed", "high");
  await bench.start();
  let late: Promise<unknown> | undefined;
  bench.one.meanwhile = async () => {
    late ??= (async () => {
      await bench.open(MINE);
      await bench.start();
      await bench.work();
    })();
    await late;
  };
  await bench.look();
  expect(bench.one.steps).toEqual(["open", "resolve", "open"]);
  expect(bench.one.told.at(-1)?.message).toMatchObject({ total: 2, open: 1 });
});

it("a page that could not be made is made by the next one; an end that cannot be told is told as such after a day", async () => {
  const bench = new Bench({ steps: [PAGE] });
  bench.one.answer = refusing("never");
  await bench.open(MINE);
  await bench.start();
  await bench.work();
  expect(bench.one.told).toEqual([]);
  bench.one.answer = () => {};
  const drift = await bench.open(MINE);
  await bench.start();
  await bench.work();
  expect(bench.one.steps).toEqual(["open"]);
  bench.one.answer = refusing("again", 6 * 3_600_000);
  await bench.change(drift, "closed", "high");
  await bench.start();
  const before = bench.nowMs;
  await bench.look();
  expect(bench.nowMs - before).toBeGreaterThanOrEqual(24 * 3_600_000);
  expect(bench.warnings).toMatchObject([{ code: "playbook_call_failed" }]);
  expect(await bench.entries(/^alert/)).toEqual(["alert.sent"]);
});

it("a dry run says what each step would do, and does nothing", async () => {
  const bench = new Bench({
    steps: [...STEPS, { ...PAGE, channels: ["gone"] }],
    when: { severity: "critical" },
  });
  const drift = await bench.open(MINE);
  await bench.start();
  const before = await bench.entries();
  expect(await dryRun(bench.context, "exposed", drift.id)).toMatchObject({
    holds: false,
    because: expect.stringContaining("does not hold"),
    steps: [
      { kind: "snapshot" },
      { kind: "notify" },
      { kind: "freeze" },
      {},
      { problem: expect.stringContaining("gone") },
    ],
  });
  expect([bench.one.told, bench.two.told, bench.one.asked, bench.jobs]).toEqual([[], [], [], []]);
  expect(await bench.runs()).toEqual([]);
  expect(await bench.records.freezes.list({ stackId: bench.stack.id, limit: 9 })).toEqual([]);
  expect(await bench.entries()).toEqual(before);
});

it("runs that ended long ago are forgotten, those that go on are not", async () => {
  const bench = new Bench({ steps: [PAGE] });
  const { playbooks } = bench.records;
  const drift = await bench.open(MINE);
  await bench.start();
  const later = new Date(bench.nowMs + 1);
  await playbooks.forget(later, 1000);
  expect(await bench.runs()).toHaveLength(1);
  await bench.work();
  await playbooks.forget(new Date(bench.nowMs - 1), 1000);
  expect(await bench.runs()).toHaveLength(1);
  await playbooks.forget(later, 1000);
  expect(await bench.runs()).toEqual([]);
  // What is still open is ended one day.
  await playbooks.calls.forget(later);
  await bench.change(drift, "closed", "high");
  await bench.start();
  await bench.look();
  expect(bench.one.steps).toEqual(["open", "resolve"]);
  await playbooks.calls.forget(new Date(bench.nowMs + 1));
  expect(await playbooks.calls.about([drift.id])).toEqual([]);
  const over = new Bench({ on: ["resolved"], steps: [STEPS[1] as PlaybookStep] });
  const passing = await over.open(MINE);
  await over.change(passing, "closed", "high");
  await over.start();
  await over.work();
  expect(await playbooks.calls.about([passing.id])).toHaveLength(2);
  await playbooks.calls.forget(new Date(over.nowMs + 1));
  expect(await playbooks.calls.about([passing.id])).toEqual([]);
});

it.each([
  ["throws", "recorded.nobody == 1", "nobody"],
  [
    "takes too long",
    "[1,2,3,4,5,6,7,8,9].all(a, [1,2,3,4,5,6,7,8,9].all(b, [1,2,3,4,5,6,7,8,9].all(c, [1,2,3,4,5,6,7,8,9].all(d, [1,2,3,4,5,6,7,8,9].all(e, [1,2,3,4,5,6,7,8,9].all(f, a + b + c + d + e + f > 0))))))",
    "too long",
  ],
])(
  "a condition that %s starts nothing, says so, and keeps no other playbook from starting",
  async (_, when, why) => {
    const compiled = compileCondition(when);
    const { condition } = compiled.ok ? compiled : expect.unreachable(compiled.problem.message);
    const bench = new Bench({ when: { holds: condition.holds } });
    bench.playbooks = [
      ...bench.playbooks,
      { name: "other", digest: randomUUID(), on: ["opened"], when: {}, steps: [PAGE] },
    ];
    await bench.open(MINE);
    await bench.start();
    await bench.work();
    const runs = await bench.runs();
    expect(runs.find(({ playbook }) => playbook === "exposed")).toMatchObject({
      status: "failed",
      because: expect.stringContaining(why),
    });
    expect(runs.find(({ playbook }) => playbook === "other")).toMatchObject({ status: "done" });
    expect(bench.warnings).toMatchObject([{ code: "playbook_failed" }]);
  },
);

it("two playbooks freeze a stack each by itself; a later drift moves the end of its playbook's freeze", async () => {
  const freeze = STEPS[2] as PlaybookStep;
  const bench = new Bench({ steps: [freeze] });
  bench.playbooks = [
    ...bench.playbooks,
    {
      name: "other",
      digest: randomUUID(),
      on: ["opened"],
      when: {},
      steps: [{ ...freeze, kind: "freeze", forMs: 60_000, reason: "short" }],
    },
  ];
  for (const pause of [0, 30_000]) {
    bench.nowMs += pause;
    await bench.open(MINE);
    await bench.start();
    await bench.work();
  }
  const freezes = await bench.records.freezes.list({ stackId: bench.stack.id, limit: 9 });
  expect(
    freezes.map(({ by, until, version }) => [by, (until?.getTime() ?? 0) - bench.nowMs, version]).toSorted(),
  ).toEqual([
    ["playbook:exposed", 3_600_000, 2],
    ["playbook:other", 60_000, 2],
  ]);
  bench.nowMs += 120_000;
  expect(await endExpired(bench.context)).toBe(1);
  expect(await bench.records.freezes.inForce(bench.stack.id, new Date(bench.nowMs))).toMatchObject({
    by: "playbook:exposed",
  });
});

it("the same event starts a playbook once, whoever looks; a severity that goes up again does not start it again", async () => {
  const bench = new Bench({ on: ["opened", "escalated", "resolved"], steps: STEPS.slice(0, 1) });
  const drift = await bench.open();
  await Promise.all([bench.start(), bench.start()]);
  for (const severity of ["critical", "high", "critical"] as const)
    await bench.change(drift, "classified", severity);
  await bench.change(drift, "closed", "critical");
  await bench.start();
  expect((await bench.runs()).map(({ event }) => event).toSorted()).toEqual([
    "escalated",
    "opened",
    "resolved",
  ]);
});

it("what a live value made a rule say keeps no drift from its playbook, be it half a character or none at all", async () => {
  const bench = new Bench({ steps: [PAGE] });
  const explanation = "a tag is \ud83d… and \0";
  const rule = {
    ...{ id: "r", title: "r", origin: "builtin", class: "security", severity: "high" },
    explanation,
  };
  const classification = classified({ rules: [{ ...rule, values: [], controls: [] } as never] });
  const drift = await bench.open({ classification });
  await bench.records.drifts.save(
    { ...drift, classification },
    aStep(drift, { kind: "updated", classification }),
  );
  await bench.change(drift, "classified", "critical");
  await bench.start();
  await bench.work();
  expect((await bench.runs()).map(({ status }) => status)).toEqual(["done"]);
  expect(bench.one.told.map(({ message }) => message.severity)).toEqual(["critical"]);
});

it("what somebody accepted, and what is not meant, sets nothing in motion", async () => {
  const bench = new Bench({ when: { severity: "critical" } });
  await bench.open();
  const meant = new Bench();
  await meant.open({ excepted: { id: "e", kind: "accept", until: new Date(meant.nowMs + 1) } });
  for (const each of [bench, meant]) {
    await each.start();
    expect(await each.runs()).toEqual([]);
  }
});

it("a channel that is down is tried again, without telling the others twice, until the step's time is over", async () => {
  const bench = new Bench({ steps: STEPS.slice(1, 3) });
  bench.two.answer = refusing("again");
  await bench.open();
  await bench.start();
  await bench.work();
  const [run] = await bench.runs();
  expect(run?.steps.map(({ status }) => status)).toEqual(["failed", "done"]);
  expect(run?.steps[0]?.outcome).toContain("two: it refuses");
  expect(run?.steps[0]?.attempts).toBeGreaterThan(3);
  expect(bench.one.told).toHaveLength(1);
});

it.each([
  ["stop", '{"decision":"stop","reason":"a drill"}', "stopped", "says to stop: a drill"],
  ["nonsense", "<html>", "failed", "its answer is none"],
])("an answer that says %s ends the run", async (_, text, status, because) => {
  const bench = new Bench({ steps: [STEPS[3] as PlaybookStep, STEPS[2] as PlaybookStep] });
  bench.one.say = () => ({ status: 200, text });
  await bench.open();
  await bench.start();
  await bench.work();
  const [run] = await bench.runs();
  expect(run).toMatchObject({ status, because: expect.stringContaining(because) });
  expect(run?.steps[1]?.status).toBe("skipped");
  expect(await bench.records.freezes.inForce(bench.stack.id, new Date(bench.nowMs))).toBeUndefined();
});

it("a playbook that says something else by now takes no more steps, and a run that nobody goes on with is found", async () => {
  const bench = new Bench();
  await bench.open();
  await bench.start();
  bench.jobs.length = 0;
  bench.nowMs += 3_600_000;
  bench.playbooks = bench.playbooks.map((playbook) => ({ ...playbook, digest: "2" }));
  await goOn(bench.context);
  await bench.work();
  expect(await bench.runs()).toMatchObject([
    { status: "failed", because: expect.stringContaining("another one") },
  ]);
  expect(bench.one.told).toEqual([]);
});

it("a stack is frozen while one freeze is in force, whether or not its end was written down", async () => {
  const bench = new Bench();
  const { context, records, stack } = bench;
  await bench.open();
  const wanted = { stackId: stack.id, reason: "wait" };
  const until = new Date(bench.nowMs + 60_000);
  await addFreeze(context, { ...wanted, until }, REQUESTER);
  const endless = await addFreeze(context, wanted, REQUESTER);
  const inForce = () => records.freezes.inForce(stack.id, context.now());
  expect(await inForce()).toMatchObject({ id: endless.id });
  await expect(thawFreeze(context, endless.id, { version: 7, reason: "x" }, REQUESTER)).rejects.toMatchObject(
    {
      code: "request_outdated",
    },
  );
  await thawFreeze(context, endless.id, { version: 1, reason: "over" }, REQUESTER);
  expect(await inForce()).toMatchObject({ until });
  bench.nowMs += 60_000;
  expect(await inForce()).toBeUndefined();
  expect(await endExpired(context)).toBe(1);
  expect(await bench.entries()).toEqual(["freeze.added", "freeze.added", "freeze.ended", "freeze.ended"]);
  await expect(thawFreeze(context, endless.id, { version: 2, reason: "x" }, REQUESTER)).rejects.toMatchObject(
    {
      code: "freeze_ended",
    },
  );
  await expect(addFreeze(context, { ...wanted, until }, REQUESTER)).rejects.toMatchObject({
    code: "freeze_until_invalid",
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { describeOnEveryServer } from "../store/postgres.fixture.ts";
import { aStack } from "../store/records.fixture.ts";
import { execute } from "../store/testServer.fixture.ts";
import { AGE_LEASES, gate, startProcess, type TestProcess } from "./jobs.fixture.ts";

describeOnEveryServer("jobs", (on) => {
  let url: string;
  let one: TestProcess;
  let two: TestProcess;

  beforeEach(async () => {
    url = await on().another();
    [one, two] = await Promise.all([startProcess(url), startProcess(url)]);
  });

  afterEach(async () => {
    await Promise.all([one.close(), two.close()]);
  });

  it("start when they are sent by another process, without anybody asking", async () => {
    const done = gate<object>();
    one.jobs.work("look", { concurrency: 1 }, async ({ key, data, attempt }) =>
      done.open({ key, data, attempt }),
    );
    await two.jobs.send("look", "a\u0000key", { n: 1 });
    expect(await done.opened).toEqual({ key: "a\u0000key", data: { n: 1 }, attempt: 1 });
  });

  it("are heard of again after the connection for that was lost", async () => {
    const done = gate<string>();
    const listening = `FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'anchorwatch wake-ups'`;
    const pids = async () => (await execute(url, `SELECT pid ${listening}`)).map(({ pid }) => pid);
    one.jobs.work("look", { concurrency: 1 }, async ({ key }) => done.open(key));
    const before = await pids();
    expect(before).toHaveLength(2);
    await execute(url, `SELECT pg_terminate_backend(pid) ${listening}`);
    await vi.waitFor(async () => {
      const now = await pids();
      expect([now.length, now.filter((pid) => before.includes(pid))]).toEqual([2, []]);
    }, 20_000);
    await two.jobs.send("look", "after", { n: 1 });
    expect(await done.opened).toBe("after");
  });

  it("are there when their transaction is committed, and not when it is not", async () => {
    const done = gate<string>();
    one.jobs.work("look", { concurrency: 1 }, async ({ key }) => done.open(key));
    await expect(
      two.records.transaction(async (within) => {
        await two.jobs.send("look", "never", { n: 1 }, { within });
        throw new TypeError("rolled back");
      }),
    ).rejects.toThrow("rolled back");
    const stack = aStack({ declaredBy: "api" });
    await two.records.transaction(async (within) => {
      await two.jobs.send("look", "kept", { n: 1 }, { within });
      await within.stacks.add(stack);
    });
    expect(await done.opened).toBe("kept");
    expect(await one.records.stacks.byId(stack.id)).toBeDefined();
  });

  it("merge while one is queued, and follow one that is under way", async () => {
    const [started, go, last] = [gate(), gate(), gate()];
    const ran: number[] = [];
    await two.jobs.send("look", "key", { n: 0 });
    one.jobs.work("look", { concurrency: 5 }, async ({ data }) => {
      ran.push(data.n);
      if (data.n === 0) {
        started.open();
        await go.opened;
      } else last.open();
    });
    await started.opened;
    await Promise.all([1, 2, 3, 4].map((n) => (n % 2 ? one : two).jobs.send("look", "key", { n })));
    await two.jobs.sendAll(
      "look",
      [5, 6].map((n) => ({ key: "key", data: { n } })),
    );
    expect(await one.jobs.depths()).toMatchObject([{ queue: "look", ready: 1, active: 1 }, {}, {}]);
    go.open();
    await last.opened;
    await one.jobs.close();
    expect(ran).toHaveLength(2);
    expect(await depth(two)).toMatchObject({ ready: 0, waiting: 0, active: 0, dead: 0 });
  });

  it("start at the earlier of two times", async () => {
    const done = gate<number>();
    const later = new Date(Date.now() + 3_600_000);
    await two.jobs.send("look", "key", { n: 1 }, { startAfter: later });
    await two.jobs.send("look", "key", { n: 2 }, { startAfter: new Date(later.getTime() + 1_000) });
    expect(await depth(two)).toMatchObject({ ready: 0, waiting: 1 });
    one.jobs.work("look", { concurrency: 1 }, async ({ data }) => done.open(data.n));
    await two.jobs.send("look", "key", { n: 3 });
    expect(await done.opened).toBe(1);
  });

  it("of one key are never done twice at once, whatever is sent and however they fail", async () => {
    const active = new Map<string, number>();
    const overlaps: string[] = [];
    const ran = new Set<string>();
    const [enough, KEYS, ROUNDS] = [gate(), 4, 15];
    let runs = 0;
    for (const { jobs } of [one, two]) {
      jobs.work("look", { concurrency: 6 }, async ({ key }) => {
        if (active.has(key)) overlaps.push(key);
        active.set(key, 1);
        await new Promise((resolve) => setImmediate(resolve));
        ran.add(key);
        active.delete(key);
        runs++;
        if (runs >= KEYS * 3) enough.open();
        if (runs % 3 === 0) throw new TypeError("now and then");
      });
    }
    for (let round = 0; round < ROUNDS; round++) {
      const sends = Array.from({ length: KEYS }, (_, n) =>
        (n % 2 ? one : two).jobs.send("look", `k${n}`, { n }),
      );
      await Promise.all(sends);
    }
    await enough.opened;
    expect(overlaps).toEqual([]);
    expect(ran.size).toBe(KEYS);
  });

  it("hold up no other key", async () => {
    const [started, go, done] = [gate(), gate(), gate<string>()];
    one.jobs.work("look", { concurrency: 2 }, async ({ key }) => {
      if (key !== "slow") return done.open(key);
      started.open();
      await go.opened;
    });
    await two.jobs.send("look", "slow", { n: 1 });
    await started.opened;
    await two.jobs.send("look", "slow", { n: 2 });
    await two.jobs.send("look", "quick", { n: 3 });
    expect(await done.opened).toBe("quick");
    go.open();
  });

  describe("that fail", () => {
    it("are tried again, then kept as dead letters with their reason, and can be revived", async () => {
      const attempts: number[] = [];
      const [last, revived] = [gate(), gate()];
      one.jobs.work("look", { concurrency: 1 }, async ({ attempt }) => {
        attempts.push(attempt);
        if (attempt === 4) return revived.open();
        if (attempt === 3) last.open();
        else queueMicrotask(() => void poke(two));
        throw new TypeError("it cannot be");
      });
      await two.jobs.send("look", "key", { n: 7 });
      await last.opened;
      const [letter] = await untilDead(two);
      expect(letter).toMatchObject({
        queue: "look",
        key: "key",
        data: { n: 7 },
        attempts: 3,
        error: { message: "it cannot be" },
      });
      await two.jobs.revive({ queue: "look", id: letter?.id ?? "" });
      await revived.opened;
      expect(attempts).toEqual([1, 2, 3, 4]);
    });

    it("are made up for by the next job of their key that goes well, and by no other", async () => {
      let isWell = false;
      const done = gate();
      one.jobs.work("once", { concurrency: 1 }, async ({ key }) => {
        if (!isWell) throw new TypeError("it cannot be");
        if (key === "last") done.open();
      });
      for (const key of ["key", "other"]) await two.jobs.send("once", key, { n: 1 });
      await untilDead(two, 2);
      isWell = true;
      await two.jobs.send("once", "key", { n: 2 });
      await two.jobs.send("once", "last", { n: 3 });
      await done.opened;
      await one.jobs.close();
      expect(await two.jobs.deadLetters(9)).toMatchObject([{ key: "other" }]);
    });
  });

  it("of a process that fell silent are taken over, and that process can commit nothing", async () => {
    const [started, outcome, taken] = [gate(), gate<unknown>(), gate<number>()];
    const goOn = gate();
    const sleepy = one.jobs.work("look", { concurrency: 1 }, async ({ hold, attempt }) => {
      if (attempt > 1) return;
      started.open();
      await goOn.opened;
      await one.records.transaction(hold).then(outcome.open, outcome.open);
    });
    await two.jobs.send("look", "key", { n: 1 });
    await started.opened;
    const stopped = sleepy.stop(60_000); // It takes no more.
    two.jobs.work("look", { concurrency: 1 }, async ({ attempt }) => {
      taken.open(attempt);
      goOn.open();
      await outcome.opened;
    });
    await execute(url, AGE_LEASES);
    const pokes = setInterval(() => void poke(two), 100);
    expect(await taken.opened).toBe(2);
    clearInterval(pokes);
    expect(await outcome.opened).toMatchObject({ code: "job_lease_lost" });
    await stopped;
    expect(one.problems.map(({ code }) => code)).toContain("job_lease_lost");
  });

  it("come again by a schedule, until it is taken away", async () => {
    await one.jobs.schedule("look", "a key / with spaces", "* * * * *", { n: 5 });
    await one.jobs.schedule("look", "another", "* * * * *", { n: 6 });
    await one.jobs.unschedule("look", "another");
    // Schedules are looked at when a process starts, if nobody did so lately.
    await execute(url, "UPDATE anchorwatch_jobs.version SET cron_on = NULL");
    const three = await startProcess(url, 50);
    const done = gate<object>();
    three.jobs.work("look", { concurrency: 1 }, async ({ key, data }) => done.open({ key, data }));
    expect(await done.opened).toEqual({ key: "a key / with spaces", data: { n: 5 } });
    await three.close();
    await expect(one.jobs.schedule("look", "bad", "every now and then", { n: 1 })).rejects.toMatchObject({
      code: "job_queue_failed",
    });
  });

  it("are given back when their process ends", async () => {
    const [started, again] = [gate(), gate<number>()];
    one.jobs.work("look", { concurrency: 1 }, async ({ signal }) => {
      started.open();
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    });
    await two.jobs.send("look", "key", { n: 1 });
    await started.opened;
    await one.jobs.close(0);
    two.jobs.work("look", { concurrency: 1 }, async ({ attempt }) => again.open(attempt));
    expect(await again.opened).toBe(2);
  });
});

/** A message for the workers, as every job sends one: time has come for those that wait. */
async function poke({ jobs }: TestProcess): Promise<void> {
  await jobs.sendAll("look", []);
}

async function depth({ jobs }: TestProcess): Promise<object | undefined> {
  return (await jobs.depths()).find(({ queue }) => queue === "look");
}

async function untilDead({ jobs }: TestProcess, number = 1) {
  for (;;) {
    const letters = await jobs.deadLetters(10);
    if (letters.length >= number) return letters;
  }
}

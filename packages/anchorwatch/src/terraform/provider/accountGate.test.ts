import fc from "fast-check";
import { expect, test } from "vitest";
import { createAccountGate } from "./accountGate.ts";

/** A clock on which whoever sleeps is woken when it is moved. */
function clock() {
  let now = 0;
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();
  return {
    now: () => now,
    sleep: (milliseconds: number) =>
      new Promise<void>((wake) => void sleepers.add({ at: now + milliseconds, wake })),
    async advance(milliseconds: number) {
      const until = now + milliseconds;
      for (;;) {
        await settled();
        const next = [...sleepers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        now = Math.max(now, next.at);
        sleepers.delete(next);
        next.wake();
      }
      now = until;
      await settled();
    },
  };
}

/** All that can go on without the clock has gone on. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test("no more are under way at once than the account may have", async () => {
  const time = clock();
  const gate = createAccountGate({ readsInFlight: 2, readsPerSecond: 1e9 }, time);
  const ends: (() => void)[] = [];
  let most = 0;
  let running = 0;
  const reads = Array.from({ length: 5 }, () =>
    gate.pass(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((end) => void ends.push(end));
      running -= 1;
    }, undefined),
  );
  for (let done = 0; done < 5; done += 1) {
    await time.advance(1);
    ends.shift()?.();
  }
  await Promise.all(reads);
  expect(most).toBe(2);
});

test("over any second no more begin than the rate and a small burst, and none waits longer than it must", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 200 }),
      fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 40 }),
      async (readsPerSecond, pauses) => {
        const time = clock();
        const gate = createAccountGate({ readsInFlight: 1000, readsPerSecond }, time);
        const begun: number[] = [];
        const reads: Promise<void>[] = [];
        for (const pause of pauses) {
          await time.advance(pause);
          reads.push(gate.pass(async () => void begun.push(time.now()), undefined));
        }
        await time.advance((pauses.length / readsPerSecond) * 1000 + 1);
        await Promise.all(reads);
        for (const start of begun) {
          const within = begun.filter((at) => at >= start && at < start + 1000).length;
          expect(within).toBeLessThanOrEqual(readsPerSecond * 1.1 + 1.001);
        }
      },
    ),
    { numRuns: 30 },
  );
});

test("who gives up while it waits is told at once, and the next one has its place", async () => {
  const time = clock();
  const gate = createAccountGate({ readsInFlight: 1, readsPerSecond: 1 }, time);
  await gate.pass(async () => {}, undefined);
  const controller = new AbortController();
  const waiting = gate.pass(async () => {}, controller.signal);
  waiting.catch(() => undefined);
  await time.advance(10);
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ code: "provider_cancelled" });
  const next = gate.pass(async () => "read", undefined);
  await time.advance(2000);
  await expect(next).resolves.toBe("read");
});

test("a check whose reads hang leaves room for the others of its account", async () => {
  const gate = createAccountGate({ readsInFlight: 10, readsPerSecond: 1e9 }, clock());
  const slow = gate.share();
  const { promise: never } = Promise.withResolvers<void>();
  let hanging = 0;
  for (let read = 0; read < 50; read += 1) {
    void slow(() => {
      hanging += 1;
      return never;
    }, undefined);
  }
  const other = gate.share();
  const reads = Array.from({ length: 20 }, (_, read) => other(async () => read, undefined));
  await expect(Promise.all(reads)).resolves.toHaveLength(20);
  expect(hanging).toBe(8);
});

test("a failure of the work is the caller's, and frees the place", async () => {
  const gate = createAccountGate({ readsInFlight: 1, readsPerSecond: 1e9 }, clock());
  await expect(gate.pass(() => Promise.reject(new RangeError("no")), undefined)).rejects.toThrow("no");
  await expect(gate.pass(async () => 1, undefined)).resolves.toBe(1);
});

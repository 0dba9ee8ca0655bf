import { expect, it } from "vitest";
import type { DeadLetter } from "../../jobs/jobs.ts";
import { openTestDatabase, quickTestServer } from "../../store/postgres.fixture.ts";
import { aStack, at } from "../../store/records.fixture.ts";
import { createWatchRecords } from "../../store/watchRecords.ts";
import { JOBS, tellDeadLetters } from "./deadLetters.ts";

it("jobs that failed for good are told with their stack and their reason, kill their detector, and come back to life", async () => {
  const server = await quickTestServer();
  const database = await openTestDatabase(await server.createDatabase());
  const records = createWatchRecords(database);
  const stack = aStack({ declaredBy: "api", name: "network" });
  await records.stacks.add(stack);
  const letters: DeadLetter[] = [];
  const jobs = {
    deadLetters: async (limit: number) => letters.slice(0, limit),
    depths: async () => [{ queue: "sweep", ready: 0, waiting: 0, active: 0, dead: letters.length }],
  };
  const told = async (seconds: number) => {
    await tellDeadLetters(records, jobs, at(seconds));
    return await records.detectors.byName(JOBS);
  };
  expect(await told(0)).not.toHaveProperty("problem");
  const letter = { queue: "sweep", id: "1", key: stack.id, attempts: 3, failedAt: at(1) };
  letters.push({ ...letter, data: { stackId: stack.id }, error: { message: "it cannot be" } });
  expect(await told(5)).toMatchObject({
    problem: "A job failed for good, a sweep of the stack network, after 3 attempts: it cannot be",
  });
  letters.push({ ...letter, data: {}, error: { message: "older" } });
  expect((await told(59))?.problem).toMatch(
    /^2 jobs failed for good, the last one a sweep of the stack network,/,
  );
  expect(await records.detectors.buryDead(at(61))).toMatchObject([{ name: JOBS }]);
  letters.length = 0;
  await told(62);
  expect(await records.detectors.resurrect()).toMatchObject([{ name: JOBS }]);
  await database.close();
});

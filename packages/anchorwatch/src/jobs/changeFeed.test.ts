import { expect, it, onTestFinished } from "vitest";
import type { AnchorwatchError } from "../domain/errors.ts";
import { aDigest, anAssignment, aSession, aToken, aUser } from "../store/access/access.fixture.ts";
import { createAccessRecords } from "../store/accessRecords.ts";
import type { Database } from "../store/connect.ts";
import { describeOnEveryServer, openTestDatabase } from "../store/postgres.fixture.ts";
import { aCheck, aDrift, anEvent, aStack, aStep, at } from "../store/records.fixture.ts";
import { execute } from "../store/testServer.fixture.ts";
import type { ChangeFeed, HeardChange } from "../watch/storedChange.ts";
import { openChangeFeed, WaitingMessages } from "./changeFeed.ts";

/** What a process hears, which has a connection of its own to that database. */
async function hearing(url: string) {
  const database: Database = await openTestDatabase(url);
  const problems: AnchorwatchError[] = [];
  const heard: HeardChange[] = [];
  let outbox = 0;
  const feed: ChangeFeed = await openChangeFeed(database, {
    onOutbox: () => outbox++,
    onProblem: (problem) => void problems.push(problem),
  });
  feed.subscribe((change) => void heard.push(change));
  onTestFinished(async () => {
    await feed.close();
    await database.close();
  });
  return { heard, problems, outbox: () => outbox };
}

const until = <T>(ask: () => T) => expect.poll(ask, { timeout: 20_000 });

const END_LISTENERS = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'anchorwatch changes'`;

describeOnEveryServer("what another process stores", (on) => {
  it("is heard as it is committed, in that order, as records", async () => {
    const { records, url } = on();
    const { heard } = await hearing(url);
    const stack = aStack();
    await records.stacks.add(stack);
    const drift = aDrift(stack.id);
    const check = aCheck(stack.id);
    await records.transaction(async (inside) => {
      await inside.drifts.save(drift, aStep(drift));
      await inside.checks.add(check);
      await until(() => heard.length).toBe(1);
    });
    const event = anEvent();
    await records.events.receive([event, anEvent()], at(1));
    await records.events.touched([{ eventId: event.id, stackId: stack.id, address: drift.address }]);
    await records.stacks.remove(stack.id);
    await until(() => heard.length).toBe(6);
    expect(heard).toMatchObject([
      { kind: "stack", stack: { stack: { id: stack.id } } },
      { kind: "drift", step: "opened", drift: { id: drift.id, found: drift.found } },
      { kind: "check", check },
      { kind: "stack", stack: { openDrifts: 1 } },
      { kind: "event", event: { id: event.id, touched: [{ stackId: stack.id, address: drift.address }] } },
      { kind: "stack", stack: { health: "gone" } },
    ]);
  });

  it("is not heard when it was rolled back, and looks that change nothing are no news", async () => {
    const { records, url } = on();
    const { heard } = await hearing(url);
    const stack = aStack();
    await records.stacks.add(stack);
    await until(() => heard.length).toBe(1);
    const undone = records.transaction(async (inside) => {
      await inside.drifts.save(aDrift(stack.id), aStep(aDrift(stack.id)));
      throw new RangeError("undone");
    });
    await expect(undone).rejects.toThrow();
    await records.stacks.scheduleSweep(stack.id, at(60));
    const error = { code: "state_missing", message: "it is not there" };
    await records.stacks.failed(stack.id, { at: at(2), error });
    await until(() => heard.length).toBe(2);
    await records.stacks.failed(stack.id, { at: at(3), error });
    await records.stacks.remove(stack.id);
    await until(() => heard.at(-1)).toMatchObject({ stack: { health: "gone" } });
    expect(heard).toHaveLength(3);
    expect(heard.map(({ kind }) => kind)).toEqual(["stack", "stack", "stack"]);
  });

  it("is heard of detectors when one dies and when it comes back", async () => {
    const { records, url } = on();
    const { heard } = await hearing(url);
    const beat = { name: `stack:${"ü".repeat(500)}`, expectedWithinMs: 1_000 };
    await records.detectors.beat({ ...beat, at: at(0) });
    await records.detectors.buryDead(at(60));
    await until(() => heard).toMatchObject([
      { kind: "detector", detector: { name: beat.name, deadSince: at(60) } },
    ]);
    await records.detectors.beat({ ...beat, at: at(61) });
    await records.detectors.resurrect();
    await until(() => heard.length).toBe(2);
    expect(heard[1]).not.toHaveProperty("detector.deadSince");
  });

  it("is heard when somebody loses his access, and when roles change", async () => {
    const { database, url } = on();
    const { users, sessions, assignments, tokens } = createAccessRecords(database);
    const { heard } = await hearing(url);
    const user = aUser();
    await users.add(user);
    const session = aSession(user.id);
    await sessions.add(session, aDigest());
    await tokens.add(aToken({ kind: "user", id: user.id }), aDigest());
    await sessions.end(session.id);
    await until(() => heard).toEqual([{ kind: "access", userId: user.id }]);
    await users.change(user.id, undefined, { status: "disabled" }, new Date());
    // With his token: what one transaction tells twice is heard once.
    await until(() => heard.length).toBe(2);
    await assignments.add(anAssignment({ kind: "user", id: user.id }));
    await until(() => heard.at(-1)).toEqual({ kind: "access" });
  });

  it("wakes who publishes, whoever put something into the outbox", async () => {
    const { records, url } = on();
    const { outbox } = await hearing(url);
    await records.outbox.put([{ id: "entry", entry: { id: "entry" }, content: [] }]);
    await until(outbox).toBe(1);
  });

  it("may have been missed while the connection was lost, which is told, and then goes on", async () => {
    const { records, url } = on();
    const { heard } = await hearing(url);
    await execute(url, END_LISTENERS);
    await until(() => heard).toEqual([{ kind: "missed" }]);
    await records.stacks.add(aStack());
    await until(() => heard.at(-1)?.kind).toBe("stack");
  });
});

it("whoever is too far behind, or cannot look it up, is told that he has missed something", async () => {
  const told: HeardChange[] = [];
  const problems: unknown[] = [];
  const looked: string[] = [];
  const waiting = new WaitingMessages({
    look: async (message) => {
      looked.push(message);
      if (message === "broken") throw new RangeError("no answer");
      return [];
    },
    tell: (change) => void told.push(change),
    onProblem: (problem) => void problems.push(problem),
  });
  for (let n = 0; n < 10_002; n++) waiting.add(`stack ${n}`);
  expect(told).toEqual([{ kind: "missed" }]);
  await until(() => looked.length).toBe(1);
  waiting.add("broken");
  await until(() => told.length).toBe(2);
  waiting.add("stack after");
  await until(() => looked.at(-1)).toBe("stack after");
  expect(problems).toHaveLength(1);
  await waiting.end();
});

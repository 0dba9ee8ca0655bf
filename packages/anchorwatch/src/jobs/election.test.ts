import { expect, it } from "vitest";
import type { AnchorwatchError } from "../domain/errors.ts";
import { describeOnEveryServer, openTestDatabase } from "../store/postgres.fixture.ts";
import { execute } from "../store/testServer.fixture.ts";
import { whileElected } from "./election.ts";
import { gate } from "./jobs.fixture.ts";

const END_ELECTED = `
  SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
  WHERE l.locktype = 'advisory' AND l.granted AND a.datname = current_database()
    AND a.application_name LIKE 'anchorwatch election%'`;

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve());
  });
}

describeOnEveryServer("an election", (on) => {
  const problems: AnchorwatchError[] = [];
  const onProblem = (problem: AnchorwatchError) => void problems.push(problem);

  it("has one winner, and the next when that is done", async () => {
    const [one, two] = [on().database, await openTestDatabase(on().url)];
    const { signal } = new AbortController();
    const events: string[] = [];
    const [first, go] = [gate(), gate()];
    const a = whileElected(
      one,
      "p",
      async () => {
        events.push("a begins");
        first.open();
        await go.opened;
        events.push("a ends");
      },
      { signal, onProblem },
    );
    await first.opened;
    const b = whileElected(two, "p", async () => void events.push("b begins"), { signal, onProblem });
    await whileElected(two, "another name", async () => void events.push("other"), { signal, onProblem });
    go.open();
    await Promise.all([a, b]);
    expect(events).toEqual(["a begins", "other", "a ends", "b begins"]);
    await two.close();
  });

  it("is lost with its connection, which the work is told, and then held again", async () => {
    const { database, url } = on();
    const { signal } = new AbortController();
    const [first, second] = [gate(), gate()];
    const reasons: unknown[] = [];
    let terms = 0;
    const elected = whileElected(
      database,
      "p",
      async (term) => {
        terms++;
        if (terms === 2) return second.open();
        first.open();
        await untilAborted(term);
        reasons.push(term.reason);
        throw term.reason; // Whoever is not elected any more may fail as it likes.
      },
      { signal, onProblem },
    );
    await first.opened;
    await execute(url, END_ELECTED);
    await second.opened;
    await elected;
    expect(terms).toBe(2);
    expect(reasons).toMatchObject([{ code: "database_unreachable" }]);
  });

  it("goes to another while the one that lost it is still at work", async () => {
    const [one, two] = [on().database, await openTestDatabase(on().url)];
    const { signal } = new AbortController();
    const [first, second, go] = [gate(), gate<boolean>(), gate()];
    let lost: AbortSignal | undefined;
    const a = whileElected(
      one,
      "p",
      async (term) => {
        lost ??= term;
        first.open();
        await go.opened;
      },
      { signal, onProblem },
    );
    await first.opened;
    const b = whileElected(two, "p", async () => second.open(lost?.aborted ?? false), { signal, onProblem });
    await execute(on().url, END_ELECTED);
    await second.opened;
    await untilAborted(lost ?? signal);
    go.open();
    await Promise.all([a, b]);
    await two.close();
  });

  it("gives on what the work throws, and ends when it is not wanted any more, also while it waits", async () => {
    const { database } = on();
    const end = new AbortController();
    const options = { signal: end.signal, onProblem };
    await expect(
      whileElected(database, "p", () => Promise.reject(new TypeError("no")), options),
    ).rejects.toThrow("no");
    const first = gate();
    const holder = whileElected(
      database,
      "p",
      async (term) => {
        first.open();
        await untilAborted(term);
      },
      options,
    );
    await first.opened;
    const waiter = whileElected(database, "p", async () => expect.unreachable(), options);
    end.abort();
    await Promise.all([holder, waiter]);
    await whileElected(database, "p", async () => expect.unreachable(), options);
  });
});

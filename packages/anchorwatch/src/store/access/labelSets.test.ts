import { expect, it } from "vitest";
import type { LabelSetKey, Labels } from "../../domain/labels.ts";
import { describeOnEveryServer } from "../postgres.fixture.ts";
import { execute } from "../testServer.fixture.ts";
import { inTransaction } from "../transaction.ts";
import { labelRecords } from "./labelRecords.ts";
import { keysOfLabels } from "./labelSets.ts";

describeOnEveryServer("sets of labels", (on) => {
  it("are never seen with a higher number before one with a lower number, whoever makes them at once", async () => {
    const { database, url } = on();
    const db = database.kysely;
    const [one, other]: [Labels, Labels] = [{ team: "one" }, { team: "other" }];
    const made = (labels: Labels, before: Promise<unknown> = Promise.resolve()) => {
      const { promise, resolve } = Promise.withResolvers<number>();
      const committed = inTransaction(db, async (transaction) => {
        const keyOf = await keysOfLabels(transaction, [labels]);
        resolve(keyOf(labels));
        await before;
      });
      return { key: promise, committed };
    };
    const seen = async () => (await labelRecords(db).since(1 as LabelSetKey)).map(({ labels }) => labels);
    const held = Promise.withResolvers<void>();
    const first = made(one, held.promise);
    await first.key;
    const [second, same] = [made(other), made(one)];
    // They wait, or are done: what must not be is that they are seen.
    const waiting = async () => {
      const rows = await execute(url, WAITING);
      return rows.length;
    };
    await Promise.race([second.committed, expect.poll(waiting, { timeout: 20_000 }).toBe(2)]);
    expect(await seen()).toEqual([]);
    held.resolve();
    await Promise.all([first, second, same].map(({ committed }) => committed));
    expect(await seen()).toEqual([one, other]);
    expect(await same.key).toBe(await first.key);
    expect(await second.key).toBeGreaterThan(await first.key);
  });
});

const WAITING = `
  SELECT FROM pg_locks JOIN pg_database d ON d.oid = database
  WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()`;

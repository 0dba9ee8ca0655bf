import { sql } from "kysely";
import type { DueLook, LookRecords, WantedLook } from "../watch/records.ts";
import type { StackId } from "../watch/stack.ts";
import { given } from "./given.ts";
import type { Sql } from "./sql.ts";
import { digestOf, storable, stored } from "./text.ts";
import { inTransaction } from "./transaction.ts";

export function lookRecords(db: Sql): LookRecords {
  return {
    want: (looks) => want(db, looks),
    due: (stackId, now) => due(db, stackId, now),
    settle: (looked, next) => settle(db, looked, next),
    waiting: (now) => waiting(db, now),
  };
}

/** Sorted, so that two that want the same never wait for each other both ways. Looks of unknown stacks are left out. */
async function want(db: Sql, looks: readonly WantedLook[]): Promise<void> {
  if (looks.length === 0) return;
  await sql`
    INSERT INTO anchorwatch.looks AS l (stack, address_digest, address, due_at, round, since, received_at, news_at, last_at)
    SELECT s.key, given.address_digest, min(given.address), min(due_at), min(round), min(since), min(received_at),
      min(news_at), max(last_at)
    FROM ${table(looks)} JOIN anchorwatch.stacks s ON s.id = given.stack_id
    GROUP BY s.key, given.address_digest
    ORDER BY s.key, given.address_digest
    ON CONFLICT (stack, address_digest) DO UPDATE SET
      due_at = least(l.due_at, excluded.due_at), round = least(l.round, excluded.round),
      since = least(l.since, excluded.since), received_at = least(l.received_at, excluded.received_at),
      news_at = CASE WHEN l.round = excluded.round THEN least(l.news_at, excluded.news_at)
        WHEN l.round < excluded.round THEN l.news_at ELSE excluded.news_at END,
      last_at = greatest(l.last_at, excluded.last_at),
      version = excluded.version`.execute(db);
}

function table(looks: readonly WantedLook[]) {
  return given(looks, {
    stack_id: ["text", ({ stackId }) => storable(stackId)],
    address_digest: ["bytea", ({ address }) => digestOf(address)],
    address: ["text", ({ address }) => storable(address)],
    due_at: ["timestamptz", ({ dueAt }) => dueAt],
    round: ["integer", ({ round }) => round],
    since: ["timestamptz", ({ since }) => since],
    received_at: ["timestamptz", ({ receivedAt }) => receivedAt],
    news_at: ["timestamptz", ({ receivedAt, newsAt = receivedAt }) => newsAt],
    last_at: ["timestamptz", ({ receivedAt, lastAt = receivedAt }) => lastAt],
  });
}

async function due(db: Sql, stackId: StackId, now: Date): Promise<readonly DueLook[]> {
  const { rows } = await sql<Omit<DueLook, "stackId">>`
    SELECT address, due_at AS "dueAt", round, since, received_at AS "receivedAt", news_at AS "newsAt",
      last_at AS "lastAt", version
    FROM anchorwatch.looks
    WHERE stack = (SELECT key FROM anchorwatch.stacks WHERE id = ${storable(stackId)}) AND due_at <= ${now}
    ORDER BY due_at, address_digest`.execute(db);
  return rows.map((row) => ({ ...row, stackId, address: stored(row.address) }));
}

/** What was wanted again while it was looked at keeps its place. */
function settle(db: Sql, looked: readonly DueLook[], next: readonly WantedLook[]): Promise<void> {
  return inTransaction(db, async (transaction) => {
    if (looked.length > 0) await takeAway(transaction, looked);
    await want(transaction, next);
  });
}

/** Of what was wanted again meanwhile, the first events were looked for; which of the others came first nobody knows any more. */
async function takeAway(db: Sql, looked: readonly DueLook[]): Promise<void> {
  await sql`
    WITH mine AS (
      SELECT l.stack, l.address_digest, l.version = given.version AS is_done
      FROM ${given(looked, {
        stack_id: ["text", ({ stackId }) => storable(stackId)],
        address_digest: ["bytea", ({ address }) => digestOf(address)],
        version: ["bigint", ({ version }) => version],
      })}
      JOIN anchorwatch.stacks s ON s.id = given.stack_id
      JOIN anchorwatch.looks l ON l.stack = s.key AND l.address_digest = given.address_digest
      ORDER BY l.stack, l.address_digest FOR UPDATE OF l
    ), done AS (
      DELETE FROM anchorwatch.looks
      WHERE (stack, address_digest) IN (SELECT stack, address_digest FROM mine WHERE is_done)
    )
    UPDATE anchorwatch.looks l SET received_at = l.last_at, news_at = l.last_at
    FROM mine
    WHERE NOT mine.is_done AND l.stack = mine.stack AND l.address_digest = mine.address_digest`.execute(db);
}

async function waiting(
  db: Sql,
  now: Date,
): Promise<{ readonly due: readonly StackId[]; readonly nextAt?: Date }> {
  const stacks = await sql<{ id: string }>`
    SELECT s.id FROM anchorwatch.stacks s
    JOIN (SELECT stack, min(due_at) AS due_at FROM anchorwatch.looks WHERE due_at <= ${now} GROUP BY stack) l
      ON l.stack = s.key
    ORDER BY l.due_at, s.id`.execute(db);
  const later = await sql<{ nextAt: Date | null }>`
    SELECT min(due_at) AS "nextAt" FROM anchorwatch.looks WHERE due_at > ${now}`.execute(db);
  const nextAt = later.rows[0]?.nextAt ?? undefined;
  return {
    due: stacks.rows.map(({ id }) => stored(id) as StackId),
    ...(nextAt === undefined ? {} : { nextAt }),
  };
}

import { sql } from "kysely";
import type { ClaimedTwice, ClaimId, ClaimRecord } from "../watch/claim.ts";
import type { ClaimRecords } from "../watch/records.ts";
import type { StackId } from "../watch/stack.ts";
import { seen, when } from "./page.ts";
import { json, type Sql, withoutNulls } from "./sql.ts";
import { storable, stored } from "./text.ts";

export function claimRecords(db: Sql): ClaimRecords {
  return {
    lock: async () => {
      await sql`SELECT pg_advisory_xact_lock(hashtextextended('anchorwatch claims', 0))`.execute(db);
    },
    open: (stackId) => select(db, sql`WHERE ${ofStack(stackId)} AND c.status = 'open' ORDER BY c.id`),
    save: (claim) => save(db, claim),
    list: (filter) => list(db, filter),
  };
}

/** An `id` that stands for no stack finds nothing. */
function ofStack(id: StackId) {
  const key = sql`(SELECT key FROM anchorwatch.stacks WHERE id = ${storable(id)})`;
  return sql`(c.first_stack = ${key} OR c.second_stack = ${key})`;
}

async function save(db: Sql, claim: ClaimRecord): Promise<void> {
  const [first, second] = claim.stacks;
  await sql`
    INSERT INTO anchorwatch.claims AS c
      (id, first_stack, second_stack, status, resources, count, opened_at, updated_at, closed_at, entry_id)
    SELECT ${claim.id}, one.key, other.key, ${claim.status}, ${json(claim.resources)}::json, ${claim.count}::integer,
      ${claim.openedAt}::timestamptz, ${claim.updatedAt}::timestamptz, ${claim.closedAt ?? null}::timestamptz, ${claim.entryId}
    FROM anchorwatch.stacks one, anchorwatch.stacks other
    WHERE one.id = ${storable(first)} AND other.id = ${storable(second)}
    ON CONFLICT (id) DO UPDATE SET status = excluded.status, resources = excluded.resources,
      count = excluded.count, updated_at = excluded.updated_at, closed_at = excluded.closed_at`.execute(db);
}

interface ClaimRow extends Omit<ClaimRecord, "stacks" | "closedAt"> {
  readonly first: string;
  readonly second: string;
  readonly resources: readonly ClaimedTwice[];
  readonly closedAt: Date | null;
}

async function select(db: Sql, which: ReturnType<typeof ofStack>): Promise<readonly ClaimRecord[]> {
  const { rows } = await sql<ClaimRow>`
    SELECT c.id, one.id AS first, other.id AS second, c.status, c.resources, c.count,
      c.opened_at AS "openedAt", c.updated_at AS "updatedAt", c.closed_at AS "closedAt", c.entry_id AS "entryId"
    FROM anchorwatch.claims c
    JOIN anchorwatch.stacks one ON one.key = c.first_stack
    JOIN anchorwatch.stacks other ON other.key = c.second_stack
    ${which}`.execute(db);
  return rows.map(({ first, second, ...row }) => ({
    ...withoutNulls(row),
    id: row.id as ClaimId,
    stacks: [stored(first) as StackId, stored(second) as StackId],
  }));
}

function list(
  db: Sql,
  { stackId, status, limit, after, ...visible }: Parameters<ClaimRecords["list"]>[0],
): Promise<readonly ClaimRecord[]> {
  return select(
    db,
    sql`WHERE true ${seen(sql`one.label_set`, visible)} ${seen(sql`other.label_set`, visible)}
      ${when(stackId, ofStack)}
      ${when(status, (wanted) => sql`c.status = ${wanted}`)}
      ${when(after, ({ value, id }) => sql`(c.updated_at, c.id) < (${new Date(value)}::timestamptz, ${storable(id)}::text)`)}
    ORDER BY c.updated_at DESC, c.id DESC LIMIT ${limit}`,
  );
}

import { type RawBuilder, sql } from "kysely";
import type { CheckTrigger, Coverage } from "../domain/check.ts";
import type { CheckRecord, CheckRecords, Page } from "../watch/records.ts";
import type { StackId } from "../watch/stack.ts";
import { inParts } from "./inParts.ts";
import { positionOf } from "./page.ts";
import { json, type Sql, withoutNulls } from "./sql.ts";
import { ensureKnown } from "./stackKey.ts";
import { storable, stored } from "./text.ts";

export function checkRecords(db: Sql): CheckRecords {
  return {
    add: (check) => add(db, check),
    list: (filter) => list(db, filter),
    forget: (before) => forget(db, before),
  };
}

/** The same check, added twice, is one. */
async function add(db: Sql, check: CheckRecord): Promise<void> {
  const { numAffectedRows } = await sql`
    INSERT INTO anchorwatch.checks (id, stack, trigger, started_at, finished_at, outcome, coverage, error)
    SELECT ${storable(check.id)}, key, ${check.trigger}, ${check.startedAt}::timestamptz,
      ${check.finishedAt}::timestamptz, ${check.outcome}, ${json(check.coverage)}::json, ${json(check.error)}::json
    FROM anchorwatch.stacks WHERE id = ${storable(check.stackId)}
    ON CONFLICT (id) DO NOTHING`.execute(db);
  if (numAffectedRows === 0n) await ensureKnown(db, check.stackId);
}

interface CheckRow {
  readonly id: string;
  readonly stackId: string;
  readonly trigger: CheckTrigger;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly outcome: CheckRecord["outcome"];
  readonly coverage: Coverage | null;
  readonly error: NonNullable<CheckRecord["error"]> | null;
}

async function list(
  db: Sql,
  { stackId, limit, before }: { readonly stackId?: StackId } & Page,
): Promise<readonly CheckRecord[]> {
  const position = await positionOf(
    db,
    before,
    (id) => sql<{ at: Date }>`SELECT finished_at AS at FROM anchorwatch.checks WHERE id = ${storable(id)}`,
  );
  return await select(
    db,
    sql`WHERE true
      ${stackId === undefined ? sql`` : sql`AND c.stack = (SELECT key FROM anchorwatch.stacks WHERE id = ${storable(stackId)})`}
      ${position === undefined ? sql`` : sql`AND (c.finished_at, c.id) < (${position.at}::timestamptz, ${storable(position.id)}::text)`}
    ORDER BY c.finished_at DESC, c.id DESC LIMIT ${limit}`,
  );
}

/** @param id as the database has it */
export async function checkWithKey(db: Sql, id: string): Promise<CheckRecord | undefined> {
  return (await select(db, sql`WHERE c.id = ${id}`))[0];
}

async function select(db: Sql, which: RawBuilder<unknown>): Promise<readonly CheckRecord[]> {
  const { rows } = await sql<CheckRow>`
    SELECT c.id, s.id AS "stackId", c.trigger, c.started_at AS "startedAt", c.finished_at AS "finishedAt",
      c.outcome, c.coverage, c.error
    FROM anchorwatch.checks c JOIN anchorwatch.stacks s ON s.key = c.stack ${which}`.execute(db);
  return rows.map((row) => ({
    ...withoutNulls(row),
    id: stored(row.id),
    stackId: stored(row.stackId) as StackId,
  }));
}

function forget(db: Sql, before: Date): Promise<number> {
  return inParts((limit) =>
    sql`
      DELETE FROM anchorwatch.checks WHERE id IN (
        SELECT id FROM anchorwatch.checks WHERE finished_at < ${before}
        ORDER BY finished_at, id LIMIT ${limit} FOR UPDATE SKIP LOCKED)`.execute(db),
  );
}

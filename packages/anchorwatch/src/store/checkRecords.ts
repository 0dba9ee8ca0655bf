import { type RawBuilder, sql } from "kysely";
import type { CheckTrigger, Coverage } from "../domain/check.ts";
import type { Visible } from "../domain/labels.ts";
import type { CheckFilter, CheckRecord, CheckRecords, Page } from "../watch/records.ts";
import type { StackId } from "../watch/stack.ts";
import { inParts } from "./inParts.ts";
import { inOrder, pageOf, when, within } from "./page.ts";
import { json, plannedAnew, type Sql, withoutNulls } from "./sql.ts";
import { ensureKnown } from "./stackKey.ts";
import { storable, stored } from "./text.ts";

export function checkRecords(db: Sql): CheckRecords {
  return {
    add: (check) => add(db, check),
    list: (filter) => list(db, filter),
    forget: (before) => forget(db, before),
  };
}

/** The same check, added twice, is one. A stack whose labels are changed at this moment is waited for. */
async function add(db: Sql, check: CheckRecord): Promise<void> {
  const { numAffectedRows } = await sql`
    WITH stack AS (
      SELECT key, label_set FROM anchorwatch.stacks WHERE id = ${storable(check.stackId)} FOR KEY SHARE
    )
    INSERT INTO anchorwatch.checks (id, stack, label_set, trigger, started_at, finished_at, outcome, coverage, error)
    SELECT ${storable(check.id)}, key, label_set, ${check.trigger}, ${check.startedAt}::timestamptz,
      ${check.finishedAt}::timestamptz, ${check.outcome}, ${json(check.coverage)}::json, ${json(check.error)}::json
    FROM stack
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

async function list(db: Sql, filter: CheckFilter & Page & Visible): Promise<readonly CheckRecord[]> {
  const { stackId, outcome, trigger } = filter;
  const sort = sql`x.finished_at`;
  const conditions = [
    when(stackId, (id) => sql`x.stack = (SELECT key FROM anchorwatch.stacks WHERE id = ${storable(id)})`),
    when(outcome, (wanted) => sql`x.outcome = ${wanted}`),
    when(trigger, (wanted) => sql`x.trigger = ${wanted}`),
    within(sort, filter),
  ];
  const page = pageOf({ table: sql`anchorwatch.checks`, sort, conditions }, filter);
  return await select(db, sql`JOIN (${page}) page ON page.id = c.id ${inOrder({})}`, plannedAnew);
}

/** @param id as the database has it */
export async function checkWithKey(db: Sql, id: string): Promise<CheckRecord | undefined> {
  return (await select(db, sql`WHERE c.id = ${id}`))[0];
}

async function select(
  db: Sql,
  which: RawBuilder<unknown>,
  how: RawBuilder<unknown> = sql``,
): Promise<readonly CheckRecord[]> {
  const { rows } = await sql<CheckRow>`${how}
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

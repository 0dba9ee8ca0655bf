import { sql } from "kysely";
import type { LabelSetKey, Visible } from "../domain/labels.ts";
import type { CheckedStack, FailedStack, StackRecords, StackTotals } from "../watch/records.ts";
import type { StackHealth, StackId, WatchedStack } from "../watch/stack.ts";
import { keysOfLabels } from "./access/labelSets.ts";
import { isDuplicate } from "./databaseError.ts";
import { declareStacks } from "./declareStacks.ts";
import { driftTotals } from "./driftTotals.ts";
import { listStacks } from "./listStacks.ts";
import { nameTaken } from "./nameTaken.ts";
import { seen } from "./page.ts";
import { json, plannedAnew, type Sql } from "./sql.ts";
import {
  STACK_COLUMNS,
  STATUS_COLUMNS,
  type StackRow,
  type StatusRow,
  stackOf,
  statusOf,
} from "./stackRow.ts";
import { storable, stored } from "./text.ts";
import { inTransaction } from "./transaction.ts";

export function stackRecords(db: Sql): StackRecords {
  return {
    declare: (stacks, at, how) => declareStacks(db, stacks, at, how),
    addedByApi: (names) => addedByApi(db, names),
    add: (stack) => add(db, stack),
    remove: (id) => remove(db, id),
    list: (filter) => listStacks(db, filter),
    totals: (visible = {}) => totals(db, visible),
    byId: async (id, visible = {}) =>
      first(await selectStatus(db, sql`WHERE s.id = ${storable(id)} ${seen(sql`s.label_set`, visible)}`)),
    byName: async (name) => first(await selectStatus(db, named(name))),
    hadNameUntil: (id) => hadNameUntil(db, id),
    dueForSweep: (now, limit) => dueForSweep(db, now, limit),
    scheduleSweep: (id, at) => scheduleSweep(db, id, at),
    checked: (id, check) => checked(db, id, check),
    failed: (id, failure) => failed(db, id, failure),
  };
}

/** A name that is free again may have had several stacks: the living one, else the one that came last. */
function named(name: string) {
  return sql`WHERE s.name = ${storable(name)} ORDER BY s.health = 'gone', s.key DESC LIMIT 1`;
}

function first(rows: readonly StatusRow[]) {
  return rows[0] === undefined ? undefined : statusOf(rows[0]);
}

async function hadNameUntil(db: Sql, id: StackId): Promise<Date | undefined> {
  const { rows } = await sql<{ until: Date | null }>`
    SELECT min(other.added_at) AS until FROM anchorwatch.stacks s
    JOIN anchorwatch.stacks other ON other.name = s.name AND other.id <> s.id AND other.added_at >= s.added_at
    WHERE s.id = ${storable(id)}`.execute(db);
  return rows[0]?.until ?? undefined;
}

async function selectStatus(db: Sql, which: ReturnType<typeof named>): Promise<readonly StatusRow[]> {
  const { rows } = await sql<StatusRow>`
    SELECT ${STATUS_COLUMNS} FROM anchorwatch.stacks s
    CROSS JOIN LATERAL (
      SELECT count(*)::integer AS number FROM anchorwatch.drifts d WHERE d.stack = s.key AND d.status = 'open'
    ) open
    ${which}`.execute(db);
  return rows;
}

async function totals(db: Sql, visible: Visible): Promise<StackTotals> {
  const byHealth = await sql<{ health: StackHealth; number: number }>`${plannedAnew}
    SELECT health, count(*)::integer AS number FROM anchorwatch.stacks
    WHERE true ${seen(sql`label_set`, visible)} GROUP BY health`.execute(db);
  const drifts = await driftTotals(db, visible);
  const claims = await sql<Pick<StackTotals, "openClaims">>`${plannedAnew}
    SELECT (
      SELECT count(*)::integer FROM anchorwatch.claims c
      JOIN anchorwatch.stacks one ON one.key = c.first_stack
      JOIN anchorwatch.stacks other ON other.key = c.second_stack
      WHERE c.status = 'open' ${seen(sql`one.label_set`, visible)} ${seen(sql`other.label_set`, visible)}
    ) AS "openClaims"`.execute(db);
  const stacks = { new: 0, ok: 0, failed: 0, gone: 0 };
  for (const { health, number } of byHealth.rows) stacks[health] = number;
  return { stacks, ...drifts, openClaims: claims.rows[0]?.openClaims ?? 0 };
}

async function addedByApi(db: Sql, names: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ name: string }>`
    SELECT name FROM anchorwatch.stacks
    WHERE name = ANY (${names.map(storable)}::text[]) AND health <> 'gone' AND declared_by = 'api'`.execute(
    db,
  );
  return new Set(rows.map(({ name }) => stored(name)));
}

function add(db: Sql, stack: WatchedStack): Promise<void> {
  return inTransaction(db, async (transaction) => {
    const { labels = {} } = stack;
    const keyOf = await keysOfLabels(transaction, [labels]);
    await insert(transaction, stack, keyOf(labels));
  });
}

async function insert(db: Sql, stack: WatchedStack, labelSet: LabelSetKey): Promise<void> {
  try {
    const { numAffectedRows } = await sql`
      INSERT INTO anchorwatch.stacks AS s (id, name, engine, origin, workspace, declared_by, sweep_every_ms, added_at,
        health, next_sweep_at, label_set)
      VALUES (${storable(stack.id)}, ${storable(stack.name)}, ${stack.engine}, ${json(stack.origin)},
        ${stack.workspace === undefined ? null : storable(stack.workspace)}, ${stack.declaredBy},
        ${stack.sweepEveryMs}, ${stack.addedAt}, 'new', ${stack.addedAt}, ${labelSet})
      ON CONFLICT (id) DO UPDATE SET name = excluded.name, engine = excluded.engine, origin = excluded.origin,
        workspace = excluded.workspace, declared_by = excluded.declared_by,
        sweep_every_ms = excluded.sweep_every_ms, added_at = excluded.added_at, health = 'new',
        next_sweep_at = excluded.next_sweep_at, label_set = excluded.label_set
      WHERE s.health = 'gone'`.execute(db);
    if (numAffectedRows === 0n) throw nameTaken(stack.name);
  } catch (error) {
    throw isDuplicate(error, "stacks_name") ? nameTaken(stack.name) : error;
  }
}

async function remove(db: Sql, id: StackId): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE anchorwatch.stacks SET health = 'gone', next_sweep_at = NULL
    WHERE id = ${storable(id)} AND health <> 'gone'`.execute(db);
  return numAffectedRows === 1n;
}

async function dueForSweep(db: Sql, now: Date, limit: number): Promise<readonly WatchedStack[]> {
  const { rows } = await sql<StackRow>`
    SELECT ${STACK_COLUMNS} FROM anchorwatch.stacks s
    WHERE s.health <> 'gone' AND s.next_sweep_at <= ${now}
    ORDER BY s.next_sweep_at LIMIT ${limit}`.execute(db);
  return rows.map(stackOf);
}

async function scheduleSweep(db: Sql, id: StackId, at: Date): Promise<void> {
  await sql`
    UPDATE anchorwatch.stacks SET next_sweep_at = ${at}
    WHERE id = ${storable(id)} AND health <> 'gone'`.execute(db);
}

/** A stack that went away during its check stays gone. Only a whole sweep tells that everything was seen. */
async function checked(db: Sql, id: StackId, check: CheckedStack): Promise<void> {
  const isWhole = check.isComplete && check.coverage !== undefined;
  await sql`
    UPDATE anchorwatch.stacks SET
      health = CASE health WHEN 'gone' THEN 'gone' ELSE 'ok' END,
      state = ${json(check.state)},
      revision = coalesce(${check.revision ?? null}, revision),
      last_check_at = ${check.at},
      last_complete_at = CASE WHEN ${isWhole} THEN ${check.at}::timestamptz ELSE last_complete_at END,
      complete_since = CASE WHEN ${isWhole} THEN ${check.startedAt}::timestamptz ELSE complete_since END,
      coverage = coalesce(${json(check.coverage)}::json, coverage),
      ignored = coalesce(${check.ignored ?? null}, ignored),
      error = NULL,
      failures = 0
    WHERE id = ${storable(id)}`.execute(db);
}

async function failed(db: Sql, id: StackId, { at, error }: FailedStack): Promise<void> {
  await sql`
    UPDATE anchorwatch.stacks SET
      health = CASE health WHEN 'gone' THEN 'gone' ELSE 'failed' END,
      last_check_at = ${at}, error = ${json(error)}, failures = failures + 1
    WHERE id = ${storable(id)}`.execute(db);
}

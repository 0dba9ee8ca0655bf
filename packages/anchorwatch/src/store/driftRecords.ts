import { type RawBuilder, sql } from "kysely";
import type { AuthorSearch, DriftId, DriftRecord, DriftStep } from "../watch/drift.ts";
import type { DriftRecords, Page } from "../watch/records.ts";
import type { StackId, StateMark } from "../watch/stack.ts";
import { DRIFT_COLUMNS, type DriftRow, driftOf, type StepRow, stepOf } from "./driftRow.ts";
import { positionOf } from "./page.ts";
import { json, type Sql } from "./sql.ts";
import { ensureKnown, lockStack } from "./stackKey.ts";
import { digestOf, storable } from "./text.ts";

export function driftRecords(db: Sql): DriftRecords {
  return {
    lockOpen: async (stackId) => {
      const stack = await lockStack(db, stackId);
      return select(db, sql`WHERE d.stack = ${stack} AND d.status = 'open' ORDER BY d.opened_at, d.id`);
    },
    lockResource: async (stackId, resource) => {
      const stack = await lockStack(db, stackId);
      return (await select(db, newestOf(stack, resource)))[0];
    },
    save: (drift, step) => save(db, drift, step),
    searched: (ids, search) => searched(db, ids, search),
    seenUnder: (ids, state) => seenUnder(db, ids, state),
    byId: async (id) => (await select(db, sql`WHERE d.id = ${storable(id)}`))[0],
    history: (id) => history(db, id),
    list: (filter) => list(db, filter),
  };
}

async function select(db: Sql, which: RawBuilder<unknown>): Promise<readonly DriftRecord[]> {
  const { rows } = await sql<DriftRow>`
    SELECT ${DRIFT_COLUMNS} FROM anchorwatch.drifts d JOIN anchorwatch.stacks s ON s.key = d.stack ${which}`.execute(
    db,
  );
  return rows.map(driftOf);
}

function newestOf(stack: number, resource: string): RawBuilder<unknown> {
  return sql`
    WHERE d.stack = ${stack} AND d.resource_digest = ${digestOf(resource)} AND d.resource = ${storable(resource)}
    ORDER BY d.opened_at DESC, d.updated_at DESC LIMIT 1`;
}

/** The record and its step in one statement: one is never there without the other. */
async function save(db: Sql, drift: DriftRecord, step: DriftStep): Promise<void> {
  const { numAffectedRows } = await sql`
    WITH saved AS (
      INSERT INTO anchorwatch.drifts (id, stack, resource, resource_digest, address, type, status, verdict, digest,
        opened_at, updated_at, closed_at, "end", times, entry_id, found, attributions, state, marks, seen_at,
        causes_since, search)
      SELECT ${storable(drift.id)}, key, ${storable(drift.resource)}, ${digestOf(drift.resource)}::bytea,
        ${storable(drift.address)}, ${storable(drift.type)}, ${drift.status}, ${drift.verdict}, ${drift.digest},
        ${drift.openedAt}::timestamptz, ${drift.updatedAt}::timestamptz, ${drift.closedAt ?? null}::timestamptz,
        ${drift.end ?? null}, ${drift.times}::integer, ${storable(drift.entryId)}, ${json(drift.found)}::json,
        ${json(drift.attributions)}::json, ${json(drift.state)}::json, ${json(drift.marks)}::json,
        ${drift.seenAt}::timestamptz, ${drift.causesSince ?? null}::timestamptz, ${json(drift.search)}::json
      FROM anchorwatch.stacks WHERE id = ${storable(drift.stackId)}
      ON CONFLICT (id) DO UPDATE SET resource = excluded.resource, resource_digest = excluded.resource_digest,
        address = excluded.address, type = excluded.type, status = excluded.status,
        verdict = excluded.verdict, digest = excluded.digest, opened_at = excluded.opened_at,
        updated_at = excluded.updated_at, closed_at = excluded.closed_at, "end" = excluded."end",
        times = excluded.times, entry_id = excluded.entry_id, found = excluded.found,
        attributions = excluded.attributions, state = excluded.state, marks = excluded.marks,
        seen_at = excluded.seen_at, causes_since = excluded.causes_since, search = excluded.search
      RETURNING id
    )
    INSERT INTO anchorwatch.drift_steps (drift_id, at, kind, verdict, check_id, "end", found, attributions)
    SELECT id, ${step.at}::timestamptz, ${step.kind}, ${step.verdict}, ${storable(step.checkId)}, ${step.end ?? null},
      ${json(step.found)}::json, ${json(step.attributions)}::json
    FROM saved`.execute(db);
  if (numAffectedRows === 0n) await ensureKnown(db, drift.stackId);
}

/** Of those that are still open. */
async function searched(db: Sql, ids: readonly DriftId[], search: AuthorSearch): Promise<void> {
  await sql`
    UPDATE anchorwatch.drifts SET search = ${json(search)}::json
    WHERE id = ANY (${ids.map(storable)}::text[]) AND status = 'open'`.execute(db);
}

async function seenUnder(db: Sql, ids: readonly DriftId[], state: StateMark): Promise<void> {
  await sql`
    UPDATE anchorwatch.drifts SET state = ${json(state)}::json
    WHERE id = ANY (${ids.map(storable)}::text[]) AND status = 'open'`.execute(db);
}

async function history(db: Sql, id: DriftId): Promise<readonly DriftStep[]> {
  const { rows } = await sql<StepRow>`
    SELECT drift_id AS "driftId", at, kind, verdict, check_id AS "checkId", "end", found, attributions
    FROM anchorwatch.drift_steps WHERE drift_id = ${storable(id)} ORDER BY number`.execute(db);
  return rows.map(stepOf);
}

async function list(
  db: Sql,
  {
    stackId,
    status,
    limit,
    before,
  }: { readonly stackId?: StackId; readonly status?: "open" | "closed" } & Page,
): Promise<readonly DriftRecord[]> {
  const position = await positionOf(
    db,
    before,
    (id) => sql<{ at: Date }>`SELECT updated_at AS at FROM anchorwatch.drifts WHERE id = ${storable(id)}`,
  );
  return select(
    db,
    sql`WHERE true
      ${stackId === undefined ? sql`` : sql`AND d.stack = (SELECT key FROM anchorwatch.stacks WHERE id = ${storable(stackId)})`}
      ${status === undefined ? sql`` : sql`AND d.status = ${sql.lit(status)}`}
      ${position === undefined ? sql`` : sql`AND (d.updated_at, d.id) < (${position.at}::timestamptz, ${storable(position.id)}::text)`}
    ORDER BY d.updated_at DESC, d.id DESC LIMIT ${limit}`,
  );
}

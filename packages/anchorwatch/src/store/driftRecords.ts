import { type RawBuilder, sql } from "kysely";
import type { AuthorSearch, DriftId, DriftRecord, DriftStep } from "../watch/drift.ts";
import type { DriftRecords } from "../watch/records.ts";
import type { SeenResource } from "../watch/seenResource.ts";
import type { StateMark } from "../watch/stack.ts";
import { keepActors } from "./driftActors.ts";
import { judgedColumns } from "./driftJudged.ts";
import { DRIFT_COLUMNS, type DriftRow, driftOf, type StepRow, stepOf } from "./driftRow.ts";
import { driftSeen, keepSeen } from "./driftSeen.ts";
import { listDrifts } from "./listDrifts.ts";
import { seen } from "./page.ts";
import { json, type Sql } from "./sql.ts";
import { ensureKnown, lockStack } from "./stackKey.ts";
import { digestOf, storable } from "./text.ts";
import { inTransaction } from "./transaction.ts";

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
    ...driftSeen(db),
    save: (drift, step, resource) => save(db, drift, step, resource),
    searched: (ids, search) => searched(db, ids, search),
    seenUnder: (ids, state) => seenUnder(db, ids, state),
    byId: async (id, visible = {}) =>
      (await select(db, sql`WHERE d.id = ${storable(id)} ${seen(sql`d.label_set`, visible)}`))[0],
    history: (id) => history(db, id),
    list: (filter) => listDrifts(db, filter),
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

/** A stack whose labels are changed at this moment is waited for. */
function save(db: Sql, drift: DriftRecord, step: DriftStep, resource?: SeenResource): Promise<void> {
  return inTransaction(db, async (transaction) => {
    await saveRecord(transaction, drift, step);
    await keepSeen(transaction, drift, resource);
    if (drift.attributions.length > 0 || step.kind !== "opened") await keepActors(transaction, drift);
  });
}

/** The record and its step in one statement: one is never there without the other. */
async function saveRecord(db: Sql, drift: DriftRecord, step: DriftStep): Promise<void> {
  const judged = judgedColumns(drift);
  const { numAffectedRows } = await sql`
    WITH stack AS (
      SELECT key, label_set FROM anchorwatch.stacks WHERE id = ${storable(drift.stackId)} FOR KEY SHARE
    ), saved AS (
      INSERT INTO anchorwatch.drifts (id, stack, label_set, resource, resource_digest, address, type, status, verdict, digest,
        opened_at, updated_at, closed_at, "end", times, entry_id, found, attributions, state, marks, seen_at,
        causes_since, search, class, severity, policy, classification, excepted, is_excepted, judge_at, weight)
      SELECT ${storable(drift.id)}, key, label_set, ${storable(drift.resource)}, ${digestOf(drift.resource)}::bytea,
        ${storable(drift.address)}, ${storable(drift.type)}, ${drift.status}, ${drift.verdict}, ${drift.digest},
        ${drift.openedAt}::timestamptz, ${drift.updatedAt}::timestamptz, ${drift.closedAt ?? null}::timestamptz,
        ${drift.end ?? null}, ${drift.times}::integer, ${storable(drift.entryId)}, ${json(drift.found)}::json,
        ${json(drift.attributions)}::json, ${json(drift.state)}::json, ${json(drift.marks)}::json,
        ${drift.seenAt}::timestamptz, ${drift.causesSince ?? null}::timestamptz, ${json(drift.search)}::json,
        ${judged.class}, ${judged.severity}, ${judged.policy}, ${json(drift.classification)}::json, ${json(drift.excepted)}::json,
        ${drift.excepted !== undefined}::boolean, ${judged.judgeAt}::timestamptz, ${judged.weight}::bigint
      FROM stack
      ON CONFLICT (id) DO UPDATE SET resource = excluded.resource, resource_digest = excluded.resource_digest,
        address = excluded.address, type = excluded.type, status = excluded.status,
        verdict = excluded.verdict, digest = excluded.digest, opened_at = excluded.opened_at,
        updated_at = excluded.updated_at, closed_at = excluded.closed_at, "end" = excluded."end",
        times = excluded.times, entry_id = excluded.entry_id, found = excluded.found,
        attributions = excluded.attributions, state = excluded.state, marks = excluded.marks,
        seen_at = excluded.seen_at, causes_since = excluded.causes_since, search = excluded.search,
        class = excluded.class, severity = excluded.severity, policy = excluded.policy,
        classification = excluded.classification, excepted = excluded.excepted, is_excepted = excluded.is_excepted,
        judge_at = excluded.judge_at, weight = excluded.weight
      RETURNING id
    )
    INSERT INTO anchorwatch.drift_steps (drift_id, at, kind, verdict, check_id, "end", found, attributions,
      classification, excepted)
    SELECT id, ${step.at}::timestamptz, ${step.kind}, ${step.verdict}, ${storable(step.checkId)}, ${step.end ?? null},
      ${json(step.found)}::json, ${json(step.attributions)}::json, ${json(step.classification)}::json,
      ${json(step.excepted)}::json
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
    SELECT drift_id AS "driftId", at, kind, verdict, check_id AS "checkId", "end", found, attributions, classification, excepted
    FROM anchorwatch.drift_steps WHERE drift_id = ${storable(id)} ORDER BY number`.execute(db);
  return rows.map(stepOf);
}

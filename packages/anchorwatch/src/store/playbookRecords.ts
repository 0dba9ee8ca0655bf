import { type RawBuilder, sql } from "kysely";
import type { Severity } from "../domain/classification.ts";
import type { Visible } from "../domain/labels.ts";
import type { PlaybookEvent } from "../domain/playbookEvent.ts";
import type { DriftId, DriftStep } from "../watch/drift.ts";
import type { Page } from "../watch/page.ts";
import type {
  DriftMoment,
  PlaybookRecords,
  PlaybookRun,
  RunFilter,
  RunStatus,
  RunStep,
} from "../watch/playbookRun.ts";
import type { RunId } from "../watch/runId.ts";
import type { StackId } from "../watch/stack.ts";
import { inParts } from "./inParts.ts";
import { inOrder, pageOf, seen, when } from "./page.ts";
import { playbookCallRecords } from "./playbookCallRecords.ts";
import { json, plannedAnew, type Sql, withoutNulls } from "./sql.ts";
import { storable, stored } from "./text.ts";

export function playbookRecords(db: Sql): PlaybookRecords {
  return {
    takeMoments: (limit) => takeMoments(db, limit),
    add: (run) => add(db, run),
    save: (run) => save(db, run),
    lock: async (id) => (await select(db, sql`WHERE r.id = ${storable(id)} FOR UPDATE OF r`))[0],
    byId: async (id, visible = {}) =>
      (await select(db, sql`WHERE r.id = ${storable(id)} ${seen(sql`r.label_set`, visible)}`))[0],
    list: (filter) => list(db, filter),
    overdue: (now, limit) =>
      select(db, sql`WHERE r.look_at <= ${now}::timestamptz ORDER BY r.look_at LIMIT ${limit}`),
    forget: (before, most) => forget(db, before, most),
    calls: playbookCallRecords(db),
  };
}

interface MomentRow {
  readonly driftId: string;
  readonly number: string;
  readonly kind: DriftStep["kind"];
  readonly said: SaidRow | null;
  readonly isExcepted: boolean;
  readonly saidBefore: SaidRow | null;
  readonly times: number;
}

/** Taken whole: PostgreSQL fails to look into JSON that holds half a character anywhere, and a live value may bring one. */
interface SaidRow {
  readonly severity: Severity;
}

async function takeMoments(db: Sql, limit: number): Promise<readonly DriftMoment[]> {
  const { rows } = await sql<MomentRow>`
    WITH taken AS (
      DELETE FROM anchorwatch.playbook_changes WHERE step IN (
        SELECT step FROM anchorwatch.playbook_changes ORDER BY step LIMIT ${limit} FOR UPDATE SKIP LOCKED)
      RETURNING step
    )
    SELECT d.drift_id AS "driftId", d.number::text AS number, d.kind, d.classification AS said,
      d.excepted IS NOT NULL AS "isExcepted", before.said AS "saidBefore", opened.times::integer AS times
    FROM taken JOIN anchorwatch.drift_steps d ON d.number = taken.step
    LEFT JOIN LATERAL (
      SELECT b.classification AS said FROM anchorwatch.drift_steps b
      WHERE b.drift_id = d.drift_id AND b.number < d.number ORDER BY b.number DESC LIMIT 1) before ON true
    CROSS JOIN LATERAL (
      SELECT count(*) AS times FROM anchorwatch.drift_steps o
      WHERE o.drift_id = d.drift_id AND o.number <= d.number AND o.kind IN ('opened', 'reopened')) opened
    ORDER BY d.number`.execute(db);
  return rows.map(({ driftId, said, saidBefore, ...row }) => ({
    ...row,
    driftId: stored(driftId) as DriftId,
    ...(said === null ? {} : { severity: said.severity }),
    ...(saidBefore === null ? {} : { before: saidBefore.severity }),
  }));
}

const COLUMNS = sql`
  r.id, r.key, r.playbook, r.digest, r.drift_id AS "driftId", s.id AS "stackId", r.event, r.status, r.started_at AS "startedAt",
  r.updated_at AS "updatedAt", r.ended_at AS "endedAt", r.because, r.steps, r.look_at AS "lookAt"`;

interface Row {
  readonly id: string;
  readonly key: string;
  readonly playbook: string;
  readonly digest: string;
  readonly driftId: string;
  readonly stackId: string;
  readonly event: PlaybookEvent;
  readonly status: RunStatus;
  readonly startedAt: Date;
  readonly updatedAt: Date;
  readonly endedAt: Date | null;
  readonly because: string | null;
  readonly steps: readonly StepRow[];
  readonly lookAt: Date | null;
}

/** JSON has no times. */
type StepRow = Omit<RunStep, "startedAt" | "endedAt"> & {
  readonly startedAt?: string;
  readonly endedAt?: string;
};

async function select(db: Sql, which: RawBuilder<unknown>): Promise<readonly PlaybookRun[]> {
  const { rows } = await sql<Row>`
    SELECT ${COLUMNS} FROM anchorwatch.playbook_runs r JOIN anchorwatch.stacks s ON s.key = r.stack ${which}`.execute(
    db,
  );
  return rows.map(runOf);
}

function runOf(row: Row): PlaybookRun {
  return {
    ...withoutNulls(row),
    id: stored(row.id) as RunId,
    key: stored(row.key),
    ...(row.because === null ? {} : { because: stored(row.because) }),
    driftId: stored(row.driftId) as DriftId,
    stackId: stored(row.stackId) as StackId,
    steps: row.steps.map(({ startedAt, endedAt, ...step }) => ({
      ...step,
      ...(startedAt === undefined ? {} : { startedAt: new Date(startedAt) }),
      ...(endedAt === undefined ? {} : { endedAt: new Date(endedAt) }),
    })),
  };
}

async function add(db: Sql, run: PlaybookRun): Promise<boolean> {
  const { numAffectedRows } = await sql`
    WITH stack AS (
      SELECT key, label_set FROM anchorwatch.stacks WHERE id = ${storable(run.stackId)} FOR KEY SHARE
    )
    INSERT INTO anchorwatch.playbook_runs (id, key, playbook, digest, drift_id, stack, label_set, event, status, started_at,
      updated_at, ended_at, because, steps, look_at)
    SELECT ${storable(run.id)}, ${storable(run.key)}, ${run.playbook}, ${run.digest}, ${storable(run.driftId)}, key, label_set,
      ${run.event}, ${run.status}, ${run.startedAt}::timestamptz, ${run.updatedAt}::timestamptz,
      ${run.endedAt ?? null}::timestamptz, ${run.because === undefined ? null : storable(run.because)}, ${json(run.steps)}::json, ${run.lookAt ?? null}::timestamptz
    FROM stack ON CONFLICT DO NOTHING`.execute(db);
  return numAffectedRows === 1n;
}

async function save(
  db: Sql,
  { id, status, updatedAt, endedAt, because, steps, lookAt }: PlaybookRun,
): Promise<void> {
  await sql`
    UPDATE anchorwatch.playbook_runs SET status = ${status}, updated_at = ${updatedAt}::timestamptz,
      ended_at = ${endedAt ?? null}::timestamptz, because = ${because === undefined ? null : storable(because)},
      steps = ${json(steps)}::json, look_at = ${lookAt ?? null}::timestamptz
    WHERE id = ${storable(id)}`.execute(db);
}

async function list(db: Sql, filter: RunFilter & Page & Visible): Promise<readonly PlaybookRun[]> {
  const { stackId, driftId, playbook, status } = filter;
  const conditions = [
    when(stackId, (id) => sql`x.stack = (SELECT key FROM anchorwatch.stacks WHERE id = ${storable(id)})`),
    when(driftId, (id) => sql`x.drift_id = ${storable(id)}`),
    when(playbook, (name) => sql`x.playbook = ${storable(name)}`),
    when(status, (wanted) => sql`x.status = ${wanted}`),
  ];
  const page = pageOf({ table: sql`anchorwatch.playbook_runs`, sort: sql`x.started_at`, conditions }, filter);
  const { rows } = await sql<Row>`${plannedAnew}
    SELECT ${COLUMNS} FROM (${page}) page
    JOIN anchorwatch.playbook_runs r USING (id) JOIN anchorwatch.stacks s ON s.key = r.stack ${inOrder({})}`.execute(
    db,
  );
  return rows.map(runOf);
}

function forget(db: Sql, before: Date, most: number): Promise<number> {
  return inParts((limit) =>
    sql`
      DELETE FROM anchorwatch.playbook_runs WHERE id IN (
        SELECT id FROM anchorwatch.playbook_runs
        WHERE status <> 'running' AND started_at < greatest(${before}::timestamptz, (
          SELECT started_at FROM anchorwatch.playbook_runs ORDER BY started_at DESC, id DESC OFFSET ${most - 1}::integer LIMIT 1))
        ORDER BY started_at, id LIMIT ${limit} FOR UPDATE SKIP LOCKED)`.execute(db),
  );
}

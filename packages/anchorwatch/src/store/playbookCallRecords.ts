import { type RawBuilder, sql } from "kysely";
import { SEVERITIES, type Severity } from "../domain/classification.ts";
import type { DriftId } from "../watch/drift.ts";
import type { CallCounts, CallId, PlaybookCall, PlaybookCallRecords } from "../watch/playbookCall.ts";
import { inParts } from "./inParts.ts";
import { json, type Sql } from "./sql.ts";
import { storable, stored } from "./text.ts";

export function playbookCallRecords(db: Sql): PlaybookCallRecords {
  return {
    lockPlace: async (place) => {
      await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`anchorwatch call ${place}`}, 0))`.execute(
        db,
      );
    },
    recent: (place, since) =>
      select(
        db,
        sql`WHERE c.place = ${storable(place)} AND c.status IN ('opening', 'open') AND c.joined_at >= ${since}::timestamptz
        ORDER BY c.joined_at DESC, c.id`,
      ),
    save: (call) => save(db, call),
    join: async (call, run, drift) => {
      await sql`
        INSERT INTO anchorwatch.playbook_called (call, run, drift_id)
        VALUES (${storable(call)}, ${storable(run)}, ${storable(drift)}) ON CONFLICT DO NOTHING`.execute(db);
    },
    ofRun: async (run, place) =>
      (
        await select(
          db,
          sql`WHERE c.place = ${storable(place)} AND c.status <> 'failed' AND c.id IN (
            SELECT call FROM anchorwatch.playbook_called WHERE run = ${storable(run)})`,
        )
      )[0],
    lock: async (id) => (await select(db, sql`WHERE c.id = ${storable(id)} FOR UPDATE`))[0],
    counts: (id) => counts(db, id),
    drifts: (id, limit) => drifts(db, id, limit),
    about: (ids) => about(db, ids),
    giveUp: async (run, step, now) => {
      await sql`
        UPDATE anchorwatch.playbook_calls SET status = 'failed', updated_at = ${now}::timestamptz
        WHERE run = ${storable(run)} AND step = ${step}::integer AND status = 'opening'`.execute(db);
    },
    forget: (before) =>
      inParts((limit) =>
        sql`
          DELETE FROM anchorwatch.playbook_calls WHERE id IN (
            SELECT id FROM anchorwatch.playbook_calls c
            WHERE c.updated_at < ${before}::timestamptz AND (c.status IN ('ended', 'failed')
              OR (c.status = 'open' AND ${NOTHING_OPEN}))
            ORDER BY c.updated_at, c.id LIMIT ${limit} FOR UPDATE SKIP LOCKED)`.execute(db),
      ),
  };
}

type Kept = Omit<PlaybookCall, "status" | "joinedAt" | "updatedAt" | "openedAt" | "toldAt" | "failingSince">;

interface Row extends Pick<PlaybookCall, "status" | "joinedAt" | "updatedAt"> {
  /** What has no column of its own; JSON has no times. */
  readonly record: Kept & {
    readonly openedAt: string;
    readonly toldAt?: string;
    readonly failingSince?: string;
  };
}

async function select(db: Sql, which: RawBuilder<unknown>): Promise<readonly PlaybookCall[]> {
  const { rows } = await sql<Row>`
    SELECT c.status, c.joined_at AS "joinedAt", c.updated_at AS "updatedAt", c.record
    FROM anchorwatch.playbook_calls c ${which}`.execute(db);
  return rows.map(({ record: { openedAt, toldAt, failingSince, ...kept }, ...row }) => ({
    ...kept,
    ...row,
    openedAt: new Date(openedAt),
    ...(toldAt === undefined ? {} : { toldAt: new Date(toldAt) }),
    ...(failingSince === undefined ? {} : { failingSince: new Date(failingSince) }),
  }));
}

async function save(db: Sql, call: PlaybookCall): Promise<void> {
  const { status, joinedAt, updatedAt, ...record } = call;
  await sql`
    INSERT INTO anchorwatch.playbook_calls (id, place, run, step, status, joined_at, updated_at, record)
    VALUES (${storable(call.id)}, ${storable(call.place)}, ${storable(call.run)}, ${call.step}::integer, ${status},
      ${joinedAt}::timestamptz, ${updatedAt}::timestamptz, ${json(record)}::json)
    ON CONFLICT (id) DO UPDATE SET status = excluded.status, joined_at = excluded.joined_at,
      updated_at = excluded.updated_at, record = excluded.record`.execute(db);
}

const IS_OPEN = sql`(d.status = 'open' AND NOT d.is_excepted)`;

/** That something is over is told once, and nobody ends that. */
const NOTHING_OPEN = sql`NOT EXISTS (
  SELECT FROM anchorwatch.playbook_called m JOIN anchorwatch.drifts d ON d.id = m.drift_id
  WHERE m.call = c.id AND ${IS_OPEN})`;

/** A drift that two runs told of is one. */
async function counts(db: Sql, id: CallId): Promise<CallCounts & { readonly severity?: Severity }> {
  const { rows } = await sql<{
    total: number;
    open: number;
    severities: readonly (Severity | null)[] | null;
  }>`
    SELECT count(*)::integer AS total, count(*) FILTER (WHERE ${IS_OPEN})::integer AS open,
      array_agg(DISTINCT d.severity) AS severities
    FROM (SELECT DISTINCT drift_id FROM anchorwatch.playbook_called WHERE call = ${storable(id)}) m
    JOIN anchorwatch.drifts d ON d.id = m.drift_id`.execute(db);
  const { total = 0, open = 0, severities } = rows[0] ?? {};
  const severity = SEVERITIES.findLast((one) => severities?.includes(one) === true);
  return { total, open, ...(severity === undefined ? {} : { severity }) };
}

async function drifts(db: Sql, id: CallId, limit: number): Promise<readonly DriftId[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT d.id FROM (SELECT DISTINCT drift_id FROM anchorwatch.playbook_called WHERE call = ${storable(id)}) m
    JOIN anchorwatch.drifts d ON d.id = m.drift_id
    ORDER BY ${IS_OPEN} DESC, d.opened_at, d.id LIMIT ${limit}`.execute(db);
  return rows.map((row) => stored(row.id) as DriftId);
}

async function about(db: Sql, ids: readonly DriftId[]): Promise<readonly CallId[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    SELECT DISTINCT c.id FROM anchorwatch.playbook_called m JOIN anchorwatch.playbook_calls c ON c.id = m.call
    WHERE m.drift_id = ANY (${ids.map(storable)}::text[]) AND c.status IN ('opening', 'open')`.execute(db);
  return rows.map((row) => stored(row.id) as CallId);
}

import { sql } from "kysely";
import type { DetectorBeat, DetectorRecords, DetectorStatus } from "../watch/records.ts";
import { given } from "./given.ts";
import { type Sql, withoutNulls } from "./sql.ts";
import { storable, stored } from "./text.ts";

export function detectorRecords(db: Sql): DetectorRecords {
  return {
    beat: (beat) => keepBeat(db, beat),
    expect: (detectors) => expectBeats(db, detectors),
    byName: async (name) =>
      statuses(
        await sql<DetectorRow>`SELECT ${COLUMNS} FROM anchorwatch.detectors d WHERE name = ${storable(name)}`.execute(
          db,
        ),
      )[0],
    worst: async (now, limit) =>
      statuses(
        await sql<DetectorRow>`
          SELECT ${COLUMNS} FROM anchorwatch.detectors d
          ORDER BY ${isDead(now)} DESC, d.at, d.name LIMIT ${limit}`.execute(db),
      ),
    totals: (now) => totals(db, now),
    buryDead: (now) => buryDead(db, now),
    resurrect: () => resurrect(db),
    forget: async (name) => {
      await sql`DELETE FROM anchorwatch.detectors WHERE name = ${storable(name)}`.execute(db);
    },
  };
}

const COLUMNS = sql`
  d.name, d.at, d.expected_within_ms AS "expectedWithinMs", d.lag_ms AS "lagMs", d.problem,
  d.heard_at AS "heardAt", d.well_at AS "wellAt", d.dead_since AS "deadSince"`;

interface DetectorRow {
  readonly name: string;
  readonly at: Date;
  readonly expectedWithinMs: number;
  readonly lagMs: number | null;
  readonly problem: string | null;
  readonly heardAt: Date | null;
  readonly wellAt: Date | null;
  readonly deadSince: Date | null;
}

function statuses({ rows }: { readonly rows: readonly DetectorRow[] }): readonly DetectorStatus[] {
  return rows.map(({ name, problem, ...row }) => ({
    ...withoutNulls(row),
    name: stored(name),
    ...(problem === null ? {} : { problem: stored(problem) }),
  }));
}

/** A beat that is older than the last one says nothing about now. */
async function keepBeat(
  db: Sql,
  { name, at, expectedWithinMs, lagMs, heardAt, problem }: DetectorBeat,
): Promise<void> {
  const wellAt = problem === undefined ? at : null;
  await sql`
    INSERT INTO anchorwatch.detectors AS d (name, at, first_at, well_at, expected_within_ms, lag_ms, heard_at, problem)
    VALUES (${storable(name)}, ${at}, ${at}, ${wellAt}, ${expectedWithinMs}, ${lagMs ?? null}, ${heardAt ?? null},
      ${problem === undefined ? null : storable(problem)})
    ON CONFLICT (name) DO UPDATE SET
      at = excluded.at, well_at = coalesce(excluded.well_at, d.well_at),
      expected_within_ms = excluded.expected_within_ms, problem = excluded.problem,
      lag_ms = coalesce(excluded.lag_ms, d.lag_ms), heard_at = coalesce(excluded.heard_at, d.heard_at),
      has_come_back = d.has_come_back OR (d.dead_since IS NOT NULL AND excluded.well_at IS NOT NULL)
    WHERE excluded.at >= d.at`.execute(db);
}

/** Dead is what was found to be, and also what is overdue while nobody has looked yet. */
function isDead(now: Date) {
  return sql`(d.dead_since IS NOT NULL OR d.at + d.expected_within_ms * interval '1 millisecond' < ${now})`;
}

async function totals(db: Sql, now: Date): Promise<{ readonly alive: number; readonly dead: number }> {
  const { rows } = await sql<{ alive: number; dead: number }>`
    SELECT count(*) FILTER (WHERE NOT ${isDead(now)})::integer AS alive,
      count(*) FILTER (WHERE ${isDead(now)})::integer AS dead
    FROM anchorwatch.detectors d`.execute(db);
  return rows[0] ?? { alive: 0, dead: 0 };
}

async function expectBeats(db: Sql, detectors: Parameters<DetectorRecords["expect"]>[0]): Promise<void> {
  const rows = given(detectors, {
    name: ["text", ({ name }) => storable(name)],
    at: ["timestamptz", ({ at }) => at],
    expected_within_ms: ["bigint", ({ expectedWithinMs }) => expectedWithinMs],
  });
  await sql`
    INSERT INTO anchorwatch.detectors (name, at, first_at, expected_within_ms)
    SELECT name, at, at, expected_within_ms FROM ${rows}
    ON CONFLICT (name) DO NOTHING`.execute(db);
}

/** Failing is no sign of life: what counts is when it was well. */
async function buryDead(db: Sql, now: Date): Promise<readonly DetectorStatus[]> {
  return statuses(
    await sql<DetectorRow>`
      UPDATE anchorwatch.detectors d SET dead_since = ${now}, has_come_back = false
      WHERE dead_since IS NULL
        AND coalesce(well_at, first_at) + expected_within_ms * interval '1 millisecond' < ${now}
      RETURNING ${COLUMNS}`.execute(db),
  );
}

async function resurrect(db: Sql): Promise<readonly DetectorStatus[]> {
  return statuses(
    await sql<DetectorRow>`
      WITH back AS (SELECT * FROM anchorwatch.detectors WHERE has_come_back FOR UPDATE), now_alive AS (
        UPDATE anchorwatch.detectors alive SET dead_since = NULL, has_come_back = false
        FROM back WHERE alive.name = back.name
      )
      SELECT ${COLUMNS} FROM back d ORDER BY name`.execute(db),
  );
}

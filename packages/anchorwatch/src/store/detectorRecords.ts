import { sql } from "kysely";
import type { DetectorBeat, DetectorRecords, DetectorStatus } from "../watch/records.ts";
import { type Sql, withoutNulls } from "./sql.ts";
import { storable, stored } from "./text.ts";

export function detectorRecords(db: Sql): DetectorRecords {
  return {
    beat: (beat) => keepBeat(db, beat),
    list: async () =>
      statuses(
        await sql<DetectorRow>`SELECT ${COLUMNS} FROM anchorwatch.detectors d ORDER BY name`.execute(db),
      ),
    buryDead: (now) => buryDead(db, now),
    resurrect: () => resurrect(db),
    forget: async (name) => {
      await sql`DELETE FROM anchorwatch.detectors WHERE name = ${storable(name)}`.execute(db);
    },
  };
}

const COLUMNS = sql`
  d.name, d.at, d.expected_within_ms AS "expectedWithinMs", d.lag_ms AS "lagMs", d.problem,
  d.well_at AS "wellAt", d.dead_since AS "deadSince"`;

interface DetectorRow {
  readonly name: string;
  readonly at: Date;
  readonly expectedWithinMs: number;
  readonly lagMs: number | null;
  readonly problem: string | null;
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
  { name, at, expectedWithinMs, lagMs, problem }: DetectorBeat,
): Promise<void> {
  const wellAt = problem === undefined ? at : null;
  await sql`
    INSERT INTO anchorwatch.detectors AS d (name, at, first_at, well_at, expected_within_ms, lag_ms, problem)
    VALUES (${storable(name)}, ${at}, ${at}, ${wellAt}, ${expectedWithinMs}, ${lagMs ?? null},
      ${problem === undefined ? null : storable(problem)})
    ON CONFLICT (name) DO UPDATE SET
      at = excluded.at, well_at = coalesce(excluded.well_at, d.well_at),
      expected_within_ms = excluded.expected_within_ms, lag_ms = excluded.lag_ms, problem = excluded.problem,
      has_come_back = d.has_come_back OR (d.dead_since IS NOT NULL AND excluded.well_at IS NOT NULL)
    WHERE excluded.at >= d.at`.execute(db);
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

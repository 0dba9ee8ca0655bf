import { type RawBuilder, sql } from "kysely";
import type { LabelSetKey, Visible } from "../domain/labels.ts";
import type { FreezeFilter, FreezeId, FreezeRecord, FreezeRecords, FreezeState } from "../watch/freeze.ts";
import type { Page } from "../watch/page.ts";
import type { StackId } from "../watch/stack.ts";
import { inOrder, pageOf, seen, when } from "./page.ts";
import { json, plannedAnew, type Sql } from "./sql.ts";
import { ensureKnown, lockStack } from "./stackKey.ts";
import { storable, stored } from "./text.ts";

export function freezeRecords(db: Sql): FreezeRecords {
  return {
    lockActive: async (stackId) => {
      const stack = await lockStack(db, stackId);
      const rows = await select(db, sql`WHERE f.stack = ${stack} AND f.state = 'active' ORDER BY f.at, f.id`);
      return rows.map(freezeOf);
    },
    save: (freeze) => save(db, freeze),
    inForce: async (stackId, now) => {
      const [row] = await select(
        db,
        sql`WHERE s.id = ${storable(stackId)} AND f.state = 'active' AND (f.until IS NULL OR f.until > ${now}::timestamptz)
        ORDER BY f.until DESC NULLS FIRST, f.at DESC, f.id LIMIT 1`,
      );
      return row && freezeOf(row);
    },
    byId: async (id, visible = {}) => {
      const [row] = await select(db, sql`WHERE f.id = ${storable(id)} ${seen(sql`f.label_set`, visible)}`);
      return row && { freeze: freezeOf(row), labelSet: row.labelSet };
    },
    list: (filter) => list(db, filter),
    expired: async (now, limit) => {
      const { rows } = await sql<{ id: string }>`
        SELECT s.id FROM anchorwatch.stacks s WHERE s.key IN (
          SELECT stack FROM anchorwatch.freezes WHERE state = 'active' AND until <= ${now}::timestamptz)
        LIMIT ${limit}`.execute(db);
      return rows.map(({ id }) => stored(id) as StackId);
    },
  };
}

const COLUMNS = sql`
  f.id, s.id AS "stackId", f.label_set AS "labelSet", f.state, f.until, f.at, f.updated_at AS "updatedAt", f.version, f.record`;

interface Row {
  readonly id: string;
  readonly stackId: string;
  readonly labelSet: LabelSetKey;
  readonly state: FreezeState;
  readonly until: Date | null;
  readonly at: Date;
  readonly updatedAt: Date;
  readonly version: number;
  /** What has no column of its own. */
  readonly record: Pick<FreezeRecord, "reason" | "by" | "byName" | "run" | "because" | "endedBy">;
}

async function select(db: Sql, which: RawBuilder<unknown>): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`
    SELECT ${COLUMNS} FROM anchorwatch.freezes f JOIN anchorwatch.stacks s ON s.key = f.stack ${which}`.execute(
    db,
  );
  return rows;
}

function freezeOf({ labelSet: _, until, record, ...row }: Row): FreezeRecord {
  return {
    ...record,
    ...row,
    id: stored(row.id) as FreezeId,
    stackId: stored(row.stackId) as StackId,
    ...(until === null ? {} : { until }),
  };
}

async function save(db: Sql, freeze: FreezeRecord): Promise<void> {
  const { id, stackId, state, at, until, updatedAt, version, ...record } = freeze;
  const { numAffectedRows } = await sql`
    WITH stack AS (
      SELECT key, label_set FROM anchorwatch.stacks WHERE id = ${storable(stackId)} FOR KEY SHARE
    )
    INSERT INTO anchorwatch.freezes (id, stack, label_set, state, until, at, updated_at, version, record)
    SELECT ${storable(id)}, key, label_set, ${state}, ${until ?? null}::timestamptz, ${at}::timestamptz,
      ${updatedAt}::timestamptz, ${version}::integer, ${json(record)}::json
    FROM stack
    ON CONFLICT (id) DO UPDATE SET state = excluded.state, until = excluded.until, updated_at = excluded.updated_at,
      version = excluded.version, record = excluded.record`.execute(db);
  if (numAffectedRows === 0n) await ensureKnown(db, stackId);
}

async function list(db: Sql, filter: FreezeFilter & Page & Visible): Promise<readonly FreezeRecord[]> {
  const { stackId, state } = filter;
  const conditions = [
    when(stackId, (id) => sql`x.stack = (SELECT key FROM anchorwatch.stacks WHERE id = ${storable(id)})`),
    when(state, (wanted) => sql`x.state = ${wanted}`),
  ];
  const page = pageOf({ table: sql`anchorwatch.freezes`, sort: sql`x.updated_at`, conditions }, filter);
  const { rows } = await sql<Row>`${plannedAnew}
    SELECT ${COLUMNS} FROM (${page}) page
    JOIN anchorwatch.freezes f USING (id) JOIN anchorwatch.stacks s ON s.key = f.stack ${inOrder({})}`.execute(
    db,
  );
  return rows.map(freezeOf);
}

import { type RawBuilder, sql } from "kysely";
import type { LabelSetKey, Visible } from "../domain/labels.ts";
import type { DriftId } from "../watch/drift.ts";
import type {
  ExceptionFilter,
  ExceptionId,
  ExceptionRecord,
  ExceptionRecords,
  ExceptionState,
} from "../watch/exception.ts";
import type { Page } from "../watch/page.ts";
import type { StackId } from "../watch/stack.ts";
import { inOrder, pageOf, seen, when } from "./page.ts";
import { json, plannedAnew, type Sql } from "./sql.ts";
import { ensureKnown, lockStack } from "./stackKey.ts";
import { storable, stored } from "./text.ts";

export function exceptionRecords(db: Sql): ExceptionRecords {
  return {
    lockActive: async (stackId) => {
      const stack = await lockStack(db, stackId);
      const rows = await select(db, sql`WHERE e.stack = ${stack} AND e.state = 'active' ORDER BY e.at, e.id`);
      return rows.map(exceptionOf);
    },
    save: (exception) => save(db, exception),
    byId: async (id, visible = {}) => {
      const [row] = await select(db, sql`WHERE e.id = ${storable(id)} ${seen(sql`e.label_set`, visible)}`);
      return row && { exception: exceptionOf(row), labelSet: row.labelSet };
    },
    list: (filter) => list(db, filter),
    expired: async (now, limit) => {
      const { rows } = await sql<{ id: string }>`
        SELECT s.id FROM anchorwatch.stacks s WHERE s.key IN (
          SELECT stack FROM anchorwatch.exceptions WHERE state = 'active' AND until <= ${now}::timestamptz)
        LIMIT ${limit}`.execute(db);
      return rows.map(({ id }) => stored(id) as StackId);
    },
  };
}

const COLUMNS = sql`
  e.id, s.id AS "stackId", e.label_set AS "labelSet", e.kind, e.state, e.drift_id AS "driftId", e.until, e.at,
  e.updated_at AS "updatedAt", e.version, e.record`;

interface Row {
  readonly id: string;
  readonly stackId: string;
  readonly labelSet: LabelSetKey;
  readonly kind: ExceptionRecord["kind"];
  readonly state: ExceptionState;
  readonly driftId: string | null;
  readonly until: Date | null;
  readonly at: Date;
  readonly updatedAt: Date;
  readonly version: number;
  readonly record: Readonly<Record<string, unknown>>;
}

async function select(db: Sql, which: RawBuilder<unknown>): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`
    SELECT ${COLUMNS} FROM anchorwatch.exceptions e JOIN anchorwatch.stacks s ON s.key = e.stack ${which}`.execute(
    db,
  );
  return rows;
}

/** What has no column of its own is in `record`, in the shape of its kind. */
function exceptionOf({ labelSet: _, driftId, until, record, ...row }: Row): ExceptionRecord {
  return {
    ...record,
    ...row,
    id: stored(row.id) as ExceptionId,
    stackId: stored(row.stackId) as StackId,
    ...(driftId === null ? {} : { driftId: stored(driftId) as DriftId }),
    ...(until === null ? {} : { until }),
  } as ExceptionRecord;
}

async function save(db: Sql, exception: ExceptionRecord): Promise<void> {
  const { id, stackId, kind, state, at, until, updatedAt, version, ...given } = exception;
  const driftId = exception.kind === "accept" ? exception.driftId : undefined;
  const record = Object.fromEntries(Object.entries(given).filter(([name]) => name !== "driftId"));
  const { numAffectedRows } = await sql`
    WITH stack AS (
      SELECT key, label_set FROM anchorwatch.stacks WHERE id = ${storable(stackId)} FOR KEY SHARE
    )
    INSERT INTO anchorwatch.exceptions (id, stack, label_set, kind, state, drift_id, until, at, updated_at, version, record)
    SELECT ${storable(id)}, key, label_set, ${kind}, ${state}, ${driftId === undefined ? null : storable(driftId)},
      ${until ?? null}::timestamptz, ${at}::timestamptz, ${updatedAt}::timestamptz, ${version}::integer, ${json(record)}::json
    FROM stack
    ON CONFLICT (id) DO UPDATE SET state = excluded.state, updated_at = excluded.updated_at,
      version = excluded.version, record = excluded.record`.execute(db);
  if (numAffectedRows === 0n) await ensureKnown(db, stackId);
}

async function list(db: Sql, filter: ExceptionFilter & Page & Visible): Promise<readonly ExceptionRecord[]> {
  const { stackId, driftId, kind, state } = filter;
  const sort = sql`x.updated_at`;
  const conditions = [
    when(stackId, (id) => sql`x.stack = (SELECT key FROM anchorwatch.stacks WHERE id = ${storable(id)})`),
    when(driftId, (id) => sql`x.drift_id = ${storable(id)}`),
    when(kind, (wanted) => sql`x.kind = ${wanted}`),
    when(state, (wanted) => sql`x.state = ${wanted}`),
  ];
  const page = pageOf({ table: sql`anchorwatch.exceptions`, sort, conditions }, filter);
  const { rows } = await sql<Row>`${plannedAnew}
    SELECT ${COLUMNS} FROM (${page}) page
    JOIN anchorwatch.exceptions e USING (id) JOIN anchorwatch.stacks s ON s.key = e.stack ${inOrder({})}`.execute(
    db,
  );
  return rows.map(exceptionOf);
}

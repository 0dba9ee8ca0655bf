/** Statements of the time of the first version: the records of today know the newest tables only. */
import { execute } from "../testServer.fixture.ts";

const ROWS = 1_000;

/** As many rows in every table, with values in every column. */
export async function fillFirstVersion(url: string): Promise<number> {
  for (const statement of STATEMENTS) await execute(url, statement);
  return ROWS;
}

/** U+0000 in an escape, order of members, numbers beyond a double: what only `json` gives back. */
const JSON_TEXT = String.raw`'{"b": "\u0000", "a": [1e400, 12345678901234567890]}'::json`;
const N = `generate_series(1, ${ROWS}) AS n`;
const DIGEST = "decode(md5(n::text), 'hex')";
const TIME = "timestamptz '2026-01-02T03:04:05.678Z' + n * interval '1 second'";

const STATEMENTS = [
  `INSERT INTO anchorwatch.stacks (id, name, engine, origin, workspace, declared_by, sweep_every_ms, added_at, health,
     state, revision, last_check_at, last_complete_at, next_sweep_at, coverage, error, failures)
   SELECT 's' || n, 'stack ' || n, 'terraform', ${JSON_TEXT}, 'blue', 'config', n * 1000, ${TIME}, 'failed',
     ${JSON_TEXT}, 'abc', ${TIME}, ${TIME}, ${TIME}, ${JSON_TEXT}, ${JSON_TEXT}, n FROM ${N}`,
  `INSERT INTO anchorwatch.checks (id, stack, trigger, started_at, finished_at, outcome, coverage, error)
   SELECT 'c' || n, n, 'schedule', ${TIME}, ${TIME}, 'failed', ${JSON_TEXT}, ${JSON_TEXT} FROM ${N}`,
  `INSERT INTO anchorwatch.drifts (id, stack, resource, resource_digest, address, type, status, verdict, digest, opened_at,
     updated_at, closed_at, "end", times, entry_id, found, attributions, state, marks, seen_at)
   SELECT 'd' || n, n, 'p|a.b', ${DIGEST}, 'a.b', 'a', 'closed', 'changed', 'sha256:' || n, ${TIME},
     ${TIME}, ${TIME}, 'reverted', n, 'e' || n, ${JSON_TEXT}, '[]', ${JSON_TEXT}, '[]', ${TIME} FROM ${N}`,
  `INSERT INTO anchorwatch.drift_steps (drift_id, at, kind, verdict, check_id, "end", found, attributions)
   SELECT 'd' || n, ${TIME}, 'closed', 'changed', 'c' || n, 'reverted', ${JSON_TEXT}, '[]' FROM ${N}`,
  `INSERT INTO anchorwatch.events (digest, time, received_at, is_candidate, event)
   SELECT ${DIGEST}, ${TIME}, ${TIME}, n % 2 = 0, ${JSON_TEXT} FROM ${N}`,
  `INSERT INTO anchorwatch.touches (event_digest, stack, address_digest, address, time, received_at)
   SELECT ${DIGEST}, n, ${DIGEST}, 'a.b', ${TIME}, ${TIME} FROM ${N}`,
  `INSERT INTO anchorwatch.identifiers (stack, is_own, digest, address) SELECT n, n % 2 = 0, ${DIGEST}, 'a.b' FROM ${N}`,
  `INSERT INTO anchorwatch.known_resources (stack, resources) SELECT n, ${DIGEST} FROM ${N}`,
  `INSERT INTO anchorwatch.looks (stack, address_digest, address, due_at, round, since, received_at)
   SELECT n, ${DIGEST}, 'a.b', ${TIME}, n, ${TIME}, ${TIME} FROM ${N}`,
  `INSERT INTO anchorwatch.outbox (id, entry) SELECT 'o' || n, ${JSON_TEXT} FROM ${N}`,
  `INSERT INTO anchorwatch.outbox_content (number, position, role, media_type, bytes)
   SELECT n, 0, 'before', 'text/plain', ${DIGEST} FROM ${N}`,
  `INSERT INTO anchorwatch.detectors
     (name, at, first_at, well_at, expected_within_ms, lag_ms, problem, dead_since, has_come_back)
   SELECT 'stack:' || n, ${TIME}, ${TIME}, ${TIME}, n, n / 7.0, 'why', ${TIME}, true FROM ${N}`,
];

export interface TableContent {
  readonly table: string;
  readonly rows: number;
  /** Rows with a value in every column. */
  readonly full: number;
  /** Of all values of all rows. */
  readonly digest: string;
}

export type Columns = ReadonlyMap<string, readonly string[]>;

/** Of all tables; not those in which migrations are written down. */
export async function columnsOf(url: string): Promise<Columns> {
  const rows = await execute(
    url,
    `SELECT c.table_name, c.column_name FROM information_schema.columns c
     JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE table_schema = 'anchorwatch' AND t.table_type = 'BASE TABLE' AND table_name NOT LIKE 'migrations%'
     ORDER BY c.table_name, c.ordinal_position`,
  );
  const columns = Map.groupBy(rows, (row) => String(row["table_name"]));
  return new Map(
    [...columns].map(([table, those]) => [table, those.map((row) => `"${row["column_name"]}"`)]),
  );
}

/** Of these columns alone. */
export async function contentOf(url: string, columns: Columns): Promise<readonly TableContent[]> {
  const contents: TableContent[] = [];
  for (const [table, names] of columns) {
    const chosen = `SELECT ${names.join(", ")} FROM anchorwatch.${table}`;
    const [row] = await execute(
      url,
      `SELECT count(*)::integer AS rows, count(*) FILTER (WHERE num_nulls(${names.join(", ")}) = 0)::integer AS full,
         md5(string_agg(content::text, ',' ORDER BY content::text)) AS digest FROM (${chosen}) AS content`,
    );
    contents.push({ table, ...(row as Omit<TableContent, "table"> | undefined) } as TableContent);
  }
  return contents;
}

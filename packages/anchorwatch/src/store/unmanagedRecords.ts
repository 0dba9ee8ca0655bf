import { type RawBuilder, sql } from "kysely";
import type { LabelSetKey } from "../domain/labels.ts";
import { weightOf } from "../watch/drift.ts";
import type { StackId } from "../watch/stack.ts";
import {
  type UnmanagedFilter,
  type UnmanagedRecord,
  type UnmanagedRecords,
  type UnmanagedTotals,
  unmanagedKey,
} from "../watch/unmanaged.ts";
import { accountRecords } from "./accountRecords.ts";
import { given } from "./given.ts";
import { seen, when } from "./page.ts";
import type { Sql } from "./sql.ts";
import { digestOf, storable, stored } from "./text.ts";
import { stackPlaces, unmanagedLooks } from "./unmanagedLooks.ts";
import { keptOf, type UnmanagedRow, unmanagedOf } from "./unmanagedRow.ts";

export function unmanagedRecords(db: Sql): UnmanagedRecords {
  return {
    ...accountRecords(db),
    ...unmanagedLooks(db),
    ...stackPlaces(db),
    lockKnown: (account, keys) => lockKnown(db, account, keys),
    save: (records) => save(db, records),
    seen: async (ids, at) => {
      await sql`
        UPDATE anchorwatch.unmanaged SET seen_at = ${at} WHERE id = ANY (${ids.map(storable)}::text[])`.execute(
        db,
      );
    },
    forget: async (ids) => {
      await sql`
        DELETE FROM anchorwatch.unmanaged
        WHERE id = ANY (${ids.map(storable)}::text[]) AND status = 'held'`.execute(db);
    },
    byId: async (id, { visible } = {}) =>
      (await select(db, sql`WHERE u.id = ${storable(id)} AND u.status <> 'held' ${seenBy(visible)}`))[0],
    list: (filter) => list(db, filter),
    totals: async ({ visible } = {}) => {
      const { rows } = await sql<UnmanagedTotals>`
        SELECT a.name AS account, count(*) FILTER (WHERE u.status = 'open')::integer AS open,
          count(*) FILTER (WHERE u.status = 'accepted')::integer AS accepted
        FROM anchorwatch.searched_accounts a
        LEFT JOIN anchorwatch.unmanaged u ON u.account = a.key AND u.status IN ('open', 'accepted')
        WHERE a.is_declared AND a.search IS NOT NULL ${seenBy(visible)} GROUP BY a.name ORDER BY a.name`.execute(
        db,
      );
      return rows.map((row) => ({ ...row, account: stored(row.account) }));
    },
    stacksWithoutState: async (visible = {}) => {
      const { rows } = await sql<{ waiting: number; unread: number }>`
        SELECT count(*) FILTER (WHERE health = 'new')::integer AS waiting,
          count(*) FILTER (WHERE health = 'failed' AND state IS NULL)::integer AS unread
        FROM anchorwatch.stacks
        WHERE health IN ('new', 'failed') ${seen(sql`label_set`, visible)}`.execute(db);
      return rows[0] ?? { waiting: 0, unread: 0 };
    },
    toldAsDrift: () => toldAsDrift(db),
  };
}

async function select(db: Sql, which: RawBuilder<unknown>): Promise<readonly UnmanagedRecord[]> {
  const { rows } = await sql<UnmanagedRow>`
    SELECT u.id, a.name AS account, u.type, u.region, u.status, u.updated_at AS "updatedAt", u.seen_at AS "seenAt", u.record
    FROM anchorwatch.unmanaged u JOIN anchorwatch.searched_accounts a ON a.key = u.account ${which}`.execute(
    db,
  );
  return rows.map(unmanagedOf);
}

function seenBy(visible: readonly LabelSetKey[] | undefined): RawBuilder<unknown> {
  return visible === undefined ? sql`` : sql`AND a.label_set = ANY (${visible}::integer[])`;
}

/** Two searches of one account take turns. */
async function lockKnown(
  db: Sql,
  account: string,
  keys: readonly string[],
): Promise<readonly UnmanagedRecord[]> {
  const { rows } = await sql<{ key: number }>`
    SELECT key FROM anchorwatch.searched_accounts WHERE name = ${storable(account)} FOR NO KEY UPDATE`.execute(
    db,
  );
  const [row] = rows;
  if (row === undefined) return [];
  return await select(
    db,
    sql`WHERE u.account = ${row.key} AND (u.status <> 'closed' OR u.thing_digest IN (
      SELECT digest FROM ${given(keys, { digest: ["bytea", digestOf] })}))`,
  );
}

/** So many in one statement. */
const AT_ONCE = 2_000;

async function save(db: Sql, records: readonly UnmanagedRecord[]): Promise<void> {
  for (let from = 0; from < records.length; from += AT_ONCE) {
    const rows = given(records.slice(from, from + AT_ONCE), {
      id: ["text", ({ id }) => storable(id)],
      name: ["text", ({ account }) => storable(account)],
      thing_digest: ["bytea", (record) => digestOf(unmanagedKey(record))],
      type: ["text", ({ type }) => storable(type)],
      region: ["text", ({ region }) => storable(region)],
      status: ["text", ({ status }) => status],
      updated_at: ["timestamptz", ({ updatedAt }) => updatedAt],
      seen_at: ["timestamptz", ({ seenAt }) => seenAt],
      class: ["text", ({ classification }) => classification?.class ?? null],
      severity: ["text", ({ classification }) => classification?.severity ?? null],
      weight: ["bigint", weightOf],
      record: ["text", keptOf],
    });
    await sql`
      INSERT INTO anchorwatch.unmanaged (id, account, thing_digest, type, region, status, updated_at, seen_at, class, severity,
        weight, record)
      SELECT given.id, a.key, given.thing_digest, given.type, given.region, given.status, given.updated_at, given.seen_at,
        given.class, given.severity, given.weight, given.record::json
      FROM ${rows} JOIN anchorwatch.searched_accounts a ON a.name = given.name
      ON CONFLICT (id) DO UPDATE SET status = excluded.status, updated_at = excluded.updated_at,
        seen_at = excluded.seen_at, class = excluded.class, severity = excluded.severity, weight = excluded.weight,
        record = excluded.record`.execute(db);
  }
}

async function list(
  db: Sql,
  filter: Parameters<UnmanagedRecords["list"]>[0],
): Promise<readonly UnmanagedRecord[]> {
  const { after, sort } = filter;
  const [column, type] =
    sort === "severity" ? [sql`u.weight`, sql`bigint`] : [sql`u.updated_at`, sql`timestamptz`];
  return await select(
    db,
    sql`${chosen(filter)} ${seenBy(filter.visible)}
      ${after === undefined ? sql`` : sql`AND (${column}, u.id) < (${after.value}::${type}, ${storable(after.id)}::text)`}
    ORDER BY ${column} DESC, u.id DESC LIMIT ${filter.limit}`,
  );
}

/** Of accounts that are not searched any more only what is over. */
function chosen({
  account,
  status,
  type,
  region,
  class: ofClass,
  severity,
}: UnmanagedFilter): RawBuilder<unknown> {
  const which =
    status === undefined ? sql`u.status IN ('open', 'accepted')` : sql`u.status = ${sql.lit(status)}`;
  const named =
    account === undefined
      ? sql``
      : sql`AND u.account = (SELECT key FROM anchorwatch.searched_accounts WHERE name = ${storable(account)})`;
  return sql`WHERE ${which} AND (a.is_declared OR u.status = 'closed') ${named}
    ${type === undefined ? sql`` : sql`AND u.type = ${storable(type)}`}
    ${region === undefined ? sql`` : sql`AND u.region = ${storable(region)}`}
    ${when(ofClass, (wanted) => sql`u.class = ${wanted}`)} ${when(severity, (wanted) => sql`u.severity = ${wanted}`)}`;
}

interface FoundRow {
  readonly stackId: string;
  readonly type: string;
  readonly found: { readonly data?: { readonly resource?: { readonly id?: unknown } } };
}

async function toldAsDrift(db: Sql): ReturnType<UnmanagedRecords["toldAsDrift"]> {
  const { rows } = await sql<FoundRow>`
    SELECT s.id AS "stackId", d.type, d.found FROM anchorwatch.drifts d JOIN anchorwatch.stacks s ON s.key = d.stack
    WHERE d.status = 'open' AND d.verdict = 'unmanaged'`.execute(db);
  return rows.flatMap(({ stackId, type, found }) => {
    const id = found.data?.resource?.id;
    return typeof id === "string" ? [{ stackId: stored(stackId) as StackId, type: stored(type), id }] : [];
  });
}

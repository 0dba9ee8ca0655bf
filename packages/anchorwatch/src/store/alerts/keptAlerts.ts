import { type RawBuilder, sql } from "kysely";
import type { Alert, AlertId, MemberCounts } from "../../alerts/alert.ts";
import type { KeptAlerts, MemberId, MemberPart, SavedAlert, VisibleAlerts } from "../../alerts/records.ts";
import type { LabelSetKey } from "../../domain/labels.ts";
import { given } from "../given.ts";
import { inParts } from "../inParts.ts";
import type { Sql } from "../sql.ts";
import { storable, stored } from "../text.ts";
import { type AlertRow, alertOf, keptAlert, severityNumber, severityOf } from "./alertRow.ts";
import { listAlerts } from "./listAlerts.ts";
import { seenMembers } from "./seenMembers.ts";

export function keptAlerts(db: Sql): KeptAlerts {
  return {
    changes: (limit) => changes(db, limit),
    seen: async (numbers) => {
      await sql`DELETE FROM anchorwatch.alert_changes WHERE number = ANY (${numbers}::bigint[])`.execute(db);
    },
    recent: (since) => recent(db, since),
    ofDrifts: (drifts) => ofDrifts(db, drifts),
    lock: (ids) => select(db, sql`WHERE a.id = ANY (${ids.map(storable)}::text[]) ORDER BY a.id FOR UPDATE`),
    save: (alerts) => save(db, alerts),
    saveMembers: (members) => saveMembers(db, members),
    counts: (ids) => counts(db, ids),
    countsOf: async (id, part) => (await countsWhere(db, partOf([id], part)))[0],
    members: (id, part, limit) => members(db, id, part, limit),
    channelsOf: async (id, part) => {
      const { rows } = await sql<{ channel: string }>`
        SELECT DISTINCT unnest(m.channels || m.further) AS channel FROM anchorwatch.alert_drifts m
        WHERE ${partOf([id], part)} ORDER BY 1`.execute(db);
      return rows.map(({ channel }) => stored(channel));
    },
    labelSets: (id) => labelSets(db, id),
    due: (now, limit) => due(db, now, limit),
    nextMoment: async () => {
      const { rows } = await sql<{ next: Date | null }>`
        SELECT min(next_moment) AS next FROM anchorwatch.alerts WHERE next_moment IS NOT NULL`.execute(db);
      return rows[0]?.next ?? undefined;
    },
    byId: async (id, visible = {}) =>
      (await select(db, sql`WHERE a.id = ${storable(id)} ${seenPart(visible)}`))[0],
    list: (filter) => listAlerts(db, filter),
    forget: (before) => forget(db, before),
  };
}

async function select(db: Sql, which: RawBuilder<unknown>): Promise<readonly Alert[]> {
  const { rows } = await sql<AlertRow>`
    SELECT a.id, a.record FROM anchorwatch.alerts a ${which}`.execute(db);
  return rows.map(alertOf);
}

function seenPart(visible: VisibleAlerts): RawBuilder<unknown> {
  if (visible.visible === undefined) return sql``;
  return sql`AND EXISTS (SELECT FROM anchorwatch.alert_drifts m WHERE m.alert = a.id ${seenMembers(visible)})`;
}

/** Locked: whoever was elected a moment ago waits for what the one before is still at, and then it is gone. */
async function changes(db: Sql, limit: number): ReturnType<KeptAlerts["changes"]> {
  const { rows } = await sql<{ number: number; drift: string }>`
    SELECT number, drift_id AS drift FROM anchorwatch.alert_changes ORDER BY number LIMIT ${limit}
    FOR UPDATE`.execute(db);
  return rows.map(({ number, drift }) => ({ number, drift: stored(drift) }));
}

/** More than these are not looked at: a storm is known by less. */
const MOST_RECENT = 2_000;

async function recent(db: Sql, since: Date): ReturnType<KeptAlerts["recent"]> {
  const { rows } = await sql<{
    id: string;
    key: string;
    isNew: boolean;
    stack: string;
    principal: string | null;
  }>`
    SELECT id, key, opened_at >= ${since}::timestamptz AS "isNew", first_stack AS stack,
      first_principal AS principal
    FROM anchorwatch.alerts WHERE status = 'open' AND joined_at >= ${since}::timestamptz
    ORDER BY joined_at DESC, id LIMIT ${MOST_RECENT}`.execute(db);
  return rows.map(({ id, principal, ...row }) => ({
    ...row,
    id: stored(id),
    stack: stored(row.stack),
    ...(principal === null ? {} : { principal: stored(principal) }),
  }));
}

async function ofDrifts(db: Sql, drifts: readonly string[]): ReturnType<KeptAlerts["ofDrifts"]> {
  const { rows } = await sql<{ drift: string; alert: string }>`
    SELECT DISTINCT ON (drift) drift, alert FROM anchorwatch.alert_drifts
    WHERE drift = ANY (${drifts.map(storable)}::text[]) ORDER BY drift, number DESC`.execute(db);
  return new Map(rows.map(({ drift, alert }) => [stored(drift), stored(alert) as AlertId]));
}

async function save(db: Sql, alerts: readonly SavedAlert[]): Promise<void> {
  if (alerts.length === 0) return;
  const rows = given(alerts, {
    id: ["text", ({ alert }) => storable(alert.id)],
    key: ["text", ({ key }) => key],
    status: ["text", ({ alert }) => alert.status],
    severity: ["integer", ({ alert }) => severityNumber(alert.severity)],
    class: ["text", ({ alert }) => alert.class],
    first_stack: ["text", ({ first }) => storable(first?.stack ?? "")],
    first_principal: [
      "text",
      ({ first }) => (first?.principal === undefined ? null : storable(first.principal)),
    ],
    opened_at: ["timestamptz", ({ alert }) => alert.openedAt],
    joined_at: ["timestamptz", ({ alert }) => alert.joinedAt],
    updated_at: ["timestamptz", ({ alert }) => alert.updatedAt],
    next_moment: ["timestamptz", ({ nextMoment }) => nextMoment ?? null],
    record: ["text", ({ alert }) => keptAlert(alert)],
  });
  await sql`
    INSERT INTO anchorwatch.alerts (id, key, status, severity, class, first_stack, first_principal, opened_at, joined_at,
      updated_at, next_moment, record)
    SELECT id, key, status, severity, class, first_stack, first_principal, opened_at, joined_at, updated_at, next_moment,
      record::json
    FROM ${rows}
    ON CONFLICT (id) DO UPDATE SET status = excluded.status, severity = excluded.severity, class = excluded.class,
      joined_at = excluded.joined_at, updated_at = excluded.updated_at, next_moment = excluded.next_moment,
      record = excluded.record`.execute(db);
}

/** Their stacks or accounts are known by their ids. */
async function saveMembers(db: Sql, members: Parameters<KeptAlerts["saveMembers"]>[0]): Promise<void> {
  if (members.length === 0) return;
  const rows = given(members, {
    alert: ["text", ({ alert }) => storable(alert)],
    drift: ["text", ({ drift }) => storable(drift)],
    joined_at: ["timestamptz", ({ joinedAt }) => joinedAt],
    is_open: ["boolean", ({ isOpen }) => isOpen],
    severity: ["integer", ({ severity }) => severityNumber(severity)],
    class: ["text", (member) => member.class],
    // Columns of `given` are lists already, and have no lists in them.
    channels: ["text", ({ channels }) => JSON.stringify(channels)],
    further: ["text", ({ further }) => JSON.stringify(further)],
  });
  await sql`
    INSERT INTO anchorwatch.alert_drifts (alert, drift, stack, account, label_set, joined_at, is_open, severity, class, channels, further)
    SELECT given.alert, given.drift, d.stack, a.key, coalesce(d.label_set, a.label_set), given.joined_at, given.is_open, given.severity, given.class,
      ARRAY (SELECT json_array_elements_text(given.channels::json)),
      ARRAY (SELECT json_array_elements_text(given.further::json))
    FROM ${rows} LEFT JOIN anchorwatch.drifts d ON d.id = given.drift
    LEFT JOIN anchorwatch.unmanaged u ON u.id = given.drift
    LEFT JOIN anchorwatch.searched_accounts a ON a.key = u.account
    WHERE d.id IS NOT NULL OR a.key IS NOT NULL
    ON CONFLICT (alert, drift) DO UPDATE SET is_open = excluded.is_open, severity = excluded.severity,
      class = excluded.class,
      channels = ARRAY (SELECT DISTINCT unnest(alert_drifts.channels || excluded.channels)),
      further = ARRAY (SELECT DISTINCT unnest(alert_drifts.further || excluded.further))`.execute(db);
}

interface CountsRow {
  readonly alert: string;
  readonly total: number;
  readonly open: number;
  readonly severity: number;
  readonly isSecurity: boolean;
}

async function counts(db: Sql, ids: readonly AlertId[]): ReturnType<KeptAlerts["counts"]> {
  const rows = await countRows(db, sql`m.alert = ANY (${ids.map(storable)}::text[])`, sql`m.alert`);
  return new Map(rows.map((row) => [stored(row.alert) as AlertId, countsIn(row)]));
}

async function countsWhere(db: Sql, which: RawBuilder<unknown>): Promise<readonly MemberCounts[]> {
  const rows = await countRows(db, which, sql`''::text`);
  return rows.filter(({ total }) => total > 0).map(countsIn);
}

async function countRows(db: Sql, which: RawBuilder<unknown>, alert: RawBuilder<unknown>) {
  const { rows } = await sql<CountsRow>`
    SELECT ${alert} AS alert, count(*)::integer AS total, (count(*) FILTER (WHERE m.is_open))::integer AS open,
      coalesce(max(m.severity) FILTER (WHERE m.is_open), max(m.severity)) AS severity,
      coalesce(bool_or(m.class = 'security') FILTER (WHERE m.is_open), bool_or(m.class = 'security')) AS "isSecurity"
    FROM anchorwatch.alert_drifts m WHERE ${which} GROUP BY 1`.execute(db);
  return rows;
}

function countsIn({ total, open, severity, isSecurity }: CountsRow): MemberCounts {
  return { total, open, severity: severityOf(severity), class: isSecurity ? "security" : "operational" };
}

function partOf(ids: readonly AlertId[], part: MemberPart): RawBuilder<unknown> {
  if ("visible" in part) {
    const visible = part.visible === undefined ? {} : { visible: part.visible };
    return sql`m.alert = ANY (${ids.map(storable)}::text[]) ${seenMembers(visible)}`;
  }
  const all = [...ids, ...(part.alsoOf ?? [])].map(storable);
  return sql`m.alert = ANY (${all}::text[]) AND ${storable(part.channel)} = ANY (m.channels || m.further)`;
}

async function members(db: Sql, id: AlertId, part: MemberPart, limit: number): Promise<readonly MemberId[]> {
  const { rows } = await sql<{ drift: string; isUnmanaged: boolean }>`
    SELECT m.drift, m.stack IS NULL AS "isUnmanaged" FROM anchorwatch.alert_drifts m WHERE ${partOf([id], part)}
    ORDER BY m.is_open DESC, m.severity DESC, m.number LIMIT ${limit}`.execute(db);
  return rows.map(({ drift, isUnmanaged }) => ({ id: stored(drift), isUnmanaged }));
}

async function labelSets(db: Sql, id: AlertId): Promise<readonly LabelSetKey[]> {
  const { rows } = await sql<{ key: LabelSetKey }>`
    SELECT DISTINCT label_set AS key FROM anchorwatch.alert_drifts WHERE alert = ${storable(id)}
    ORDER BY 1`.execute(db);
  return rows.map(({ key }) => key);
}

async function due(db: Sql, now: Date, limit: number): Promise<readonly AlertId[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM anchorwatch.alerts WHERE next_moment <= ${now}::timestamptz
    ORDER BY next_moment, id LIMIT ${limit}`.execute(db);
  return rows.map(({ id }) => stored(id) as AlertId);
}

/** What nobody has looked at yet stays, and so does one whose message speaks of another that goes on. */
function forget(db: Sql, before: Date): Promise<number> {
  return inParts((limit) =>
    sql`
      WITH old AS MATERIALIZED (
        SELECT id FROM anchorwatch.alerts a
        WHERE status = 'resolved' AND updated_at < ${before}::timestamptz
          AND NOT EXISTS (SELECT FROM anchorwatch.deliveries d WHERE d.alert = a.id AND d.wanted > d.looked)
          AND NOT EXISTS (
            SELECT FROM anchorwatch.deliveries o JOIN anchorwatch.alerts other ON other.id = o.alert
            WHERE o.told_in = a.id AND other.status = 'open')
        ORDER BY updated_at, id LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ), told AS (DELETE FROM anchorwatch.deliveries WHERE alert IN (SELECT id FROM old)),
      members AS (DELETE FROM anchorwatch.alert_drifts WHERE alert IN (SELECT id FROM old))
      DELETE FROM anchorwatch.alerts WHERE id IN (SELECT id FROM old)`.execute(db),
  );
}

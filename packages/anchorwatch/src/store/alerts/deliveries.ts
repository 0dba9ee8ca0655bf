import { type RawBuilder, sql } from "kysely";
import type { AlertId } from "../../alerts/alert.ts";
import type { Told } from "../../alerts/conversation/telling.ts";
import type { ChannelTotals, DeliveryRecord, DeliveryRecords } from "../../alerts/records.ts";
import { given } from "../given.ts";
import type { Sql } from "../sql.ts";
import { storable, stored } from "../text.ts";

export function deliveryRecords(db: Sql): DeliveryRecords {
  return {
    want: (wanted) => want(db, wanted),
    wantAll: async (alerts) => {
      const ids = alerts.map(storable);
      // Where another's message speaks of it, that has to be looked at.
      await sql`
        UPDATE anchorwatch.deliveries d SET wanted = d.wanted + 1
        FROM (
          SELECT DISTINCT coalesce(told_in, alert) AS alert, channel FROM anchorwatch.deliveries
          WHERE alert = ANY (${ids}::text[])) AS speaks
        WHERE d.alert = speaks.alert AND d.channel = speaks.channel`.execute(db);
    },
    due: (channel, now, limit) =>
      select(
        db,
        sql`WHERE d.channel = ${storable(channel)} AND (d.wanted > d.looked OR d.look_at <= ${now}::timestamptz)
          ORDER BY d.look_at NULLS FIRST, d.alert LIMIT ${limit}`,
      ),
    nextLook: async (channel) => {
      const { rows } = await sql<{ next: Date | null }>`
        SELECT min(look_at) AS next FROM anchorwatch.deliveries
        WHERE channel = ${storable(channel)} AND look_at IS NOT NULL`.execute(db);
      return rows[0]?.next ?? undefined;
    },
    settle: (record) => settle(db, record),
    toldWith: async (alert, channel) => {
      const { rows } = await sql<{ alert: string }>`
        SELECT alert FROM anchorwatch.deliveries
        WHERE told_in = ${storable(alert)} AND channel = ${storable(channel)} ORDER BY alert`.execute(db);
      return rows.map((row) => stored(row.alert) as AlertId);
    },
    ofAlert: (alert) => select(db, sql`WHERE d.alert = ${storable(alert)} ORDER BY d.channel`),
    dead: ({ channel, limit, after }) =>
      select(
        db,
        sql`WHERE d.dead_at IS NOT NULL
          ${channel === undefined ? sql`` : sql`AND d.channel = ${storable(channel)}`}
          ${after === undefined ? sql`` : sql`AND (d.dead_at, d.alert || ' ' || d.channel) < (${after.value}::timestamptz, ${storable(after.id)}::text)`}
          ORDER BY d.dead_at DESC, d.alert || ' ' || d.channel DESC LIMIT ${limit}`,
      ),
    revive: (filter) => revive(db, filter),
    buryOthers: (channels, now, problem) => buryOthers(db, channels, now, problem),
    totals: () => totals(db),
  };
}

/** Of a drift that joined an alert which another's message speaks of, that message has to tell. */
async function want(db: Sql, wanted: Parameters<DeliveryRecords["want"]>[0]): Promise<void> {
  const pairs = wanted.flatMap(({ alert, channels }) => channels.map((channel) => ({ alert, channel })));
  if (pairs.length === 0) return;
  const rows = given(pairs, {
    alert: ["text", ({ alert }) => storable(alert)],
    channel: ["text", ({ channel }) => storable(channel)],
  });
  await sql`
    INSERT INTO anchorwatch.deliveries AS d (alert, channel, record)
    SELECT alert, channel, '{"failures":0}'::json FROM (
      SELECT DISTINCT given.alert, given.channel FROM ${rows} ORDER BY 1, 2) AS pairs
    ON CONFLICT (alert, channel) DO UPDATE SET wanted = d.wanted + 1`.execute(db);
  await sql`
    UPDATE anchorwatch.deliveries d SET wanted = d.wanted + 1
    FROM (
      SELECT DISTINCT o.told_in AS alert, o.channel FROM anchorwatch.deliveries o
      JOIN ${rows} ON given.alert = o.alert AND given.channel = o.channel WHERE o.told_in IS NOT NULL) AS speaks
    WHERE d.alert = speaks.alert AND d.channel = speaks.channel`.execute(db);
}

interface DeliveryRow {
  readonly alert: string;
  readonly channel: string;
  readonly wanted: number;
  readonly looked: number;
  readonly lookAt: Date | null;
  readonly toldIn: string | null;
  readonly deadAt: Date | null;
  readonly record: KeptDelivery;
}

type KeptDelivery = Pick<DeliveryRecord, "failures" | "problem" | "reference"> & {
  readonly told?: Omit<Told, "at"> & { readonly at: string };
  readonly heldSince?: string;
  readonly failingSince?: string;
};

async function select(db: Sql, which: RawBuilder<unknown>): Promise<readonly DeliveryRecord[]> {
  const { rows } = await sql<DeliveryRow>`
    SELECT d.alert, d.channel, d.wanted::integer, d.looked::integer, d.look_at AS "lookAt", d.told_in AS "toldIn",
      d.dead_at AS "deadAt", d.record
    FROM anchorwatch.deliveries d ${which}`.execute(db);
  return rows.map(deliveryOf);
}

function deliveryOf({ record, lookAt, toldIn, deadAt, ...row }: DeliveryRow): DeliveryRecord {
  const { told, heldSince, failingSince, ...kept } = record;
  return {
    ...kept,
    alert: stored(row.alert) as AlertId,
    channel: stored(row.channel),
    wanted: row.wanted,
    looked: row.looked,
    ...(lookAt === null ? {} : { lookAt }),
    ...(toldIn === null ? {} : { toldIn: stored(toldIn) as AlertId }),
    ...(deadAt === null ? {} : { deadAt }),
    ...(told === undefined ? {} : { told: { ...told, at: new Date(told.at) } }),
    ...(heldSince === undefined ? {} : { heldSince: new Date(heldSince) }),
    ...(failingSince === undefined ? {} : { failingSince: new Date(failingSince) }),
  };
}

async function settle(db: Sql, record: DeliveryRecord): Promise<void> {
  const { alert, channel, wanted: _, looked, lookAt, toldIn, deadAt, ...kept } = record;
  await sql`
    UPDATE anchorwatch.deliveries SET looked = ${looked}, look_at = ${lookAt ?? null}::timestamptz,
      told_in = ${toldIn === undefined ? null : storable(toldIn)}::text, dead_at = ${deadAt ?? null}::timestamptz,
      record = ${JSON.stringify(kept, writable)}::text::json
    WHERE alert = ${storable(alert)} AND channel = ${storable(channel)}`.execute(db);
}

/** `jsonb`, which some statements below need, holds less than JSON can say; a channel's words may hold anything. */
function writable(_: string, value: unknown): unknown {
  return typeof value === "string" ? value.replaceAll("\0", "").toWellFormed() : value;
}

async function revive(
  db: Sql,
  { channel, alert }: Parameters<DeliveryRecords["revive"]>[0],
): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    UPDATE anchorwatch.deliveries SET dead_at = NULL, look_at = NULL, wanted = wanted + 1,
      record = ((record::jsonb - 'failingSince' - 'problem') || '{"failures":0}')::json
    WHERE dead_at IS NOT NULL
      ${channel === undefined ? sql`` : sql`AND channel = ${storable(channel)}`}
      ${alert === undefined ? sql`` : sql`AND alert = ${storable(alert)}`}`.execute(db);
  await sql`SELECT pg_notify('anchorwatch_changes', 'alerts')`.execute(db);
  return Number(numAffectedRows);
}

/** What has nothing to tell any more stays as it is. */
async function buryOthers(db: Sql, channels: readonly string[], now: Date, problem: string): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    UPDATE anchorwatch.deliveries SET dead_at = ${now}::timestamptz, looked = wanted, look_at = NULL,
      record = (record::jsonb || jsonb_build_object('problem', ${problem}::text))::json
    WHERE (wanted > looked OR look_at IS NOT NULL)
      AND channel <> ALL (${channels.map(storable)}::text[])`.execute(db);
  return Number(numAffectedRows);
}

async function totals(db: Sql): Promise<readonly ChannelTotals[]> {
  const { rows } = await sql<{
    channel: string;
    waiting: number;
    failing: number;
    dead: number;
    lastToldAt: string | null;
  }>`
    SELECT channel, (count(*) FILTER (WHERE dead_at IS NULL AND (wanted > looked OR look_at IS NOT NULL)))::integer AS waiting,
      (count(*) FILTER (WHERE dead_at IS NULL AND (record ->> 'failures')::integer > 0))::integer AS failing,
      (count(*) FILTER (WHERE dead_at IS NOT NULL))::integer AS dead,
      max(record -> 'told' ->> 'at') AS "lastToldAt"
    FROM anchorwatch.deliveries GROUP BY channel ORDER BY channel`.execute(db);
  return rows.map(({ lastToldAt, ...row }) => ({
    ...row,
    channel: stored(row.channel),
    ...(lastToldAt === null ? {} : { lastToldAt: new Date(lastToldAt) }),
  }));
}

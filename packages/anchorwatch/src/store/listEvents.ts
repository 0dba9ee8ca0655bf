import { type RawBuilder, sql } from "kysely";
import type { Visible } from "../domain/labels.ts";
import type { EventRecords, StoredEvent, TouchedResource } from "../watch/records.ts";
import type { StackId } from "../watch/stack.ts";
import { EVENT_COLUMNS, type EventRow, eventOf } from "./eventRow.ts";
import { seen, when, within } from "./page.ts";
import { plannedAnew, type Sql } from "./sql.ts";
import { digestOf, storable, stored } from "./text.ts";

type Filter = Parameters<EventRecords["list"]>[0];

interface StoredEventRow extends EventRow {
  readonly digest: Buffer;
  readonly receivedAt: Date;
}

export async function listEvents(db: Sql, filter: Filter): Promise<readonly StoredEvent[]> {
  const { rows } = await sql<StoredEventRow>`${plannedAnew}
    SELECT e.digest, e.received_at AS "receivedAt", ${EVENT_COLUMNS}
    FROM (${await chosen(db, filter)}) chosen JOIN anchorwatch.events e USING (digest)
    ORDER BY e.received_at DESC, e.digest DESC LIMIT ${filter.limit}`.execute(db);
  return await withTouched(db, rows, filter);
}

/** @param digest of its id, in hexadecimal digits */
export async function eventWithDigest(db: Sql, digest: string): Promise<StoredEvent | undefined> {
  const { rows } = await sql<StoredEventRow>`
    SELECT e.digest, e.received_at AS "receivedAt", ${EVENT_COLUMNS}
    FROM anchorwatch.events e WHERE e.digest = ${Buffer.from(digest, "hex")}`.execute(db);
  return (await withTouched(db, rows))[0];
}

async function withTouched(
  db: Sql,
  rows: readonly StoredEventRow[],
  visible: Visible = {},
): Promise<readonly StoredEvent[]> {
  const touched = await touchedBy(db, rows, visible);
  return rows.map((row) => ({
    ...eventOf(row),
    receivedAt: row.receivedAt,
    touched: touched.get(row.digest.toString("hex")) ?? [],
  }));
}

/** Each event is in one of two indexes: what is wanted is taken from the newest end of both. */
async function chosen(db: Sql, filter: Filter): Promise<RawBuilder<unknown>> {
  const { stackId, visible, candidates = visible === undefined ? "also" : "none" } = filter;
  const touching = () => touchingPart(db, filter);
  if (candidates === "only")
    return stackId === undefined
      ? newest(sql`is_candidate`, filter)
      : sql`SELECT digest FROM anchorwatch.events WHERE false`;
  if (candidates === "none" || stackId !== undefined) return await touching();
  return sql`${newest(sql`is_candidate`, filter)} UNION ALL (SELECT digest FROM (${await touching()}) touching)`;
}

async function touchingPart(db: Sql, filter: Filter): Promise<RawBuilder<unknown>> {
  const { stackId, visible } = filter;
  if (stackId !== undefined)
    return byStack(sql`s.id = ${storable(stackId)} ${seen(sql`s.label_set`, filter)}`, filter);
  if (visible === undefined) return newest(sql`NOT is_candidate`, filter);
  if (await areFew(db, filter)) return byStack(sql`true ${seen(sql`s.label_set`, filter)}`, filter);
  return newest(
    sql`NOT is_candidate AND EXISTS (
      SELECT FROM anchorwatch.touches t JOIN anchorwatch.stacks s ON s.key = t.stack
      WHERE t.event_digest = x.digest ${seen(sql`s.label_set`, filter)})`,
    filter,
  );
}

/** Stacks that are gone through one by one, so that nothing else is read. Of more, a page is soon full. */
const FEW_STACKS = 1_000;

async function areFew(db: Sql, visible: Visible): Promise<boolean> {
  const { rows } = await sql<{ number: number }>`${plannedAnew}
    SELECT count(*) AS number FROM (
      SELECT FROM anchorwatch.stacks WHERE true ${seen(sql`label_set`, visible)} LIMIT ${FEW_STACKS + 1}) s`.execute(
    db,
  );
  return (rows[0]?.number ?? 0) <= FEW_STACKS;
}

function newest(which: RawBuilder<unknown>, filter: Filter): RawBuilder<unknown> {
  return sql`(
    SELECT x.digest FROM anchorwatch.events x WHERE ${which} ${named(filter)} ${placed(sql`x.received_at`, sql`x.digest`, filter)}
    ORDER BY x.received_at DESC, x.digest DESC LIMIT ${filter.limit})`;
}

/** An event may have touched several resources of a stack, and several stacks. */
function byStack(which: RawBuilder<unknown>, filter: Filter): RawBuilder<unknown> {
  return sql`
    SELECT found.digest FROM anchorwatch.stacks s CROSS JOIN LATERAL (
      SELECT x.received_at, x.event_digest AS digest FROM anchorwatch.touches x
      WHERE x.stack = s.key ${named(filter)} ${placed(sql`x.received_at`, sql`x.event_digest`, filter)}
      GROUP BY x.received_at, x.event_digest ORDER BY x.received_at DESC, x.event_digest DESC LIMIT ${filter.limit}
    ) found
    WHERE ${which}
    GROUP BY found.received_at, found.digest ORDER BY found.received_at DESC, found.digest DESC LIMIT ${filter.limit}`;
}

/** Of a row of events, or of touches, that is called `x`. */
function named({ principal, eventName, service }: Filter): RawBuilder<unknown> {
  return sql`${when(principal, (text) => sql`x.principal_digest = ${digestOf(text)}::bytea`)}
    ${when(eventName, (text) => sql`x.name_digest = ${digestOf(text)}::bytea`)}
    ${when(service, (text) => sql`x.service_digest = ${digestOf(text)}::bytea`)}`;
}

function placed(at: RawBuilder<unknown>, digest: RawBuilder<unknown>, filter: Filter): RawBuilder<unknown> {
  return sql`${within(at, filter)} ${when(
    filter.after,
    ({ value, id }) => sql`(${at}, ${digest}) < (${new Date(value)}::timestamptz, ${digestOf(id)}::bytea)`,
  )}`;
}

async function touchedBy(
  db: Sql,
  events: readonly StoredEventRow[],
  visible: Visible,
): Promise<ReadonlyMap<string, readonly TouchedResource[]>> {
  const { rows } = await sql<{ digest: Buffer; stackId: string; address: string }>`
    SELECT t.event_digest AS digest, s.id AS "stackId", t.address
    FROM anchorwatch.touches t JOIN anchorwatch.stacks s ON s.key = t.stack
    WHERE t.event_digest = ANY (${events.map(({ digest }) => digest)}::bytea[])
      ${seen(sql`s.label_set`, visible)}
    ORDER BY s.name, t.address`.execute(db);
  const touched = Map.groupBy(rows, ({ digest }) => digest.toString("hex"));
  return new Map(
    [...touched].map(([digest, found]) => [
      digest,
      found.map(({ stackId, address }) => ({
        stackId: stored(stackId) as StackId,
        address: stored(address),
      })),
    ]),
  );
}

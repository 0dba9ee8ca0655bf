import { type RawBuilder, sql } from "kysely";
import type { EventRecords, Page, StoredEvent, TouchedResource } from "../watch/records.ts";
import type { StackId } from "../watch/stack.ts";
import { EVENT_COLUMNS, type EventRow, eventOf } from "./eventRow.ts";
import { type Position, positionOf } from "./page.ts";
import type { Sql } from "./sql.ts";
import { digestOf, storable, stored } from "./text.ts";

type Filter = Parameters<EventRecords["list"]>[0];

interface StoredEventRow extends EventRow {
  readonly digest: Buffer;
  readonly receivedAt: Date;
}

export async function listEvents(db: Sql, filter: Filter): Promise<readonly StoredEvent[]> {
  const position = await positionOf(
    db,
    filter.before,
    (id) =>
      sql<{ at: Date }>`SELECT received_at AS at FROM anchorwatch.events WHERE digest = ${digestOf(id)}`,
  );
  const { rows } = await sql<StoredEventRow>`
    SELECT e.digest, e.received_at AS "receivedAt", ${EVENT_COLUMNS}
    FROM (${chosen(filter, position)}) chosen JOIN anchorwatch.events e USING (digest)
    ORDER BY e.received_at DESC, e.digest DESC LIMIT ${filter.limit}`.execute(db);
  return await withTouched(db, rows);
}

/** @param digest of its id, in hexadecimal digits */
export async function eventWithDigest(db: Sql, digest: string): Promise<StoredEvent | undefined> {
  const { rows } = await sql<StoredEventRow>`
    SELECT e.digest, e.received_at AS "receivedAt", ${EVENT_COLUMNS}
    FROM anchorwatch.events e WHERE e.digest = ${Buffer.from(digest, "hex")}`.execute(db);
  return (await withTouched(db, rows))[0];
}

async function withTouched(db: Sql, rows: readonly StoredEventRow[]): Promise<readonly StoredEvent[]> {
  const touched = await touchedBy(db, rows);
  return rows.map((row) => ({
    ...eventOf(row),
    receivedAt: row.receivedAt,
    touched: touched.get(row.digest.toString("hex")) ?? [],
  }));
}

/** Each event is in one of two indexes: what is wanted is taken from the newest end of both. */
function chosen(
  { onlyCandidates, stackId, limit }: Filter & Page,
  position: Position | undefined,
): RawBuilder<unknown> {
  if (stackId !== undefined)
    return onlyCandidates === true
      ? sql`SELECT digest FROM anchorwatch.events WHERE false`
      : ofStack(stackId, limit, position);
  const candidates = part(sql`is_candidate`, limit, position);
  return onlyCandidates === true
    ? candidates
    : sql`${candidates} UNION ALL ${part(sql`NOT is_candidate`, limit, position)}`;
}

function part(
  which: RawBuilder<unknown>,
  limit: number,
  position: Position | undefined,
): RawBuilder<unknown> {
  return sql`(
    SELECT digest FROM anchorwatch.events WHERE ${which} ${after(position, sql`digest`)}
    ORDER BY received_at DESC, digest DESC LIMIT ${limit})`;
}

/** An event may have touched several resources of the stack. */
function ofStack(stackId: StackId, limit: number, position: Position | undefined): RawBuilder<unknown> {
  return sql`
    SELECT event_digest AS digest FROM anchorwatch.touches
    WHERE stack = (SELECT key FROM anchorwatch.stacks WHERE id = ${storable(stackId)})
      ${after(position, sql`event_digest`)}
    GROUP BY received_at, event_digest ORDER BY received_at DESC, event_digest DESC LIMIT ${limit}`;
}

function after(position: Position | undefined, digest: RawBuilder<unknown>): RawBuilder<unknown> {
  if (position === undefined) return sql``;
  return sql`AND (received_at, ${digest}) < (${position.at}::timestamptz, ${digestOf(position.id)}::bytea)`;
}

async function touchedBy(
  db: Sql,
  events: readonly StoredEventRow[],
): Promise<ReadonlyMap<string, readonly TouchedResource[]>> {
  const { rows } = await sql<{ digest: Buffer; stackId: string; address: string }>`
    SELECT t.event_digest AS digest, s.id AS "stackId", t.address
    FROM anchorwatch.touches t JOIN anchorwatch.stacks s ON s.key = t.stack
    WHERE t.event_digest = ANY (${events.map(({ digest }) => digest)}::bytea[])
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

import { sql } from "kysely";
import type { AuditEvent } from "../domain/auditEvent.ts";
import type { EventRecords, TouchedResource } from "../watch/records.ts";
import { EVENT_COLUMNS, type EventRow, eventOf } from "./eventRow.ts";
import { given } from "./given.ts";
import { inParts } from "./inParts.ts";
import { listEvents } from "./listEvents.ts";
import type { Sql } from "./sql.ts";
import { digestOf, storable } from "./text.ts";

export function eventRecords(db: Sql): EventRecords {
  return {
    receive: (events, receivedAt) => receive(db, events, receivedAt),
    touched: (touches) => touched(db, touches),
    ofResource: (resource, between) => ofResource(db, resource, between),
    naming: (identifiers, between) => naming(db, identifiers, between),
    list: (filter) => listEvents(db, filter),
    forgetCandidates: (before) => forgetCandidates(db, before),
    forgetTouching: (before) => forgetTouching(db, before),
  };
}

/** Two that receive the same events at once wait for each other: sorted, so that they never do so both ways. */
async function receive(
  db: Sql,
  events: readonly AuditEvent[],
  receivedAt: Date,
): Promise<ReadonlySet<string>> {
  const byDigest = new Map<string, AuditEvent>();
  for (const event of events) {
    const digest = digestOf(event.id).toString("hex");
    if (!byDigest.has(digest)) byDigest.set(digest, event);
  }
  const rows = [...byDigest].sort(([a], [b]) => (a < b ? -1 : 1));
  if (rows.length === 0) return new Set();
  const inserted = await sql<{ digest: Buffer }>`
    INSERT INTO anchorwatch.events
      (digest, time, received_at, principal_digest, name_digest, service_digest, event)
    SELECT digest, time, ${receivedAt}::timestamptz, principal_digest, name_digest, service_digest, event::json
    FROM ${given(rows, {
      digest: ["bytea", ([digest]) => Buffer.from(digest, "hex")],
      time: ["timestamptz", ([, { time }]) => time],
      principal_digest: ["bytea", ([, { actor }]) => digestOf(actor.principal)],
      name_digest: ["bytea", ([, { name }]) => digestOf(name)],
      service_digest: ["bytea", ([, { service }]) => digestOf(service)],
      event: ["text", ([, { time: _, ...rest }]) => JSON.stringify(rest)],
    })}
    ON CONFLICT (digest) DO NOTHING RETURNING digest`.execute(db);
  const ids = inserted.rows.map(({ digest }) => byDigest.get(digest.toString("hex"))?.id);
  return new Set(ids.filter((id) => id !== undefined));
}

type Touch = { readonly eventId: string } & TouchedResource;

/** Of events that are there, and stacks that are known; the same twice is once. */
async function touched(db: Sql, touches: readonly Touch[]): Promise<void> {
  if (touches.length === 0) return;
  await sql`
    WITH wanted AS (
      SELECT given.*, s.key, e.time, e.received_at, e.principal_digest, e.name_digest, e.service_digest
      FROM ${given(touches, {
        digest: ["bytea", ({ eventId }) => digestOf(eventId)],
        stack_id: ["text", ({ stackId }) => storable(stackId)],
        address_digest: ["bytea", ({ address }) => digestOf(address)],
        address: ["text", ({ address }) => storable(address)],
      })}
      JOIN anchorwatch.stacks s ON s.id = given.stack_id
      JOIN anchorwatch.events e ON e.digest = given.digest
    ), known AS (
      UPDATE anchorwatch.events SET is_candidate = false
      WHERE is_candidate AND digest IN (SELECT digest FROM wanted)
    )
    INSERT INTO anchorwatch.touches (event_digest, stack, address_digest, address, time, received_at,
      principal_digest, name_digest, service_digest)
    SELECT digest, key, address_digest, address, time, received_at, principal_digest, name_digest, service_digest
    FROM wanted
    ORDER BY digest, key, address_digest
    ON CONFLICT DO NOTHING`.execute(db);
}

async function ofResource(
  db: Sql,
  { stackId, address }: TouchedResource,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<readonly AuditEvent[]> {
  const { rows } = await sql<EventRow>`
    SELECT ${EVENT_COLUMNS} FROM anchorwatch.touches t JOIN anchorwatch.events e ON e.digest = t.event_digest
    WHERE t.stack = (SELECT key FROM anchorwatch.stacks WHERE id = ${storable(stackId)})
      AND t.address_digest = ${digestOf(address)} AND t.time BETWEEN ${from} AND ${to}
    ORDER BY t.time DESC, t.event_digest LIMIT ${MOST_EVENTS}`.execute(db);
  return rows.map(eventOf);
}

/** Of one resource: more than anybody looks at, and little enough for what somebody sends to flood it. */
const MOST_EVENTS = 1000;
const MOST_LOOKED_THROUGH = 100_000;

async function naming(
  db: Sql,
  identifiers: readonly string[],
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<readonly AuditEvent[]> {
  // The rarest, by its length: the others are looked for in what it is found in.
  const [name] = identifiers.toSorted((one, other) => other.length - one.length);
  if (name === undefined) return [];
  const newest = (isCandidate: boolean) => sql`
    (SELECT digest, time, received_at, event FROM anchorwatch.events
    WHERE ${isCandidate ? sql`is_candidate` : sql`NOT is_candidate`} AND received_at >= ${from}
    ORDER BY received_at DESC, digest DESC LIMIT ${MOST_LOOKED_THROUGH})`;
  const { rows } = await sql<EventRow>`
    SELECT ${EVENT_COLUMNS} FROM (${newest(true)} UNION ALL ${newest(false)}) e
    WHERE e.time BETWEEN ${from} AND ${to} AND strpos(e.event::text, ${JSON.stringify(name)}) > 0
    ORDER BY e.time DESC, e.digest LIMIT ${MOST_EVENTS}`.execute(db);
  return rows.map(eventOf).filter((event) => identifiers.every((one) => event.identifiers.includes(one)));
}

function forgetCandidates(db: Sql, before: Date): Promise<number> {
  return inParts((limit) =>
    sql`
      DELETE FROM anchorwatch.events WHERE digest IN (
        SELECT digest FROM anchorwatch.events WHERE is_candidate AND received_at < ${before}
        ORDER BY received_at, digest LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ) AND is_candidate`.execute(db),
  );
}

/** Both in one statement: an event is never there without what it touched. */
function forgetTouching(db: Sql, before: Date): Promise<number> {
  return inParts((limit) =>
    sql`
      WITH old AS MATERIALIZED (
        SELECT digest FROM anchorwatch.events WHERE NOT is_candidate AND received_at < ${before}
        ORDER BY received_at, digest LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ), gone AS (
        DELETE FROM anchorwatch.touches WHERE event_digest IN (SELECT digest FROM old)
      )
      DELETE FROM anchorwatch.events WHERE digest IN (SELECT digest FROM old)`.execute(db),
  );
}

import { sql } from "kysely";
import type { JsonObject } from "../domain/jsonValue.ts";
import type { OutboxEntry, OutboxRecords } from "../watch/records.ts";
import { given } from "./given.ts";
import { json, type Sql } from "./sql.ts";
import { storable, stored } from "./text.ts";
import { inTransaction } from "./transaction.ts";

export function outboxRecords(db: Sql): OutboxRecords {
  return {
    put: (entries) => put(db, entries),
    next: (limit) => next(db, limit),
    published: (ids) => published(db, ids),
    backlog: () => backlog(db),
  };
}

async function put(db: Sql, entries: readonly OutboxEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await inTransaction(db, async (transaction) => {
    const inserted = await sql<{ id: string; number: number }>`
      INSERT INTO anchorwatch.outbox (id, entry)
      SELECT id, entry::json
      FROM ${given(entries, { id: ["text", ({ id }) => storable(id)], entry: ["text", ({ entry }) => json(entry)] })}
      ON CONFLICT (id) DO NOTHING RETURNING id, number`.execute(transaction);
    const numbers = new Map(inserted.rows.map(({ id, number }) => [stored(id), number]));
    await putContent(transaction, contentOf(entries, numbers));
  });
}

interface PlacedContent {
  readonly number: number;
  readonly position: number;
  readonly content: OutboxEntry["content"][number];
}

/** Each entry's once: of the first with its id, when the database took it. */
function contentOf(entries: readonly OutboxEntry[], numbers: Map<string, number>): PlacedContent[] {
  return entries.flatMap(({ id, content }) => {
    const number = numbers.get(id);
    if (number === undefined) return [];
    numbers.delete(id);
    return content.map((item, position) => ({ number, position, content: item }));
  });
}

async function putContent(db: Sql, content: readonly PlacedContent[]): Promise<void> {
  if (content.length === 0) return;
  await sql`
    INSERT INTO anchorwatch.outbox_content (number, position, role, media_type, bytes)
    SELECT number, position, role, media_type, bytes
    FROM ${given(content, {
      number: ["bigint", ({ number }) => number],
      position: ["integer", ({ position }) => position],
      role: ["text", (item) => storable(item.content.role)],
      media_type: ["text", (item) => storable(item.content.mediaType)],
      bytes: ["bytea", (item) => item.content.bytes],
    })}`.execute(db);
}

interface OutboxRow {
  readonly id: string;
  readonly number: number;
  readonly entry: JsonObject;
}

/** Whole transactions: more than the limit when the last one goes beyond it. */
async function next(db: Sql, limit: number): Promise<readonly OutboxEntry[]> {
  const { rows } = await sql<OutboxRow>`
    SELECT id, number, entry FROM anchorwatch.outbox WHERE transaction IN (
      SELECT transaction FROM anchorwatch.outbox ORDER BY number LIMIT ${limit})
    ORDER BY number`.execute(db);
  const content = await contentBy(
    db,
    rows.map(({ number }) => number),
  );
  return rows.map(({ id, number, entry }) => ({ id: stored(id), entry, content: content.get(number) ?? [] }));
}

interface ContentRow {
  readonly number: number;
  readonly role: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

async function contentBy(
  db: Sql,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, OutboxEntry["content"]>> {
  const { rows } = await sql<ContentRow>`
    SELECT number, role, media_type AS "mediaType", bytes FROM anchorwatch.outbox_content
    WHERE number = ANY (${numbers}::bigint[]) ORDER BY number, position`.execute(db);
  return new Map(
    [...Map.groupBy(rows, ({ number }) => number)].map(([number, content]) => [
      number,
      content.map(({ role, mediaType, bytes }) => ({
        role: stored(role),
        mediaType: stored(mediaType),
        bytes,
      })),
    ]),
  );
}

async function published(db: Sql, ids: readonly string[]): Promise<readonly number[]> {
  const { rows } = await sql<{ waited: number }>`
    DELETE FROM anchorwatch.outbox WHERE id = ANY (${ids.map(storable)}::text[])
    RETURNING extract(epoch FROM clock_timestamp() - put_at)::double precision * 1000 AS waited`.execute(db);
  return rows.map(({ waited }) => waited);
}

async function backlog(db: Sql): Promise<{ readonly entries: number; readonly oldestAt?: Date }> {
  const { rows } = await sql<{ entries: number; oldestAt: Date | null }>`
    SELECT count(*) AS entries, min(put_at) AS "oldestAt" FROM anchorwatch.outbox`.execute(db);
  const { entries = 0, oldestAt = null } = rows[0] ?? {};
  return { entries, ...(oldestAt === null ? {} : { oldestAt }) };
}

/** Events are kept, and what they touched is wanted to be looked at, in one transaction: only then are they acknowledged. */
import { hash } from "node:crypto";
import type { AuditEvent, ReadRecord } from "../../domain/auditEvent.ts";
import type { JsonObject } from "../../domain/jsonValue.ts";
import type { OutboxEntry, WantedLook, WatchRecords } from "../../watch/records.ts";
import type { StackId } from "../../watch/stack.ts";
import { touchesOf } from "../../watch/touching.ts";

type Malformed = Extract<ReadRecord, { kind: "malformed" }>;

export interface ReceivedBatch {
  readonly source: string;
  readonly receivedAt: Date;
  /** What is known already is looked up and looked at as well. */
  readonly isAgain?: boolean;
}

export interface Received {
  /** Events that were not there before. */
  readonly news: readonly AuditEvent[];
  readonly malformed: number;
  /** Stacks of which something has to be looked at. */
  readonly stacks: readonly StackId[];
}

/** @param alsoWithin done in the same transaction, with the stacks that were touched, and the events that were not there before */
export async function receiveRecords(
  records: WatchRecords,
  batch: readonly ReadRecord[],
  { source, receivedAt, isAgain = false }: ReceivedBatch,
  alsoWithin: (
    inside: WatchRecords,
    stacks: readonly StackId[],
    news: readonly AuditEvent[],
  ) => Promise<void> = async () => {},
): Promise<Received> {
  const changes = batch.flatMap((record) => (record.kind === "change" ? [record.event] : []));
  const malformed = batch.flatMap((record) => (record.kind === "malformed" ? [record] : []));
  if (changes.length + malformed.length === 0) return { news: [], malformed: 0, stacks: [] };
  return await records.transaction(async (inside) => {
    const fresh = changes.length === 0 ? new Set() : await inside.events.receive(changes, receivedAt);
    const news = changes.filter(({ id }) => fresh.has(id));
    const stacks = await wantLooks(inside, isAgain ? changes : news, receivedAt);
    if (malformed.length > 0)
      await inside.outbox.put(malformed.map((record) => malformedEntry(source, record, receivedAt)));
    await alsoWithin(inside, stacks, news);
    return { news, malformed: malformed.length, stacks };
  });
}

async function wantLooks(
  records: WatchRecords,
  events: readonly AuditEvent[],
  receivedAt: Date,
): Promise<readonly StackId[]> {
  const names = new Set(events.flatMap(({ identifiers }) => identifiers));
  if (names.size === 0) return [];
  const touches = touchesOf(events, await records.identifiers.find([...names]));
  if (touches.length === 0) return [];
  const times = new Map(events.map(({ id, time }) => [id, time]));
  await records.events.touched(
    touches.map(({ eventId, stackId, address }) => ({ eventId, stackId, address })),
  );
  const looks = touches.map(
    ({ eventId, stackId, address }): WantedLook => ({
      stackId,
      address,
      dueAt: receivedAt,
      round: 0,
      since: times.get(eventId) ?? receivedAt,
      receivedAt,
    }),
  );
  await records.looks.want(looks);
  return [...new Set(touches.map(({ stackId }) => stackId))];
}

/** The same malformed event, sent again and again, is one entry; another one with the same fault is another. */
function malformedEntry(source: string, { why, digest }: Malformed, receivedAt: Date): OutboxEntry {
  const told = hash("sha256", JSON.stringify([source, why, digest ?? null]));
  const id = `event-malformed-${told.slice(0, 32)}`;
  const entry: JsonObject = {
    id,
    kind: "event.malformed",
    time: receivedAt.toISOString(),
    actor: { type: "system", id: "anchorwatch/events" },
    data: { source, digest: digest ?? `sha256:${told}`, reason: why.slice(0, 4000).toWellFormed() },
  };
  return { id, entry, content: [] };
}

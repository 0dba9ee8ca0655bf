/** What has come from a source is kept, and its looks are jobs at once. */
import type { ReadRecord } from "../../domain/auditEvent.ts";
import type { Jobs } from "../../jobs/jobs.ts";
import type { MeteredBatch, WatchMeter } from "../../watch/meter.ts";
import type { WatchRecords } from "../../watch/records.ts";
import type { WatchQueues } from "./queues.ts";
import { type Received, receiveRecords } from "./receiving.ts";

export interface TakingOptions {
  readonly records: WatchRecords;
  readonly jobs: Jobs<WatchQueues>;
  readonly meter: WatchMeter;
}

export type Take = (source: string, batch: readonly ReadRecord[], receivedAt: Date) => Promise<Received>;

export function taking({ records, jobs, meter }: TakingOptions): Take {
  return async (source, batch, receivedAt) => {
    const received = await receiveRecords(records, batch, { source, receivedAt }, async (inside, stacks) => {
      if (stacks.length === 0) return;
      const wanted = stacks.map((stackId) => ({ key: stackId, data: { stackId } }));
      await jobs.sendAll("look", wanted, { within: inside });
    });
    meter.received(metered(source, batch, received, receivedAt));
    return received;
  };
}

function metered(
  source: string,
  batch: readonly ReadRecord[],
  { changes, malformed }: Received,
  receivedAt: Date,
): MeteredBatch {
  const events = batch.flatMap((record) => (record.kind === "change" ? [record.event] : []));
  return {
    source,
    changes,
    malformed,
    noChanges: batch.length - events.length - malformed,
    duplicates: events.length - changes,
    lagsMs: events.map(({ time }) => Math.max(0, receivedAt.getTime() - time.getTime())),
  };
}

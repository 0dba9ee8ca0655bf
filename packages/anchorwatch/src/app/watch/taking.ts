/** What has come from a source is kept, and its looks are jobs at once. */
import type { AuditEvent, ReadRecord } from "../../domain/auditEvent.ts";
import type { Warning } from "../../domain/errors.ts";
import type { Jobs } from "../../jobs/jobs.ts";
import type { MeteredBatch, WatchMeter } from "../../watch/meter.ts";
import type { WatchRecords } from "../../watch/records.ts";
import { looksFor } from "./inventoryLooks.ts";
import type { WatchQueues } from "./queues.ts";
import { type Received, receiveRecords } from "./receiving.ts";

export interface TakingOptions {
  readonly records: WatchRecords;
  readonly jobs: Jobs<WatchQueues>;
  readonly meter: WatchMeter;
  /** Everybody who deploys any stack; absent: no account is searched. */
  readonly searches?: { readonly deliverers: readonly string[] };
  readonly onWarning: (warning: Warning) => void;
}

/**
 * `again`: also what is known already is looked up and looked at; when it came first, no state may have had what it names yet.
 * @throws AnchorwatchError `database_*`: then nothing of it is kept
 */
export type Take = (
  source: string,
  batch: readonly ReadRecord[],
  receivedAt: Date,
  known?: "again",
) => Promise<Received>;

export function taking({ records, jobs, meter, searches, onWarning }: TakingOptions): Take {
  return async (source, batch, receivedAt, known) => {
    const about = { source, receivedAt, isAgain: known === "again" };
    const received = await receiveRecords(records, batch, about, async (inside, stacks, news) => {
      if (searches !== undefined) await wantSearches(inside, news, searches.deliverers, { jobs, receivedAt });
      if (stacks.length === 0) return;
      const wanted = stacks.map((stackId) => ({ key: stackId, data: { stackId } }));
      await jobs.sendAll("look", wanted, { within: inside });
    });
    meter.received(metered(source, batch, received, receivedAt));
    tellMalformed(source, batch, onWarning);
    return received;
  };
}

/** What no stack has, and these events tell of. */
async function wantSearches(
  inside: WatchRecords,
  news: readonly AuditEvent[],
  deliverers: readonly string[],
  { jobs, receivedAt }: { readonly jobs: Jobs<WatchQueues>; readonly receivedAt: Date },
): Promise<void> {
  if (news.length === 0) return;
  const looks = looksFor(news, await inside.unmanaged.accounts(), deliverers);
  if (looks.length === 0) return;
  await inside.unmanaged.wantLooks(looks, receivedAt);
  const accounts = [...new Set(looks.map(({ account }) => account))];
  await jobs.sendAll(
    "searchEvents",
    accounts.map((account) => ({ key: account, data: { account } })),
    { within: inside },
  );
}

function metered(
  source: string,
  batch: readonly ReadRecord[],
  { news, malformed }: Received,
  receivedAt: Date,
): MeteredBatch {
  const changes = batch.filter((record) => record.kind === "change").length;
  return {
    source,
    changes,
    malformed,
    noChanges: batch.length - changes - malformed,
    duplicates: changes - news.length,
    lagsMs: news.map(({ time }) => Math.max(0, receivedAt.getTime() - time.getTime())),
  };
}

/** One line for each batch: each of them stands in the ledger. */
function tellMalformed(
  source: string,
  batch: readonly ReadRecord[],
  onWarning: (warning: Warning) => void,
): void {
  const malformed = batch.filter((record) => record.kind === "malformed");
  const [first] = malformed;
  if (first === undefined) return;
  const count = malformed.length === 1 ? "a record" : `${malformed.length} records`;
  onWarning({
    code: "event_invalid",
    message: `The event source ${source} gave ${count} that cannot be read: ${first.why.slice(0, MOST_WHY)}`,
  });
}

const MOST_WHY = 500;

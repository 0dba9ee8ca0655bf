/** Entries that wait in the outbox are appended to the ledger, in their order. Appended twice, an entry is one: its id says so. */
import type { EntryInput } from "../../ledger/entry/form.ts";
import type { LedgerWriter } from "../../ledger/writer/ledgerWriter.ts";
import type { OutboxRecords } from "../../watch/records.ts";

const BATCH = 500;

/**
 * Appends what waits, up to the signal.
 * @param onPublished told of the ids of each batch, which is durable in the ledger then
 * @throws AnchorwatchError `ledger_*`, `database_*`
 */
export async function publishOutbox(
  outbox: OutboxRecords,
  writer: Pick<LedgerWriter, "append">,
  signal: AbortSignal,
  onPublished: (ids: readonly string[]) => void = () => {},
): Promise<void> {
  while (!signal.aborted) {
    const entries = await outbox.next(BATCH);
    if (entries.length === 0) break;
    // Started in their order, which is the order that they get in the log.
    await Promise.all(
      entries.map(({ entry, content }) => writer.append(entry as unknown as EntryInput, content)),
    );
    const ids = entries.map(({ id }) => id);
    onPublished(ids);
    await outbox.published(ids);
  }
}

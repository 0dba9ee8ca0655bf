/** Entries that wait in the outbox are appended to the ledger, in their order. Appended twice, an entry is one: its id says so. */
import { hash } from "node:crypto";
import { AnchorwatchError, type Warning } from "../../domain/errors.ts";
import type { ContentInput } from "../../ledger/entry/content.ts";
import type { EntryInput } from "../../ledger/entry/form.ts";
import type { LedgerWriter } from "../../ledger/writer/ledgerWriter.ts";
import type { WatchMeter } from "../../watch/meter.ts";
import type { OutboxEntry, OutboxRecords } from "../../watch/records.ts";

export interface Publishing {
  readonly outbox: OutboxRecords;
  readonly writer: Pick<LedgerWriter, "append">;
  readonly now: () => Date;
  /** Told of the ids of each batch, which is durable in the ledger then. */
  readonly onPublished: (ids: readonly string[]) => void;
  readonly meter: Pick<WatchMeter, "recorded">;
  readonly onWarning: (warning: Warning) => void;
  readonly signal: AbortSignal;
}

const BATCH = 500;

/**
 * Appends what waits, up to the signal.
 * @throws AnchorwatchError `ledger_*`, `database_*`
 */
export async function publishOutbox(publishing: Publishing): Promise<void> {
  const { outbox, onPublished, meter, signal } = publishing;
  while (!signal.aborted) {
    const entries = await outbox.next(BATCH);
    if (entries.length === 0) break;
    // Started in their order, which is the order that they get in the log.
    await Promise.all(entries.map((entry) => publish(entry, publishing)));
    const ids = entries.map(({ id }) => id);
    onPublished(ids);
    for (const waitedMs of await outbox.published(ids)) meter.recorded(waitedMs);
  }
}

/** One entry that the ledger does not take must not hold up all that come after it. */
async function publish(
  waiting: OutboxEntry,
  { writer, now, onWarning }: Pick<Publishing, "writer" | "now" | "onWarning">,
): Promise<void> {
  try {
    await writer.append(waiting.entry as unknown as EntryInput, waiting.content);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    onWarning({ code: error.code, message: error.message });
    const { entry, content } = standInFor(waiting, error, now());
    await writer.append(entry, content);
  }
}

function isRefusal(error: unknown): error is AnchorwatchError {
  if (!(error instanceof AnchorwatchError)) return false;
  return error.code === "ledger_entry_invalid" || error.code === "ledger_entry_too_large";
}

const VISIBLE_ASCII = /^[!-~]{1,128}$/;
const MOST_REASON = 4000;

/** Under the same id: what refers to the entry finds it. */
function standInFor({ id, entry, content }: OutboxEntry, { message }: AnchorwatchError, now: Date) {
  const kind = typeof entry["kind"] === "string" ? entry["kind"].slice(0, 100).toWellFormed() : "";
  const standIn: EntryInput = {
    id: VISIBLE_ASCII.test(id) ? id : `refused-${hash("sha256", id).slice(0, 32)}`,
    kind: "ledger.entry_refused",
    time: now.toISOString(),
    actor: { type: "system", id: "anchorwatch/publisher" },
    data: { kind: kind || "unknown", reason: message.slice(0, MOST_REASON).toWellFormed() },
  };
  const whole: ContentInput = {
    role: "entry",
    mediaType: "application/json",
    bytes: new TextEncoder().encode(JSON.stringify(entry)),
  };
  return { entry: standIn, content: [whole, ...content] };
}

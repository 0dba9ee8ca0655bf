/** The keys that verify a log's checkpoints: from its private folder where that is ours, else as the log says of itself. */
import { parseNote, parseVerifierKey, TlogError, type VerifierKey, verifyNote } from "tlog";
import { decodeEntry } from "../../ledger/entry/entry.ts";
import { verifierKeysIn } from "../../ledger/keys/kmsKeys.ts";
import type { LogPlace } from "../../ledger/read/logPlace.ts";
import type { LogEntry, OpenedLog } from "../../ledger/read/openedLog.ts";
import { speaking } from "../../ledger/read/productWords.ts";
import { search } from "../../ledger/read/search.ts";
import type { LedgerMachine } from "./ledgerMachine.ts";
import { openForReading } from "./openForReading.ts";
import { ownPrivateFolder } from "./ownPrivateFolder.ts";

export interface LedgerKeys {
  /** The newest first. */
  readonly keys: readonly VerifierKey[];
  /** `private`: from the private folder beside the log. `log`: from its entries, which anybody could have written. */
  readonly origin: "private" | "log";
}

/** @throws AnchorwatchError `ledger_key_*` of a private folder that is ours and cannot be used, and as `openForReading` */
export async function ledgerKeys(
  place: LogPlace,
  machine: LedgerMachine,
  signal: AbortSignal,
): Promise<LedgerKeys> {
  const own = await ownKeys(place, machine);
  if (own !== undefined) return { keys: own, origin: "private" };
  const log = await openForReading(place, [], machine, signal);
  return { keys: await keysInLog(log), origin: "log" };
}

/** Those that sign now, then earlier ones. Undefined where there is no private folder of this user. */
export async function ownKeys(
  place: LogPlace,
  machine: LedgerMachine,
): Promise<readonly VerifierKey[] | undefined> {
  const folder = await ownPrivateFolder(place, machine);
  if (place.kind !== "folder" || folder === undefined) return undefined;
  return await verifierKeysIn(folder, { served: [place.path], uid: machine.userId });
}

/** Mostly the first entry tells. After a rotation a later one does, and everything has to be read. */
async function keysInLog(log: OpenedLog): Promise<readonly VerifierKey[]> {
  if (log.checkpoint.size === 0) return [];
  const first = await keysOf(log, await log.entry(0));
  if (await isSignedBy(log, first)) return first;
  const found: VerifierKey[] = [];
  for await (const entry of search(log, { kind: "ledger" })) found.unshift(...(await keysOf(log, entry)));
  return found;
}

async function keysOf(log: OpenedLog, { bytes }: LogEntry): Promise<readonly VerifierKey[]> {
  const decoded = decodeEntry(bytes);
  if (decoded.kind === "unreadable") return [];
  const { keys, added } = decoded.entry.data;
  const texts = [keys, added].flatMap((list) => (Array.isArray(list) ? (list as readonly unknown[]) : []));
  return await Promise.all(
    texts.map((text) => speaking(`The ledger ${log.name}`, () => parseVerifierKey(String(text)))),
  );
}

async function isSignedBy(log: OpenedLog, keys: readonly VerifierKey[]): Promise<boolean> {
  try {
    return (await verifyNote(parseNote(log.note), keys)).length > 0;
  } catch (error) {
    if (error instanceof TlogError) return false;
    throw error;
  }
}

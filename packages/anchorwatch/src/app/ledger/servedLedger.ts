/** The ledger as the server reads it for others: verified, at its newest checkpoint, and searched one bounded piece after the other. */
import { join } from "node:path";
import type { Warning } from "../../domain/errors.ts";
import { decodeEntry } from "../../ledger/entry/entry.ts";
import type { SearchIndex } from "../../ledger/index/open.ts";
import { verifierKeysIn } from "../../ledger/keys/kmsKeys.ts";
import { isThere } from "../../ledger/keys/signingKeys.ts";
import type { OpenedLog } from "../../ledger/read/openedLog.ts";
import { servedFile } from "../../ledger/storage/servedFile.ts";
import { NewestLog, type NewestLogOptions } from "./newestLog.ts";
import { isIndexUnusable, notUsed, searchIndexAt } from "./searchIndexOf.ts";
import { type FoundPart, type LedgerSearch, searchPart } from "./searchPart.ts";
import type { WritableLedger } from "./writableLedger.ts";

export interface ServedLedger {
  /** A file of the log, as everybody may read them; undefined: there is none of that name. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** @throws AnchorwatchError `ledger_missing`, `ledger_unreachable`, `ledger_forked`, and what opening says */
  newest(): Promise<OpenedLog>;
  search(search: LedgerSearch): Promise<FoundPart>;
  /**
   * Index of the entry with that id. Undefined: it is not there, or not among the newest where there is no search index here.
   * @throws AnchorwatchError as `newest`
   */
  indexOf(id: string): Promise<number | undefined>;
}

export interface ServedLedgerOptions extends NewestLogOptions {
  /** Of the search index that the writer keeps, where that is on this machine. */
  readonly indexFile?: string;
  readonly onWarning: (warning: Warning) => void;
}

/** Whichever process writes it: its keys and its search index are used where they are on this machine. */
export function servedLedgerOf(
  { storage, privateFolder, keeper }: WritableLedger,
  onWarning: (warning: Warning) => void,
): ServedLedger {
  return servedLedger({
    source: { name: storage.name, read: (path) => storage.read(path) },
    keys: async () => ((await isThere(privateFolder)) ? await verifierKeysIn(privateFolder, keeper) : []),
    indexFile: join(privateFolder, "index.sqlite"),
    onWarning,
  });
}

export function servedLedger(options: ServedLedgerOptions): ServedLedger {
  const log = new NewestLog(options);
  const warn = oncePerMessage(options.onWarning);
  const { source } = options;
  const newest = () => log.newest();
  return {
    read: async (path) => (servedFile(path) === undefined ? undefined : await source.read(path)),
    newest,
    search: (search) =>
      withIndex(options.indexFile, newest, warn, (opened, index) => searchPart(opened, search, index)),
    indexOf: (id) =>
      withIndex(options.indexFile, newest, warn, async (opened, index) => {
        const known = index?.indexOf(id);
        // The index only says where to look.
        if (known !== undefined && known < opened.checkpoint.size) {
          const decoded = decodeEntry((await opened.entry(known)).bytes);
          if (decoded.kind === "entry" && decoded.entry.id === id) return known;
        }
        return await indexAmongNewest(opened, id, index?.size() ?? 0);
      }),
  };
}

type Work<Result> = (log: OpenedLog, index: SearchIndex | undefined) => Promise<Result>;

async function withIndex<Result>(
  file: string | undefined,
  newest: () => Promise<OpenedLog>,
  warn: (warning: Warning) => void,
  work: Work<Result>,
): Promise<Result> {
  if (file === undefined) return await work(await newest(), undefined);
  // Whoever asked at the same time may have seen the checkpoint before the index was read.
  const logFor = async (size: number) => {
    const log = await newest();
    return log.checkpoint.size < size ? await newest() : log;
  };
  const index = await searchIndexAt(file, logFor, warn);
  try {
    return await work(await newest(), index);
  } catch (error) {
    if (index === undefined || !isIndexUnusable(error)) throw error;
    warn(notUsed(error.message));
    return await work(await newest(), undefined);
  } finally {
    index?.close();
  }
}

/** Entries that are read for one that no index knows of. */
const NEWEST = 16_384;

async function indexAmongNewest(log: OpenedLog, id: string, covered: number): Promise<number | undefined> {
  const { size } = log.checkpoint;
  const first = Math.max(covered, size - NEWEST, 0);
  if (first >= size) return undefined;
  for await (const { index, bytes } of log.entries(first, size)) {
    const decoded = decodeEntry(bytes);
    if (decoded.kind === "entry" && decoded.entry.id === id) return index;
  }
  return undefined;
}

/** A problem lasts for many requests. */
function oncePerMessage(onWarning: (warning: Warning) => void): (warning: Warning) => void {
  let last: string | undefined;
  return (warning) => {
    if (warning.message === last) return;
    last = warning.message;
    onWarning(warning);
  };
}

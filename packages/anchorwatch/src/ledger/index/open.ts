import { chmodSync, closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Covered, indexUnusable, type LedgerIndex, SqliteLedgerIndex } from "./ledgerIndex.ts";
import { INDEX_VERSION, TABLES } from "./schema.ts";

export interface IndexOptions {
  /** Of the file, in a private folder: it holds names, addresses and what people wrote. */
  readonly path: string;
  /** Whether the log has that root at that size. Asked once; where it says no, the index is made anew, and is empty. */
  readonly agrees: (covered: Covered) => Promise<boolean>;
}

/**
 * Opens the index, or begins one: the caller adds the entries from `size()` on. One that was damaged, is of another
 * version, or speaks of another log, is thrown away.
 * @throws AnchorwatchError `ledger_index_unusable`
 */
export async function openLedgerIndex({ path, agrees }: IndexOptions): Promise<LedgerIndex> {
  const found = open(path);
  const covered = found.covered();
  if (covered.size === 0 || (await agrees(covered))) return found;
  found.close();
  discard(path);
  return open(path);
}

/** SQLITE_CORRUPT and SQLITE_NOTADB: the file is no index (any more). */
const DAMAGED: ReadonlySet<unknown> = new Set([11, 26]);

function open(path: string): LedgerIndex {
  try {
    const found = unlessDamaged(() => openOnce(path));
    if (found !== undefined) return found;
    discard(path);
    return openOnce(path) as LedgerIndex;
  } catch (error) {
    throw indexUnusable(path, error);
  }
}

/** Undefined: it was made by another version. */
function openOnce(path: string): LedgerIndex | undefined {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  const database = new DatabaseSync(path, { timeout: 5_000 });
  try {
    database.exec(SETTINGS);
    const version = versionOf(database);
    if (version === 0) database.exec(`BEGIN IMMEDIATE; ${TABLES} COMMIT;`);
    else if (version !== INDEX_VERSION) {
      database.close();
      return undefined;
    }
    return new SqliteLedgerIndex(database, path);
  } catch (error) {
    if (database.isOpen) database.close();
    throw error;
  }
}

/**
 * With a write-ahead log and without waiting for the disk, a crash of the machine may take the last transactions, and
 * never leaves half of one: the index is then behind, which its size tells.
 */
const SETTINGS = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA wal_autocheckpoint = 16000;
PRAGMA cache_size = -65536;
PRAGMA temp_store = MEMORY;
`;

function versionOf(database: DatabaseSync): number {
  const { user_version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
  return user_version;
}

function unlessDamaged<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && "errcode" in error && DAMAGED.has(error.errcode)) return undefined;
    throw error;
  }
}

function discard(path: string): void {
  for (const suffix of ["", "-wal", "-shm"]) rmSync(path + suffix, { force: true });
}

import { chmodSync, closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AnchorwatchError } from "../../domain/errors.ts";
import { type Covered, indexUnusable, type LedgerIndex, SqliteLedgerIndex } from "./ledgerIndex.ts";
import { INDEX_VERSION, TABLES } from "./schema.ts";

export interface IndexOptions {
  /** Of the file, in a private folder: it holds names, addresses and what people wrote. */
  readonly path: string;
  /** Whether the log has that root at that size. Asked once; where it says no, the index is made anew, and is empty. */
  readonly agrees: (covered: Covered) => Promise<boolean>;
}

/** What can be asked of an index without writing to it. */
export type SearchIndex = Pick<LedgerIndex, "size" | "covered" | "search" | "indexOf" | "close">;

/**
 * Opens the index, or begins one: the caller adds the entries from `size()` on. One that was damaged, is of another
 * form or version, or speaks of another log, is thrown away.
 * @throws AnchorwatchError `ledger_index_unusable`
 */
export async function openLedgerIndex({ path, agrees }: IndexOptions): Promise<LedgerIndex> {
  const found = open(path);
  let isOurs = false;
  try {
    const covered = found.covered();
    isOurs = covered.size === 0 || (await agrees(covered));
  } finally {
    if (!isOurs) found.close();
  }
  if (isOurs) return found;
  discard(path);
  return open(path);
}

/**
 * The index as it is, for whoever is not the log's writer: nothing of it is made, mended or thrown away.
 * SQLite's own files beside it (-wal, -shm), through which readers and the writer agree, may stay; the next writer's end removes them.
 * @throws AnchorwatchError `ledger_index_unusable`: it is damaged, cannot be read, or is of another form or version
 */
export function readLedgerIndex(path: string): SearchIndex {
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
    try {
      if (!fits(database)) throw indexUnusable(path, "it is none that this version of Anchorwatch makes");
      return new SqliteLedgerIndex(database, path);
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw error instanceof AnchorwatchError ? error : indexUnusable(path, error);
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB: the file is no index (any more). */
const DAMAGED: ReadonlySet<number> = new Set([11, 26]);

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

/** Undefined: it was made by another version, or by nobody of ours. */
function openOnce(path: string): LedgerIndex | undefined {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  const database = new DatabaseSync(path, { timeout: 5_000 });
  try {
    database.exec(SETTINGS);
    if (isNew(database)) database.exec(CREATION);
    else if (!fits(database)) {
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

const CREATION = `
BEGIN IMMEDIATE;
${TABLES.map((table) => `${table};`).join("\n")}
INSERT INTO covered VALUES (1, 0, NULL);
PRAGMA user_version = ${INDEX_VERSION};
COMMIT;
`;

function isNew(database: DatabaseSync): boolean {
  return versionOf(database) === 0 && tablesOf(database).length === 0;
}

/** Whether everything is there that this version asks for, in the form that it asks for. */
function fits(database: DatabaseSync): boolean {
  const found = new Set(tablesOf(database));
  const isSame = found.size === TABLES.length && TABLES.every((table) => found.has(table));
  return (
    isSame &&
    versionOf(database) === INDEX_VERSION &&
    database.prepare("SELECT size FROM covered").get() !== undefined
  );
}

function versionOf(database: DatabaseSync): number {
  const { user_version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
  return user_version;
}

/** What made each table and index, word for word. */
function tablesOf(database: DatabaseSync): readonly string[] {
  const rows = database.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").all();
  return (rows as unknown as readonly { sql: string }[]).map(({ sql }) => sql);
}

function unlessDamaged<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    // The lowest byte is the code; what is above it says more of the place.
    if (error instanceof Error && "errcode" in error && DAMAGED.has(Number(error.errcode) & 0xff))
      return undefined;
    throw error;
  }
}

function discard(path: string): void {
  for (const suffix of ["", "-wal", "-shm"]) rmSync(path + suffix, { force: true });
}

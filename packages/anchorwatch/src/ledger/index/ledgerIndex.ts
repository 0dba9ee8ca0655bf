/** The search index of a ledger: derived from the log, in a private file of node:sqlite, never asked for the truth. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import { idHash } from "./idHash.ts";
import {
  blockSelection,
  entrySelection,
  type LedgerQuery,
  type Range,
  rangesOf,
  rangesWithin,
  type TermsOfColumn,
} from "./query.ts";
import { type DriftStep, type IndexRow, indexRow, stackTerm, type Term } from "./row.ts";
import { BLOCK } from "./schema.ts";
import { createTermBook, type TermBook } from "./termBook.ts";

/** Up to which entry the index goes, and the root of that tree, as base64, where it was told. */
export interface Covered {
  readonly size: number;
  readonly root: string | undefined;
}

/** A drift that no entry has resolved. */
export interface OpenDrift {
  /** Id of the entry that opened it. */
  readonly drift: string;
  /** See `driftKey`. */
  readonly resource: string;
  /** Of what was found last. */
  readonly digest: string;
  readonly lineage: string | undefined;
  /** Of the state when it was found last. */
  readonly serial: number | undefined;
  /** Index of its last entry. */
  readonly entry: number;
}

/** An entry's bytes and its place in the log. */
export interface LogEntry {
  readonly index: number;
  readonly bytes: Uint8Array;
}

interface StackName {
  readonly kind: string;
  readonly name: string;
  readonly workspace?: string;
}

export interface LedgerIndex {
  size(): number;
  covered(): Covered;
  /**
   * One transaction. Entries must follow each other; those that are covered already are passed over.
   * @param root of the tree that ends with the last of them, as base64
   */
  add(entries: readonly LogEntry[], root?: string): void;
  /** The first entry with that id. */
  indexOf(id: string): number | undefined;
  /** Indexes in order, read a page at a time: the index may grow meanwhile. */
  search(query: LedgerQuery): Iterable<number>;
  /** In the order in which they were last heard of. */
  openDrifts(stack: StackName): readonly OpenDrift[];
  close(): void;
}

export class SqliteLedgerIndex implements LedgerIndex {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;
  readonly #terms: TermBook;
  readonly #path: string;

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#statements = prepare(database);
    this.#terms = createTermBook(database);
    this.#path = path;
  }

  size(): number {
    return this.covered().size;
  }

  covered(): Covered {
    return this.#guarded(() => {
      const { size, root } = this.#statements.covered.get() as { size: number; root: string | null };
      return { size, root: root ?? undefined };
    });
  }

  add(entries: readonly LogEntry[], root?: string): void {
    if (entries.length === 0) return;
    this.#guarded(() => {
      this.#database.exec("BEGIN IMMEDIATE");
      try {
        this.#addInside(entries, root);
        this.#database.exec("COMMIT");
      } catch (error) {
        this.#terms.forget();
        if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
        throw error;
      }
    });
  }

  indexOf(id: string): number | undefined {
    return this.#guarded(() => this.#entryOf(id));
  }

  *search(query: LedgerQuery): Iterable<number> {
    const terms = this.#guarded(() => this.#terms.meant(query));
    if ([...terms.values()].some((numbers) => numbers.length === 0)) return;
    const { sql, parameters } = entrySelection(query, terms);
    const statement = this.#guarded(() => this.#database.prepare(sql));
    for (const { first, end } of this.#guarded(() => this.#ranges(query, terms))) {
      const rows = this.#guarded(() => statement.all(first, end, ...parameters));
      for (const { entry } of rows as unknown as readonly { entry: number }[]) yield entry;
    }
  }

  openDrifts(stack: StackName): readonly OpenDrift[] {
    const rows = this.#guarded(() => this.#statements.openDrifts.all(stackTerm(stack).value));
    return (rows as unknown as readonly DriftRow[]).map((row) => ({
      ...row,
      lineage: row.lineage ?? undefined,
      serial: row.serial ?? undefined,
    }));
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  /** Nearly always there is none, which must cost least. */
  #entryOf(id: string): number | undefined {
    const hash = idHash(id);
    if (this.#statements.anyOfHash.get(hash) === undefined) return undefined;
    const rows = this.#statements.entriesOfHash.all(hash) as unknown as readonly {
      entry: number;
      id: string;
    }[];
    return rows.find((row) => row.id === id)?.entry;
  }

  /** What was there when the search began. */
  #ranges(query: LedgerQuery, terms: TermsOfColumn): Iterable<Range> {
    const { fromIndex = 0, toIndex = Number.MAX_SAFE_INTEGER, newestFirst = false } = query;
    const bounds = { first: fromIndex, end: Math.min(toIndex, this.size()) };
    const selection = blockSelection(query, terms);
    if (selection === undefined) return rangesWithin(bounds, newestFirst);
    const rows = this.#database.prepare(selection.sql).all(...selection.parameters);
    const blocks = (rows as unknown as readonly { block: number }[]).map(({ block }) => block);
    return rangesOf(blocks, bounds, newestFirst);
  }

  #addInside(entries: readonly LogEntry[], root: string | undefined): void {
    let { size } = this.covered();
    const times = new Map<number, Times>();
    for (const { index, bytes } of entries) {
      if (index < size) continue;
      if (index > size) {
        const message = `The search index ends before entry ${size} and was given entry ${index}`;
        throw new AnchorwatchError("internal", message);
      }
      const block = Math.floor(index / BLOCK);
      const row = indexRow(bytes);
      if (row === undefined) this.#insertUnreadable(index, block);
      else {
        this.#insert(index, block, row);
        widen(times, block, row.time);
      }
      size += 1;
    }
    for (const [block, { earliest, latest }] of times) this.#statements.addBlock.run(block, earliest, latest);
    // A root of entries that others have added since says nothing of the whole.
    if ((entries.at(-1)?.index ?? -1) + 1 === size) this.#statements.cover.run(size, root ?? null);
  }

  #insert(index: number, block: number, row: IndexRow): void {
    const { addEntry, addId, addText } = this.#statements;
    const post = (term: Term | undefined) => (term === undefined ? null : this.#terms.post(term, block));
    const stack = post(row.stack);
    addEntry.run(index, row.id, row.time, post(row.kind), stack, post(row.address), post(row.actor));
    addId.run(idHash(row.id), index);
    addText.run(index, row.text);
    if (row.drift !== undefined) this.#step(row.drift, index, stack);
  }

  /** Nobody can look for what cannot be read; only a search for everything finds it. */
  #insertUnreadable(index: number, block: number): void {
    const kind = this.#terms.post({ type: "kind", value: "", name: "" }, block);
    const nobody = this.#terms.post({ type: "system", value: "", name: "" }, block);
    this.#statements.addEntry.run(index, null, null, kind, null, null, nobody);
  }

  #step(step: DriftStep, index: number, stack: number | null): void {
    const { openDrift, updateDrift, closeDrift } = this.#statements;
    if (step.kind === "open") {
      const { resource, digest, lineage = null, serial = null } = step;
      if (stack !== null) openDrift.run(index, stack, resource, digest, lineage, serial, index);
      return;
    }
    const opened = this.#entryOf(step.drift);
    if (opened === undefined) return;
    if (step.kind === "close") closeDrift.run(opened);
    else updateDrift.run(step.digest, step.lineage ?? null, step.serial ?? null, index, opened);
  }

  /** Errors of the file itself in words a person can act on. */
  #guarded<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (cause) {
      if (cause instanceof AnchorwatchError) throw cause;
      throw indexUnusable(this.#path, cause);
    }
  }
}

/** @param path of the index, for the message */
export function indexUnusable(path: string, cause: unknown): AnchorwatchError {
  const message = `The ledger's search index ${path} cannot be used: ${messageOf(cause)}`;
  return new AnchorwatchError("ledger_index_unusable", message, {
    hint: "It is derived from the log: check its folder's permissions and space, or delete it, and it is made again.",
    location: { file: path },
    cause,
  });
}

interface DriftRow extends Omit<OpenDrift, "lineage" | "serial"> {
  readonly lineage: string | null;
  readonly serial: number | null;
}

interface Times {
  earliest: number;
  latest: number;
}

function widen(times: Map<number, Times>, block: number, time: number): void {
  const known = times.get(block);
  if (known === undefined) times.set(block, { earliest: time, latest: time });
  else {
    known.earliest = Math.min(known.earliest, time);
    known.latest = Math.max(known.latest, time);
  }
}

type Statements = ReturnType<typeof prepare>;

function prepare(database: DatabaseSync) {
  const sql = (text: string): StatementSync => database.prepare(text);
  return {
    covered: sql("SELECT size, root FROM covered"),
    cover: sql("UPDATE covered SET size = ?, root = ?"),
    addEntry: sql(
      "INSERT INTO entries (entry, id, time, kind, stack, address, actor) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ),
    addId: sql("INSERT INTO ids (hash, entry) VALUES (?, ?)"),
    anyOfHash: sql("SELECT 1 FROM ids WHERE hash = ?"),
    // Of two entries with one id the first counts.
    entriesOfHash: sql(
      "SELECT i.entry, e.id FROM ids i JOIN entries e ON e.entry = i.entry WHERE i.hash = ? ORDER BY i.entry",
    ),
    addText: sql("INSERT INTO texts (entry, text) VALUES (?, ?)"),
    addBlock: sql(
      "INSERT INTO blocks (block, earliest, latest) VALUES (?, ?, ?) ON CONFLICT (block) DO UPDATE SET " +
        "earliest = min(earliest, excluded.earliest), latest = max(latest, excluded.latest)",
    ),
    openDrift: sql(
      "INSERT INTO drifts (opened, stack, resource, digest, lineage, serial, entry) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ),
    updateDrift: sql("UPDATE drifts SET digest = ?, lineage = ?, serial = ?, entry = ? WHERE opened = ?"),
    closeDrift: sql("DELETE FROM drifts WHERE opened = ?"),
    openDrifts: sql(
      "SELECT e.id AS drift, d.resource, d.digest, d.lineage, d.serial, d.entry FROM drifts d " +
        "JOIN entries e ON e.entry = d.opened WHERE d.stack IN " +
        "(SELECT term FROM terms WHERE type = 'stack' AND value = ?) ORDER BY d.entry",
    ),
  };
}

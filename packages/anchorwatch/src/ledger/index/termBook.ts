import type { DatabaseSync } from "node:sqlite";
import type { LedgerQuery, TermsOfColumn } from "./query.ts";
import type { Term } from "./row.ts";

/** Addresses of a large ledger are many; the ones in use are few. */
const CACHED = 50_000;

interface TermRow {
  readonly term: number;
  readonly value: string;
  readonly name: string;
}

/** Texts that many entries have, and their numbers; and which blocks of entries have them. */
export interface TermBook {
  /** The number of a term that an entry of this block has; a new one gets its number now. */
  post(term: Term, block: number): number;
  /** What the parts of a query mean; an empty list where nothing has that name. */
  meant(query: LedgerQuery): TermsOfColumn;
  /** After a transaction was rolled back, nothing that was learnt in it counts. */
  forget(): void;
}

export function createTermBook(database: DatabaseSync): TermBook {
  const find = database.prepare("SELECT term FROM terms WHERE type = ? AND value = ? AND name = ?");
  const insert = database.prepare("INSERT INTO terms (type, value, name) VALUES (?, ?, ?)");
  const posting = database.prepare("INSERT OR IGNORE INTO postings (term, block) VALUES (?, ?)");
  const ofType = database.prepare("SELECT term, value, name FROM terms WHERE type = ?");
  const ofValue = database.prepare("SELECT term, value, name FROM terms WHERE type = ? AND value = ?");
  const ofPerson = database.prepare(
    "SELECT term, value, name FROM terms WHERE type = ? AND (value = ? OR name = ?)",
  );
  /** With the last block that was posted. */
  const cache = new Map<string, { readonly number: number; block: number }>();

  function cached(term: Term) {
    const key = `${term.type}\0${term.value}\0${term.name}`;
    const known = cache.get(key);
    if (known !== undefined) return known;
    if (cache.size >= CACHED) cache.clear();
    const { type, value, name } = term;
    const found = find.get(type, value, name) as { term: number } | undefined;
    const number = found?.term ?? Number(insert.run(type, value, name).lastInsertRowid);
    const entry = { number, block: -1 };
    cache.set(key, entry);
    return entry;
  }

  function stacks(name: string | undefined, workspace: string | undefined): readonly number[] {
    const rows = ofType.all("stack") as unknown as readonly TermRow[];
    const wanted = rows.filter(
      (row) =>
        (name === undefined || row.name === name) &&
        (workspace === undefined || (JSON.parse(row.value) as readonly unknown[])[2] === workspace),
    );
    return wanted.map(({ term }) => term);
  }

  function kinds(wanted: string): readonly number[] {
    const prefix = wanted.endsWith(".") ? wanted : `${wanted}.`;
    const rows = ofType.all("kind") as unknown as readonly TermRow[];
    return rows.flatMap(({ term, value }) => (value === wanted || value.startsWith(prefix) ? [term] : []));
  }

  return {
    post(term, block) {
      const known = cached(term);
      if (known.block !== block) {
        posting.run(known.number, block);
        known.block = block;
      }
      return known.number;
    },
    meant({ stack, workspace, address, kind, actor, user }) {
      const meant = new Map<"stack" | "address" | "actor" | "kind", readonly number[]>();
      if (stack !== undefined || workspace !== undefined) meant.set("stack", stacks(stack, workspace));
      if (address !== undefined) meant.set("address", numbersOf(ofValue.all("address", address)));
      if (kind !== undefined) meant.set("kind", kinds(kind));
      if (actor !== undefined) meant.set("actor", numbersOf(ofPerson.all("actor", actor, actor)));
      if (user !== undefined) {
        // Nobody is both a principal outside and a person here: an entry has one of them.
        meant.set("actor", actor === undefined ? numbersOf(ofPerson.all("user", user, user)) : []);
      }
      return meant;
    },
    forget: () => cache.clear(),
  };
}

function numbersOf(rows: readonly unknown[]): readonly number[] {
  return (rows as readonly TermRow[]).map(({ term }) => term);
}

/**
 * Everything in the index is derived from the log: a change of its tables needs no migration, since tables of another form are
 * thrown away, and so is what has another version. That is for changes of what the same tables hold.
 */
export const INDEX_VERSION = 1;

/**
 * An entry must cost little, since the log takes thousands a second: most writes go to the end of a table, and what is
 * looked for leads to a block of entries, not to each.
 * - `entries`: one narrow row an entry. Kinds, stacks, addresses and actors are numbers of `terms`.
 * - `texts`: what a search for words looks through, in lower case.
 * - `postings`: which blocks of {@link BLOCK} entries have a term.
 * - `blocks`: earliest and latest time of a block; clocks go back, but seldom far.
 * - `drifts`: those that are open, by the entry that opened them.
 * - `ids`: entries by a short hash of their id, which is in random order and would be long otherwise.
 *
 * SQLite keeps these texts as they are, so that they tell the form of what is found.
 */
export const TABLES: readonly string[] = [
  "CREATE TABLE covered (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, root TEXT)",
  `CREATE TABLE terms (
  term INTEGER PRIMARY KEY, type TEXT NOT NULL, value TEXT NOT NULL, name TEXT NOT NULL,
  UNIQUE (type, value, name)
)`,
  `CREATE TABLE entries (
  entry INTEGER PRIMARY KEY, id TEXT, time INTEGER, kind INTEGER NOT NULL,
  stack INTEGER, address INTEGER, actor INTEGER NOT NULL
)`,
  "CREATE TABLE texts (entry INTEGER PRIMARY KEY, text TEXT NOT NULL)",
  "CREATE TABLE postings (term INTEGER NOT NULL, block INTEGER NOT NULL, PRIMARY KEY (term, block)) WITHOUT ROWID",
  "CREATE TABLE blocks (block INTEGER PRIMARY KEY, earliest INTEGER NOT NULL, latest INTEGER NOT NULL)",
  "CREATE TABLE ids (hash INTEGER NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (hash, entry)) WITHOUT ROWID",
  `CREATE TABLE drifts (
  opened INTEGER PRIMARY KEY, stack INTEGER NOT NULL, resource TEXT NOT NULL, digest TEXT NOT NULL,
  lineage TEXT, serial INTEGER, entry INTEGER NOT NULL
)`,
  "CREATE INDEX drifts_by_stack ON drifts (stack)",
];

/** Entries in a block. */
export const BLOCK = 256;

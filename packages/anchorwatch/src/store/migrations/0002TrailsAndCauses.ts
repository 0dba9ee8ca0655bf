import { type Kysely, type Migration, sql } from "kysely";

/**
 * How far trails were read and checked, which was a file of one machine before; where the causes of a drift are looked for, and what a
 * search in the trails' log files came to; when a source last told of anything.
 *
 * Of a file that was read only the digest of its key is kept, until the reading has moved on; of one that was put aside, the key as well.
 */
export const trailsAndCauses: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of [...TRAILS, ...COLUMNS]) await sql.raw(statement).execute(db);
  },
};

const TRAILS = [
  `CREATE TABLE anchorwatch.trails (
    trail text PRIMARY KEY,
    since timestamptz(3) NOT NULL
  ) WITH (fillfactor = 50)`,
  `CREATE TABLE anchorwatch.trail_files (
    trail text NOT NULL,
    digest bytea NOT NULL,
    written_at timestamptz(3) NOT NULL,
    key text,
    tried_at timestamptz(3),
    PRIMARY KEY (trail, digest)
  )`,
  `CREATE INDEX trail_files_read ON anchorwatch.trail_files (trail, written_at) WHERE key IS NULL`,
  `CREATE INDEX trail_files_aside ON anchorwatch.trail_files (trail, tried_at) WHERE key IS NOT NULL`,
  `CREATE TABLE anchorwatch.trail_chains (
    trail text NOT NULL,
    chain text NOT NULL,
    until timestamptz(3) NOT NULL,
    problem text,
    problem_at timestamptz(3),
    PRIMARY KEY (trail, chain)
  ) WITH (fillfactor = 50)`,
];

const COLUMNS = [
  `ALTER TABLE anchorwatch.drifts ADD COLUMN causes_since timestamptz(3), ADD COLUMN search json`,
  `ALTER TABLE anchorwatch.stacks ADD COLUMN complete_since timestamptz(3)`,
  `ALTER TABLE anchorwatch.detectors ADD COLUMN heard_at timestamptz(3)`,
];

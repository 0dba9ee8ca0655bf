import { type Kysely, type Migration, sql } from "kysely";

/**
 * Tables of the watch. On paper there are 100,000 stacks with 50 million identifiers, and thousands of events a second for a while:
 *
 * - Stacks have a small number of their own, `key`, which the big tables carry.
 * - What has any length (identifiers, addresses, ids of events) is found by 16 bytes of its SHA-256, in `…_digest`.
 * - What is only kept and given back is `json`, not `jsonb`: it comes back as it was put, U+0000 and order of members included.
 */
export const theWatch: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of [
      ...STACKS,
      ...DRIFTS,
      ...EVENTS,
      ...IDENTIFIERS,
      ...RESOURCES,
      ...LOOKS,
      ...OUTBOX,
      ...DETECTORS,
    ]) {
      await sql.raw(statement).execute(db);
    }
  },
};

const STACKS = [
  `CREATE TABLE anchorwatch.stacks (
    key integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL UNIQUE,
    name text NOT NULL,
    engine text NOT NULL,
    origin json NOT NULL,
    workspace text,
    declared_by text NOT NULL,
    sweep_every_ms bigint NOT NULL,
    added_at timestamptz(3) NOT NULL,
    health text NOT NULL CHECK (health IN ('new', 'ok', 'failed', 'gone')),
    state json,
    revision text,
    last_check_at timestamptz(3),
    last_complete_at timestamptz(3),
    next_sweep_at timestamptz(3),
    coverage json,
    error json,
    failures integer NOT NULL DEFAULT 0
  ) WITH (fillfactor = 70)`,
  // A name is free again when its stack is gone.
  `CREATE UNIQUE INDEX stacks_name ON anchorwatch.stacks (name) WHERE health <> 'gone'`,
  `CREATE INDEX stacks_any_name ON anchorwatch.stacks (name)`,
  `CREATE INDEX stacks_due ON anchorwatch.stacks (next_sweep_at) WHERE health <> 'gone'`,
  `CREATE TABLE anchorwatch.checks (
    id text PRIMARY KEY,
    stack integer NOT NULL REFERENCES anchorwatch.stacks,
    trigger text NOT NULL,
    started_at timestamptz(3) NOT NULL,
    finished_at timestamptz(3) NOT NULL,
    outcome text NOT NULL,
    coverage json,
    error json
  )`,
  `CREATE INDEX checks_newest ON anchorwatch.checks (finished_at, id)`,
  `CREATE INDEX checks_of_stack ON anchorwatch.checks (stack, finished_at, id)`,
];

const DRIFTS = [
  `CREATE TABLE anchorwatch.drifts (
    id text PRIMARY KEY,
    stack integer NOT NULL REFERENCES anchorwatch.stacks,
    resource text NOT NULL,
    resource_digest bytea NOT NULL,
    address text NOT NULL,
    type text NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'closed')),
    verdict text NOT NULL,
    digest text NOT NULL,
    opened_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    closed_at timestamptz(3),
    "end" text,
    times integer NOT NULL,
    entry_id text NOT NULL,
    found json NOT NULL,
    attributions json NOT NULL,
    state json NOT NULL,
    marks json NOT NULL,
    seen_at timestamptz(3) NOT NULL
  ) WITH (fillfactor = 80)`,
  `CREATE INDEX drifts_of_resource ON anchorwatch.drifts (stack, resource_digest)`,
  `CREATE INDEX drifts_open ON anchorwatch.drifts (stack) WHERE status = 'open'`,
  `CREATE INDEX drifts_newest ON anchorwatch.drifts (updated_at, id)`,
  `CREATE INDEX drifts_newest_open ON anchorwatch.drifts (updated_at, id) WHERE status = 'open'`,
  `CREATE INDEX drifts_of_stack ON anchorwatch.drifts (stack, updated_at, id)`,
  `CREATE TABLE anchorwatch.drift_steps (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    drift_id text NOT NULL REFERENCES anchorwatch.drifts,
    at timestamptz(3) NOT NULL,
    kind text NOT NULL,
    verdict text NOT NULL,
    check_id text NOT NULL,
    "end" text,
    found json NOT NULL,
    attributions json NOT NULL
  )`,
  `CREATE INDEX drift_steps_of_drift ON anchorwatch.drift_steps (drift_id, number)`,
];

/** Nearly all events touch nothing: candidates. Each event is in one of two indexes, and lists merge them. */
const EVENTS = [
  `CREATE TABLE anchorwatch.events (
    digest bytea PRIMARY KEY,
    time timestamptz(3) NOT NULL,
    received_at timestamptz(3) NOT NULL,
    is_candidate boolean NOT NULL DEFAULT true,
    event json NOT NULL
  )`,
  `CREATE INDEX events_candidates ON anchorwatch.events (received_at, digest) WHERE is_candidate`,
  `CREATE INDEX events_touching ON anchorwatch.events (received_at, digest) WHERE NOT is_candidate`,
  `CREATE TABLE anchorwatch.touches (
    event_digest bytea NOT NULL REFERENCES anchorwatch.events,
    stack integer NOT NULL,
    address_digest bytea NOT NULL,
    address text NOT NULL,
    time timestamptz(3) NOT NULL,
    received_at timestamptz(3) NOT NULL,
    PRIMARY KEY (event_digest, stack, address_digest)
  )`,
  `CREATE INDEX touches_of_resource ON anchorwatch.touches (stack, address_digest, time)`,
  `CREATE INDEX touches_of_stack ON anchorwatch.touches (stack, received_at, event_digest)`,
];

/** 50 million rows on paper. The identifier itself is not there: whoever looks for it has it. */
const IDENTIFIERS = [
  `CREATE TABLE anchorwatch.identifiers (
    stack integer NOT NULL,
    is_own boolean NOT NULL,
    digest bytea NOT NULL,
    address text NOT NULL
  )`,
  `CREATE INDEX identifiers_digest ON anchorwatch.identifiers (digest)`,
  `CREATE INDEX identifiers_stack ON anchorwatch.identifiers (stack)`,
];

/** All of a state in one piece, compressed: it is written when the state moves, and read as a whole. */
const RESOURCES = [
  `CREATE TABLE anchorwatch.known_resources (
    stack integer PRIMARY KEY,
    resources bytea NOT NULL
  )`,
];

/** A version is never used twice, also not by a look that is wanted again after it was settled. */
const LOOKS = [
  `CREATE SEQUENCE anchorwatch.look_versions`,
  `CREATE TABLE anchorwatch.looks (
    stack integer NOT NULL,
    address_digest bytea NOT NULL,
    address text NOT NULL,
    due_at timestamptz(3) NOT NULL,
    round integer NOT NULL,
    since timestamptz(3) NOT NULL,
    received_at timestamptz(3) NOT NULL,
    version bigint NOT NULL DEFAULT nextval('anchorwatch.look_versions'),
    PRIMARY KEY (stack, address_digest)
  ) WITH (fillfactor = 70)`,
  `CREATE INDEX looks_due ON anchorwatch.looks (due_at, stack)`,
];

const OUTBOX = [
  `CREATE TABLE anchorwatch.outbox (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL UNIQUE,
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    put_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    entry json NOT NULL
  )`,
  `CREATE INDEX outbox_transaction ON anchorwatch.outbox (transaction)`,
  `CREATE TABLE anchorwatch.outbox_content (
    number bigint NOT NULL REFERENCES anchorwatch.outbox ON DELETE CASCADE,
    position integer NOT NULL,
    role text NOT NULL,
    media_type text NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (number, position)
  )`,
];

const DETECTORS = [
  `CREATE TABLE anchorwatch.detectors (
    name text PRIMARY KEY,
    at timestamptz(3) NOT NULL,
    first_at timestamptz(3) NOT NULL,
    well_at timestamptz(3),
    expected_within_ms bigint NOT NULL,
    lag_ms double precision,
    problem text,
    dead_since timestamptz(3),
    has_come_back boolean NOT NULL DEFAULT false
  ) WITH (fillfactor = 50)`,
];

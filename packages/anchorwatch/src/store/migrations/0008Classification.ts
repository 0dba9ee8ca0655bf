import { type Kysely, type Migration, sql } from "kysely";

/** Why drifts matter, what each was classified from, and what people decided about them. */
export const classification: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

/** Lists are sorted by `weight`: the severity, and among equals the last change. By `judge_at` something else may have to be said. */
const DRIFTS = [
  `ALTER TABLE anchorwatch.drifts
    ADD COLUMN class text,
    ADD COLUMN severity text,
    ADD COLUMN policy text,
    ADD COLUMN classification json,
    ADD COLUMN excepted json,
    ADD COLUMN is_excepted boolean NOT NULL DEFAULT false,
    ADD COLUMN judge_at timestamptz(3),
    ADD COLUMN weight bigint NOT NULL DEFAULT 0`,
  `UPDATE anchorwatch.drifts SET weight = (extract(epoch FROM updated_at) * 1000)::bigint`,
  `CREATE INDEX drifts_weight ON anchorwatch.drifts (weight, id) INCLUDE (label_set)`,
  `CREATE INDEX drifts_weight_open ON anchorwatch.drifts (weight, id) INCLUDE (label_set) WHERE status = 'open'`,
  `CREATE INDEX drifts_labelled_weight ON anchorwatch.drifts (label_set, weight, id)`,
  `CREATE INDEX drifts_labelled_weight_open ON anchorwatch.drifts (label_set, weight, id) WHERE status = 'open'`,
  `CREATE INDEX drifts_severity ON anchorwatch.drifts (severity, updated_at, id) INCLUDE (label_set, status, class)`,
  `CREATE INDEX drifts_labelled_severity ON anchorwatch.drifts (label_set, severity, updated_at, id)
    INCLUDE (status, class)`,
  // What an overview counts.
  `CREATE INDEX drifts_judged ON anchorwatch.drifts (label_set, class, severity, is_excepted) WHERE status = 'open'`,
  `CREATE INDEX drifts_policy ON anchorwatch.drifts (stack, policy) WHERE status = 'open'`,
  `CREATE INDEX drifts_judge ON anchorwatch.drifts (judge_at) WHERE judge_at IS NOT NULL`,
  `ALTER TABLE anchorwatch.drift_steps ADD COLUMN classification json, ADD COLUMN excepted json`,
  // Of open ones alone.
  `CREATE TABLE anchorwatch.drift_seen (
    drift_id text PRIMARY KEY REFERENCES anchorwatch.drifts,
    seen json NOT NULL
  )`,
];

const EXCEPTIONS = [
  `CREATE TABLE anchorwatch.exceptions (
    id text PRIMARY KEY,
    stack integer NOT NULL,
    label_set integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('accept', 'ignore', 'escalate')),
    state text NOT NULL CHECK (state IN ('active', 'expired', 'rearmed', 'revoked')),
    drift_id text REFERENCES anchorwatch.drifts,
    until timestamptz(3),
    at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    version integer NOT NULL,
    record json NOT NULL,
    FOREIGN KEY (stack, label_set) REFERENCES anchorwatch.stacks (key, label_set) ON UPDATE CASCADE
  ) WITH (fillfactor = 80)`,
  `CREATE INDEX exceptions_active ON anchorwatch.exceptions (stack) WHERE state = 'active'`,
  `CREATE INDEX exceptions_ending ON anchorwatch.exceptions (until) WHERE state = 'active'`,
  `CREATE INDEX exceptions_newest ON anchorwatch.exceptions (updated_at, id) INCLUDE (label_set)`,
  `CREATE INDEX exceptions_labelled ON anchorwatch.exceptions (label_set, updated_at, id)`,
  `CREATE INDEX exceptions_of_stack ON anchorwatch.exceptions (stack, updated_at, id)`,
  `CREATE INDEX exceptions_of_drift ON anchorwatch.exceptions (drift_id) WHERE drift_id IS NOT NULL`,
];

const UNMANAGED = [
  `ALTER TABLE anchorwatch.unmanaged
    ADD COLUMN class text,
    ADD COLUMN severity text,
    ADD COLUMN weight bigint NOT NULL DEFAULT 0`,
  `UPDATE anchorwatch.unmanaged SET weight = (extract(epoch FROM updated_at) * 1000)::bigint`,
  `CREATE INDEX unmanaged_weight ON anchorwatch.unmanaged (weight, id) WHERE status IN ('open', 'accepted')`,
  `CREATE INDEX unmanaged_weight_of_status ON anchorwatch.unmanaged (status, weight, id)`,
];

const STATEMENTS = [
  ...DRIFTS,
  ...EXCEPTIONS,
  ...UNMANAGED,
  // Digest of what rules silenced when all of it was looked at.
  `ALTER TABLE anchorwatch.stacks ADD COLUMN ignored text`,
];

import { type Kysely, type Migration, sql } from "kysely";

/** What playbooks did, step by step, what they told whom, and which stacks must not be deployed. Each step of a drift is noted with it, for playbooks to look at. */
export const playbooks: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const FREEZES = [
  `CREATE TABLE anchorwatch.freezes (
    id text PRIMARY KEY,
    stack integer NOT NULL,
    label_set integer NOT NULL,
    state text NOT NULL CHECK (state IN ('active', 'thawed', 'expired')),
    until timestamptz(3),
    at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    version integer NOT NULL,
    record json NOT NULL,
    FOREIGN KEY (stack, label_set) REFERENCES anchorwatch.stacks (key, label_set) ON UPDATE CASCADE
  ) WITH (fillfactor = 80)`,
  `CREATE INDEX freezes_active ON anchorwatch.freezes (stack) WHERE state = 'active'`,
  `CREATE INDEX freezes_ending ON anchorwatch.freezes (until) WHERE state = 'active'`,
  `CREATE INDEX freezes_newest ON anchorwatch.freezes (updated_at, id) INCLUDE (label_set)`,
  `CREATE INDEX freezes_labelled ON anchorwatch.freezes (label_set, updated_at, id)`,
  `CREATE INDEX freezes_of_stack ON anchorwatch.freezes (stack, updated_at, id)`,
];

const RUNS = [
  `CREATE TABLE anchorwatch.playbook_runs (
    id text PRIMARY KEY,
    key text NOT NULL CONSTRAINT playbook_runs_key UNIQUE,
    playbook text NOT NULL,
    digest text NOT NULL,
    drift_id text NOT NULL REFERENCES anchorwatch.drifts,
    stack integer NOT NULL,
    label_set integer NOT NULL,
    event text NOT NULL CHECK (event IN ('opened', 'escalated', 'resolved')),
    status text NOT NULL CHECK (status IN ('running', 'done', 'stopped', 'failed')),
    started_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    ended_at timestamptz(3),
    because text,
    steps json NOT NULL,
    look_at timestamptz(3),
    FOREIGN KEY (stack, label_set) REFERENCES anchorwatch.stacks (key, label_set) ON UPDATE CASCADE
  ) WITH (fillfactor = 70)`,
  `CREATE INDEX playbook_runs_due ON anchorwatch.playbook_runs (look_at) WHERE look_at IS NOT NULL`,
  `CREATE INDEX playbook_runs_newest ON anchorwatch.playbook_runs (started_at, id) INCLUDE (label_set)`,
  `CREATE INDEX playbook_runs_labelled ON anchorwatch.playbook_runs (label_set, started_at, id)`,
  `CREATE INDEX playbook_runs_of_stack ON anchorwatch.playbook_runs (stack, started_at, id)`,
  `CREATE INDEX playbook_runs_of_drift ON anchorwatch.playbook_runs (drift_id, started_at, id)`,
];

const CALLS = [
  `CREATE TABLE anchorwatch.playbook_calls (
    id text PRIMARY KEY,
    place text NOT NULL,
    run text NOT NULL,
    step integer NOT NULL,
    status text NOT NULL CHECK (status IN ('opening', 'open', 'ended', 'failed')),
    joined_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    record json NOT NULL
  ) WITH (fillfactor = 70)`,
  `CREATE INDEX playbook_calls_recent ON anchorwatch.playbook_calls (place, joined_at) WHERE status IN ('opening', 'open')`,
  `CREATE INDEX playbook_calls_of_run ON anchorwatch.playbook_calls (run)`,
  `CREATE INDEX playbook_calls_over ON anchorwatch.playbook_calls (updated_at) WHERE status IN ('ended', 'failed')`,
  `CREATE TABLE anchorwatch.playbook_called (
    call text NOT NULL REFERENCES anchorwatch.playbook_calls ON DELETE CASCADE,
    run text NOT NULL,
    drift_id text NOT NULL REFERENCES anchorwatch.drifts,
    PRIMARY KEY (call, run)
  )`,
  `CREATE INDEX playbook_called_of_run ON anchorwatch.playbook_called (run)`,
  `CREATE INDEX playbook_called_of_drift ON anchorwatch.playbook_called (drift_id)`,
];

const NOTES = [
  `CREATE TABLE anchorwatch.playbook_changes (step bigint PRIMARY KEY)`,
  `CREATE FUNCTION anchorwatch.note_for_playbooks() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO anchorwatch.playbook_changes (step)
        SELECT number FROM steps;
      PERFORM pg_notify('anchorwatch_changes', 'playbooks');
      RETURN NULL;
    END $$`,
  `CREATE TRIGGER noted_for_playbooks AFTER INSERT ON anchorwatch.drift_steps REFERENCING NEW TABLE AS steps
    FOR EACH STATEMENT EXECUTE FUNCTION anchorwatch.note_for_playbooks()`,
];

const STATEMENTS = [...FREEZES, ...RUNS, ...CALLS, ...NOTES];

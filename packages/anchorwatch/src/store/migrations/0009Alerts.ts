import { type Kysely, type Migration, sql } from "kysely";

/**
 * Alerts: what people are told of drifts, by which channels, and what became of it. A record is kept whole, as JSON; what it is found by
 * stands beside it. Every step of a drift, and of what no
 * stack has, is a change that somebody has to look at, kept in the same transaction.
 */
export const alerts: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `CREATE TABLE anchorwatch.alert_changes (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    drift_id text NOT NULL
  )`,
  `CREATE TABLE anchorwatch.alerts (
    id text PRIMARY KEY,
    key text NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'resolved')),
    severity smallint NOT NULL,
    class text NOT NULL,
    first_stack text NOT NULL,
    first_principal text,
    opened_at timestamptz(3) NOT NULL,
    joined_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    next_moment timestamptz(3),
    record json NOT NULL
  ) WITH (fillfactor = 70)`,
  `CREATE INDEX alerts_newest ON anchorwatch.alerts (updated_at, id)`,
  `CREATE INDEX alerts_newest_open ON anchorwatch.alerts (updated_at, id) WHERE status = 'open'`,
  `CREATE INDEX alerts_joined ON anchorwatch.alerts (joined_at) WHERE status = 'open'`,
  `CREATE INDEX alerts_due ON anchorwatch.alerts (next_moment) WHERE next_moment IS NOT NULL`,
  `ALTER TABLE anchorwatch.searched_accounts ADD CONSTRAINT searched_accounts_label_set UNIQUE (key, label_set)`,
  // A drift, or something that no stack has: then its stack is none, and the account is.
  `CREATE TABLE anchorwatch.alert_drifts (
    number bigint GENERATED ALWAYS AS IDENTITY,
    alert text NOT NULL REFERENCES anchorwatch.alerts,
    drift text NOT NULL,
    stack integer,
    account integer,
    label_set integer NOT NULL,
    joined_at timestamptz(3) NOT NULL,
    is_open boolean NOT NULL,
    severity smallint NOT NULL,
    class text NOT NULL,
    channels text[] NOT NULL,
    further text[] NOT NULL,
    PRIMARY KEY (alert, drift),
    CHECK (num_nonnulls(stack, account) = 1),
    FOREIGN KEY (stack, label_set) REFERENCES anchorwatch.stacks (key, label_set) ON UPDATE CASCADE,
    FOREIGN KEY (account, label_set) REFERENCES anchorwatch.searched_accounts (key, label_set) ON UPDATE CASCADE
  ) WITH (fillfactor = 80)`,
  `CREATE INDEX alert_drifts_of_drift ON anchorwatch.alert_drifts (drift, number)`,
  `CREATE INDEX alert_drifts_of_stack ON anchorwatch.alert_drifts (stack, label_set)`,
  `CREATE INDEX alert_drifts_of_account ON anchorwatch.alert_drifts (account, label_set) WHERE account IS NOT NULL`,
  `CREATE TABLE anchorwatch.deliveries (
    alert text NOT NULL REFERENCES anchorwatch.alerts,
    channel text NOT NULL,
    wanted bigint NOT NULL DEFAULT 1,
    looked bigint NOT NULL DEFAULT 0,
    look_at timestamptz(3),
    told_in text,
    dead_at timestamptz(3),
    record json NOT NULL,
    PRIMARY KEY (alert, channel)
  ) WITH (fillfactor = 70)`,
  `CREATE INDEX deliveries_wanted ON anchorwatch.deliveries (channel, alert) WHERE wanted > looked`,
  `CREATE INDEX deliveries_later ON anchorwatch.deliveries (channel, look_at) WHERE look_at IS NOT NULL`,
  `CREATE INDEX deliveries_told_in ON anchorwatch.deliveries (told_in, channel) WHERE told_in IS NOT NULL`,
  `CREATE INDEX deliveries_dead ON anchorwatch.deliveries (dead_at, alert) WHERE dead_at IS NOT NULL`,
  `CREATE FUNCTION anchorwatch.note_for_alerts() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO anchorwatch.alert_changes (drift_id) SELECT drift_id FROM steps;
      PERFORM pg_notify('anchorwatch_changes', 'alerts');
      RETURN NULL;
    END $$`,
  `CREATE TRIGGER noted_for_alerts AFTER INSERT ON anchorwatch.drift_steps REFERENCING NEW TABLE AS steps
    FOR EACH STATEMENT EXECUTE FUNCTION anchorwatch.note_for_alerts()`,
  `CREATE FUNCTION anchorwatch.note_unmanaged_for_alerts() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO anchorwatch.alert_changes (drift_id) VALUES (NEW.id);
      PERFORM pg_notify('anchorwatch_changes', 'alerts');
      RETURN NULL;
    END $$`,
  `CREATE TRIGGER noted_for_alerts AFTER INSERT ON anchorwatch.unmanaged
    FOR EACH ROW WHEN (NEW.status <> 'held') EXECUTE FUNCTION anchorwatch.note_unmanaged_for_alerts()`,
  // That it was seen again is no news.
  `CREATE TRIGGER changed_for_alerts AFTER UPDATE ON anchorwatch.unmanaged
    FOR EACH ROW WHEN (NEW.status <> 'held' AND (OLD.status <> NEW.status OR OLD.record::text <> NEW.record::text))
    EXECUTE FUNCTION anchorwatch.note_unmanaged_for_alerts()`,
  `CREATE FUNCTION anchorwatch.tell_alert() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF octet_length(NEW.id) < 7000 THEN PERFORM pg_notify('anchorwatch_changes', 'alert ' || NEW.id); END IF;
      RETURN NULL;
    END $$`,
  `CREATE TRIGGER told AFTER INSERT OR UPDATE ON anchorwatch.alerts
    FOR EACH ROW EXECUTE FUNCTION anchorwatch.tell_alert()`,
];

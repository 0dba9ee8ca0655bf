import { type Kysely, type Migration, sql } from "kysely";

/**
 * Every process hears of what another one stored, as it is committed and not before: drifts' steps, checks, what becomes of stacks and
 * detectors, events that touched something, and that the ledger has something to get. Told are keys alone: a message has 8,000 bytes.
 */
export const changesTold: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `CREATE FUNCTION anchorwatch.tell_change() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE told text;
    BEGIN
      IF TG_TABLE_NAME = 'drift_steps' THEN told := 'drift ' || NEW.kind || ' ' || NEW.drift_id;
      ELSIF TG_TABLE_NAME = 'detectors' THEN told := 'detector ' || NEW.name;
      ELSIF TG_TABLE_NAME = 'checks' THEN told := 'check ' || NEW.id;
      ELSE told := 'stack ' || NEW.id;
      END IF;
      IF octet_length(told) < 8000 THEN PERFORM pg_notify('anchorwatch_changes', told); END IF;
      RETURN NULL;
    END $$`,
  `CREATE FUNCTION anchorwatch.tell_touches() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_notify('anchorwatch_changes', 'event ' || encode(event_digest, 'hex'))
      FROM (SELECT DISTINCT event_digest FROM touched) AS events;
      RETURN NULL;
    END $$`,
  `CREATE FUNCTION anchorwatch.tell_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_notify('anchorwatch_changes', 'outbox');
      RETURN NULL;
    END $$`,
  `CREATE TRIGGER told AFTER INSERT ON anchorwatch.drift_steps
    FOR EACH ROW EXECUTE FUNCTION anchorwatch.tell_change()`,
  `CREATE TRIGGER told AFTER INSERT ON anchorwatch.checks
    FOR EACH ROW EXECUTE FUNCTION anchorwatch.tell_change()`,
  `CREATE TRIGGER told_new AFTER INSERT ON anchorwatch.stacks
    FOR EACH ROW EXECUTE FUNCTION anchorwatch.tell_change()`,
  // A sweep that finds everything as before, and a failure that is the same again, are no news.
  `CREATE TRIGGER told AFTER UPDATE ON anchorwatch.stacks
    FOR EACH ROW WHEN (OLD.health <> NEW.health OR OLD.error::text IS DISTINCT FROM NEW.error::text)
    EXECUTE FUNCTION anchorwatch.tell_change()`,
  `CREATE TRIGGER told AFTER UPDATE ON anchorwatch.detectors
    FOR EACH ROW WHEN (OLD.dead_since IS DISTINCT FROM NEW.dead_since)
    EXECUTE FUNCTION anchorwatch.tell_change()`,
  `CREATE TRIGGER told AFTER INSERT ON anchorwatch.touches REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION anchorwatch.tell_touches()`,
  `CREATE TRIGGER told AFTER INSERT ON anchorwatch.outbox
    FOR EACH STATEMENT EXECUTE FUNCTION anchorwatch.tell_outbox()`,
];

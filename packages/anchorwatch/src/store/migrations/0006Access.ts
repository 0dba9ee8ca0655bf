import { type Kysely, type Migration, sql } from "kysely";

/**
 * Who may come in, and what they may see: users and how they prove who they are, roles, labels of stacks; and lists that show of
 * everything only what has certain labels. Secrets are never there, only
 * their SHA-256 (`digest`); what has any length and must be found is found by its digest as well.
 */
export const access: Migration = {
  up: async (db: Kysely<unknown>) => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const LABELS = [
  `CREATE TABLE anchorwatch.label_sets (
    key integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest bytea NOT NULL UNIQUE,
    labels jsonb NOT NULL
  )`,
  // The set of those that have none: the first, and what every stack had so far. The digest is that of the text {}.
  `INSERT INTO anchorwatch.label_sets (digest, labels) VALUES (sha256('{}'), '{}')`,
  `ALTER TABLE anchorwatch.stacks
    ADD COLUMN label_set integer NOT NULL DEFAULT 1 REFERENCES anchorwatch.label_sets,
    ADD CONSTRAINT stacks_label_set UNIQUE (key, label_set)`,
  // What belongs to a stack has its labels, by a rule of the database: whoever may not see the stack never reads its rows.
  ...["drifts", "checks"].map(
    (table) => `ALTER TABLE anchorwatch.${table}
      ADD COLUMN label_set integer NOT NULL DEFAULT 1,
      DROP CONSTRAINT ${table}_stack_fkey,
      ADD CONSTRAINT ${table}_stack_fkey FOREIGN KEY (stack, label_set)
        REFERENCES anchorwatch.stacks (key, label_set) ON UPDATE CASCADE`,
  ),
];

/** Each list has an index of what has certain labels, and one of all, which tells the labels by itself. */
const LISTS = [
  `DROP INDEX anchorwatch.stacks_by_name, anchorwatch.stacks_health, anchorwatch.drifts_newest,
    anchorwatch.drifts_newest_open, anchorwatch.checks_newest`,
  // By code units, as pages go on.
  `CREATE INDEX stacks_by_name ON anchorwatch.stacks (name COLLATE "C", id) INCLUDE (label_set, health)`,
  `CREATE INDEX stacks_labelled ON anchorwatch.stacks (label_set, name COLLATE "C", id)`,
  `CREATE INDEX stacks_health ON anchorwatch.stacks (health, name COLLATE "C", id)`,
  `CREATE INDEX stacks_checked ON anchorwatch.stacks (last_check_at, id) INCLUDE (key, label_set, health)`,
  `CREATE INDEX drifts_newest ON anchorwatch.drifts (updated_at, id) INCLUDE (label_set)`,
  `CREATE INDEX drifts_newest_open ON anchorwatch.drifts (updated_at, id) INCLUDE (label_set)
    WHERE status = 'open'`,
  `CREATE INDEX drifts_opened ON anchorwatch.drifts (opened_at, id) INCLUDE (label_set)`,
  `CREATE INDEX drifts_opened_open ON anchorwatch.drifts (opened_at, id) INCLUDE (label_set)
    WHERE status = 'open'`,
  `CREATE INDEX drifts_verdict ON anchorwatch.drifts (verdict, updated_at, id) INCLUDE (label_set)`,
  `CREATE INDEX drifts_labelled ON anchorwatch.drifts (label_set, updated_at, id)`,
  `CREATE INDEX drifts_labelled_open ON anchorwatch.drifts (label_set, updated_at, id) WHERE status = 'open'`,
  `CREATE INDEX drifts_labelled_opened ON anchorwatch.drifts (label_set, opened_at, id)`,
  `CREATE INDEX drifts_labelled_opened_open ON anchorwatch.drifts (label_set, opened_at, id)
    WHERE status = 'open'`,
  // Types and addresses may have any length. Columns, since only those are read from an index alone.
  `ALTER TABLE anchorwatch.drifts
    ADD COLUMN type_start text COLLATE "C" GENERATED ALWAYS AS (left(type, 200)) STORED,
    ADD COLUMN address_start text COLLATE "C" GENERATED ALWAYS AS (left(address, 200)) STORED`,
  `CREATE INDEX drifts_type ON anchorwatch.drifts (type_start, updated_at, id)
    INCLUDE (label_set, status, verdict, opened_at)`,
  `CREATE INDEX drifts_address ON anchorwatch.drifts (address_start)
    INCLUDE (updated_at, opened_at, id, label_set, status, verdict)`,
  `CREATE INDEX checks_newest ON anchorwatch.checks (finished_at, id) INCLUDE (label_set, trigger)`,
  `CREATE INDEX checks_outcome ON anchorwatch.checks (outcome, finished_at, id) INCLUDE (label_set, trigger)`,
  `CREATE INDEX checks_labelled ON anchorwatch.checks (label_set, finished_at, id) INCLUDE (outcome, trigger)`,
];

/** What JSON can say and text of PostgreSQL cannot. */
const UNTEXTABLE = String.raw`'\\u(0000|0001|[dD][89a-fA-F])'`;

/** An actor is a principal together with the person that it stood for. */
const ACTORS = [
  `CREATE TABLE anchorwatch.actors (
    key integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    principal_digest bytea NOT NULL,
    person_digest bytea NOT NULL,
    principal text NOT NULL,
    person text,
    UNIQUE (principal_digest, person_digest)
  )`,
  `CREATE INDEX actors_person ON anchorwatch.actors (person_digest)`,
  `CREATE TABLE anchorwatch.drift_actors (
    drift_id text NOT NULL REFERENCES anchorwatch.drifts,
    actor integer NOT NULL REFERENCES anchorwatch.actors,
    stack integer NOT NULL,
    label_set integer NOT NULL,
    at timestamptz(3) NOT NULL,
    is_open boolean NOT NULL,
    is_last_of_principal boolean NOT NULL,
    PRIMARY KEY (drift_id, actor),
    FOREIGN KEY (stack, label_set) REFERENCES anchorwatch.stacks (key, label_set) ON UPDATE CASCADE
  ) WITH (fillfactor = 80)`,
  `CREATE INDEX drift_actors_of_stack ON anchorwatch.drift_actors (stack)`,
  `CREATE INDEX drift_actors_of_actor ON anchorwatch.drift_actors (actor, at)
    INCLUDE (drift_id, label_set, is_open, is_last_of_principal)`,
  `CREATE INDEX drift_actors_labelled ON anchorwatch.drift_actors
    (label_set, actor) INCLUDE (at, is_open, is_last_of_principal)`,
  `CREATE TEMPORARY TABLE named ON COMMIT DROP AS
    SELECT d.id, d.stack, d.status, a #>> '{actor,principal}' AS principal, a #>> '{person,name}' AS person,
      max((a ->> 'time')::timestamptz) AS at
    FROM anchorwatch.drifts d, json_array_elements(
      CASE WHEN d.attributions::text ~ ${UNTEXTABLE} THEN '[]' ELSE d.attributions END) a
    GROUP BY 1, 2, 3, 4, 5`,
  `INSERT INTO anchorwatch.actors (principal_digest, person_digest, principal, person)
    SELECT DISTINCT substring(sha256(convert_to(principal, 'UTF8')) FOR 16),
      substring(sha256(convert_to(coalesce(person, ''), 'UTF8')) FOR 16), principal, person FROM named`,
  `INSERT INTO anchorwatch.drift_actors (drift_id, actor, stack, label_set, at, is_open, is_last_of_principal)
    SELECT n.id, a.key, n.stack, 1, n.at, n.status = 'open',
      row_number() OVER (PARTITION BY n.id, n.principal ORDER BY n.at DESC, a.key) = 1
    FROM named n JOIN anchorwatch.actors a ON a.principal = n.principal AND a.person IS NOT DISTINCT FROM n.person`,
];

/** What events are asked for by. Few have so much of the same that what is new is anywhere but at the end of each index. */
const EVENTS = [
  `ALTER TABLE anchorwatch.events
    ADD COLUMN principal_digest bytea, ADD COLUMN name_digest bytea, ADD COLUMN service_digest bytea`,
  `UPDATE anchorwatch.events SET
      principal_digest = substring(sha256(convert_to(event #>> '{actor,principal}', 'UTF8')) FOR 16),
      name_digest = substring(sha256(convert_to(event ->> 'name', 'UTF8')) FOR 16),
      service_digest = substring(sha256(convert_to(event ->> 'service', 'UTF8')) FOR 16)
    WHERE event::text !~ ${UNTEXTABLE}`,
  `DROP INDEX anchorwatch.events_candidates, anchorwatch.events_touching`,
  `CREATE INDEX events_candidates ON anchorwatch.events (received_at, digest)
    INCLUDE (principal_digest, name_digest, service_digest) WHERE is_candidate`,
  `CREATE INDEX events_touching ON anchorwatch.events (received_at, digest)
    INCLUDE (principal_digest, name_digest, service_digest) WHERE NOT is_candidate`,
  ...["principal", "name", "service"].map(
    (what) => `CREATE INDEX events_of_${what} ON anchorwatch.events (${what}_digest, received_at, digest)
      INCLUDE (is_candidate)`,
  ),
  // Of a stack's events those that are asked for are found without looking at the others.
  `ALTER TABLE anchorwatch.touches
    ADD COLUMN principal_digest bytea, ADD COLUMN name_digest bytea, ADD COLUMN service_digest bytea`,
  `UPDATE anchorwatch.touches t SET principal_digest = e.principal_digest, name_digest = e.name_digest,
      service_digest = e.service_digest
    FROM anchorwatch.events e WHERE e.digest = t.event_digest`,
  `DROP INDEX anchorwatch.touches_of_stack`,
  `CREATE INDEX touches_of_stack ON anchorwatch.touches (stack, received_at, event_digest)
    INCLUDE (principal_digest, name_digest, service_digest)`,
];

const USERS = [
  `CREATE TABLE anchorwatch.users (
    id text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('local', 'oidc')),
    issuer text,
    subject text,
    login text NOT NULL,
    name text NOT NULL,
    email text,
    status text NOT NULL CHECK (status IN ('active', 'disabled', 'removed')),
    groups text[] NOT NULL,
    version integer NOT NULL,
    added_at timestamptz(3) NOT NULL,
    last_seen_at timestamptz(3),
    CHECK ((issuer IS NOT NULL) = (kind = 'oidc') AND (subject IS NOT NULL) = (kind = 'oidc'))
  ) WITH (fillfactor = 80)`,
  // A login is free again when its user is removed; a person of an identity provider stays the same one.
  `CREATE UNIQUE INDEX users_login ON anchorwatch.users (login) WHERE status <> 'removed'`,
  `CREATE UNIQUE INDEX users_identity ON anchorwatch.users (issuer, subject)`,
  `CREATE INDEX users_by_login ON anchorwatch.users (login COLLATE "C", id)`,
];

const CREDENTIALS = [
  `CREATE TABLE anchorwatch.passwords (
    user_id text PRIMARY KEY REFERENCES anchorwatch.users,
    hash text NOT NULL,
    changed_at timestamptz(3) NOT NULL
  )`,
  `CREATE TABLE anchorwatch.passkeys (
    id text PRIMARY KEY,
    user_id text NOT NULL REFERENCES anchorwatch.users,
    public_key bytea NOT NULL,
    counter bigint NOT NULL,
    transports text[] NOT NULL,
    is_backed_up boolean NOT NULL,
    name text NOT NULL,
    added_at timestamptz(3) NOT NULL,
    last_used_at timestamptz(3)
  ) WITH (fillfactor = 80)`,
  `CREATE INDEX passkeys_of_user ON anchorwatch.passkeys (user_id, added_at, id)`,
  `CREATE TABLE anchorwatch.sessions (
    id text PRIMARY KEY,
    user_id text NOT NULL REFERENCES anchorwatch.users,
    digest bytea NOT NULL UNIQUE CHECK (octet_length(digest) = 32),
    previous_digest bytea UNIQUE,
    method text NOT NULL,
    provider text,
    strong boolean NOT NULL,
    started_at timestamptz(3) NOT NULL,
    last_used_at timestamptz(3) NOT NULL,
    rotated_at timestamptz(3) NOT NULL,
    ends_at timestamptz(3) NOT NULL,
    address text NOT NULL,
    user_agent text NOT NULL
  ) WITH (fillfactor = 70)`,
  `CREATE INDEX sessions_of_user ON anchorwatch.sessions (user_id, started_at, id)`,
  `CREATE INDEX sessions_ends ON anchorwatch.sessions (ends_at)`,
  `CREATE TABLE anchorwatch.tokens (
    id text PRIMARY KEY,
    digest bytea NOT NULL UNIQUE CHECK (octet_length(digest) = 32),
    name text NOT NULL,
    user_id text REFERENCES anchorwatch.users,
    workload text,
    claims json,
    token_limit json,
    added_at timestamptz(3) NOT NULL,
    expires_at timestamptz(3) NOT NULL,
    last_used_at timestamptz(3),
    last_used_from text,
    revoked_at timestamptz(3),
    CHECK ((user_id IS NULL) <> (workload IS NULL) AND (claims IS NULL) = (workload IS NULL))
  ) WITH (fillfactor = 80)`,
  `CREATE INDEX tokens_newest ON anchorwatch.tokens (added_at, id)`,
  `CREATE INDEX tokens_of_user ON anchorwatch.tokens (user_id, added_at, id)`,
  `CREATE INDEX tokens_expiry ON anchorwatch.tokens (expires_at)`,
];

/** The digest is of role, subject and scope together: nobody has the same twice. */
const ROLES = [
  `CREATE TABLE anchorwatch.role_assignments (
    id text PRIMARY KEY,
    digest bytea NOT NULL UNIQUE,
    role text NOT NULL,
    subject_kind text NOT NULL CHECK (subject_kind IN ('user', 'login', 'group', 'workload')),
    subject text NOT NULL,
    scope json NOT NULL,
    added_at timestamptz(3),
    added_by text
  )`,
  // Names of groups may have any length.
  `CREATE INDEX role_assignments_subject ON anchorwatch.role_assignments USING hash (subject)`,
];

const SHORT_LIVED = [
  `CREATE TABLE anchorwatch.attempts (
    key_digest bytea PRIMARY KEY,
    since timestamptz(3) NOT NULL,
    failures integer NOT NULL
  ) WITH (fillfactor = 50)`,
  `CREATE INDEX attempts_since ON anchorwatch.attempts (since)`,
  `CREATE TABLE anchorwatch.ceremonies (
    kind text NOT NULL,
    digest bytea NOT NULL,
    data json NOT NULL,
    expires_at timestamptz(3) NOT NULL,
    PRIMARY KEY (kind, digest)
  )`,
  `CREATE INDEX ceremonies_expiry ON anchorwatch.ceremonies (expires_at)`,
  `CREATE TABLE anchorwatch.answers (
    digest bytea PRIMARY KEY,
    request bytea NOT NULL,
    begun_at timestamptz(3) NOT NULL,
    status integer,
    headers json,
    body text
  )`,
  `CREATE INDEX answers_begun ON anchorwatch.answers (begun_at)`,
  `CREATE TABLE anchorwatch.secrets (
    name text PRIMARY KEY,
    secret bytea NOT NULL
  )`,
];

/** Whoever holds a connection open for somebody hears that he may not have it any more. `*`: everybody has to be asked again. */
const TOLD = [
  `CREATE FUNCTION anchorwatch.tell_access() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE who text := '*';
    BEGIN
      IF TG_TABLE_NAME = 'users' THEN who := NEW.id;
      ELSIF TG_TABLE_NAME = 'sessions' THEN who := OLD.user_id;
      ELSIF TG_TABLE_NAME = 'tokens' THEN who := coalesce(NEW.user_id, '*');
      END IF;
      PERFORM pg_notify('anchorwatch_changes', 'access ' || who);
      RETURN NULL;
    END $$`,
  `CREATE TRIGGER told AFTER UPDATE ON anchorwatch.users
    FOR EACH ROW WHEN ((OLD.status, OLD.login, OLD.groups) IS DISTINCT FROM (NEW.status, NEW.login, NEW.groups))
    EXECUTE FUNCTION anchorwatch.tell_access()`,
  `CREATE TRIGGER told AFTER DELETE ON anchorwatch.sessions
    FOR EACH ROW EXECUTE FUNCTION anchorwatch.tell_access()`,
  `CREATE TRIGGER told AFTER UPDATE ON anchorwatch.tokens
    FOR EACH ROW WHEN (OLD.revoked_at IS DISTINCT FROM NEW.revoked_at)
    EXECUTE FUNCTION anchorwatch.tell_access()`,
  `CREATE TRIGGER told AFTER INSERT OR UPDATE OR DELETE ON anchorwatch.role_assignments
    FOR EACH STATEMENT EXECUTE FUNCTION anchorwatch.tell_access()`,
];

const STATEMENTS = [
  ...[...LABELS, ...LISTS, ...ACTORS, ...EVENTS],
  ...[...USERS, ...CREDENTIALS, ...ROLES, ...SHORT_LIVED, ...TOLD],
];

/** Who caused which drift: what lists of actors, and the drifts of one, are made from. */
import { type RawBuilder, sql } from "kysely";
import type { Visible } from "../domain/labels.ts";
import type { DriftRecord } from "../watch/drift.ts";
import { given } from "./given.ts";
import { seen } from "./page.ts";
import { plannedAnew, type Sql } from "./sql.ts";
import { digestOf, storable } from "./text.ts";

interface NamedActor {
  readonly principal: string;
  readonly person: string | undefined;
  readonly at: Date;
  /** No later event of this drift is of the same principal. */
  readonly isLast: boolean;
}

/** Makes them be those of the record's attributions. Only within a transaction. */
export async function keepActors(db: Sql, drift: DriftRecord): Promise<void> {
  const actors = actorsOf(drift);
  if (actors.length > 0) await addNew(db, actors);
  await sql`
    WITH wanted AS (
      SELECT a.key, given.at, given.is_last FROM ${table(actors)}
      JOIN anchorwatch.actors a USING (principal_digest, person_digest)
    ), gone AS (
      DELETE FROM anchorwatch.drift_actors
      WHERE drift_id = ${storable(drift.id)} AND actor NOT IN (SELECT key FROM wanted)
    )
    INSERT INTO anchorwatch.drift_actors (drift_id, actor, stack, label_set, at, is_open, is_last_of_principal)
    SELECT d.id, wanted.key, d.stack, d.label_set, wanted.at, d.status = 'open', wanted.is_last
    FROM wanted, anchorwatch.drifts d WHERE d.id = ${storable(drift.id)}
    ON CONFLICT (drift_id, actor) DO UPDATE SET at = excluded.at, is_open = excluded.is_open,
      is_last_of_principal = excluded.is_last_of_principal`.execute(db);
}

/** Drifts that are fetched one by one. Of who caused more, the newest drifts are gone through: a page is soon full. */
const FEW_DRIFTS = 2_000;

/** Drifts, as the database knows them, that somebody of that name has caused: undefined when they are not few. */
export async function causedBy(
  db: Sql,
  name: string,
  visible: Visible,
): Promise<readonly string[] | undefined> {
  const { rows } = await sql<{ drift_id: string }>`${plannedAnew}
    ${driftsOf(name)} ${seen(sql`label_set`, visible)} LIMIT ${FEW_DRIFTS + 1}`.execute(db);
  return rows.length > FEW_DRIFTS ? undefined : rows.map((row) => row.drift_id);
}

/** Selects `drift_id` of those with somebody of that name, a principal or a person; ends with a condition. */
export function driftsOf(name: string): RawBuilder<unknown> {
  const digest = sql`${digestOf(name)}::bytea`;
  return sql`
    SELECT drift_id FROM anchorwatch.drift_actors WHERE actor = ANY (ARRAY(
      SELECT key FROM anchorwatch.actors WHERE principal_digest = ${digest}
      UNION ALL SELECT key FROM anchorwatch.actors WHERE person_digest = ${digest} AND person IS NOT NULL))`;
}

function actorsOf({ attributions }: DriftRecord): readonly NamedActor[] {
  const byName = new Map<string, NamedActor>();
  const seen = new Set<string>();
  for (const { actor, person, time } of attributions.toSorted((a, b) => +b.time - +a.time)) {
    const { principal } = actor;
    const name = person.kind === "mapped" ? person.name : undefined;
    const key = JSON.stringify([principal, name ?? null]);
    if (!byName.has(key))
      byName.set(key, { principal, person: name, at: time, isLast: !seen.has(principal) });
    seen.add(principal);
  }
  return [...byName.values()];
}

/** Sorted, so that two who name the same never wait for each other both ways. */
async function addNew(db: Sql, actors: readonly NamedActor[]): Promise<void> {
  await sql`
    INSERT INTO anchorwatch.actors (principal_digest, person_digest, principal, person)
    SELECT principal_digest, person_digest, principal, person FROM ${table(actors)}
    WHERE NOT EXISTS (
      SELECT FROM anchorwatch.actors a
      WHERE a.principal_digest = given.principal_digest AND a.person_digest = given.person_digest)
    ORDER BY principal_digest, person_digest
    ON CONFLICT DO NOTHING`.execute(db);
}

function table(actors: readonly NamedActor[]) {
  return given(actors, {
    principal_digest: ["bytea", ({ principal }) => digestOf(principal)],
    person_digest: ["bytea", ({ person }) => digestOf(person ?? "")],
    principal: ["text", ({ principal }) => storable(principal)],
    person: ["text", ({ person }) => (person === undefined ? null : storable(person))],
    at: ["timestamptz", ({ at }) => at],
    is_last: ["boolean", ({ isLast }) => isLast],
  });
}

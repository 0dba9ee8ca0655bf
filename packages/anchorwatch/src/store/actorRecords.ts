import { sql } from "kysely";
import type { ActorRecords, SeenActor } from "../watch/records.ts";
import { seen, when } from "./page.ts";
import { plannedAnew, type Sql, withoutNulls } from "./sql.ts";
import { storable, stored } from "./text.ts";

export function actorRecords(db: Sql): ActorRecords {
  return { list: (filter) => list(db, filter) };
}

interface ActorRow extends Omit<SeenActor, "person"> {
  readonly person: string | null;
}

/** Added up by numbers first, and only then by names: there are many drifts, and few who caused them. */
async function list(
  db: Sql,
  { search, limit, after, ...visible }: Parameters<ActorRecords["list"]>[0],
): Promise<readonly SeenActor[]> {
  const { rows } = await sql<ActorRow>`${plannedAnew}
    WITH sums AS (
      SELECT actor, max(at) AS at, count(*) FILTER (WHERE is_last_of_principal)::integer AS drifts,
        count(*) FILTER (WHERE is_last_of_principal AND is_open)::integer AS open
      FROM anchorwatch.drift_actors WHERE true ${seen(sql`label_set`, visible)} GROUP BY actor
    )
    SELECT principal, (array_agg(person ORDER BY at DESC, person))[1] AS person, max(at) AS "lastSeenAt",
      sum(drifts)::integer AS drifts, sum(open)::integer AS "openDrifts"
    FROM sums JOIN anchorwatch.actors ON key = actor
    GROUP BY principal
    HAVING true
      ${when(search, (text) => sql`bool_or(strpos(lower(concat_ws(' ', principal, person)), lower(${storable(text)})) > 0)`)}
      ${when(after, ({ value, id }) => sql`(max(at), principal) < (${new Date(value)}::timestamptz, ${storable(id)}::text)`)}
    ORDER BY max(at) DESC, principal DESC LIMIT ${limit}`.execute(db);
  return rows.map(({ principal, person, ...row }) => ({
    ...row,
    principal: stored(principal),
    ...withoutNulls({ person: person === null ? null : stored(person) }),
  }));
}

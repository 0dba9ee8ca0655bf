import { type RawBuilder, sql } from "kysely";
import type { Visible } from "../domain/labels.ts";
import type { ActorRecords, SeenActor } from "../watch/records.ts";
import { MOST_SETS, seen, when } from "./page.ts";
import { plannedAnew, type Sql, withoutNulls } from "./sql.ts";
import { storable, stored } from "./text.ts";

export function actorRecords(db: Sql): ActorRecords {
  return { list: (filter) => list(db, filter) };
}

interface ActorRow extends Omit<SeenActor, "person"> {
  readonly person: string | null;
}

/** Who was seen last is found by numbers, and only of those on the page is counted: there are many drifts, and few who caused them. */
async function list(
  db: Sql,
  { search, limit, after, ...visible }: Parameters<ActorRecords["list"]>[0],
): Promise<readonly SeenActor[]> {
  const isVisible = seen(sql`label_set`, visible);
  const { rows } = await sql<ActorRow>`${plannedAnew}
    WITH latest AS MATERIALIZED (${await latestOf(db, visible)}), page AS (
      SELECT principal, principal_digest, (array_agg(person ORDER BY at DESC, person))[1] AS person, max(at) AS at
      FROM latest JOIN anchorwatch.actors ON key = actor
      GROUP BY principal, principal_digest
      HAVING true
        ${when(search, (text) => sql`bool_or(strpos(lower(concat_ws(' ', principal, person)), lower(${storable(text)})) > 0)`)}
        ${when(after, ({ value, id }) => sql`(max(at), principal) < (${new Date(value)}::timestamptz, ${storable(id)}::text)`)}
      ORDER BY max(at) DESC, principal DESC LIMIT ${limit}
    )
    SELECT principal, person, at AS "lastSeenAt", counted.drifts, counted.open AS "openDrifts"
    FROM page CROSS JOIN LATERAL (
      SELECT count(*)::integer AS drifts, count(*) FILTER (WHERE is_open)::integer AS open
      FROM anchorwatch.drift_actors
      WHERE actor IN (SELECT key FROM anchorwatch.actors a WHERE a.principal_digest = page.principal_digest)
        AND is_last_of_principal ${isVisible}
    ) counted
    ORDER BY at DESC, principal DESC`.execute(db);
  return rows.map(({ principal, person, ...row }) => ({
    ...row,
    principal: stored(principal),
    ...withoutNulls({ person: person === null ? null : stored(person) }),
  }));
}

/** Read one by one. Of who sees more, the newest of each actor is soon found. */
const FEW = 20_000;

/** Selects `actor` and `at`: when each was seen last. */
async function latestOf(db: Sql, visible: Visible): Promise<RawBuilder<unknown>> {
  const isVisible = seen(sql`label_set`, visible);
  return (await seesFew(db, visible))
    ? sql`SELECT actor, max(at) AS at FROM anchorwatch.drift_actors WHERE true ${isVisible} GROUP BY actor`
    : sql`
      SELECT key AS actor, newest.at FROM anchorwatch.actors CROSS JOIN LATERAL (
        SELECT at FROM anchorwatch.drift_actors WHERE actor = key ${isVisible} ORDER BY at DESC LIMIT 1
      ) newest`;
}

async function seesFew(db: Sql, { visible }: Visible): Promise<boolean> {
  if (visible === undefined || visible.length > MOST_SETS) return false;
  const { rows } = await sql<{ number: number }>`${plannedAnew}
    SELECT count(*) AS number FROM (
      SELECT FROM anchorwatch.drift_actors WHERE true ${seen(sql`label_set`, { visible })} LIMIT ${FEW + 1}) few`.execute(
    db,
  );
  return (rows[0]?.number ?? 0) <= FEW;
}

import { type RawBuilder, sql } from "kysely";
import type { Labels, Visible } from "../domain/labels.ts";
import type { Page, Sorted, StackFilter, StackSort } from "../watch/records.ts";
import type { StackStatus } from "../watch/stack.ts";
import { canonicalLabels } from "./access/labelSets.ts";
import { seen, when } from "./page.ts";
import { plannedAnew, type Sql } from "./sql.ts";
import { STATUS_COLUMNS, type StatusRow, statusOf } from "./stackRow.ts";
import { storable } from "./text.ts";

type Filter = StackFilter & Sorted<StackSort> & Page & Visible;

export async function listStacks(db: Sql, filter: Filter): Promise<readonly StackStatus[]> {
  const { keys, by } = filter.sort === "lastCheckAt" ? byLastCheck(filter) : byName(filter);
  const { rows } = await sql<StatusRow>`${plannedAnew}
    SELECT ${STATUS_COLUMNS} FROM (${keys}) page JOIN anchorwatch.stacks s USING (key)
    CROSS JOIN LATERAL (
      SELECT count(*)::integer AS number FROM anchorwatch.drifts d WHERE d.stack = s.key AND d.status = 'open'
    ) open
    ORDER BY ${by} LIMIT ${filter.limit}`.execute(db);
  return rows.map(statusOf);
}

/** Those of a page, and perhaps some more. */
interface Chosen {
  readonly keys: RawBuilder<unknown>;
  readonly by: RawBuilder<unknown>;
}

/** In the order of their code units. */
function byName(filter: Filter): Chosen {
  const [direction, further] = directionOf(filter.order ?? "asc");
  const name = sql`s.name COLLATE "C"`;
  const by = sql`${name} ${direction}, s.id ${direction}`;
  const beyond = when(
    filter.after,
    ({ value, id }) => sql`(${name}, s.id) ${further} (${storable(value)}::text, ${storable(id)}::text)`,
  );
  return { keys: keys(beyond, by, filter), by };
}

/** Those that were never checked come last in both orders; each of the two parts is one end of the index. */
function byLastCheck(filter: Filter): Chosen {
  const { order = "desc", after } = filter;
  const [direction, further] = directionOf(order);
  const at = sql`s.last_check_at`;
  const behind = after?.value ?? "";
  const beyond = when(
    after,
    ({ id }) => sql`(${at}, s.id) ${further} (${new Date(behind)}::timestamptz, ${storable(id)}::text)`,
  );
  const beyondId = when(after, ({ id }) => sql`s.id ${further} ${storable(id)}::text`);
  const isAmongUnchecked = after !== undefined && behind === "";
  const checked = () =>
    keys(sql`AND ${at} IS NOT NULL ${beyond}`, sql`${at} ${direction}, s.id ${direction}`, filter);
  const unchecked = keys(
    sql`AND ${at} IS NULL ${isAmongUnchecked ? beyondId : sql``}`,
    sql`s.id ${direction}`,
    filter,
  );
  return {
    keys: isAmongUnchecked ? unchecked : sql`(${checked()}) UNION ALL (${unchecked})`,
    by: sql`${at} ${direction} NULLS LAST, s.id ${direction}`,
  };
}

function directionOf(order: "asc" | "desc") {
  return order === "desc" ? ([sql`DESC`, sql`<`] as const) : ([sql`ASC`, sql`>`] as const);
}

/** The first ones in an order. @param which begins with AND, or is empty */
function keys(which: RawBuilder<unknown>, by: RawBuilder<unknown>, filter: Filter): RawBuilder<unknown> {
  const { health, name, namePrefix, labels, limit } = filter;
  return sql`
    SELECT s.key FROM anchorwatch.stacks s WHERE true ${which} ${seen(sql`s.label_set`, filter)}
      ${when(health, (wanted) => sql`s.health = ${wanted}`)}
      ${when(name, (wanted) => sql`s.name = ${storable(wanted)}`)}
      ${when(namePrefix, (wanted) => sql`(s.name COLLATE "C") ^@ ${storable(wanted)}`)}
      ${when(labels, labelled)}
    ORDER BY ${by} LIMIT ${limit}`;
}

function labelled(labels: Labels): RawBuilder<unknown> {
  return sql`s.label_set = ANY (ARRAY(
    SELECT key FROM anchorwatch.label_sets WHERE labels @> ${canonicalLabels(labels)}::jsonb))`;
}

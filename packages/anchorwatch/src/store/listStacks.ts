import { type RawBuilder, sql } from "kysely";
import type { Labels, Visible } from "../domain/labels.ts";
import type { Page, PagePosition, Sorted, StackFilter, StackSort } from "../watch/records.ts";
import type { StackStatus } from "../watch/stack.ts";
import { canonicalLabels } from "./access/labelSets.ts";
import { seen, when } from "./page.ts";
import { plannedAnew, type Sql } from "./sql.ts";
import { STATUS_COLUMNS, type StatusRow, statusOf } from "./stackRow.ts";
import { storable } from "./text.ts";

type Filter = StackFilter & Sorted<StackSort> & Page & Visible;

export async function listStacks(db: Sql, filter: Filter): Promise<readonly StackStatus[]> {
  const { health, name, namePrefix, labels, limit, after } = filter;
  const order = orderOf(filter);
  const { rows } = await sql<StatusRow>`${plannedAnew}
    SELECT ${STATUS_COLUMNS} FROM (
      SELECT s.key FROM anchorwatch.stacks s WHERE true ${seen(sql`s.label_set`, filter)}
        ${when(health, (wanted) => sql`s.health = ${wanted}`)}
        ${when(name, (wanted) => sql`s.name = ${storable(wanted)}`)}
        ${when(namePrefix, (wanted) => sql`(s.name COLLATE "C") ^@ ${storable(wanted)}`)}
        ${when(labels, labelled)}
        ${when(after, order.beyond)}
      ORDER BY ${order.by} LIMIT ${limit}
    ) page JOIN anchorwatch.stacks s USING (key)
    CROSS JOIN LATERAL (
      SELECT count(*)::integer AS number FROM anchorwatch.drifts d WHERE d.stack = s.key AND d.status = 'open'
    ) open
    ORDER BY ${order.by}`.execute(db);
  return rows.map(statusOf);
}

function labelled(labels: Labels): RawBuilder<unknown> {
  return sql`s.label_set = ANY (ARRAY(
    SELECT key FROM anchorwatch.label_sets WHERE labels @> ${canonicalLabels(labels)}::jsonb))`;
}

interface Order {
  readonly by: RawBuilder<unknown>;
  readonly beyond: (position: PagePosition) => RawBuilder<unknown>;
}

/** Names come in the order of their code units, times with the newest first, where nothing else is asked for. */
function orderOf({ sort = "name", order = sort === "name" ? "asc" : "desc" }: Sorted<StackSort>): Order {
  const [direction, further] = order === "desc" ? [sql`DESC`, sql`<`] : [sql`ASC`, sql`>`];
  const beyond = (column: RawBuilder<unknown>, value: unknown, type: string, id: string) =>
    sql`(${column}, s.id) ${further} (${value}::${sql.raw(type)}, ${storable(id)}::text)`;
  if (sort === "name") {
    return {
      by: sql`s.name COLLATE "C" ${direction}, s.id ${direction}`,
      beyond: ({ value, id }) => beyond(sql`s.name COLLATE "C"`, storable(value), "text", id),
    };
  }
  const at = sql`s.last_check_at`;
  return {
    by: sql`${at} ${direction} NULLS LAST, s.id ${direction}`,
    beyond: ({ value, id }) =>
      value === ""
        ? sql`(${at} IS NULL AND s.id ${further} ${storable(id)}::text)`
        : sql`(${at} IS NULL OR ${beyond(at, new Date(value), "timestamptz", id)})`,
  };
}

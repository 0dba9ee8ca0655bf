/** Pages of lists that are read from what is visible alone: neither their content nor the time they take tells of anything else. */
import { type RawBuilder, sql } from "kysely";
import type { LabelSetKey, Visible } from "../domain/labels.ts";
import type { Between, Page, Sorted } from "../watch/records.ts";
import { storable } from "./text.ts";

/** In a table that has `id` and `label_set`, and that conditions call `x`. */
export interface PageOf {
  readonly table: RawBuilder<unknown>;
  readonly sort: RawBuilder<unknown>;
  /** What that column holds. Absent: times. */
  readonly sortedBy?: "time" | "number";
  /** Begin with AND, or are empty. */
  readonly conditions: readonly RawBuilder<unknown>[];
  /** What the conditions find: few rows, which are all read and then sorted; or so many less that looking set by set is dearer. */
  readonly found?: "few" | "less";
}

/**
 * More sets of labels than these are not looked up one by one: whoever sees so many sees so much that a page is soon full, whatever has
 * to be passed over.
 */
export const MOST_SETS = 300;
/** The same, where the conditions find much less than there is. */
const MOST_SETS_OF_LESS = 4;

/** Selects `id` and `at`, which is what it is sorted by; in no order. */
export function pageOf(
  { table, sort, sortedBy, conditions, found }: PageOf,
  { visible, limit, after, order = "desc" }: Page & Visible & Pick<Sorted<string>, "order">,
): RawBuilder<unknown> {
  const [direction, beyond] = order === "desc" ? [sql`DESC`, sql`<`] : [sql`ASC`, sql`>`];
  const position =
    after === undefined
      ? sql``
      : sql`AND (${sort}, x.id) ${beyond} (${sortedBy === "number" ? sql`${after.value}::bigint` : sql`${new Date(after.value)}::timestamptz`}, ${storable(after.id)}::text)`;
  const all = (seen: RawBuilder<unknown>) => sql`
    SELECT x.id, ${sort} AS at FROM ${table} x WHERE ${seen} ${sql.join(conditions, sql` `)} ${position}`;
  if (found === "few") {
    // The fence keeps the order out: for its sake the planner would go through everything.
    return sql`
      SELECT few.id, few.at FROM (${all(visible === undefined ? sql`true` : isSeen(sql`x.label_set`, visible))} OFFSET 0) few
      ORDER BY few.at ${direction}, few.id ${direction} LIMIT ${limit}`;
  }
  const rows = (seen: RawBuilder<unknown>) => sql`
    ${all(seen)} ORDER BY ${sort} ${direction}, x.id ${direction} LIMIT ${limit}`;
  if (visible === undefined) return rows(sql`true`);
  if (visible.length > (found === "less" ? MOST_SETS_OF_LESS : MOST_SETS))
    return rows(isSeen(sql`x.label_set`, visible));
  return sql`
    SELECT found.id, found.at FROM unnest(${visible}::integer[]) AS seen(label_set)
    CROSS JOIN LATERAL (${rows(sql`x.label_set = seen.label_set`)}) found
    ORDER BY found.at ${direction}, found.id ${direction} LIMIT ${limit}`;
}

/** Of a page's rows, as they are given back. */
export function inOrder({ order = "desc" }: Pick<Sorted<string>, "order">): RawBuilder<unknown> {
  return order === "desc" ? sql`ORDER BY page.at DESC, page.id DESC` : sql`ORDER BY page.at, page.id`;
}

/** A condition, or nothing where nothing is asked for. */
export function when<Value>(
  value: Value | undefined,
  condition: (value: Value) => RawBuilder<unknown>,
): RawBuilder<unknown> {
  return value === undefined ? sql`` : sql`AND ${condition(value)}`;
}

export function within(column: RawBuilder<unknown>, { from, to }: Between): RawBuilder<unknown> {
  return sql`${when(from, (moment) => sql`${column} >= ${moment}::timestamptz`)}
    ${when(to, (moment) => sql`${column} < ${moment}::timestamptz`)}`;
}

/** @param column of the labels' number */
export function seen(column: RawBuilder<unknown>, { visible }: Visible): RawBuilder<unknown> {
  return when(visible, (sets) => isSeen(column, sets));
}

const MOST_RUNS = 8;

/** Of whoever sees all that there is, or nearly all, the sets are a few runs of numbers: told so, they cost next to nothing. */
function isSeen(column: RawBuilder<unknown>, sets: readonly LabelSetKey[]): RawBuilder<unknown> {
  const runs = runsOf(sets);
  if (runs.length === 0) return sql`false`;
  if (runs.length > MOST_RUNS || runs.length === sets.length)
    return sql`${column} = ANY (${sets}::integer[])`;
  const within = runs.map(([first, last]) => sql`${column} BETWEEN ${first}::integer AND ${last}::integer`);
  return sql`(${sql.join(within, sql` OR `)})`;
}

type Run = readonly [first: number, last: number];

/** Whoever asks again has the same sets, in the same object. */
const RUNS = new WeakMap<readonly LabelSetKey[], readonly Run[]>();

function runsOf(sets: readonly LabelSetKey[]): readonly Run[] {
  const known = RUNS.get(sets);
  if (known !== undefined) return known;
  const runs: [number, number][] = [];
  for (const key of new Int32Array(sets).sort()) {
    const run = runs.at(-1);
    if (run !== undefined && key <= run[1] + 1) run[1] = key;
    else runs.push([key, key]);
  }
  RUNS.set(sets, runs);
  return runs;
}

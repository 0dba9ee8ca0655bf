import { type RawBuilder, sql } from "kysely";
import type { Visible } from "../domain/labels.ts";
import type { DriftRecord } from "../watch/drift.ts";
import type { DriftFilter, DriftSort, Page, Sorted } from "../watch/records.ts";
import { causedBy, driftsOf } from "./driftActors.ts";
import { DRIFT_COLUMNS, type DriftRow, driftOf } from "./driftRow.ts";
import { inOrder, pageOf, when, within } from "./page.ts";
import { plannedAnew, type Sql } from "./sql.ts";
import { storable } from "./text.ts";

type Filter = DriftFilter & Sorted<DriftSort> & Page & Visible;

export async function listDrifts(db: Sql, filter: Filter): Promise<readonly DriftRecord[]> {
  const { actor, verdict, type, addressPrefix } = filter;
  const time = filter.sort === "openedAt" ? sql`x.opened_at` : sql`x.updated_at`;
  const isBySeverity = filter.sort === "severity";
  const sort = isBySeverity ? sql`x.weight` : time;
  const ids = actor === undefined ? undefined : await causedBy(db, actor, filter);
  const conditions = [
    ...conditionsOf(filter),
    when(
      actor,
      (name) => sql`x.id ${ids === undefined ? sql`IN (${driftsOf(name)})` : sql`= ANY (${ids}::text[])`}`,
    ),
    within(time, filter),
  ];
  const isLess = [verdict, type, addressPrefix].some((wanted) => wanted !== undefined);
  const less = isLess ? { found: "less" as const } : {};
  const found = ids === undefined ? less : { found: "few" as const };
  const page = pageOf(
    {
      ...{ table: sql`anchorwatch.drifts`, sort, conditions, ...found },
      ...(isBySeverity ? { sortedBy: "number" as const } : {}),
    },
    filter,
  );
  const { rows } = await sql<DriftRow>`${plannedAnew}
    SELECT ${DRIFT_COLUMNS} FROM (${page}) page
    JOIN anchorwatch.drifts d USING (id) JOIN anchorwatch.stacks s ON s.key = d.stack
    ${inOrder(filter)}`.execute(db);
  return rows.map(driftOf);
}

/** Types and addresses are found by how they begin: an index holds no text of any length. */
const FOUND_BY = 200;

function conditionsOf(filter: DriftFilter): readonly RawBuilder<unknown>[] {
  const { stackId, status, verdict, type, addressPrefix, class: ofClass, severity, excepted } = filter;
  return [
    when(stackId, (id) => sql`x.stack = (SELECT key FROM anchorwatch.stacks WHERE id = ${storable(id)})`),
    when(status, (wanted) => sql`x.status = ${sql.lit(wanted)}`),
    when(verdict, (wanted) => sql`x.verdict = ${wanted}`),
    when(ofClass, (wanted) => sql`x.class = ${wanted}`),
    when(severity, (wanted) => sql`x.severity = ${wanted}`),
    when(excepted, (wanted) => sql`x.is_excepted = ${sql.lit(wanted)}`),
    when(type, (text) => {
      const { start, isWhole } = beginning(text);
      return isWhole
        ? sql`x.type_start = ${start}`
        : sql`x.type_start = ${start} AND x.type = ${storable(text)}`;
    }),
    when(addressPrefix, (text) => {
      const { start, isWhole } = beginning(text);
      return isWhole
        ? sql`x.address_start ^@ ${start}`
        : sql`x.address_start ^@ ${start} AND starts_with(x.address, ${storable(text)})`;
    }),
  ];
}

/** In code points, as PostgreSQL counts. `isWhole`: whatever is longer begins otherwise. */
function beginning(text: string): { readonly start: string; readonly isWhole: boolean } {
  const points = [...storable(text)];
  return { start: points.slice(0, FOUND_BY).join(""), isWhole: points.length < FOUND_BY };
}

import { type RawBuilder, sql } from "kysely";
import type { Visible } from "../domain/labels.ts";
import type { DriftRecord } from "../watch/drift.ts";
import type { DriftFilter, DriftSort, Page, Sorted } from "../watch/records.ts";
import { ofActor } from "./driftActors.ts";
import { DRIFT_COLUMNS, type DriftRow, driftOf } from "./driftRow.ts";
import { inOrder, pageOf, when, within } from "./page.ts";
import { plannedAnew, type Sql } from "./sql.ts";
import { storable } from "./text.ts";

type Filter = DriftFilter & Sorted<DriftSort> & Page & Visible;

export async function listDrifts(db: Sql, filter: Filter): Promise<readonly DriftRecord[]> {
  const sort = filter.sort === "openedAt" ? sql`x.opened_at` : sql`x.updated_at`;
  const conditions = [...conditionsOf(filter), within(sort, filter)];
  const { rows } = await sql<DriftRow>`${plannedAnew}
    SELECT ${DRIFT_COLUMNS} FROM (${pageOf({ table: sql`anchorwatch.drifts`, sort, conditions }, filter)}) page
    JOIN anchorwatch.drifts d USING (id) JOIN anchorwatch.stacks s ON s.key = d.stack
    ${inOrder(filter)}`.execute(db);
  return rows.map(driftOf);
}

/** Types and addresses are found by how they begin: an index holds no text of any length. */
const FOUND_BY = 200;

function conditionsOf(filter: DriftFilter): readonly RawBuilder<unknown>[] {
  const { stackId, status, verdict, type, addressPrefix, actor } = filter;
  return [
    when(stackId, (id) => sql`x.stack = (SELECT key FROM anchorwatch.stacks WHERE id = ${storable(id)})`),
    when(status, (wanted) => sql`x.status = ${sql.lit(wanted)}`),
    when(verdict, (wanted) => sql`x.verdict = ${wanted}`),
    when(type, (text) => {
      const wanted = storable(text);
      return sql`left(x.type, 200) = ${beginning(wanted)} AND x.type = ${wanted}`;
    }),
    when(addressPrefix, (text) => {
      const wanted = storable(text);
      return sql`(left(x.address, 200) COLLATE "C") ^@ ${beginning(wanted)} AND starts_with(x.address, ${wanted})`;
    }),
    when(actor, (name) => ofActor(sql`x.id`, name)),
  ];
}

/** In code points, as PostgreSQL counts. */
function beginning(text: string): string {
  return [...text].slice(0, FOUND_BY).join("");
}

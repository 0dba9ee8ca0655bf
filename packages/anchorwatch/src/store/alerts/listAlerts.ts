import { type RawBuilder, sql } from "kysely";
import type { Alert } from "../../alerts/alert.ts";
import type { AlertFilter, AlertPage, VisibleAlerts } from "../../alerts/records.ts";
import { when } from "../page.ts";
import type { Sql } from "../sql.ts";
import { storable } from "../text.ts";
import { type AlertRow, alertOf, severityNumber } from "./alertRow.ts";
import { seenMembers } from "./seenMembers.ts";

/** What is asked of its drifts is asked of those that are visible: nothing tells of others. */
export async function listAlerts(
  db: Sql,
  filter: AlertFilter & AlertPage & VisibleAlerts,
): Promise<readonly Alert[]> {
  const { status, isAcknowledged, limit, after } = filter;
  const { rows } = await sql<AlertRow>`
    SELECT a.id, a.record FROM anchorwatch.alerts a
    WHERE EXISTS (SELECT FROM anchorwatch.alert_drifts m WHERE m.alert = a.id ${membersOf(filter)})
    ${when(status, (wanted) => sql`a.status = ${sql.lit(wanted)}`)}
    ${when(isAcknowledged, (is) => sql`(a.record -> 'acknowledged' IS NOT NULL) = ${is}`)}
    ${when(after, ({ value, id }) => sql`(a.updated_at, a.id) < (${value}::timestamptz, ${storable(id)}::text)`)}
    ORDER BY a.updated_at DESC, a.id DESC LIMIT ${limit}`.execute(db);
  return rows.map(alertOf);
}

function membersOf(filter: AlertFilter & VisibleAlerts): RawBuilder<unknown> {
  const { stack, drift, severity, class: wanted } = filter;
  return sql`
    ${seenMembers(filter)}
    ${when(severity, (least) => sql`m.severity >= ${severityNumber(least)}`)}
    ${when(wanted, (one) => sql`m.class = ${one}`)}
    ${when(drift, (id) => sql`m.drift = ${storable(id)}`)}
    ${when(stack, (id) => sql`m.stack = (SELECT key FROM anchorwatch.stacks WHERE id = ${storable(id)})`)}`;
}

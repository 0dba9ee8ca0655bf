import { sql } from "kysely";
import type { DriftClass, Severity } from "../domain/classification.ts";
import type { Visible } from "../domain/labels.ts";
import type { StackTotals } from "../watch/records.ts";
import { seen } from "./page.ts";
import { plannedAnew, type Sql } from "./sql.ts";

interface Row {
  readonly class: DriftClass | null;
  readonly severity: Severity | null;
  readonly isExcepted: boolean;
  readonly number: number;
}

/** Of those that are open. */
export async function driftTotals(
  db: Sql,
  visible: Visible,
): Promise<Pick<StackTotals, "openDrifts" | "drifts">> {
  const { rows } = await sql<Row>`${plannedAnew}
    SELECT class, severity, is_excepted AS "isExcepted", count(*)::integer AS number FROM anchorwatch.drifts
    WHERE status = 'open' ${seen(sql`label_set`, visible)} GROUP BY class, severity, is_excepted`.execute(db);
  const classes = { security: 0, operational: 0 };
  const severities = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  let [openDrifts, unclassified, excepted] = [0, 0, 0];
  for (const { class: ofClass, severity, isExcepted, number } of rows) {
    openDrifts += number;
    if (isExcepted) excepted += number;
    else if (ofClass === null || severity === null) unclassified += number;
    else {
      classes[ofClass] += number;
      severities[severity] += number;
    }
  }
  return { openDrifts, drifts: { classes, severities, unclassified, excepted } };
}

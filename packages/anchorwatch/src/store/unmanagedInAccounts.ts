import { sql } from "kysely";
import type { LabelSetKey, Labels } from "../domain/labels.ts";
import type { UnmanagedInAccount, UnmanagedInAccounts } from "../watch/tellable.ts";
import { labelsOf } from "./access/labelSets.ts";
import type { Database } from "./connect.ts";
import { storable } from "./text.ts";
import { type UnmanagedRow, unmanagedOf } from "./unmanagedRow.ts";

/** Every call may throw AnchorwatchError `database_…`. */
export function createUnmanagedInAccounts({ kysely }: Pick<Database, "kysely">): UnmanagedInAccounts {
  return {
    byIds: async (ids) => {
      if (ids.length === 0) return [];
      const { rows } = await sql<UnmanagedRow & { readonly labels: Labels; readonly labelSet: LabelSetKey }>`
        SELECT u.id, a.name AS account, u.type, u.region, u.status, u.updated_at AS "updatedAt",
          u.seen_at AS "seenAt", u.record, a.label_set AS "labelSet", l.labels
        FROM anchorwatch.unmanaged u JOIN anchorwatch.searched_accounts a ON a.key = u.account
        JOIN anchorwatch.label_sets l ON l.key = a.label_set
        WHERE u.id = ANY (${ids.map(storable)}::text[]) AND u.status <> 'held'`.execute(kysely);
      return rows.map(
        ({ labels, labelSet, ...row }): UnmanagedInAccount => ({
          record: unmanagedOf(row),
          labels: labelsOf(labels),
          labelSet,
        }),
      );
    },
  };
}

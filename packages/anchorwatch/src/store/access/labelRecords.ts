import { sql } from "kysely";
import type { LabelRecords } from "../../auth/records.ts";
import type { LabelSet } from "../../domain/labels.ts";
import type { Sql } from "../sql.ts";
import { labelsOf } from "./labelSets.ts";

export function labelRecords(db: Sql): LabelRecords {
  return {
    async since(key) {
      const { rows } = await sql<LabelSet>`
        SELECT key, labels FROM anchorwatch.label_sets WHERE key > ${key} ORDER BY key`.execute(db);
      return rows.map((row) => ({ key: row.key, labels: labelsOf(row.labels) }));
    },
  };
}

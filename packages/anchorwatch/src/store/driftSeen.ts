/** What open drifts are classified from, and which of them have to be classified again. */
import { sql } from "kysely";
import type { Labels } from "../domain/labels.ts";
import type { DriftId, DriftRecord } from "../watch/drift.ts";
import type { DriftRecords } from "../watch/records.ts";
import type { SeenResource } from "../watch/seenResource.ts";
import type { StackId } from "../watch/stack.ts";
import { labelsOf } from "./access/labelSets.ts";
import { judgedColumns } from "./driftJudged.ts";
import { given } from "./given.ts";
import { json, type Sql } from "./sql.ts";
import { storable, stored } from "./text.ts";

export function driftSeen(
  db: Sql,
): Pick<DriftRecords, "seenOf" | "judgedTheSame" | "dueForJudging" | "policies"> {
  return {
    seenOf: (ids) => seenOf(db, ids),
    judgedTheSame: (drifts) => judgedTheSame(db, drifts),
    dueForJudging: async (now, limit) => {
      const { rows } = await sql<{ id: string }>`
        SELECT s.id FROM anchorwatch.stacks s WHERE s.key IN (
          SELECT stack FROM anchorwatch.drifts WHERE judge_at <= ${now}::timestamptz) LIMIT ${limit}`.execute(
        db,
      );
      return rows.map(({ id }) => stored(id) as StackId);
    },
    policies: async () => {
      const { rows } = await sql<{ stackId: string; labels: Labels; policy: string | null }>`
        SELECT s.id AS "stackId", l.labels, d.policy
        FROM (SELECT DISTINCT stack, policy FROM anchorwatch.drifts WHERE status = 'open') d
        JOIN anchorwatch.stacks s ON s.key = d.stack JOIN anchorwatch.label_sets l ON l.key = s.label_set`.execute(
        db,
      );
      return rows.map(({ stackId, labels, policy }) => ({
        stackId: stored(stackId) as StackId,
        labels: labelsOf(labels),
        ...(policy === null ? {} : { policy }),
      }));
    },
  };
}

/** @param seen absent: as it was. Of what is closed nothing is kept */
export async function keepSeen(db: Sql, drift: DriftRecord, seen: SeenResource | undefined): Promise<void> {
  const id = storable(drift.id);
  if (drift.status === "closed") {
    await sql`DELETE FROM anchorwatch.drift_seen WHERE drift_id = ${id}`.execute(db);
    return;
  }
  if (seen === undefined) return;
  await sql`
    INSERT INTO anchorwatch.drift_seen (drift_id, seen) VALUES (${id}, ${json(seen)}::json)
    ON CONFLICT (drift_id) DO UPDATE SET seen = excluded.seen`.execute(db);
}

async function seenOf(db: Sql, ids: readonly DriftId[]): Promise<ReadonlyMap<DriftId, SeenResource>> {
  const { rows } = await sql<{ id: string; seen: SeenResource }>`
    SELECT drift_id AS id, seen FROM anchorwatch.drift_seen
    WHERE drift_id = ANY (${ids.map(storable)}::text[])`.execute(db);
  return new Map(rows.map(({ id, seen }) => [stored(id) as DriftId, seen]));
}

/** So many in one statement. */
const AT_ONCE = 500;

async function judgedTheSame(db: Sql, drifts: readonly DriftRecord[]): Promise<void> {
  for (let from = 0; from < drifts.length; from += AT_ONCE) {
    const rows = given(drifts.slice(from, from + AT_ONCE), {
      id: ["text", ({ id }) => storable(id)],
      policy: ["text", (drift) => judgedColumns(drift).policy],
      judge_at: ["timestamptz", (drift) => judgedColumns(drift).judgeAt],
      classification: ["text", ({ classification }) => json(classification)],
    });
    await sql`
      UPDATE anchorwatch.drifts d SET policy = given.policy, judge_at = given.judge_at,
        classification = given.classification::json
      FROM ${rows} WHERE d.id = given.id AND d.status = 'open'`.execute(db);
  }
}

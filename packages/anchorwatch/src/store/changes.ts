/** What the triggers of the tables tell as it is committed, and what they mean by it. */

import { sql } from "kysely";
import type { LabelSetKey } from "../domain/labels.ts";
import type { DriftId, DriftStep } from "../watch/drift.ts";
import type { StackId } from "../watch/stack.ts";
import type { StoredChange } from "../watch/storedChange.ts";
import { checkWithKey } from "./checkRecords.ts";
import { detectorRecords } from "./detectorRecords.ts";
import { driftRecords } from "./driftRecords.ts";
import { eventWithDigest } from "./listEvents.ts";
import type { Sql } from "./sql.ts";
import { stackRecords } from "./stackRecords.ts";
import { storable, stored } from "./text.ts";

/** The channel of these messages. */
export const CHANGES = "anchorwatch_changes";

/** What is told when the ledger has something to get. */
export const OUTBOX = "outbox";

/** What is told when alerts have something to look at. */
export const ALERTS = "alerts";
/** What is told when playbooks have something to look at. */
export const PLAYBOOKS = "playbooks";
/** How it begins when an alert has changed. */
export const ALERT = "alert";

/** The records that a message means, as they are now; none of what is gone since. @throws AnchorwatchError `database_*` */
export async function changesOf(db: Sql, message: string): Promise<readonly StoredChange[]> {
  const [, kind, key = ""] = /^([a-z]+) (.*)$/s.exec(message) ?? [];
  switch (kind) {
    case "drift":
      return await driftChange(db, key);
    case "check":
      return await checkChanges(db, key);
    case "stack":
      return await stackChange(db, stored(key) as StackId);
    case "detector": {
      const detector = await detectorRecords(db).byName(stored(key));
      return detector === undefined ? [] : [{ kind, detector }];
    }
    case "event": {
      const event = await eventWithDigest(db, key);
      if (event === undefined) return [];
      const labelSets = await labelSetsOf(db, [...new Set(event.touched.map(({ stackId }) => stackId))]);
      return [{ kind, event, labelSets }];
    }
    case ALERT:
      return await alertChange(db, stored(key));
    case "access":
      return [key === "*" ? { kind } : { kind, userId: stored(key) }];
    // Of a newer process, which told of what this one does not know.
    default:
      return [];
  }
}

async function driftChange(db: Sql, told: string): Promise<readonly StoredChange[]> {
  const [step = "", ...id] = told.split(" ");
  const drift = await driftRecords(db).byId(stored(id.join(" ")) as DriftId);
  if (drift === undefined) return [];
  const labelSets = await labelSetsOf(db, [drift.stackId]);
  const labelSet = labelSets.get(drift.stackId);
  return labelSet === undefined ? [] : [{ kind: "drift", step: step as DriftStep["kind"], drift, labelSet }];
}

/** With what its stack is like now. */
async function checkChanges(db: Sql, key: string): Promise<readonly StoredChange[]> {
  const check = await checkWithKey(db, key);
  if (check === undefined) return [];
  const stack = await stackRecords(db).byId(check.stackId);
  if (stack === undefined) return [];
  return [
    { kind: "check", check, labelSet: stack.labelSet },
    { kind: "stack", stack },
  ];
}

async function alertChange(db: Sql, id: string): Promise<readonly StoredChange[]> {
  const { rows } = await sql<{
    status: "open" | "resolved";
    at: Date;
    stack: string | null;
    labelSet: LabelSetKey;
  }>`
    SELECT DISTINCT a.status, a.updated_at AS at, s.id AS stack, m.label_set AS "labelSet"
    FROM anchorwatch.alerts a JOIN anchorwatch.alert_drifts m ON m.alert = a.id
    LEFT JOIN anchorwatch.stacks s ON s.key = m.stack WHERE a.id = ${storable(id)}`.execute(db);
  const [first] = rows;
  if (first === undefined) return [];
  const labelSets = new Map(
    rows.flatMap(({ stack, labelSet }) => (stack === null ? [] : [[stored(stack), labelSet] as const])),
  );
  const accountLabelSets = rows.flatMap(({ stack, labelSet }) => (stack === null ? [labelSet] : []));
  return [{ kind: "alert", id, status: first.status, at: first.at, labelSets, accountLabelSets }];
}

async function stackChange(db: Sql, id: StackId): Promise<readonly StoredChange[]> {
  const stack = await stackRecords(db).byId(id);
  return stack === undefined ? [] : [{ kind: "stack", stack }];
}

async function labelSetsOf(db: Sql, ids: readonly StackId[]): Promise<ReadonlyMap<string, LabelSetKey>> {
  const { rows } = await sql<{ id: string; labelSet: LabelSetKey }>`
    SELECT id, label_set AS "labelSet" FROM anchorwatch.stacks
    WHERE id = ANY (${ids.map(storable)}::text[])`.execute(db);
  return new Map(rows.map(({ id, labelSet }) => [stored(id), labelSet]));
}

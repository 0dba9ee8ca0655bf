import { sql } from "kysely";
import type { Coverage } from "../domain/check.ts";
import type { LabelSetKey, Labels } from "../domain/labels.ts";
import type {
  StackHealth,
  StackId,
  StackOrigin,
  StackStatus,
  StateMark,
  WatchedStack,
} from "../watch/stack.ts";
import { labelsOf } from "./access/labelSets.ts";
import { withoutNulls } from "./sql.ts";
import { stored } from "./text.ts";

export const STACK_COLUMNS = sql`
  s.id, s.name, s.engine, s.origin, s.workspace, s.declared_by AS "declaredBy",
  s.sweep_every_ms AS "sweepEveryMs", s.added_at AS "addedAt", s.label_set AS "labelSet",
  (SELECT labels FROM anchorwatch.label_sets l WHERE l.key = s.label_set) AS labels`;

export interface StackRow {
  readonly id: string;
  readonly name: string;
  readonly engine: WatchedStack["engine"];
  readonly origin: StackOrigin;
  readonly workspace: string | null;
  readonly declaredBy: WatchedStack["declaredBy"];
  readonly sweepEveryMs: number;
  readonly addedAt: Date;
  readonly labelSet: LabelSetKey;
  readonly labels: Labels;
}

export function stackOf(row: StackRow): WatchedStack {
  const labels = labelsOf(row.labels);
  return {
    id: stored(row.id) as StackId,
    name: stored(row.name),
    engine: row.engine,
    origin: row.origin,
    ...(row.workspace === null ? {} : { workspace: stored(row.workspace) }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    declaredBy: row.declaredBy,
    sweepEveryMs: row.sweepEveryMs,
    addedAt: row.addedAt,
  };
}

/** `open` is joined: the number of open drifts. */
export const STATUS_COLUMNS = sql`
  ${STACK_COLUMNS}, s.health, s.state, s.revision, s.last_check_at AS "lastCheckAt",
  s.last_complete_at AS "lastCompleteAt", s.complete_since AS "completeSince", s.next_sweep_at AS "nextSweepAt", s.coverage, s.ignored, s.error, s.failures,
  coalesce(open.number, 0) AS "openDrifts"`;

export interface StatusRow extends StackRow {
  readonly health: StackHealth;
  readonly state: StateMark | null;
  readonly revision: string | null;
  readonly lastCheckAt: Date | null;
  readonly lastCompleteAt: Date | null;
  readonly completeSince: Date | null;
  readonly nextSweepAt: Date | null;
  readonly coverage: Coverage | null;
  readonly ignored: string | null;
  readonly error: NonNullable<StackStatus["error"]> | null;
  readonly failures: number;
  readonly openDrifts: number;
}

export function statusOf(row: StatusRow): StackStatus {
  const {
    health,
    state,
    revision,
    lastCheckAt,
    lastCompleteAt,
    completeSince,
    nextSweepAt,
    coverage,
    ignored,
    error,
  } = row;
  const { failures, openDrifts } = row;
  return {
    stack: stackOf(row),
    labelSet: row.labelSet,
    ...withoutNulls({
      health,
      state,
      revision,
      lastCheckAt,
      lastCompleteAt,
      completeSince,
      nextSweepAt,
      coverage,
      ignored,
      error,
    }),
    ...{ failures, openDrifts },
  };
}

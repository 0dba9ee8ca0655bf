import { sql } from "kysely";
import type { Attribution } from "../domain/actor.ts";
import type { DriftMark } from "../domain/driftMark.ts";
import type { JsonObject } from "../domain/jsonValue.ts";
import type {
  AuthorSearch,
  DriftEnd,
  DriftId,
  DriftRecord,
  DriftStep,
  DriftVerdict,
} from "../watch/drift.ts";
import type { StackId, StateMark } from "../watch/stack.ts";
import { type JudgedRow, judgedOf } from "./driftJudged.ts";
import { withoutNulls } from "./sql.ts";
import { stored } from "./text.ts";

export const DRIFT_COLUMNS = sql`
  d.id, s.id AS "stackId", d.resource, d.address, d.type, d.status, d.verdict, d.digest,
  d.opened_at AS "openedAt", d.updated_at AS "updatedAt", d.closed_at AS "closedAt", d."end", d.times,
  d.entry_id AS "entryId", d.found, d.attributions, d.state, d.marks, d.seen_at AS "seenAt",
  d.causes_since AS "causesSince", d.search, d.classification, d.excepted`;

export interface DriftRow extends JudgedRow {
  readonly id: string;
  readonly stackId: string;
  readonly resource: string;
  readonly address: string;
  readonly type: string;
  readonly status: "open" | "closed";
  readonly verdict: DriftVerdict;
  readonly digest: string;
  readonly openedAt: Date;
  readonly updatedAt: Date;
  readonly closedAt: Date | null;
  readonly end: DriftEnd | null;
  readonly times: number;
  readonly entryId: string;
  readonly found: JsonObject;
  readonly attributions: readonly StoredAttribution[];
  readonly state: StateMark;
  readonly marks: readonly DriftMark[];
  readonly seenAt: Date;
  readonly causesSince: Date | null;
  readonly search: StoredSearch | null;
}

/** JSON has no dates. */
type StoredSearch = Omit<AuthorSearch, "at" | "from" | "to"> & Readonly<Record<"at" | "from" | "to", string>>;
type StoredAttribution = Omit<Attribution, "time"> & { readonly time: string };

export function driftOf({ search, classification, excepted, ...row }: DriftRow): DriftRecord {
  return {
    ...withoutNulls(row),
    ...judgedOf({ classification, excepted }),
    ...(search === null ? {} : { search: searchOf(search) }),
    id: stored(row.id) as DriftId,
    stackId: stored(row.stackId) as StackId,
    resource: stored(row.resource),
    address: stored(row.address),
    type: stored(row.type),
    entryId: stored(row.entryId),
    attributions: row.attributions.map(attributionOf),
  };
}

function searchOf({ at, from, to, ...search }: StoredSearch): AuthorSearch {
  return { ...search, at: new Date(at), from: new Date(from), to: new Date(to) };
}

function attributionOf({ time, ...attribution }: StoredAttribution): Attribution {
  return { ...attribution, time: new Date(time) };
}

export interface StepRow extends JudgedRow {
  readonly driftId: string;
  readonly at: Date;
  readonly kind: DriftStep["kind"];
  readonly verdict: DriftVerdict;
  readonly checkId: string;
  readonly end: DriftEnd | null;
  readonly found: JsonObject;
  readonly attributions: readonly StoredAttribution[];
}

export function stepOf({ classification, excepted, ...row }: StepRow): DriftStep {
  return {
    ...withoutNulls(row),
    ...judgedOf({ classification, excepted }),
    driftId: stored(row.driftId) as DriftId,
    checkId: stored(row.checkId),
    attributions: row.attributions.map(attributionOf),
  };
}

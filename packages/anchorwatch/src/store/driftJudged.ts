/** What is said of a drift, in columns: lists are found and sorted by them. */
import type { Classification } from "../domain/classification.ts";
import { type DriftRecord, judgeAgainAt, weightOf } from "../watch/drift.ts";
import type { Excepted } from "../watch/exception.ts";

export interface JudgedColumns {
  readonly class: string | null;
  readonly severity: string | null;
  readonly policy: string | null;
  readonly judgeAt: Date | null;
  readonly weight: string;
}

export function judgedColumns(drift: DriftRecord): JudgedColumns {
  const { classification } = drift;
  return {
    class: classification?.class ?? null,
    severity: classification?.severity ?? null,
    policy: classification?.policy ?? null,
    judgeAt: judgeAgainAt(drift) ?? null,
    weight: weightOf(drift),
  };
}

/** JSON has no dates. */
export type StoredClassification = Omit<Classification, "againAt"> & { readonly againAt?: string };
export type StoredExcepted = Omit<Excepted, "until"> & { readonly until: string };

export interface JudgedRow {
  readonly classification: StoredClassification | null;
  readonly excepted: StoredExcepted | null;
}

export function judgedOf({
  classification,
  excepted,
}: JudgedRow): Pick<DriftRecord, "classification" | "excepted"> {
  return {
    ...(classification === null ? {} : { classification: classificationOf(classification) }),
    ...(excepted === null ? {} : { excepted: { ...excepted, until: new Date(excepted.until) } }),
  };
}

export function classificationOf({ againAt, ...rest }: StoredClassification): Classification {
  return { ...rest, ...(againAt === undefined ? {} : { againAt: new Date(againAt) }) };
}

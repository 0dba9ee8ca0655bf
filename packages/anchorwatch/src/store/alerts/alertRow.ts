import type { Acknowledgement, Alert, AlertId, Snooze } from "../../alerts/alert.ts";
import { SEVERITIES, type Severity } from "../../domain/classification.ts";
import { stored } from "../text.ts";

/** For a column in which the worst is the greatest. */
export function severityNumber(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

export function severityOf(number: number): Severity {
  return SEVERITIES[number] ?? "critical";
}

export interface AlertRow {
  readonly id: string;
  readonly record: StoredAlert;
}

type Stored<Of, Times extends keyof Of> = Omit<Of, Times> & { readonly [name in Times]: string };
type Moment = "openedAt" | "begunAt" | "updatedAt" | "joinedAt";

/** JSON has no dates. */
type StoredAlert = Omit<Alert, "id" | Moment | "resolvedAt" | "acknowledged" | "snoozed"> &
  Readonly<Record<Moment, string>> & {
    readonly resolvedAt?: string;
    readonly acknowledged?: Stored<Acknowledgement, "at">;
    readonly snoozed?: Stored<Snooze, "at" | "until">;
  };

/** For the column `record`. */
export function keptAlert({ id: _, ...alert }: Alert): string {
  return JSON.stringify(alert);
}

export function alertOf({ id, record }: AlertRow): Alert {
  const { openedAt, begunAt, updatedAt, joinedAt, resolvedAt, acknowledged, snoozed, ...rest } = record;
  return {
    ...rest,
    id: stored(id) as AlertId,
    openedAt: new Date(openedAt),
    begunAt: new Date(begunAt),
    updatedAt: new Date(updatedAt),
    joinedAt: new Date(joinedAt),
    ...(resolvedAt === undefined ? {} : { resolvedAt: new Date(resolvedAt) }),
    ...(acknowledged === undefined
      ? {}
      : { acknowledged: { ...acknowledged, at: new Date(acknowledged.at) } }),
    ...(snoozed === undefined
      ? {}
      : { snoozed: { ...snoozed, at: new Date(snoozed.at), until: new Date(snoozed.until) } }),
  };
}

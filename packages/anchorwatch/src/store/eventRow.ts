import { sql } from "kysely";
import type { AuditEvent } from "../domain/auditEvent.ts";

export const EVENT_COLUMNS = sql`e.time, e.event`;

export interface EventRow {
  readonly time: Date;
  readonly event: Omit<AuditEvent, "time">;
}

export function eventOf({ time, event }: EventRow): AuditEvent {
  return { ...event, time };
}

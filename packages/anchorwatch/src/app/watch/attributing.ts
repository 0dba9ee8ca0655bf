/** Who did it: the events that touched a resource since it was last seen as it should be. */
import { isDelivery, personOf } from "../../activity/identities.ts";
import type { Attribution } from "../../domain/actor.ts";
import type { AuditEvent } from "../../domain/auditEvent.ts";
import type { DriftRecord } from "../../watch/drift.ts";
import type { WatchRecords } from "../../watch/records.ts";
import type { StackStatus } from "../../watch/stack.ts";
import type { WatchContext } from "./watchContext.ts";

/** Clouds show a change late, and clocks differ. */
const MARGIN_MS = 15 * 60_000;
/** Clocks of the cloud that are before ours. */
const AHEAD_MS = 60_000;
/** Of a stack that was never seen whole. */
const FIRST_WINDOW_MS = 24 * 3_600_000;

export interface Attributed {
  readonly address: string;
  /** Of what no state has: the id by which it is imported. */
  readonly name?: string;
  /** Absent: since the stack was seen whole. */
  readonly since?: Date | undefined;
}

/** Latest first. */
export type Attribute = (records: WatchRecords, about: Attributed) => Promise<readonly Attribution[]>;

/** What shows now, and did not when all of the stack was seen the last time, was caused since then; undefined: it never was. */
export function causesSince({
  lastCompleteAt,
  completeSince = lastCompleteAt,
}: StackStatus): Date | undefined {
  return completeSince === undefined ? undefined : new Date(completeSince.getTime() - MARGIN_MS);
}

/** Since when events may have caused a drift that is known. */
export function firstCauseOf({
  causesSince: since,
  openedAt,
}: Pick<DriftRecord, "causesSince" | "openedAt">): Date {
  return since ?? new Date(openedAt.getTime() - FIRST_WINDOW_MS);
}

/** @param status as it was before the check */
export function attributing(context: WatchContext, status: StackStatus): Attribute {
  const now = context.now();
  return async (records, { address, name, since }) => {
    const known = causesSince(status) ?? new Date(now.getTime() - FIRST_WINDOW_MS);
    const from = since !== undefined && since < known ? since : known;
    const between = { from, to: new Date(now.getTime() + AHEAD_MS) };
    const { stack } = status;
    const touching =
      address === "" ? [] : await records.events.ofResource({ stackId: stack.id, address }, between);
    const naming = name === undefined ? [] : await records.events.naming(partsOf(name), between);
    const events = naming.length === 0 ? touching : merged(touching, naming);
    return events.map((event) => attributionOf(event, context, stack));
  };
}

const SEPARATORS = /[:/,|]/;

/** Ids by which things are imported may be made of several names, all of which its events have: `ROLE:POLICY`. */
function partsOf(name: string): readonly string[] {
  const parts = name.startsWith("arn:") || name.includes("://") ? [name] : name.split(SEPARATORS);
  return parts.filter((part) => part !== "");
}

function merged(touching: readonly AuditEvent[], naming: readonly AuditEvent[]): readonly AuditEvent[] {
  const events = new Map([...touching, ...naming].map((event) => [event.id, event]));
  return [...events.values()].sort((a, b) => b.time.getTime() - a.time.getTime());
}

function attributionOf(
  { id, name, service, time, actor }: AuditEvent,
  { identities, stacks }: WatchContext,
  stack: StackStatus["stack"],
): Attribution {
  return {
    eventId: id,
    eventName: name,
    service,
    time,
    actor,
    person: personOf(actor, identities()),
    isDelivery: isDelivery(actor, stacks.deliveryOf(stack).principals),
  };
}

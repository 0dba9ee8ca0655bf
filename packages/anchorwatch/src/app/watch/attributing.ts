/** Who did it: the events that touched a resource since it was last seen as it should be. */
import { isDelivery, personOf } from "../../activity/identities.ts";
import type { Attribution } from "../../domain/actor.ts";
import type { AuditEvent } from "../../domain/auditEvent.ts";
import type { WatchRecords } from "../../watch/records.ts";
import type { StackStatus } from "../../watch/stack.ts";
import type { WatchContext } from "./watchContext.ts";

/** Trails tell late, and clocks differ. */
const MARGIN_MS = 15 * 60_000;
/** Of a stack that was never seen whole. */
const FIRST_WINDOW_MS = 24 * 3_600_000;

export type Attribute = (records: WatchRecords, address: string) => Promise<readonly Attribution[]>;

/** @param status as it was before the check */
export function attributing(context: WatchContext, { stack, lastCompleteAt }: StackStatus): Attribute {
  const to = context.now();
  const from =
    lastCompleteAt === undefined
      ? new Date(to.getTime() - FIRST_WINDOW_MS)
      : new Date(lastCompleteAt.getTime() - MARGIN_MS);
  return async (records, address) => {
    if (address === "") return [];
    const events = await records.events.ofResource({ stackId: stack.id, address }, { from, to });
    return events.map((event) => attributionOf(event, context, stack));
  };
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

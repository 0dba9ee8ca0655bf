/**
 * From an event to the resources that it touched, without a table of services: what it names, the states name, too. A resource
 * that is only referred to may have children that the event changed (a rule of the group that it names), so referrers are read as well, as
 * long as they are few: a network is referred to by everything in it.
 */
import type { AuditEvent } from "../domain/auditEvent.ts";
import type { Identifier, TouchedResource } from "./records.ts";
import type { StackId } from "./stack.ts";

export type FoundIdentifier = Identifier & { readonly stackId: StackId };

export interface Touch extends TouchedResource {
  readonly eventId: string;
  /** `own`: the event names it. */
  readonly kind: Identifier["kind"];
}

/** A name that so many resources have says nothing. */
const MOST_NAMESAKES = 25;
const MOST_REFERRERS = 10;

/** @param found whatever the states know of the events' identifiers */
export function touchesOf(
  events: readonly AuditEvent[],
  found: readonly FoundIdentifier[],
): readonly Touch[] {
  const known = Map.groupBy(found, ({ identifier }) => identifier);
  return events.flatMap((event) => touchesOfEvent(event, known));
}

function touchesOfEvent(
  { id, identifiers }: AuditEvent,
  known: ReadonlyMap<string, readonly FoundIdentifier[]>,
): readonly Touch[] {
  const own = new Map<string, FoundIdentifier>();
  const referrers = new Map<string, { readonly found: FoundIdentifier; named: number }>();
  for (const identifier of identifiers) {
    const all = known.get(identifier) ?? [];
    const owners = all.filter(({ kind }) => kind === "own");
    if (owners.length > MOST_NAMESAKES) continue;
    for (const found of owners) own.set(keyOf(found), found);
    for (const found of all) {
      const referrer = referrers.get(keyOf(found));
      if (referrer !== undefined) referrer.named += 1;
      else referrers.set(keyOf(found), { found, named: 1 });
    }
  }
  // Those of which the event names most come first: the role and the policy's name, not the role alone.
  const few = [...referrers.values()]
    .filter(({ found }) => !own.has(keyOf(found)))
    .sort((a, b) => b.named - a.named || compareTexts(a.found.address, b.found.address))
    .slice(0, MOST_REFERRERS);
  const touch = (kind: Touch["kind"]) => (found: FoundIdentifier) => ({
    eventId: id,
    stackId: found.stackId,
    address: found.address,
    kind,
  });
  return [...[...own.values()].map(touch("own")), ...few.map(({ found }) => touch("reference")(found))];
}

function keyOf({ stackId, address }: TouchedResource): string {
  return `${stackId} ${address}`;
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

import type { Attribution } from "../../domain/actor.ts";
import type { EntryActor } from "../../ledger/entry/form.ts";
import type { AttributionData } from "../../ledger/entry/kinds/drift.ts";

/** An entry names so many; the rest is among the events. */
const MOST = 20;
const MOST_TEXT = 1000;

/** The form that entries have of who may have caused a drift. */
export function attributionData(attributions: readonly Attribution[]): AttributionData[] {
  return attributions
    .slice(0, MOST)
    .map(({ eventId, eventName, service, time, actor, person, isDelivery }) => {
      const { federated, ...rest } = actor;
      return {
        eventId: short(eventId),
        eventName: short(eventName),
        service: short(service),
        time: time.toISOString(),
        actor: {
          ...rest,
          principal: short(actor.principal),
          ...(rest.userAgent === undefined ? {} : { userAgent: short(rest.userAgent) }),
          ...(federated === undefined ? {} : { federated: { ...federated } }),
        },
        ...(person.kind === "mapped" ? { person: { name: person.name, rule: person.rule } } : {}),
        isDelivery,
      };
    });
}

/** Who stands in the entry: the likeliest of them, where there is any. */
export function entryActor(attributions: readonly Attribution[], otherwise: EntryActor): EntryActor {
  const [first] = attributions;
  if (first === undefined) return otherwise;
  const { principal, channel, sourceAddress } = first.actor;
  return {
    type: "actor",
    id: short(principal),
    ...(first.person.kind === "mapped" ? { name: first.person.name } : {}),
    channel,
    ...(sourceAddress === undefined ? {} : { sourceAddress }),
  };
}

/** Whoever sends events chooses what stands in them. */
function short(text: string): string {
  return text.slice(0, MOST_TEXT) || "unknown";
}

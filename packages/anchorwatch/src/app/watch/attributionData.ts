import type { Attribution } from "../../domain/actor.ts";
import type { EntryActor } from "../../ledger/entry/form.ts";
import type { AttributionData } from "../../ledger/entry/kinds/drift.ts";

/** An entry names so many; the rest is among the events. */
const MOST = 20;
/** Bytes that all of them may take: an entry has to hold the drift's values as well. */
const ROOM = 16_000;
/** Bytes that one text may take. */
const TEXT_ROOM = 1000;

/** The form that entries have of who may have caused a drift. The likeliest are kept when there is not room for all. */
export function attributionData(attributions: readonly Attribution[]): AttributionData[] {
  const kept: AttributionData[] = [];
  let bytes = 0;
  for (const attribution of attributions.slice(0, MOST)) {
    const data = dataOf(attribution);
    bytes += sizeOf(data);
    if (bytes > ROOM) break;
    kept.push(data);
  }
  return kept;
}

/** Who stands in the entry: the likeliest of them, where there is any. */
export function entryActor(attributions: readonly Attribution[], otherwise: EntryActor): EntryActor {
  const [first] = attributions;
  if (first === undefined) return otherwise;
  const { principal, channel, sourceAddress } = first.actor;
  return {
    type: "actor",
    id: short(principal),
    ...(first.person.kind === "mapped" ? { name: short(first.person.name) } : {}),
    channel,
    ...(sourceAddress === undefined ? {} : { sourceAddress: short(sourceAddress) }),
  };
}

function dataOf(attribution: Attribution): AttributionData {
  const { eventId, eventName, service, time, actor, person, isDelivery } = attribution;
  const { kind, channel, principal, federated, ...texts } = actor;
  return {
    eventId: short(eventId),
    eventName: short(eventName),
    service: short(service),
    time: time.toISOString(),
    actor: {
      principal: short(principal),
      kind,
      channel,
      ...shortened(texts),
      ...(federated === undefined ? {} : { federated: vouchedBy(federated) }),
    },
    ...(person.kind === "mapped" ? { person: { name: short(person.name), rule: short(person.rule) } } : {}),
    isDelivery,
  };
}

function vouchedBy({ provider, subject }: NonNullable<Attribution["actor"]["federated"]>) {
  return { provider: short(provider), ...(subject === undefined ? {} : { subject: short(subject) }) };
}

function shortened<Texts extends Readonly<Record<string, string>>>(texts: Texts): Texts {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, short(text)])) as Texts;
}

/** Whoever sends events chooses what stands in them, and whoever opens a session its name: an entry must take it all the same. */
export function short(text: string): string {
  let cut = text.slice(0, TEXT_ROOM).toWellFormed();
  while (sizeOf(cut) > TEXT_ROOM) cut = cut.slice(0, Math.floor(cut.length / 2)).toWellFormed();
  return cut || "unknown";
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

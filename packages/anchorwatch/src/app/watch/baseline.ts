/** What is there and nobody minds: people accept it, so that what is new stands out, and take that back. */
import type { JsonObject } from "../../domain/jsonValue.ts";
import { canonicalJson } from "../../ledger/entry/canonicalJson.ts";
import { fitting } from "../../ledger/entry/fitting.ts";
import type { EntryActor } from "../../ledger/entry/form.ts";
import type { BaselineData } from "../../ledger/entry/kinds/unmanaged.ts";
import type { OutboxEntry } from "../../watch/records.ts";
import type { UnmanagedRecord } from "../../watch/unmanaged.ts";
import { actorOf } from "../access/entries.ts";
import type { KnownRequester } from "../access/requester.ts";
import { short } from "./attributionData.ts";
import type { WatchContext } from "./watchContext.ts";

export interface BaselineChange {
  /** `accept`: what is open. `withdraw`: what is accepted becomes open again. */
  readonly change: "accept" | "withdraw";
  /** As the operator's file calls it. */
  readonly account: string;
  /** Of records; absent: all of the account. */
  readonly ids?: readonly string[];
  /** Only of these. */
  readonly type?: string;
  readonly region?: string;
  readonly reason: string;
}

/** An entry tells of so many; the content of all. */
const MOST_TOLD = 1000;

/**
 * Only what is known at this moment, as it is: what changes afterwards is told again.
 * @returns how many
 * @throws AnchorwatchError `database_*`
 */
export async function changeBaseline(
  { records, now, newId }: Pick<WatchContext, "records" | "now" | "newId">,
  wanted: BaselineChange,
  requester: KnownRequester,
): Promise<number> {
  return await records.transaction(async (inside) => {
    const at = now();
    const known = await inside.unmanaged.lockKnown(wanted.account, []);
    const ids = wanted.ids && new Set(wanted.ids);
    const chosen = known.filter((record) => isMeant(record, wanted, ids));
    if (chosen.length === 0) return 0;
    await inside.unmanaged.save(chosen.map((record) => changed(record, wanted, requester, at)));
    await inside.outbox.put([entryOf(newId(), wanted, chosen, actorOf(requester), at)]);
    return chosen.length;
  });
}

function isMeant(
  record: UnmanagedRecord,
  { change, type, region }: BaselineChange,
  ids: ReadonlySet<string> | undefined,
): boolean {
  return (
    record.status === (change === "accept" ? "open" : "accepted") &&
    (ids?.has(record.id) ?? true) &&
    (type === undefined || record.type === type) &&
    (region === undefined || record.region === region)
  );
}

function changed(
  record: UnmanagedRecord,
  { change, reason }: BaselineChange,
  { principal }: KnownRequester,
  at: Date,
): UnmanagedRecord {
  const { accepted: _, ...before } = record;
  if (change === "withdraw") return { ...before, status: "open", updatedAt: at };
  const accepted = { at, by: principal.id, byName: principal.name, reason };
  return { ...before, status: "accepted", updatedAt: at, accepted };
}

function entryOf(
  id: string,
  { change, account, reason }: BaselineChange,
  chosen: readonly UnmanagedRecord[],
  actor: EntryActor,
  at: Date,
): OutboxEntry {
  const things = chosen.map(({ type, importId, region, digest }) => ({
    ...{ type: short(type), id: short(importId), region: short(region), digest },
  }));
  const data: BaselineData = {
    account: short(account),
    count: chosen.length,
    things: fitting(things.slice(0, MOST_TOLD)),
    reason: reason.toWellFormed(),
  };
  const entry: JsonObject = {
    id,
    kind: change === "accept" ? "baseline.accepted" : "baseline.withdrawn",
    time: at.toISOString(),
    actor: { ...actor },
    data: { ...data },
  };
  const bytes = new TextEncoder().encode(canonicalJson(things));
  return { id, entry, content: [{ role: "things", mediaType: "application/json", bytes }] };
}

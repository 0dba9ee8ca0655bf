/** Stacks that come to the watch and leave it: whoever takes one away makes every later drift in it invisible, so the ledger hears of it. */
import { hash } from "node:crypto";
import type { JsonObject } from "../../domain/jsonValue.ts";
import type { EntryActor } from "../../ledger/entry/form.ts";
import type { StackAddedData, StackGoneData } from "../../ledger/entry/kinds/stack.ts";
import type { OutboxEntry, WatchRecords } from "../../watch/records.ts";
import type { StackOrigin, WatchedStack } from "../../watch/stack.ts";
import { scopeText } from "../access/entries.ts";
import { type ClaimChange, settleClaims } from "./claiming.ts";
import { stackDetector } from "./stackDetector.ts";

/** To be called in the transaction that stored it. @param by whoever wanted it watched */
export async function recordAdded(
  records: Pick<WatchRecords, "outbox">,
  stack: WatchedStack,
  by: EntryActor,
  at: Date,
): Promise<void> {
  const labels = scopeText(stack.labels ?? {});
  const data: StackAddedData = {
    origin: placeOf(stack.origin),
    ...(labels === undefined ? {} : { labels: labels.toWellFormed() }),
  };
  await records.outbox.put([entryOf("stack.added", stack, at, { ...data }, by)]);
}

/**
 * To be called in the transaction that made them `gone`. Their drifts stay as they are.
 * @param by absent: the watch itself has seen it
 * @returns what they had in common with others, and have no more
 */
export async function recordGone(
  records: WatchRecords,
  stacks: readonly WatchedStack[],
  how: StackGoneData["how"],
  at: Date,
  by: EntryActor = OURSELVES,
): Promise<readonly ClaimChange[]> {
  const ended: ClaimChange[] = [];
  for (const stack of stacks) {
    await records.detectors.forget(stackDetector(stack).name);
    const claims = await settleClaims(records, [], { stack, at });
    ended.push(...claims.changes);
    const told = entryOf("stack.gone", stack, at, { how, origin: placeOf(stack.origin) }, by);
    await records.outbox.put([told, ...claims.entries]);
  }
  return ended;
}

export async function recordReturned(
  records: WatchRecords,
  stacks: readonly WatchedStack[],
  at: Date,
): Promise<void> {
  const told = stacks.map((stack) => entryOf("stack.returned", stack, at, { origin: placeOf(stack.origin) }));
  if (told.length > 0) await records.outbox.put(told);
}

/** @returns as a warning may say it */
export function goneText({ name, origin }: WatchedStack): string {
  return `The stack ${name} of ${placeOf(origin)} is declared no more, and is not watched any longer`;
}

const OURSELVES: EntryActor = { type: "system", id: "anchorwatch/watch" };

function entryOf(
  kind: string,
  { id, name, engine }: WatchedStack,
  at: Date,
  data: JsonObject,
  actor: EntryActor = OURSELVES,
): OutboxEntry {
  const entryId = `${kind.replace(".", "-")}-${hash("sha256", JSON.stringify([id, at.getTime()])).slice(0, 32)}`;
  const entry: JsonObject = {
    id: entryId,
    kind,
    time: at.toISOString(),
    actor: { ...actor },
    stack: { name: name.toWellFormed(), kind: engine },
    data,
  };
  return { id: entryId, entry, content: [] };
}

function placeOf(origin: StackOrigin): string {
  const text = origin.kind === "folder" ? origin.path : `${origin.url} ${origin.ref} ${origin.path}`;
  return text.slice(0, 4000).toWellFormed();
}

/** The ledger's entries about playbooks and freezes. */
import type { JsonObject } from "../../domain/jsonValue.ts";
import type { EntryActor, EntryStack } from "../../ledger/entry/form.ts";
import type {
  FreezeAddedData,
  FreezeEndedData,
  PlaybookEndedData,
  PlaybookStartedData,
  PlaybookStepData,
} from "../../ledger/entry/kinds/response.ts";
import type { DriftRecord } from "../../watch/drift.ts";
import type { OutboxEntry } from "../../watch/records.ts";
import type { WatchedStack } from "../../watch/stack.ts";

/** What goes on by itself. */
export const PLAYBOOK_ACTOR: EntryActor = { type: "system", id: "anchorwatch/playbooks" };

export type ResponseData =
  | { readonly kind: "freeze.added"; readonly data: FreezeAddedData }
  | { readonly kind: "freeze.ended"; readonly data: FreezeEndedData }
  | { readonly kind: "playbook.started"; readonly data: PlaybookStartedData }
  | { readonly kind: "playbook.step"; readonly data: PlaybookStepData }
  | { readonly kind: "playbook.ended"; readonly data: PlaybookEndedData };

export interface ResponseNews {
  readonly id: string;
  readonly at: Date;
  readonly actor: EntryActor;
  readonly stack: Pick<WatchedStack, "name" | "engine">;
  /** That it is about. */
  readonly drift?: Pick<DriftRecord, "entryId" | "address"> | undefined;
  readonly content?: OutboxEntry["content"];
}

export function responseEntry(news: ResponseNews, { kind, data }: ResponseData): OutboxEntry {
  const { id, at, actor, stack, drift, content = [] } = news;
  const entryStack: EntryStack = { name: stack.name, kind: stack.engine };
  const entry: JsonObject = {
    ...{ id, kind, time: at.toISOString(), actor: { ...actor }, stack: { ...entryStack } },
    ...(drift === undefined || drift.address === "" ? {} : { address: drift.address.toWellFormed() }),
    refs: drift === undefined || drift.entryId === "" ? [] : [{ type: "drift", id: drift.entryId }],
    data: wellFormed(data),
  };
  return { id, entry, content };
}

const LONGEST_TEXT = 8000;

/** What people and programs say may hold half a character. */
function wellFormed(data: object): JsonObject {
  return Object.fromEntries(
    Object.entries(data)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [
        name,
        typeof value === "string" ? value.slice(0, LONGEST_TEXT).toWellFormed() : value,
      ]),
  ) as JsonObject;
}

/** Entries for the ledger of what was told to whom, and who answered. */
import type { z } from "zod";
import type { JsonObject } from "../../domain/jsonValue.ts";
import type { EntryActor } from "../../ledger/entry/form.ts";
import type { RESPONSE_KINDS } from "../../ledger/entry/kinds/response.ts";

type Kind = "alert.sent" | "alert.acknowledged" | "alert.snoozed" | "alert.resent" | "channel.tested";

export interface AlertEntryParts<Of extends Kind> {
  readonly id: string;
  readonly kind: Of;
  readonly at: Date;
  readonly actor: EntryActor;
  readonly data: z.input<(typeof RESPONSE_KINDS)[Of]["schema"]>;
  /** Ids of the entries that opened them. */
  readonly drifts: readonly string[];
}

export const ALERTER: EntryActor = { type: "system", id: "anchorwatch/alerts" };

export function alertEntry<Of extends Kind>({ id, kind, at, actor, data, drifts }: AlertEntryParts<Of>) {
  const entry = {
    ...{ id, kind, time: at.toISOString(), actor: { ...actor } },
    ...(drifts.length === 0 ? {} : { refs: drifts.map((drift) => ({ type: "drift", id: drift })) }),
    data: { ...data },
  };
  return { id, entry: writable(entry) as JsonObject, content: [] as const };
}

/** What people and channels say may be endless, or hold half a character. */
function writable(value: unknown): unknown {
  if (typeof value === "string") return value.slice(0, 8000).toWellFormed();
  if (Array.isArray(value)) return value.map(writable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, writable(member)]));
}

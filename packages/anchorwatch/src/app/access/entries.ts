/** Entries for the ledger of who came in, was refused, and changed what. */
import type { z } from "zod";
import type { User } from "../../auth/user.ts";
import type { JsonObject, JsonValue } from "../../domain/jsonValue.ts";
import type { Labels } from "../../domain/labels.ts";
import type { EntryActor, EntryReference } from "../../ledger/entry/form.ts";
import type { ACCESS_KINDS } from "../../ledger/entry/kinds/access.ts";
import type { Requester } from "./requester.ts";

export interface AccessEntry {
  readonly id: string;
  readonly entry: JsonObject;
  readonly content: readonly [];
}

type Kind = keyof typeof ACCESS_KINDS;
export type EntryData<Of extends Kind> = z.input<(typeof ACCESS_KINDS)[Of]["schema"]>;

export function accessEntry<Of extends Kind>(
  { now, newId }: { readonly now: () => Date; readonly newId: () => string },
  kind: Of,
  actor: EntryActor,
  data: EntryData<Of>,
  refs: readonly EntryReference[] = [],
): AccessEntry {
  const id = newId();
  const entry = {
    id,
    kind,
    time: now().toISOString(),
    actor: { ...actor },
    ...(refs.length === 0 ? {} : { refs: refs.map((reference) => ({ ...reference })) }),
    data: Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined)),
  };
  return { id, entry: writable(entry as JsonObject) as JsonObject, content: [] };
}

/** As the ledger takes it: what people type may be endless, or hold half a character, and nobody hides what he did behind that. */
function writable(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value === "string") return value.slice(0, LONGEST_TEXT).toWellFormed();
  if (Array.isArray(value)) return value.map((item: JsonValue) => writable(item) ?? null);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, writable(member)]));
}

const LONGEST_TEXT = 8000;

/** What goes on by itself. */
export const OURSELVES: EntryActor = { type: "system", id: "anchorwatch/access" };

/** Whoever asks, as far as it is proven. */
export function actorOf({ principal, address }: Requester): EntryActor {
  const sourceAddress = address === "" ? {} : { sourceAddress: address };
  if (principal === undefined) return { type: "actor", id: "unknown", channel: "web", ...sourceAddress };
  const { kind, id, name, channel } = principal;
  if (kind === "workload") return { type: "actor", id, name, channel: "ci", ...sourceAddress };
  // Where the chat's server stands says nothing of the person.
  if (channel === "chat") return { type: "user", id, name, channel };
  return { type: "user", id, name, channel: channel === "session" ? "web" : "api", ...sourceAddress };
}

/** Somebody who has proven just now who he is. */
export function userActor({ id, login }: Pick<User, "id" | "login">, { address }: Requester): EntryActor {
  return {
    type: "user",
    id,
    name: login,
    channel: "web",
    ...(address === "" ? {} : { sourceAddress: address }),
  };
}

/** `env=prod,team=payments`; undefined: everywhere. */
export function scopeText(scope: Labels): string | undefined {
  const pairs = Object.entries(scope).sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0 ? undefined : pairs.map(([label, value]) => `${label}=${value}`).join(",");
}

export const sessionRef = (id: string): EntryReference => ({ type: "session", id });
export const userRef = (id: string): EntryReference => ({ type: "user", id });

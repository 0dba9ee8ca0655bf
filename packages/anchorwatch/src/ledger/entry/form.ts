/** The form of an entry. Within `anchorwatch.entry/v1` members and kinds are added, never changed. */
import type { JsonObject, JsonValue } from "../../domain/jsonValue.ts";

/** What the `schema` member of every stored entry says. */
export const ENTRY_SCHEMA = "anchorwatch.entry/v1";

/** Who did it: `actor` is the principal who changed something outside, `user` a person here, `system` a part of ours. */
export interface EntryActor {
  readonly type: "actor" | "user" | "system";
  /** An ARN, a user's id, `anchorwatch/check`. */
  readonly id: string;
  readonly name?: string;
  /** How it came: `console`, `cli`, `sdk`, `terraform`, `web`, `chat` … */
  readonly channel?: string;
  readonly sourceAddress?: string;
}

export interface EntryStack {
  readonly name: string;
  readonly kind: string;
  readonly workspace?: string;
  /** Of the state: tells stacks apart that happen to have one name. */
  readonly lineage?: string;
}

/** Something that the entry speaks of: `{type: "check", id: …}`; a drift's id is that of the entry that opened it. */
export interface EntryReference {
  readonly type: string;
  readonly id: string;
}

/** Bytes that lie beside the log under their digest, and are proven by it. */
export interface EntryContent {
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  readonly bytes: number;
  readonly mediaType: string;
  /** What it is to the entry: `changes`, `plan`, `evidence` … */
  readonly role: string;
}

/** What a caller appends: plain JSON, secrets only as `{"fingerprint": "hmac-sha256:…"}`. */
export interface EntryInput {
  /** 1 to 128 visible ASCII characters. Appending is idempotent by it. */
  readonly id: string;
  readonly kind: string;
  /** RFC 3339 in UTC with milliseconds, by the writer's clock. The log's own order is the index. */
  readonly time: string;
  readonly actor: EntryActor;
  readonly stack?: EntryStack;
  readonly address?: string;
  readonly refs?: readonly EntryReference[];
  /** Masked: what was, and what is now. */
  readonly before?: JsonValue;
  readonly after?: JsonValue;
  /** By kind: see `kinds/`. */
  readonly data: JsonObject;
  readonly content?: readonly EntryContent[];
}

/** As stored. Members that this version does not know are there, too. */
export interface StoredEntry extends EntryInput {
  readonly schema: string;
}

export type DecodedEntry =
  | {
      readonly kind: "entry";
      readonly entry: StoredEntry;
      /** Whether this version knows the kind; the data of others is shown as it is. */
      readonly known: boolean;
    }
  /** No entry of ours, though the log may prove it: a foreign log, or a version that changed the envelope. */
  | { readonly kind: "unreadable"; readonly reason: string };

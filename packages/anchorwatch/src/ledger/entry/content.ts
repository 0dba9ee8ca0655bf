/** Bytes that are too big for an entry lie beside the log under their digest; the entry holds the digest. */
import { createHash } from "node:crypto";
import type { EntryContent, EntryInput } from "./form.ts";

/** What a caller hands to the log together with an entry. */
export interface ContentInput {
  readonly role: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** `sha256:` and 64 hexadecimal digits. */
export function contentDigest(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** What the entry says of it. */
function contentReference({ role, mediaType, bytes }: ContentInput): EntryContent {
  return { digest: contentDigest(bytes), bytes: bytes.length, mediaType, role };
}

/** The entry with references to what is stored beside the log; without any, as it is. */
export function withContent(entry: EntryInput, contents: readonly ContentInput[]): EntryInput {
  if (contents.length === 0) return entry;
  return { ...entry, content: [...(entry.content ?? []), ...contents.map(contentReference)] };
}

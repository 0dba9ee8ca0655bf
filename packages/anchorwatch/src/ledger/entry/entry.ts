/** Entries to bytes and back. Stored is canonical JSON (RFC 8785) in UTF-8, so that equal entries have equal bytes. */
import { AnchorwatchError } from "../../domain/errors.ts";
import type { JsonObject } from "../../domain/jsonValue.ts";
import { canonicalJson, MAX_DEPTH } from "./canonicalJson.ts";
import { assertValid } from "./envelope.ts";
import { type DecodedEntry, ENTRY_SCHEMA, type EntryInput, type StoredEntry } from "./form.ts";
import { KINDS, type KindRegistry } from "./kinds/registry.ts";

export type { DecodedEntry, EntryActor, EntryContent, EntryInput, EntryStack, StoredEntry } from "./form.ts";

/** The format of entry bundles has two bytes for an entry's length. */
export const MAX_ENTRY_BYTES = 65_535;

/** @throws AnchorwatchError `ledger_entry_invalid` with the failing path, `ledger_entry_too_large` */
export function encodeEntry(input: EntryInput, kinds: KindRegistry = KINDS): Uint8Array {
  assertValid(input, kinds);
  const stored: StoredEntry = { schema: ENTRY_SCHEMA, ...input };
  const bytes = encoder.encode(canonicalJson(stored as unknown as JsonObject));
  if (bytes.length > MAX_ENTRY_BYTES) throw tooLarge(input, bytes.length);
  return bytes;
}

/** Never throws: what is no entry is `unreadable`, with the reason. */
export function decodeEntry(bytes: Uint8Array, kinds: KindRegistry = KINDS): DecodedEntry {
  const parsed = parse(bytes);
  if (parsed.kind === "unreadable") return parsed;
  const problem = problemOf(parsed.value);
  if (problem !== undefined) return { kind: "unreadable", reason: problem };
  if (isTooDeep(bytes, parsed.value)) return { kind: "unreadable", reason: "it is nested too deep" };
  const entry = parsed.value as StoredEntry;
  return { kind: "entry", entry, known: Object.hasOwn(kinds, entry.kind) };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function parse(
  bytes: Uint8Array,
): { readonly kind: "json"; readonly value: unknown } | Extract<DecodedEntry, { kind: "unreadable" }> {
  try {
    return { kind: "json", value: JSON.parse(decoder.decode(bytes)) };
  } catch (error) {
    return {
      kind: "unreadable",
      reason: error instanceof SyntaxError ? "it is no JSON" : "it is no UTF-8 text",
    };
  }
}

/** Only what every reader relies on: a later version may hold anything else. */
function problemOf(parsed: unknown): string | undefined {
  if (!isRecord(parsed)) return "it is JSON, but no object";
  const { schema, actor, stack, address, refs, content } = parsed;
  if (typeof schema !== "string" || !schema.startsWith("anchorwatch.entry/"))
    return 'its "schema" is not anchorwatch.entry';
  for (const name of ["id", "kind", "time"])
    if (typeof parsed[name] !== "string" || parsed[name] === "") return `it has no "${name}"`;
  if (Number.isNaN(Date.parse(String(parsed["time"])))) return 'its "time" is none';
  if (!isRecord(actor) || typeof actor["type"] !== "string" || typeof actor["id"] !== "string")
    return 'it has no "actor" with a type and an id';
  if (!areTexts(actor, ["name", "channel", "sourceAddress"]))
    return 'its "actor" has a member that is no text';
  if (stack !== undefined && (!isRecord(stack) || typeof stack["name"] !== "string"))
    return 'its "stack" has no name';
  if (stack !== undefined && !areTexts(stack, ["kind", "workspace", "lineage"]))
    return 'its "stack" has a member that is no text';
  if (address !== undefined && typeof address !== "string") return 'its "address" is no text';
  if (refs !== undefined && !isListOf(["type", "id"], refs)) return 'its "refs" is no list of references';
  if (content !== undefined && !isListOf(["digest", "mediaType", "role"], content))
    return 'its "content" is no list of references';
  return isRecord(parsed["data"]) ? undefined : 'it has no "data"';
}

const SQUARE = "[".charCodeAt(0);
const CURLY = "{".charCodeAt(0);

/** Readers recurse into entries, which anybody may have written. Few brackets cannot be deep, and that is quick to tell. */
function isTooDeep(bytes: Uint8Array, parsed: unknown): boolean {
  let brackets = 0;
  for (let i = 0; i < bytes.length; i += 1) if (bytes[i] === SQUARE || bytes[i] === CURLY) brackets += 1;
  return brackets > MAX_DEPTH && isDeeperThan(parsed, MAX_DEPTH);
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  for (const key in value)
    if (isDeeperThan((value as Readonly<Record<string, unknown>>)[key], levels - 1)) return true;
  return false;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether those of the members that are there are texts. */
function areTexts(record: Readonly<Record<string, unknown>>, names: readonly string[]): boolean {
  return names.every((name) => record[name] === undefined || typeof record[name] === "string");
}

function isListOf(texts: readonly string[], value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => isRecord(item) && areTexts(item, texts));
}

function tooLarge(input: EntryInput, bytes: number): AnchorwatchError {
  const [name, size] = largestMember(input);
  const message =
    `The entry ${input.kind} with id ${input.id} has ${spelled(bytes)} bytes; an entry may have ` +
    `${spelled(MAX_ENTRY_BYTES)}. The largest part of it is ${name}, with ${spelled(size)} bytes`;
  return new AnchorwatchError("ledger_entry_too_large", message, {
    hint: `Append ${name} as content: it lies beside the log, and the entry holds its digest, which proves it.`,
  });
}

function largestMember({ data, ...rest }: EntryInput): readonly [name: string, bytes: number] {
  const members: readonly (readonly [string, unknown])[] = [
    ...Object.entries(rest),
    ...Object.entries(data).map(([key, value]) => [`data.${key}`, value] as const),
  ];
  const sizes = members.map(
    ([name, value]) => [name, encoder.encode(JSON.stringify(value) ?? "").length] as const,
  );
  return sizes.reduce((largest, member) => (member[1] > largest[1] ? member : largest), ["data", 0]);
}

function spelled(count: number): string {
  return count.toLocaleString("en-US");
}

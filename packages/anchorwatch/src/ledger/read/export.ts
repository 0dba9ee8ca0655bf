/** Entries on their way to other tools, each with the proof that it is in the log. */
import { leafHash } from "tlog";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { JsonObject, JsonValue } from "../../domain/jsonValue.ts";
import { canonicalJson } from "../entry/canonicalJson.ts";
import { CSV_HEADER, csvRow } from "../entry/csv.ts";
import type { StoredEntry } from "../entry/form.ts";
import { ocsfEvent } from "../entry/ocsf.ts";
import type { OpenedLog } from "./openedLog.ts";
import type { FoundEntry } from "./search.ts";

export type ExportFormat = "jsonl" | "ocsf" | "csv";

/** What the first line of a JSON Lines export says. */
const EXPORT_SCHEMA = "anchorwatch.ledger-export/v1";

interface ProvenEntry extends FoundEntry {
  /** Base64, as the two below. */
  readonly leaf: string;
  readonly proof: readonly string[];
}

interface Form {
  readonly head: string;
  readonly text: (entry: ProvenEntry) => string;
}

/**
 * Pieces of text, each of whole lines. Every inclusion proof was verified.
 * @param version of Anchorwatch, for OCSF
 */
export async function* exportEntries(
  log: OpenedLog,
  found: AsyncIterable<FoundEntry>,
  format: ExportFormat,
  version: string,
): AsyncIterable<string> {
  const form = FORMS[format](log, version);
  if (form.head !== "") yield form.head;
  for await (const entry of found) {
    const leaf = await leafHash(entry.bytes);
    const proof = await log.prove(entry.index, leaf);
    yield form.text({ ...entry, leaf: base64(leaf), proof: proof.map(base64) });
  }
}

const FORMS: Readonly<Record<ExportFormat, (log: OpenedLog, version: string) => Form>> = {
  jsonl: ({ checkpoint, note }) => ({
    head: line({
      schema: EXPORT_SCHEMA,
      origin: checkpoint.origin,
      size: checkpoint.size,
      root: base64(checkpoint.root),
      checkpoint: note,
    }),
    text: ({ index, leaf, proof, ...entry }) => line({ index, ...bodyOf(entry), leaf, proof }),
  }),
  ocsf: ({ checkpoint }, version) => ({
    head: "",
    text: (entry) => {
      const { index, leaf, proof } = entry;
      const event = ocsfEvent(storedForm(entry), { index, log: checkpoint.origin, version });
      const inLog = { size: checkpoint.size, root: base64(checkpoint.root), leaf, proof };
      return line({ ...event, unmapped: { ...(event["unmapped"] as JsonObject), inclusion: inLog } });
    },
  }),
  csv: ({ checkpoint }) => {
    const root = hex(base64(checkpoint.root));
    return {
      head: appended(CSV_HEADER, ["tree_size", "tree_root", "leaf_hash", "inclusion_proof"]),
      // In hexadecimal: base64 may begin with a plus, which spreadsheets take for a formula.
      text: (entry) =>
        appended(csvRow(entry.index, storedForm(entry)), [
          String(checkpoint.size),
          root,
          hex(entry.leaf),
          entry.proof.map(hex).join(" "),
        ]),
    };
  },
};

/**
 * The entry as JSON where that gives back its bytes (RFC 8785), which is so for all that this program wrote; else the bytes
 * themselves, since the leaf hash is made of them.
 */
function bodyOf({ bytes, decoded }: Pick<FoundEntry, "bytes" | "decoded">): JsonObject {
  if (decoded.kind === "unreadable") return { bytes: base64(bytes), unreadable: decoded.reason };
  const entry = decoded.entry as unknown as JsonObject;
  return isCanonical(entry, bytes) ? { entry } : { entry, bytes: base64(bytes) };
}

function isCanonical(entry: JsonObject, bytes: Uint8Array): boolean {
  try {
    return canonicalJson(entry) === new TextDecoder().decode(bytes);
  } catch (error) {
    // What others wrote may hold what has no canonical form, such as half of a surrogate pair.
    if (error instanceof AnchorwatchError) return false;
    throw error;
  }
}

/** What is no entry of ours is exported all the same: leaving it out would look as if it were not in the log. */
function storedForm({ index, bytes, decoded }: FoundEntry): StoredEntry {
  if (decoded.kind === "entry") return decoded.entry;
  return {
    schema: "unreadable",
    id: `entry-${index}`,
    kind: "unreadable",
    time: "1970-01-01T00:00:00.000Z",
    actor: { type: "system", id: "unknown" },
    data: { reason: decoded.reason, bytes: base64(bytes) },
  };
}

function line(value: Readonly<Record<string, JsonValue | undefined>>): string {
  return `${JSON.stringify(value)}\n`;
}

function appended(row: string, cells: readonly string[]): string {
  return `${row.slice(0, -"\r\n".length)},${cells.join()}\r\n`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}

function hex(text: string): string {
  return Buffer.from(text, "base64").toString("hex");
}

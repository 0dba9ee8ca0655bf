/** Entries as rows for spreadsheets (RFC 4180). */
import type { JsonValue } from "../../domain/jsonValue.ts";
import type { StoredEntry } from "./form.ts";
import { titleOf } from "./kinds/registry.ts";

const COLUMNS = [
  "index",
  "time",
  "kind",
  "title",
  "id",
  "actor_type",
  "actor_id",
  "actor_name",
  "actor_channel",
  "actor_source_address",
  "stack",
  "stack_kind",
  "workspace",
  "address",
  "refs",
  "before",
  "after",
  "data",
  "content",
] as const;

/**
 * Spreadsheets run what begins like a formula, and names, addresses and values belong to whoever made the change: an
 * apostrophe in front makes it text.
 */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/u;

/** The first line of a file. */
export const CSV_HEADER = row(COLUMNS);

/** Ends with a line break, as the header does. Structured members are JSON in their cell. */
export function csvRow(index: number, entry: StoredEntry): string {
  const { actor, stack, refs, content } = entry;
  const cells: Readonly<Record<(typeof COLUMNS)[number], string | undefined>> = {
    index: String(index),
    time: entry.time,
    kind: entry.kind,
    title: titleOf(entry.kind),
    id: entry.id,
    actor_type: actor.type,
    actor_id: actor.id,
    actor_name: actor.name,
    actor_channel: actor.channel,
    actor_source_address: actor.sourceAddress,
    stack: stack?.name,
    stack_kind: stack?.kind,
    workspace: stack?.workspace,
    address: entry.address,
    refs: refs?.map(({ type, id }) => `${type}:${id}`).join(" "),
    before: json(entry.before),
    after: json(entry.after),
    data: json(entry.data),
    content: content?.map(({ role, digest }) => `${role}:${digest}`).join(" "),
  };
  return row(COLUMNS.map((name) => cells[name] ?? ""));
}

function json(value: JsonValue | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

function row(cells: readonly string[]): string {
  return `${cells.map(cell).join()}\r\n`;
}

function cell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) || safe !== text ? `"${safe.replaceAll('"', '""')}"` : safe;
}

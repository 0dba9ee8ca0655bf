import type { DecodedEntry } from "../entry/form.ts";
import type { LedgerQuery } from "../index/query.ts";
import { indexRow } from "../index/row.ts";

/**
 * Whether an entry is looked for: the same answer as the search index gives, for logs that have none here, and as a second look
 * at what the index found. Bounds by index are the caller's.
 */
export function matches(decoded: DecodedEntry, bytes: Uint8Array, query: LedgerQuery): boolean {
  if (decoded.kind === "unreadable") return !asksAboutEntries(query);
  const { stack, workspace, address, actor, user, kind, from, to, text } = query;
  const { entry } = decoded;
  const time = Date.parse(entry.time);
  return (
    (stack === undefined || entry.stack?.name === stack) &&
    (workspace === undefined || entry.stack?.workspace === workspace) &&
    (address === undefined || entry.address === address) &&
    (actor === undefined || isBy(entry.actor, "actor", actor)) &&
    (user === undefined || isBy(entry.actor, "user", user)) &&
    (kind === undefined || isOfKind(entry.kind, kind)) &&
    (from === undefined || time >= from.getTime()) &&
    (to === undefined || time < to.getTime()) &&
    (text === undefined || (indexRow(bytes)?.text ?? "").includes(text.toLowerCase()))
  );
}

/** Whether the query asks for more than a range of indexes: nobody can look for what cannot be read. */
export function asksAboutEntries(query: LedgerQuery): boolean {
  const { fromIndex: _from, toIndex: _to, newestFirst: _newest, ...rest } = query;
  return Object.values(rest).some((value) => value !== undefined);
}

function isBy(
  actor: { readonly type: string; readonly id: string; readonly name?: string },
  type: "actor" | "user",
  wanted: string,
): boolean {
  return actor.type === type && (actor.id === wanted || actor.name === wanted);
}

function isOfKind(kind: string, wanted: string): boolean {
  return kind === wanted || kind.startsWith(wanted.endsWith(".") ? wanted : `${wanted}.`);
}

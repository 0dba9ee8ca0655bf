/** How the ledger's commands say things. Everything that comes out of a log is escaped here. */
import { formatVerifierKey, type VerifierKey } from "tlog";
import { escapeText } from "../../domain/escape.ts";
import { titleOf } from "../../ledger/entry/kinds/registry.ts";
import type { FoundEntry } from "../../ledger/read/search.ts";
import type { LedgerPaint } from "./paint.ts";

/** `1,000,000`. */
export function spelled(count: number): string {
  return count.toLocaleString("en-US");
}

/** `1 entry`, `1,000 entries`. */
export function entriesText(count: number): string {
  return `${spelled(count)} ${count === 1 ? "entry" : "entries"}`;
}

export function rootText(root: Uint8Array): string {
  return Buffer.from(root).toString("base64");
}

/** `name+0123abcd`: what tells keys apart, without the key itself. */
export function keyText(key: VerifierKey): string {
  return escapeText(formatVerifierKey(key).split("+").slice(0, 2).join("+"));
}

/** One line: `12  2026-11-21T13:00:00.000Z  Drift opened  network aws_vpc.main  anchorwatch/check`. */
export function entryLine({ index, decoded }: FoundEntry, paint: LedgerPaint): string {
  if (decoded.kind === "unreadable") {
    return `${index}  ${paint.doubtful(`no entry of Anchorwatch: ${escapeText(decoded.reason)}`)}\n`;
  }
  const { time, kind, stack, address, actor } = decoded.entry;
  const where = [stack?.name, address].filter((part) => part !== undefined).join(" ");
  const who = actor.name ?? actor.id;
  const parts = [
    paint.quiet(String(index)),
    paint.quiet(escapeText(time)),
    paint.strong(escapeText(titleOf(kind))),
    ...(where === "" ? [] : [escapeText(where)]),
    paint.quiet(escapeText(who)),
  ];
  return `${parts.join("  ")}\n`;
}

/** `  origin     example.com/log` for each, in one column. */
export function facts(rows: readonly (readonly [name: string, value: string])[], paint: LedgerPaint): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${paint.quiet(name.padEnd(width))}  ${value}\n`).join("");
}

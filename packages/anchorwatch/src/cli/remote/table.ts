/** Lists for people. Whatever comes from a server is escaped here. */
import { cells } from "../../compare/lines/cells.ts";
import { escapeText } from "../../domain/escape.ts";
import type { LedgerPaint } from "../ledger/paint.ts";

export type Cell = string | { readonly text: string; readonly tone: keyof LedgerPaint };

/** Columns under their heads, as wide as they must be; nothing after the last one. */
export function table(
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
  paint: LedgerPaint,
): string {
  const shown = rows.map((row) => row.map((cell) => escapeText(textOf(cell))));
  // One by one: there may be more rows than a call takes arguments.
  const widths = heads.map((head, at) =>
    shown.reduce((widest, row) => Math.max(widest, cells(row[at] ?? "")), cells(head)),
  );
  const lineOf = (texts: readonly string[], painted: (text: string, at: number) => string) =>
    texts
      .map((text, at) => {
        const gap = at === texts.length - 1 ? "" : " ".repeat((widths[at] ?? 0) - cells(text) + 2);
        return `${text === "" ? "" : painted(text, at)}${gap}`;
      })
      .join("")
      .trimEnd();
  return [
    lineOf(heads, (text) => paint.quiet(text)),
    ...rows.map((row, number) =>
      lineOf(shown[number] ?? [], (text, at) => {
        const cell = row[at];
        return typeof cell === "object" ? paint[cell.tone](text) : text;
      }),
    ),
    "",
  ].join("\n");
}

/** `name      value` for each that has a value. */
export function factsText(
  rows: readonly (readonly [name: string, value: Cell | undefined])[],
  paint: LedgerPaint,
): string {
  const given = rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  const width = Math.max(...given.map(([name]) => name.length));
  return given
    .map(([name, value]) => {
      const text = escapeText(textOf(value));
      return `  ${paint.quiet(name.padEnd(width))}  ${typeof value === "object" ? paint[value.tone](text) : text}\n`;
    })
    .join("");
}

function textOf(cell: Cell): string {
  return typeof cell === "string" ? cell : cell.text;
}

const UNITS: readonly (readonly [milliseconds: number, name: string])[] = [
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [60_000, "minute"],
];

/** `3 days ago`, `just now`, `in 2 hours`; empty where there is no time. @param at as the API gives it */
export function ageText(at: string | undefined, now: Date): string {
  const time = at === undefined ? Number.NaN : Date.parse(at);
  if (Number.isNaN(time)) return "";
  const away = Math.abs(now.getTime() - time);
  const [size, name] = UNITS.find(([milliseconds]) => away >= milliseconds) ?? [];
  if (size === undefined) return time > now.getTime() + 5000 ? "in a moment" : "just now";
  const count = Math.floor(away / size);
  const words = `${count} ${name}${count === 1 ? "" : "s"}`;
  return time > now.getTime() ? `in ${words}` : `${words} ago`;
}

/** `team=payments env=prod` */
export function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}

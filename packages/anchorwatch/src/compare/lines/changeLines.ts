/** One change in words: readable without colour, and never longer than the layout allows. */
import type { Change, DeclaredChange } from "../../domain/check.ts";
import { escapeText, quote } from "../../domain/escape.ts";
import { formatPath, type Path } from "../../domain/path.ts";
import { plural } from "../../domain/plural.ts";
import type { Value } from "../../domain/value.ts";
import { cells, fitting } from "./cells.ts";
import { type CompactText, compact } from "./compact.ts";
import { indent, type Line, line, type Span, span, type Tone } from "./line.ts";
import { diffLines, type Excerpt, excerpts } from "./stringDiff.ts";

export interface Layout {
  /** Cells of a line; Infinity where lines may be of any length. */
  readonly width: number;
  /** Characters of one value before it is cut. */
  readonly valueLimit: number;
  /** Lines of one multi-line text before it is cut. */
  readonly lineLimit: number;
}

interface Side {
  readonly label: string;
  readonly tone: Tone;
  readonly value: CompactText;
}

export function changeLines(change: Change, layout: Layout): readonly Line[] {
  const name = pathText(change.path);
  const notes = notesOf(change);
  // Whoever made the change should have dropped the values already; this is the last place to hold them back.
  if (change.sensitive === true)
    return [line(...heading(MARKS[change.op], name), sensitiveWords(change), ...notes)];
  if (change.op !== "replace") {
    const added = change.op === "add";
    const value = change.element ?? (added ? change.live : change.recorded);
    const side = { label: added ? "live only" : "recorded only", tone: added ? "live" : "recorded" } as const;
    return laidOut(MARKS[change.op], name, [{ ...side, value: compacted(value, layout) }], notes, layout);
  }
  const { recorded, live } = change;
  if (isLongText(recorded) && isLongText(live)) return textDiff(name, recorded, live, notes, layout);
  const [before, after] = twoSides(recorded, live, layout);
  const sides: readonly Side[] = [
    { label: "recorded", tone: "recorded", value: before },
    { label: "live", tone: "live", value: after },
  ];
  return laidOut("~", name, sides, notes, layout);
}

export function declaredLines(change: DeclaredChange, layout: Layout): readonly Line[] {
  const name = pathText(change.path);
  if (change.sensitive === true) return [line(...heading("~", name), "differs (sensitive, not shown)")];
  const declared =
    change.unknown === true
      ? { text: "(known after apply)", cut: false }
      : compacted(change.declared, layout);
  const sides: readonly Side[] = [
    { label: "deployed", tone: "recorded", value: compacted(change.recorded, layout) },
    { label: "code", tone: "declared", value: declared },
  ];
  return laidOut("~", name, sides, [], layout);
}

export function pathText(path: Path): string {
  return escapeText(formatPath(path)) || "(the whole resource)";
}

const MARKS = { add: "+", remove: "-", replace: "~" } as const;

/** On one line where it fits, else each side on its own. */
function laidOut(
  mark: string,
  name: string,
  sides: readonly Side[],
  notes: readonly Span[],
  layout: Layout,
): readonly Line[] {
  const cut = sides.some(({ value }) => value.cut) ? ({ cut: true } as const) : {};
  const gap = sides.length === 1 ? "  " : " ";
  const parts = sides.flatMap(({ label, tone, value }, i) => [
    span(`${i > 0 ? "  " : ""}${label}${gap}`, "quiet"),
    span(value.text, tone),
  ]);
  const single = line(...heading(mark, name), ...parts, ...notes);
  if (single.spans.reduce((sum, { text }) => sum + cells(text), 0) <= layout.width)
    return [{ ...single, ...cut }];
  const labelWidth = Math.max(...sides.map(({ label }) => label.length)) + 2;
  const below = sides.flatMap(({ label, tone, value }) =>
    wrapped(value.text, Math.max(layout.width - 4 - labelWidth, 20)).map((text, i) =>
      line("    ", span((i === 0 ? label : "").padEnd(labelWidth), "quiet"), span(text, tone)),
    ),
  );
  return [{ ...line(span(`${mark} `), span(name, "strong"), ...notes), ...cut }, ...below];
}

function heading(mark: string, name: string): readonly Span[] {
  return [span(`${mark} `), span(name, "strong"), span("  ")];
}

/** Rows of at most so many cells, broken after a space where one is near the end. */
function wrapped(text: string, width: number): readonly string[] {
  const rows: string[] = [];
  let rest = text;
  while (cells(rest) > width) {
    const full = fitting(rest, width) || rest.slice(0, 1);
    const space = full.lastIndexOf(" ");
    const row = space > full.length / 2 ? full.slice(0, space + 1) : full;
    rows.push(row);
    rest = rest.slice(row.length);
  }
  return rest === "" ? rows : [...rows, rest];
}

function compacted(value: Value | undefined, layout: Layout): CompactText {
  return value === undefined ? { text: "(absent)", cut: false } : compact(value, layout.valueLimit);
}

function twoSides(
  recorded: Value | undefined,
  live: Value | undefined,
  layout: Layout,
): readonly [CompactText, CompactText] {
  if (typeof recorded !== "string" || typeof live !== "string") {
    return [compacted(recorded, layout), compacted(live, layout)];
  }
  const [before, after] = excerpts(recorded, live, layout.valueLimit);
  return [excerptText(before, recorded.length), excerptText(after, live.length)];
}

function excerptText(excerpt: Excerpt, length: number): CompactText {
  const cut = excerpt.before || excerpt.after;
  const size = cut ? ` (${length.toLocaleString("en-US")} characters)` : "";
  return {
    text: `${excerpt.before ? "…" : ""}${quote(excerpt.text)}${excerpt.after ? "…" : ""}${size}`,
    cut,
  };
}

function isLongText(value: Value | undefined): value is string {
  return typeof value === "string" && value.trimEnd().includes("\n");
}

function textDiff(
  name: string,
  recorded: string,
  live: string,
  notes: readonly Span[],
  layout: Layout,
): readonly Line[] {
  const all = diffLines(recorded, live, 2);
  const shown = all.slice(0, layout.lineLimit).map((entry) => {
    if (entry.side === "gap") return line(span(`  … ${plural(entry.hidden, "line")} alike`, "quiet"));
    const { text, cut } = cutText(entry.text, layout);
    const row =
      entry.side === "both"
        ? line(span(`  ${text}`, "quiet"))
        : line(span(`${entry.side === "live" ? "+" : "-"} ${text}`, entry.side));
    return cut ? { ...row, cut: true as const } : row;
  });
  const more = all.length - shown.length;
  const rest =
    more > 0 ? [{ ...line(span(`… ${plural(more, "more line")}`, "quiet")), cut: true as const }] : [];
  const sides = [span("recorded (-)", "recorded"), span(" and "), span("live (+)", "live"), ...notes];
  return [line(...heading("~", name), ...sides), ...indent([...shown, ...rest], "    ")];
}

function cutText(text: string, { valueLimit }: Layout): CompactText {
  const cut = text.length > valueLimit;
  return { text: `${escapeText(text.slice(0, valueLimit))}${cut ? "…" : ""}`, cut };
}

function sensitiveWords(change: Change): string {
  const words = { add: "live only", remove: "recorded only", replace: "differs" }[change.op];
  return `${words} (sensitive, not shown)`;
}

function notesOf(change: Change): readonly Span[] {
  const notes: string[] = [];
  if (change.ignoredBy !== undefined) notes.push(`ignored by ${escapeText(change.ignoredBy)}`);
  if (change.toldDespite !== undefined)
    notes.push(`told although ${escapeText(change.toldDespite)} ignores it: it is critical`);
  if (change.informational === true) notes.push("informational");
  else if (!change.settable) notes.push("not set in the code");
  return notes.length === 0 ? [] : [span(`  (${notes.join(", ")})`, "quiet")];
}

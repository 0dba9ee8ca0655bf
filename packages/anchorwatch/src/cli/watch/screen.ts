/** The live view as lines of a terminal: what matters most first, and never more than fits. Pure. */

import { cells, fitting } from "../../compare/lines/cells.ts";
import { pathText } from "../../compare/lines/changeLines.ts";
import { type Line, line, type Span, span } from "../../compare/lines/line.ts";
import type { Change } from "../../domain/check.ts";
import { SEVERITIES } from "../../domain/classification.ts";
import { escapeText } from "../../domain/escape.ts";
import { plural } from "../../domain/plural.ts";
import { whyText } from "../formats/weight.ts";
import { durationText, VERDICT_WORDS } from "../formats/words.ts";
import type { LiveDrift, LiveStack, LiveView, News } from "./model.ts";

export interface ScreenOptions {
  /** What is watched, for people. */
  readonly title: string;
  readonly now: Date;
  readonly everyMs: number;
  /** When the next round begins; absent: one is under way. */
  readonly nextAt?: Date;
  readonly width: number;
  readonly height: number;
}

const MOST_STACK_LINES = 12;
const MOST_NEWS_LINES = 6;

/** At most `height` lines of at most `width` cells. */
export function screen(view: LiveView, options: ScreenOptions): readonly Line[] {
  const { height, now } = options;
  const drifts = view.stacks.flatMap((stack) => stack.drifts.map((drift): ShownDrift => ({ stack, drift })));
  const head = [titleLine(view, options)];
  if (view.problem !== undefined) head.push(line(span(escapeText(view.problem), "warning")));
  const foot = [line(span("q or Ctrl-C ends", "quiet"))];
  const news = view.news.slice(0, MOST_NEWS_LINES);
  const newsLines = news.length === 0 ? [] : [line(), heading("What changed"), ...news.map(newsLine)];
  const stacks = shortened(
    worstFirst(view.stacks).map((stack) => stackLine(stack, now)),
    Math.min(MOST_STACK_LINES, Math.max(1, Math.floor(height / 3))),
    "stack",
  );
  const taken = head.length + stacks.length + newsLines.length + foot.length + 4;
  const driftLines = driftsWithin(Math.max(1, height - taken), drifts.sort(severestFirst), now);
  const body = [
    line(),
    ...stacks,
    ...(driftLines.length === 0 ? [] : [line(), heading("Drift"), ...driftLines]),
    ...newsLines,
    line(),
  ];
  const room = Math.max(0, height - head.length - foot.length);
  return [...head, ...body.slice(0, room), ...foot]
    .slice(0, height)
    .map((given) => clipped(given, options.width));
}

/** One piece of news, for where lines cannot be drawn over. */
export function newsLine({ at, stack, name, kind, why }: News): Line {
  const tone = kind === "back in order" || kind === "can be read again" ? "plain" : "live";
  const what = name === "" ? "" : ` ${escapeText(name)}`;
  return kind === "failed"
    ? line(span(clock(at), "quiet"), ` ${escapeText(stack)} `, span(`cannot be read:${what}`, "warning"))
    : line(
        span(clock(at), "quiet"),
        ` ${escapeText(stack)}${what} `,
        span(kind, tone),
        why === undefined ? "" : `  ${why}`,
      );
}

/** One stack as it was last seen, without when that was. */
export function stackSummary({ name, seen, failure, drifts }: LiveStack): Line {
  const spans: Span[] = [span(`  ${escapeText(name)}`, "strong")];
  if (failure !== undefined) {
    spans.push(span(`  cannot be read: ${escapeText(failure.message.split("\n", 1)[0] ?? "")}`, "warning"));
  } else if (seen !== undefined) {
    spans.push(span(`  ${plural(seen.coverage.resources, "resource")}`));
    const worst = worstText(drifts);
    spans.push(drifts.length > 0 ? span(`  ${drifts.length} drifted${worst}`, "live") : span("  no drift"));
    if (seen.blind > 0) spans.push(span(`  ${seen.blind} not seen`, "warning"));
    if (seen.coverage.pending > 0) spans.push(span(`  ${seen.coverage.pending} pending`, "declared"));
  }
  return line(...spans);
}

function stackLine(stack: LiveStack, now: Date): Line {
  return line(...stackSummary(stack).spans, span(lastSeen(stack, now), "quiet"));
}

function lastSeen({ checking, seen, failure }: LiveStack, now: Date): string {
  if (checking !== undefined) {
    const read = checking.read > 0 ? `, ${checking.read} read` : "";
    return `  checking for ${age(checking.since, now)}${read}`;
  }
  if (seen !== undefined) return `  seen ${age(seen.at, now)} ago`;
  return failure === undefined ? "  waiting" : "";
}

function titleLine(view: LiveView, { title, now, everyMs, nextAt }: ScreenOptions): Line {
  const when =
    nextAt === undefined
      ? "looking now"
      : `next look in ${durationText(Math.max(0, nextAt.getTime() - now.getTime()))}`;
  return line(
    span(`anchorwatch watch ${escapeText(title)}`, "strong"),
    ...(view.stacks.length === 0
      ? [span("  looking for stacks")]
      : [span(`  ${plural(view.stacks.length, "stack")}, `), ...totals(view.stacks)]),
    span(`  every ${durationText(everyMs)}, ${when}`, "quiet"),
  );
}

/** Of what could not be seen nobody may read “no drift”. */
function totals(stacks: readonly LiveStack[]): readonly Span[] {
  const sum = (of: (stack: LiveStack) => number) => stacks.reduce((total, stack) => total + of(stack), 0);
  const drifted = sum(({ drifts }) => drifts.length);
  const worst = worstText(stacks.flatMap(({ drifts }) => drifts));
  const unreadable = sum(({ failure }) => (failure === undefined ? 0 : 1));
  const waiting = sum(({ seen, failure }) => (seen === undefined && failure === undefined ? 1 : 0));
  const blind = sum(({ seen }) => seen?.blind ?? 0);
  const parts = [
    ...(drifted > 0 ? [span(`${plural(drifted, "drift")}${worst}`, "live")] : []),
    ...(unreadable > 0 ? [span(`${unreadable} cannot be read`, "warning")] : []),
    ...(blind > 0 ? [span(`${plural(blind, "resource")} not seen`, "warning")] : []),
    ...(waiting > 0 ? [span(`${waiting} not looked at yet`)] : []),
  ];
  if (parts.length === 0) return [span("no drift")];
  return parts.flatMap((part, at) => (at === 0 ? [part] : [span(", "), part]));
}

interface ShownDrift {
  readonly stack: LiveStack;
  readonly drift: LiveDrift;
}

/** Among those that are as bad, the newest. */
function severestFirst({ drift: one }: ShownDrift, { drift: other }: ShownDrift): number {
  return rankOf(other) - rankOf(one) || other.since.getTime() - one.since.getTime();
}

function rankOf({ result: { classification } }: LiveDrift): number {
  return classification === undefined ? -1 : SEVERITIES.indexOf(classification.severity);
}

/** `, 2 critical`: of the severest; nothing where that is nothing to hurry for. */
function worstText(drifts: readonly LiveDrift[]): string {
  for (const severity of ["critical", "high"] as const) {
    const count = drifts.filter(({ result }) => result.classification?.severity === severity).length;
    if (count > 0) return `, ${count} ${severity}`;
  }
  return "";
}

/** With the reasons, as long as there is room for all of them. */
function driftsWithin(room: number, drifts: readonly ShownDrift[], now: Date): readonly Line[] {
  const titles = drifts.map(({ stack, drift }) => driftLine(stack, drift, now));
  const whole = drifts.flatMap(({ drift: { result } }, at) => {
    const why = whyText(result);
    const title = titles[at] ?? line();
    return why === undefined ? [title] : [title, line(`             ${why}`)];
  });
  return whole.length <= room ? whole : shortened(titles, room, "drift");
}

function driftLine(stack: LiveStack, { name, since, result }: LiveDrift, now: Date): Line {
  const severity = result.classification?.severity;
  const isBad = severity === "critical" || severity === "high";
  return line(
    span(`  ${age(since, now).padStart(9)}  `, "quiet"),
    ...(severity === undefined ? [] : [span(severity.padEnd(10), isBad ? "warning" : "plain")]),
    span(`${escapeText(stack.name)}  `),
    span(name, "strong"),
    span(`  ${VERDICT_WORDS[result.verdict]}`, "live"),
    span(changedPaths(result.changes), "quiet"),
  );
}

function changedPaths(changes: readonly Change[] = []): string {
  const shown = changes.filter(({ informational, ignoredBy }) => !informational && ignoredBy === undefined);
  const paths = [...new Set(shown.map(({ path }) => pathText(path)))];
  return paths.length === 0 ? "" : `  ${paths.join(", ")}`;
}

/** Those that want attention must not be below the edge. */
function worstFirst(stacks: readonly LiveStack[]): readonly LiveStack[] {
  const rank = ({ failure, drifts }: LiveStack) => (failure !== undefined ? 0 : drifts.length > 0 ? 1 : 2);
  return stacks.toSorted((a, b) => rank(a) - rank(b));
}

function shortened(lines: readonly Line[], most: number, word: string): readonly Line[] {
  if (lines.length <= most) return lines;
  const left = lines.length - most + 1;
  return [...lines.slice(0, most - 1), line(span(`  and ${plural(left, `more ${word}`)}`, "quiet"))];
}

function heading(text: string): Line {
  return line(span(text, "strong"));
}

function clipped({ spans }: Line, width: number): Line {
  const kept: Span[] = [];
  let left = width;
  for (const part of spans) {
    const needed = cells(part.text);
    if (needed <= left) {
      kept.push(part);
      left -= needed;
      continue;
    }
    if (left > 1) kept.push({ ...part, text: `${fitting(part.text, left - 1)}…` });
    break;
  }
  return { spans: kept };
}

function age(since: Date, now: Date): string {
  return durationText(now.getTime() - since.getTime());
}

/** In local time, as people look at their own clocks. */
function clock(at: Date): string {
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}

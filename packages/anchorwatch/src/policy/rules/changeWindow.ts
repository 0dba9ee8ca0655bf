/** When changes are planned. */
import { localTime } from "../cel/clock.ts";
import type { DriftFacts } from "../facts.ts";
import type { ChangeWindow } from "./source.ts";

export interface OpenWindow {
  readonly name: string;
  readonly until: Date;
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;

/** The window that is open now, and was when the drift was opened: after its end the change is one like any other. */
export function windowOf(
  { stack, openedAt, now }: Pick<DriftFacts, "stack" | "openedAt" | "now">,
  windows: readonly ChangeWindow[],
): OpenWindow | undefined {
  for (const window of windows) {
    const isMeant = Object.entries(window.labels).every(([name, value]) => stack.labels[name] === value);
    if (!isMeant) continue;
    const span = spanAt(window, now);
    if (span !== undefined && openedAt >= span.from) return { name: window.name, until: span.to };
  }
  return undefined;
}

interface Span {
  readonly from: Date;
  readonly to: Date;
}

function spanAt(window: ChangeWindow, now: Date): Span | undefined {
  if (window.kind === "once") return now >= window.from && now < window.to ? window : undefined;
  const local = localTime(now, window.zone);
  const minute = local.hour * 60 + local.minute;
  const lasts = (window.to - window.from + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  // It began today, or yesterday and goes over midnight.
  for (const daysAgo of [0, 1]) {
    const since = minute - window.from + daysAgo * DAY_MINUTES;
    const day = ((local.weekday - 1 - daysAgo + 7) % 7) + 1;
    if (since < 0 || since >= lasts || !window.days.includes(day)) continue;
    const begin = now.getTime() - since * MINUTE_MS - (now.getTime() % MINUTE_MS);
    return { from: new Date(begin), to: new Date(begin + lasts * MINUTE_MS) };
  }
  return undefined;
}

/** Hours in which only what is critical is told; the rest waits for their end. */

export interface QuietHours {
  /** Minutes since midnight. When `to` is not after `from`, it is that of the next day. */
  readonly from: number;
  readonly to: number;
  /** Days on which they begin, 0 is Sunday; absent: every day. */
  readonly days?: readonly number[];
  /** `Europe/Berlin` */
  readonly timeZone: string;
}

const DAY = 24 * 60;
const MINUTE_MS = 60_000;

/** When they end, where they are at that moment; undefined: nobody is to be left alone now. */
export function quietUntil(hours: QuietHours, now: Date): Date | undefined {
  if (!isQuiet(hours, now)) return undefined;
  // By the wall clock of that place: where it is set forward or back meanwhile, minutes do not count up evenly.
  const whole = Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS;
  let end = whole + MINUTE_MS;
  for (const step of [60 * MINUTE_MS, MINUTE_MS]) {
    // Two hours that touch have no end between them; a week is long enough.
    while (end - whole < 7 * DAY * MINUTE_MS && isQuiet(hours, new Date(end + step - MINUTE_MS))) {
      if (!allQuiet(hours, end, step)) break;
      end += step;
    }
  }
  return new Date(end);
}

/** Of every quarter of an hour in it: clocks are set by no less. */
function allQuiet(hours: QuietHours, from: number, lengthMs: number): boolean {
  for (let at = from; at < from + lengthMs; at += 15 * MINUTE_MS)
    if (!isQuiet(hours, new Date(at))) return false;
  return true;
}

function isQuiet({ from, to, days, timeZone }: QuietHours, now: Date): boolean {
  const { day, minute } = wallClock(now, timeZone);
  const begins = (which: number) => days?.includes((which + 7) % 7) ?? true;
  if (from < to) return begins(day) && minute >= from && minute < to;
  return (begins(day) && minute >= from) || (begins(day - 1) && minute < to);
}

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const CLOCKS = new Map<string, Intl.DateTimeFormat>();

function wallClock(now: Date, timeZone: string): { readonly day: number; readonly minute: number } {
  const known = CLOCKS.get(timeZone);
  const clock =
    known ??
    new Intl.DateTimeFormat("en-US", {
      ...{ timeZone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
    });
  if (known === undefined) CLOCKS.set(timeZone, clock);
  const parts = new Map(clock.formatToParts(now).map(({ type, value }) => [type, value]));
  return {
    day: WEEKDAYS.indexOf(parts.get("weekday") ?? ""),
    minute: Number(parts.get("hour")) * 60 + Number(parts.get("minute")),
  };
}

/** Whether this program knows that time zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Times of day in the zones of people. */
import { CelFailure } from "./failure.ts";
import { CelDuration } from "./values.ts";

export interface LocalTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 1 is Monday, 7 Sunday. */
  readonly weekday: number;
}

/** @throws CelFailure for a zone that there is not */
export function localTime(time: Date, zone: string): LocalTime {
  if (Number.isNaN(time.getTime())) throw new CelFailure("the time is none");
  const shifted = zone === "UTC" ? time : new Date(time.getTime() + offsetOf(time, zone));
  return {
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth() + 1,
    day: shifted.getUTCDate(),
    hour: shifted.getUTCHours(),
    minute: shifted.getUTCMinutes(),
    second: shifted.getUTCSeconds(),
    weekday: ((shifted.getUTCDay() + 6) % 7) + 1,
  };
}

/** Whether there is such a zone: `Europe/Berlin`, `UTC`. */
export function isZone(zone: string): boolean {
  return zone === "UTC" || formatOf(zone) !== undefined;
}

/** RFC 3339. @throws CelFailure */
export function parseTimestamp(text: string): Date {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? new Date(text)
    : undefined;
  if (time !== undefined && !Number.isNaN(time.getTime())) return time;
  throw new CelFailure(`“${text.slice(0, 40)}” is no time such as 2026-01-31T09:00:00Z`);
}

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** `1h30m`. @throws CelFailure */
export function parseCelDuration(text: string): CelDuration {
  if (text.length > 60 || !/^-?(\d{1,12}(\.\d{1,9})?(h|ms|m|s))+$/.test(text))
    throw new CelFailure(`“${text.slice(0, 40)}” is no duration such as 1h30m`);
  let ms = 0;
  for (const [, amount, , unit = ""] of text.matchAll(/(\d+(\.\d+)?)(h|ms|m|s)/g))
    ms += Number(amount) * (UNITS[unit] ?? 0);
  return new CelDuration(text.startsWith("-") ? -ms : ms);
}

const MOST_ZONES = 200;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Kept, since making one takes longer than a thousand expressions. */
function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  try {
    const format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    if (formats.size >= MOST_ZONES) formats.clear();
    formats.set(zone, format);
    return format;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Milliseconds by which the clocks of the zone are ahead of UTC at that time. */
function offsetOf(time: Date, zone: string): number {
  const format = formatOf(zone);
  if (format === undefined)
    throw new CelFailure(`there is no time zone “${zone.slice(0, 40)}”; write it like Europe/Berlin`);
  const parts = Object.fromEntries(
    format.formatToParts(time).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(time.getTime() / 1000) * 1000;
}

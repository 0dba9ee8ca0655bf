const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const WHOLE = /^(?:[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h))+$/;
const PART = /([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)/g;

/** What a duration looks like, as a regular expression that JSON Schema takes too. */
export const DURATION_PATTERN = WHOLE;

/** The longest time a timer of Node can wait (2^31 - 1 ms, 24.8 days). */
const LONGEST = 2_147_483_647;

/** Milliseconds of `90s`, `5m`, `1h30m`, `500ms`; undefined when it is no duration, zero, or beyond 24 days. */
export function parseDuration(text: string): number | undefined {
  if (text.length > 40 || !WHOLE.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(PART)) total += Number(amount) * (UNITS[unit ?? ""] ?? 0);
  const milliseconds = Math.round(total);
  return milliseconds > 0 && milliseconds <= LONGEST ? milliseconds : undefined;
}

/** Days of 24 hours, as JSON Schema takes it too. */
export const DAYS_PATTERN = /^[1-9][0-9]{0,4}d$/;

/** Whole days of `400d`; undefined when it is none. */
export function parseDays(text: string): number | undefined {
  return DAYS_PATTERN.test(text) ? Number(text.slice(0, -1)) : undefined;
}

/** Days or hours and less, for what may last longer than a timer: `12h`, `7d`. As JSON Schema takes it too. */
export const LASTING_PATTERN = /^(?:[1-9][0-9]{0,4}d|(?:[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h))+)$/;

const DAY_MS = 86_400_000;

/** Milliseconds of `12h` or `7d`; undefined when it is neither, or zero. */
export function parseLasting(text: string): number | undefined {
  const days = parseDays(text);
  return days === undefined ? parseDuration(text) : days * DAY_MS;
}

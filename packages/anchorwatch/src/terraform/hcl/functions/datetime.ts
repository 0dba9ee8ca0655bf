import { EvaluationFailure } from "../failure.ts";
import { fromInteger } from "../values/bigFloat.ts";
import { NUMBER, STRING } from "../values/type.ts";
import { number, text } from "../values/typed.ts";
import { textAt } from "./arguments.ts";
import type { FunctionDefinition, Parameter } from "./define.ts";

const S: Parameter = { type: STRING };

export const DATETIME_FUNCTIONS: Readonly<Record<string, FunctionDefinition>> = {
  formatdate: {
    params: [S, S],
    returns: STRING,
    run: (args) => text(formatDate(textAt(args, 0), parseTimestamp(textAt(args, 1)))),
  },
  timeadd: {
    params: [S, S],
    returns: STRING,
    run: (args) => {
      const { nanoseconds, offset } = parseTimestamp(textAt(args, 0));
      return text(formatTimestamp({ nanoseconds: nanoseconds + parseDuration(textAt(args, 1)), offset }));
    },
  },
  timecmp: {
    params: [S, S],
    returns: NUMBER,
    run: (args) => {
      const [a, b] = [parseTimestamp(textAt(args, 0)), parseTimestamp(textAt(args, 1))];
      const difference = a.nanoseconds - b.nanoseconds;
      return number(fromInteger(difference < 0n ? -1 : difference > 0n ? 1 : 0));
    },
  },
};

interface Timestamp {
  /** Since 1970 in UTC. */
  readonly nanoseconds: bigint;
  /** Minutes east of UTC. */
  readonly offset: number;
}

const RFC3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

function parseTimestamp(source: string): Timestamp {
  const match = RFC3339.exec(source);
  if (match === null) throw notTimestamp();
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  local.setUTCHours(hour, minute, second);
  const exists = local.getUTCDate() === day && local.getUTCMonth() === month - 1;
  if (!exists || hour > 23 || minute > 59 || second > 59) throw notTimestamp();
  const offset = (match[8] === "-" ? -1 : 1) * (Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0));
  const fraction = BigInt((match[7] ?? "").padEnd(9, "0"));
  const milliseconds = BigInt(local.getTime() - offset * 60_000);
  return { nanoseconds: milliseconds * 1_000_000n + fraction, offset };
}

function notTimestamp(): EvaluationFailure {
  return new EvaluationFailure("the text is no timestamp like 2017-11-22T01:02:03Z (RFC 3339)");
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const PART = /(\d{0,15})(?:\.(\d{0,15}))?(ns|us|µs|μs|ms|s|m|h)/g;

/** `-1h30m1.5s`, in nanoseconds. */
function parseDuration(source: string): bigint {
  const negative = source.startsWith("-");
  const body = source.replace(/^[+-]/, "");
  if (body === "0") return 0n;
  let total = 0n;
  let length = 0;
  for (const match of body.matchAll(PART)) {
    const [whole, digits = "", fraction = "", unit = ""] = match;
    if (digits === "" && fraction === "") break;
    const scale = UNITS[unit] ?? 0n;
    total +=
      BigInt(digits || "0") * scale + (BigInt(fraction || "0") * scale) / 10n ** BigInt(fraction.length);
    length += whole.length;
  }
  if (length === 0 || length !== body.length)
    throw new EvaluationFailure("the text is no duration like 1h30m (units h, m, s, ms, us, ns)");
  return negative ? -total : total;
}

/** A date whose UTC fields are the local ones. */
function localDate({ nanoseconds, offset }: Timestamp): Date {
  const seconds = nanoseconds / 1_000_000_000n - (nanoseconds % 1_000_000_000n < 0n ? 1n : 0n);
  const date = new Date(Number(seconds) * 1000 + offset * 60_000);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < 0 || date.getUTCFullYear() > 9999)
    throw new EvaluationFailure("the date is out of range");
  return date;
}

function formatTimestamp(timestamp: Timestamp): string {
  return localDate(timestamp).toISOString().slice(0, 19) + zone(timestamp.offset, "Z", ":");
}

function zone(offset: number, utc: string, separator: string): string {
  if (offset === 0) return utc;
  const minutes = Math.abs(offset);
  const hours = String(Math.floor(minutes / 60)).padStart(2, "0");
  return `${offset < 0 ? "-" : "+"}${hours}${separator}${String(minutes % 60).padStart(2, "0")}`;
}

const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);
const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");
const TOKEN = /'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+|'/g;

function formatDate(pattern: string, timestamp: Timestamp): string {
  const date = localDate(timestamp);
  return pattern.replace(TOKEN, (token) => {
    if (token === "'") throw new EvaluationFailure("a quoted part of the format does not end");
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (!/^[A-Za-z]/.test(token)) return token;
    const written = dateToken(token, date, timestamp.offset);
    if (written === undefined) throw new EvaluationFailure(`\`${token}\` is no part of a date format`);
    return written;
  });
}

function dateToken(token: string, date: Date, offset: number): string | undefined {
  const two = (value: number): string => String(value).padStart(2, "0");
  const hour = date.getUTCHours();
  const hour12 = hour % 12 === 0 ? 12 : hour % 12;
  const month = MONTHS[date.getUTCMonth()] ?? "";
  const day = DAYS[date.getUTCDay()] ?? "";
  switch (token) {
    case "YYYY":
      return String(date.getUTCFullYear()).padStart(4, "0");
    case "YY":
      return two(date.getUTCFullYear() % 100);
    case "MMMM":
      return month;
    case "MMM":
      return month.slice(0, 3);
    case "MM":
      return two(date.getUTCMonth() + 1);
    case "M":
      return String(date.getUTCMonth() + 1);
    case "DD":
      return two(date.getUTCDate());
    case "D":
      return String(date.getUTCDate());
    case "EEEE":
      return day;
    case "EEE":
      return day.slice(0, 3);
    case "hh":
      return two(hour);
    case "h":
      return String(hour);
    case "HH":
      return two(hour12);
    case "H":
      return String(hour12);
    case "AA":
      return hour < 12 ? "AM" : "PM";
    case "aa":
      return hour < 12 ? "am" : "pm";
    case "mm":
      return two(date.getUTCMinutes());
    case "m":
      return String(date.getUTCMinutes());
    case "ss":
      return two(date.getUTCSeconds());
    case "s":
      return String(date.getUTCSeconds());
    case "ZZZZZ":
      return zone(offset, "+00:00", ":");
    case "ZZZZ":
      return zone(offset, "+0000", "");
    case "ZZZ":
      return zone(offset, "UTC", "");
    case "Z":
      return zone(offset, "Z", ":");
    default:
      return undefined;
  }
}

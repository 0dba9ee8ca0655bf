/** What functions of expressions do. Their types are in `vocabulary.ts` and in the library; arguments that are `dyn` there are checked here. */
import { matchesGlob, parseGlob } from "../../compare/glob.ts";
import type { Budget } from "./budget.ts";
import { isZone, localTime, parseCelDuration, parseTimestamp } from "./clock.ts";
import { CelFailure } from "./failure.ts";
import { addedGrants } from "./grants.ts";
import { cidrContains, cidrSize, isPublicCidr } from "./network.ts";
import { matchesPattern, patternProblem } from "./pattern.ts";
import {
  CelDuration,
  CelOptional,
  type CelValue,
  fromData,
  isList,
  isMap,
  kindOf,
  writtenValue,
} from "./values.ts";

type Call = (args: readonly CelValue[], budget: Budget) => CelValue;

interface CelFunction {
  readonly call: Call;
  /** What is wrong with a text that stands in the expression itself, by the argument's position. */
  readonly literal?: {
    readonly at: number;
    readonly problem: (text: string) => string | undefined;
    /** Nothing but such a text will do. */
    readonly isNeeded?: true;
  };
}

/** Of a method the receiver is the first argument: `matches/2` is `text.matches(pattern)`. */
export function functionOf(name: string, argumentCount: number, isMethod: boolean): CelFunction | undefined {
  const table = isMethod ? METHODS : FUNCTIONS;
  const key = `${name}/${argumentCount}`;
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Looking up a zone takes longer than a thousand steps, so the data may not name thousands. */
const ZONE = {
  at: 1,
  isNeeded: true,
  problem: (zone: string) =>
    isZone(zone) ? undefined : `there is no time zone “${zone}”; write it like Europe/Berlin`,
} as const;

const ZONE_STEPS = 80;

const FUNCTIONS: Readonly<Record<string, CelFunction>> = {
  "size/1": { call: ([value], budget) => sizeOf(value ?? null, budget) },
  "int/1": { call: ([value]) => toInt(value ?? null) },
  "double/1": { call: ([value]) => toDouble(value ?? null) },
  "bool/1": { call: ([value]) => toBool(value ?? null) },
  "string/1": { call: ([value]) => toText(value ?? null) },
  "dyn/1": { call: ([value]) => value ?? null },
  "timestamp/1": {
    call: ([value]) => toTimestamp(value ?? null),
    literal: { at: 0, problem: thrownBy(parseTimestamp) },
  },
  "duration/1": {
    call: ([value]) => parseCelDuration(text(value)),
    literal: { at: 0, problem: thrownBy(parseCelDuration) },
  },
  "isPublicCidr/1": { call: costly(([value]) => isPublicCidr(text(value))) },
  "cidrSize/1": { call: costly(([value]) => cidrSize(text(value))) },
  "cidrContains/2": { call: costly(([outer, inner]) => cidrContains(text(outer), text(inner))) },
  "json/1": { call: ([value], budget) => parseJson(text(value), budget) },
  "addedGrants/2": {
    call: ([before, now], budget) => addedGrants(text(before), text(now), budget) as unknown as CelValue,
  },
  "asList/1": { call: ([value]) => asList(value ?? null) },
  "wildcard/2": { call: ([value, pattern], budget) => wildcard(text(value), text(pattern), budget) },
  "hour/2": {
    call: costly(([time, zone]) => BigInt(localTime(timestamp(time), text(zone)).hour), ZONE_STEPS),
    literal: ZONE,
  },
  "weekday/2": {
    call: costly(([time, zone]) => BigInt(localTime(timestamp(time), text(zone)).weekday), ZONE_STEPS),
    literal: ZONE,
  },
};

const METHODS: Readonly<Record<string, CelFunction>> = {
  "size/1": { call: ([value], budget) => sizeOf(value ?? null, budget) },
  "startsWith/2": {
    call: ([value, start], budget) => compared(text(value), text(start), budget).startsWith(text(start)),
  },
  "endsWith/2": {
    call: ([value, end], budget) => compared(text(value), text(end), budget).endsWith(text(end)),
  },
  "contains/2": { call: ([value, part], budget) => searched(text(value), text(part), budget) >= 0 },
  "indexOf/2": { call: ([value, part], budget) => BigInt(searched(text(value), text(part), budget)) },
  "matches/2": {
    call: ([value, pattern], budget) => matchesPattern(text(value), text(pattern), budget),
    literal: { at: 1, problem: patternProblem },
  },
  "lowerAscii/1": {
    call: ([value], budget) => cased(text(value), budget, /[A-Z]+/g, (part) => part.toLowerCase()),
  },
  "upperAscii/1": {
    call: ([value], budget) => cased(text(value), budget, /[a-z]+/g, (part) => part.toUpperCase()),
  },
  "trim/1": { call: ([value], budget) => compared(text(value), text(value), budget).trim() },
  "split/2": { call: ([value, by], budget) => split(text(value), text(by), budget) },
  "substring/2": { call: ([value, from]) => substring(text(value), whole(from)) },
  "substring/3": { call: ([value, from, to]) => substring(text(value), whole(from), whole(to)) },
  "join/1": { call: ([list], budget) => join(list ?? null, "", budget) },
  "join/2": { call: ([list, by], budget) => join(list ?? null, text(by), budget) },
  "getHours/1": timePart("hour"),
  "getHours/2": timePart("hour"),
  "getMinutes/1": timePart("minute"),
  "getMinutes/2": timePart("minute"),
  "getFullYear/1": timePart("year"),
  "getFullYear/2": timePart("year"),
  "getDate/1": timePart("day"),
  "getDate/2": timePart("day"),
  // As CEL has it: from 0, and Sunday is 0.
  "getMonth/1": timePart("month", (month) => month - 1),
  "getMonth/2": timePart("month", (month) => month - 1),
  "getDayOfWeek/1": timePart("weekday", (day) => day % 7),
  "getDayOfWeek/2": timePart("weekday", (day) => day % 7),
  "hasValue/1": { call: ([value]) => optional(value).value !== undefined },
  "value/1": { call: ([value]) => optionalValue(optional(value)) },
};

/** Takes some microseconds: as much as several dozen steps. */
function costly(call: (args: readonly CelValue[]) => CelValue, steps = 20): Call {
  return (args, budget) => {
    budget.take(steps);
    return call(args);
  };
}

function compared(value: string, part: string, budget: Budget): string {
  budget.takeFor(Math.min(value.length, part.length));
  return value;
}

function thrownBy(parse: (given: string) => unknown): (given: string) => string | undefined {
  return (given) => {
    try {
      parse(given);
      return undefined;
    } catch (error) {
      if (error instanceof CelFailure) return error.message;
      throw error;
    }
  };
}

function text(value: CelValue | undefined): string {
  if (typeof value === "string") return value;
  throw new CelFailure(`needs a text, and this is ${kindOf(value ?? null)}`);
}

function whole(value: CelValue | undefined): number {
  if (typeof value === "bigint" && Number.isSafeInteger(Number(value))) return Number(value);
  throw new CelFailure(`needs a whole number, and this is ${kindOf(value ?? null)}`);
}

function timestamp(value: CelValue | undefined): Date {
  if (value instanceof Date) return value;
  throw new CelFailure(`needs a timestamp, and this is ${kindOf(value ?? null)}`);
}

function optional(value: CelValue | undefined): CelOptional {
  if (value instanceof CelOptional) return value;
  throw new CelFailure(`needs what .? gives, and this is ${kindOf(value ?? null)}`);
}

function optionalValue({ value }: CelOptional): CelValue {
  if (value === undefined) throw new CelFailure("there is no value; orValue(…) gives another one then");
  return value;
}

function sizeOf(value: CelValue, budget: Budget): bigint {
  if (typeof value === "string") return BigInt(value.length);
  if (isList(value)) return BigInt(value.length);
  if (isMap(value)) {
    const keys = Object.keys(value);
    budget.take(keys.length);
    return BigInt(keys.length);
  }
  throw new CelFailure(`${kindOf(value)} has no size`);
}

function toInt(value: CelValue): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isFinite(value)) return inRange(BigInt(Math.trunc(value)));
  if (typeof value === "string" && /^-?[0-9]{1,19}$/.test(value)) return inRange(BigInt(value));
  if (value instanceof Date) return BigInt(Math.floor(value.getTime() / 1000));
  throw new CelFailure(`${writtenValue(value, 40)} is no whole number`);
}

function inRange(value: bigint): bigint {
  if (BigInt.asIntN(64, value) === value) return value;
  throw new CelFailure("the number is too large");
}

function toDouble(value: CelValue): number {
  if (typeof value === "number" || typeof value === "bigint") return Number(value);
  if (typeof value === "string" && value.length < 60 && /^-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?$/i.test(value))
    return Number(value);
  throw new CelFailure(`${writtenValue(value, 40)} is no number`);
}

function toBool(value: CelValue): boolean {
  if (typeof value === "boolean") return value;
  if (value === "true" || value === "false") return value === "true";
  throw new CelFailure(`${writtenValue(value, 40)} is neither true nor false`);
}

function toText(value: CelValue): string {
  if (typeof value === "string") return value;
  if (value instanceof Date || value instanceof CelDuration || typeof value !== "object")
    return writtenValue(value, 100);
  throw new CelFailure(`no text can be made of ${kindOf(value)}`);
}

function toTimestamp(value: CelValue): Date {
  if (value instanceof Date) return value;
  if (typeof value === "bigint") return new Date(whole(value) * 1000);
  return parseTimestamp(text(value));
}

/** Rules of one drift ask for the same few documents, one after the other. Nothing ever changes a value, so they can share it. */
const parsedTexts = new Map<string, CelValue>();
const MOST_PARSED = 8;
const LONGEST_PARSED = 100_000;

/** Costs as many steps whether it was parsed before or not: what is said of a drift may not hang on those before it. */
function parseJson(given: string, budget: Budget): CelValue {
  budget.take(1 + (given.length >> 3));
  const known = parsedTexts.get(given);
  if (known !== undefined) return known;
  const parsed = parsedJson(given);
  if (given.length > LONGEST_PARSED) return parsed;
  if (parsedTexts.size >= MOST_PARSED) parsedTexts.clear();
  parsedTexts.set(given, parsed);
  return parsed;
}

function parsedJson(given: string): CelValue {
  try {
    return fromData(JSON.parse(given) as CelValue);
  } catch (error) {
    if (error instanceof SyntaxError) throw new CelFailure("the text is no JSON");
    throw error;
  }
}

function asList(value: CelValue): readonly CelValue[] {
  if (value === null) return [];
  if (value instanceof CelOptional) return value.value === undefined ? [] : asList(value.value);
  return isList(value) ? value : [value];
}

function wildcard(value: string, pattern: string, budget: Budget): boolean {
  budget.takeFor(value.length + pattern.length);
  return matchesGlob(parseGlob(pattern), value);
}

/** Looking for a text in another one can take the product of their lengths. */
function searched(value: string, part: string, budget: Budget): number {
  budget.takeFor(value.length * Math.max(1, Math.min(part.length, 64)));
  return value.indexOf(part);
}

function cased(value: string, budget: Budget, letters: RegExp, change: (part: string) => string): string {
  budget.takeFor(value.length * 4);
  return value.replace(letters, change);
}

function split(value: string, by: string, budget: Budget): readonly string[] {
  budget.take(1 + value.length);
  return value.split(by);
}

function substring(value: string, from: number, to: number = value.length): string {
  if (from >= 0 && from <= to && to <= value.length) return value.slice(from, to);
  throw new CelFailure(`the text has ${value.length} characters, and not those from ${from} to ${to}`);
}

function join(list: CelValue, by: string, budget: Budget): string {
  if (!isList(list)) throw new CelFailure(`needs a list, and this is ${kindOf(list)}`);
  let joined = "";
  for (const [index, item] of list.entries()) {
    budget.take(1);
    joined += (index === 0 ? "" : by) + text(item);
    budget.takeFor(by.length + text(item).length);
  }
  return joined;
}

function timePart(
  part: keyof ReturnType<typeof localTime>,
  change: (value: number) => number = (value) => value,
): CelFunction {
  return {
    call: costly(
      ([time, zone = "UTC"]) => BigInt(change(localTime(timestamp(time), text(zone))[part])),
      ZONE_STEPS,
    ),
    literal: ZONE,
  };
}

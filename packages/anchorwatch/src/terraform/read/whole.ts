/** All of a resource that differs, for whoever judges why that matters. Masked, and never so much that it could not be held. */
import { maskWhole } from "../../compare/mask.ts";
import type { Sensitivity } from "../../compare/sensitivity.ts";
import type { Change } from "../../domain/check.ts";
import { encodeValue, type JsonObject } from "../../domain/jsonValue.ts";
import { isObject, objectOf, type Value } from "../../domain/value.ts";
import { scrubValue } from "./scrub.ts";

export interface WholeValues {
  /** {} where there is nothing. Numbers that a double cannot hold are texts. */
  readonly recorded: JsonObject;
  readonly live: JsonObject;
  /** Of each only the attributes that changed, since all of it is too large; {} where even these are. */
  readonly isCut: boolean;
}

export const NOTHING_KNOWN: WholeValues = { recorded: {}, live: {}, isCut: true };

/** Bytes, as JSON, that both values of one resource may take. */
const LARGEST = 1024 * 1024;
/** That all of one check may take together. */
const ALL = 128 * 1024 * 1024;

export interface WholeSource {
  readonly recorded: Value;
  /** Null: it is gone. */
  readonly live: Value;
  readonly changes: readonly Change[];
  readonly sensitivity: Sensitivity;
  readonly scrub: (text: string) => string;
}

/** Of one check: what was given already counts. */
export class Wholes {
  #left: number;
  readonly #largest: number;

  constructor(limits: { readonly all?: number; readonly largest?: number } = {}) {
    this.#left = limits.all ?? ALL;
    this.#largest = limits.largest ?? LARGEST;
  }

  of({ recorded, live, changes, sensitivity, scrub }: WholeSource): WholeValues {
    const shown = (value: Value, only?: ReadonlySet<string>) =>
      shownOf(only === undefined ? value : partOf(value, only), sensitivity, scrub);
    const all = { recorded: shown(recorded), live: shown(live), isCut: false };
    if (this.#holds(all)) return all;
    const changed = new Set(changes.flatMap(({ path: [name] }) => (typeof name === "string" ? [name] : [])));
    const part = { recorded: shown(recorded, changed), live: shown(live, changed), isCut: true };
    return this.#holds(part) ? part : NOTHING_KNOWN;
  }

  #holds({ recorded, live }: WholeValues): boolean {
    const size = sizeOf(recorded) + sizeOf(live);
    if (size > this.#largest || size > this.#left) return false;
    this.#left -= size;
    return true;
  }
}

function shownOf(value: Value, sensitivity: Sensitivity, scrub: WholeSource["scrub"]): JsonObject {
  if (!isObject(value)) return {};
  return encodeValue(scrubValue(maskWhole(value, sensitivity), scrub), []).json as JsonObject;
}

function partOf(value: Value, names: ReadonlySet<string>): Value {
  return isObject(value) ? objectOf(Object.entries(value).filter(([name]) => names.has(name))) : value;
}

function sizeOf(value: JsonObject): number {
  return Buffer.byteLength(JSON.stringify(value));
}

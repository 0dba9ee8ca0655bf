import type { AnchorwatchError } from "../../domain/errors.ts";
import { malformed, type StateBytes } from "./errors.ts";
import type { JsonScanner } from "./json/scanner.ts";
import type { JsonKind, Range } from "./json/types.ts";

/** Kinds of values in words. */
export const ARTICLES: Readonly<Record<JsonKind, string>> = {
  object: "an object",
  array: "an array",
  string: "a string",
  number: "a number",
  bool: "true or false",
  null: "null",
};

/** Reads members of a state whose kinds are known, with an error that names what does not fit. */
export class Fields {
  readonly state: StateBytes;
  readonly scanner: JsonScanner;

  constructor(state: StateBytes, scanner: JsonScanner) {
    this.state = state;
    this.scanner = scanner;
  }

  /** The members of an object, of which none may come twice: nobody could say which of the two counts. */
  object(what: string, member: (key: string) => void): void {
    this.#expect("object", what);
    const seen = new Set<string>();
    this.scanner.object((key) => {
      if (seen.has(key)) throw this.malformed(`${JSON.stringify(key)} comes twice in ${what}`);
      seen.add(key);
      member(key);
    });
  }

  array(what: string, element: (index: number) => void): void {
    this.#expect("array", what);
    this.scanner.array(element);
  }

  string(what: string): string {
    this.#expect("string", what);
    return this.scanner.string();
  }

  /** A count or version: a whole number from 0 that a double holds. */
  integer(what: string): number {
    this.#expect("number", what);
    const start = this.scanner.offset;
    const text = this.scanner.token();
    const number = Number(text);
    if (/^[0-9]+$/.test(text) && Number.isSafeInteger(number)) return number;
    throw malformed(this.state, start, `${what} must be a whole number from 0, found ${text}`);
  }

  bool(what: string): boolean {
    this.#expect("bool", what);
    return this.scanner.token() === "true";
  }

  /** Where the value lies, which must be of one of these kinds. */
  range(what: string, ...kinds: readonly JsonKind[]): Range {
    const kind = this.scanner.kind();
    if (!kinds.includes(kind)) throw this.#misfit(what, kinds, kind);
    return this.scanner.value();
  }

  /** Like `range`, and undefined for null. */
  rangeOrNull(what: string, kind: JsonKind): Range | undefined {
    const isNull = this.scanner.kind() === "null";
    const range = this.range(what, kind, "null");
    return isNull ? undefined : range;
  }

  skip(): void {
    this.scanner.value();
  }

  malformed(message: string): AnchorwatchError {
    return malformed(this.state, this.scanner.offset, message);
  }

  #expect(wanted: JsonKind, what: string): void {
    const kind = this.scanner.kind();
    if (kind !== wanted) throw this.#misfit(what, [wanted], kind);
  }

  #misfit(what: string, wanted: readonly JsonKind[], found: JsonKind): AnchorwatchError {
    const expected = wanted.map((kind) => ARTICLES[kind]).join(" or ");
    return this.malformed(`${what} must be ${expected}, found ${ARTICLES[found]}`);
  }
}

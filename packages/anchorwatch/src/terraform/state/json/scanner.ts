/**
 * Strict JSON (RFC 8259) walked over its bytes, in one pass and without building values: what is not asked for costs
 * no memory. The bytes must be valid UTF-8. Input is attacker-controlled: nesting is limited, and nothing recurses.
 */
import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  DOT,
  isDigit,
  isHex,
  MINUS,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from "./bytes.ts";
import type { JsonFault, JsonKind, Range } from "./types.ts";

/** Deeper than any resource, shallow enough for the stack of whoever builds values from it. */
export const MAX_DEPTH = 500;

const KEY_SLOTS = 61;

const KINDS: ReadonlyMap<number, JsonKind> = new Map([
  [QUOTE, "string"],
  [OPEN_ARRAY, "array"],
  [OPEN_OBJECT, "object"],
  [0x74, "bool"],
  [0x66, "bool"],
  [0x6e, "null"],
]);
const LITERALS: ReadonlyMap<number, string> = new Map([
  [0x74, "true"],
  [0x66, "false"],
  [0x6e, "null"],
]);
const SIMPLE_ESCAPES = new Set([...'"\\/bfnrt'].map((char) => char.charCodeAt(0)));

export class JsonScanner {
  readonly bytes: Buffer;
  /** Of the next byte to be read. */
  offset: number;
  readonly #end: number;
  readonly #raise: (fault: JsonFault) => Error;
  /** What closes each of the containers that the scanner is in. */
  readonly #closers: number[] = [];
  readonly #keys: string[] = [];

  /** @param raise makes the error that is thrown where the bytes are no JSON */
  constructor(
    bytes: Buffer,
    raise: (fault: JsonFault) => Error,
    range: Range = { start: 0, end: bytes.length },
  ) {
    this.bytes = bytes;
    this.offset = range.start;
    this.#end = range.end;
    this.#raise = raise;
  }

  /** The kind of the next value, which is not consumed. */
  kind(): JsonKind {
    this.#skipSpace();
    const first = this.#peek();
    const kind = KINDS.get(first) ?? (first === MINUS || isDigit(first) ? "number" : undefined);
    if (kind === undefined) throw this.#fault("a value");
    return kind;
  }

  /**
   * Calls `member` for every member of the object that comes next. It must consume the value, or end it all by `"stop"`:
   * the scanner then stands in the middle of the object.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: most members have nothing to say
  object(member: (key: string) => void | "stop"): void {
    this.#expect(OPEN_OBJECT, "{");
    if (this.#take(CLOSE_OBJECT)) return;
    do {
      const key = this.#key();
      this.#expect(COLON, ":");
      if (member(key) === "stop") return;
    } while (this.#another(CLOSE_OBJECT, "a comma or }"));
  }

  /** Calls `element` for every element of the array that comes next. It must consume the value. */
  array(element: (index: number) => void): void {
    this.#expect(OPEN_ARRAY, "[");
    if (this.#take(CLOSE_ARRAY)) return;
    let index = 0;
    do element(index++);
    while (this.#another(CLOSE_ARRAY, "a comma or ]"));
  }

  /** The string that comes next, decoded. */
  string(): string {
    this.#skipSpace();
    const start = this.offset;
    if (this.#peek() !== QUOTE) throw this.#fault("a string");
    const escaped = this.#skipString();
    if (!escaped) return this.bytes.toString("utf8", start + 1, this.offset - 1);
    return JSON.parse(this.bytes.toString("utf8", start, this.offset)) as string;
  }

  /** The text of the number, `true`, `false` or `null` that comes next. */
  token(): string {
    const { start, end } = this.value();
    return this.bytes.toString("latin1", start, end);
  }

  /** Skips the value that comes next and says where it lies. */
  value(): Range {
    this.#skipSpace();
    const start = this.offset;
    this.#skipValue(undefined);
    return { start, end: this.offset };
  }

  /** Skips the value that comes next, and tells of every string in it that is no key; the range includes the quotes. */
  strings(leaf: (start: number, end: number, escaped: boolean) => void): void {
    this.#skipValue(leaf);
  }

  /** Nothing but white space may follow. */
  finish(): void {
    this.#skipSpace();
    if (this.offset < this.#end) throw this.#fault("the end");
  }

  get atEnd(): boolean {
    this.#skipSpace();
    return this.offset >= this.#end;
  }

  #skipValue(leaf: ((start: number, end: number, escaped: boolean) => void) | undefined): void {
    const closers = this.#closers;
    let depth = 0;
    for (;;) {
      this.#skipSpace();
      const first = this.#peek();
      if (first === QUOTE) {
        const start = this.offset;
        const escaped = this.#skipString();
        leaf?.(start, this.offset, escaped);
      } else if (first === OPEN_OBJECT || first === OPEN_ARRAY) {
        this.offset += 1;
        // Both brackets are two apart from their closers.
        if (!this.#take(first + 2)) {
          depth += 1;
          if (depth > MAX_DEPTH) throw this.#raise({ kind: "depth", offset: this.offset - 1 });
          closers[depth] = first + 2;
          if (first === OPEN_OBJECT) this.#skipKey();
          continue;
        }
      } else this.#skipScalar(first);
      while (depth > 0 && !this.#another(closers[depth] as number, "a comma or the end of this value"))
        depth -= 1;
      if (depth === 0) return;
      if (closers[depth] === CLOSE_OBJECT) this.#skipKey();
    }
  }

  /** A state has few different keys at the places that are looked at: their texts are made once. */
  #key(): string {
    this.#skipSpace();
    const start = this.offset + 1;
    if (this.#peek() !== QUOTE) throw this.#fault("a key in double quotes");
    if (this.#skipString()) {
      this.offset = start - 1;
      return this.string();
    }
    const end = this.offset - 1;
    const slot =
      ((end - start) * 31 + (this.bytes[start] as number) * 7 + (this.bytes[end - 1] as number)) % KEY_SLOTS;
    const known = this.#keys[slot];
    if (known !== undefined && this.#spells(known, start, end)) return known;
    const key = this.bytes.toString("utf8", start, end);
    this.#keys[slot] = key;
    return key;
  }

  #spells(text: string, start: number, end: number): boolean {
    if (text.length !== end - start) return false;
    for (let at = start; at < end; at += 1) {
      const byte = this.bytes[at] as number;
      if (byte >= 0x80 || byte !== text.charCodeAt(at - start)) return false;
    }
    return true;
  }

  #skipKey(): void {
    this.#skipSpace();
    if (this.#peek() !== QUOTE) throw this.#fault("a key in double quotes");
    this.#skipString();
    this.#expect(COLON, ":");
  }

  /** @returns whether the string holds escapes */
  #skipString(): boolean {
    const bytes = this.bytes;
    const end = this.#end;
    let at = this.offset + 1;
    let escaped = false;
    while (at < end) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        this.offset = at + 1;
        return escaped;
      }
      if (byte === BACKSLASH) {
        escaped = true;
        at = this.#skipEscape(at);
      } else if (byte < 0x20) {
        this.offset = at;
        throw this.#fault("a string without raw control characters");
      } else at += 1;
    }
    this.offset = end;
    throw this.#fault("the end of a string");
  }

  #skipEscape(backslash: number): number {
    const next = backslash + 1 < this.#end ? this.bytes[backslash + 1] : undefined;
    if (next !== undefined && SIMPLE_ESCAPES.has(next)) return backslash + 2;
    this.offset = Math.min(backslash + 1, this.#end);
    if (next !== 0x75) throw this.#fault("one of the escapes of JSON");
    for (let digit = 2; digit < 6; digit += 1) {
      this.offset = Math.min(backslash + digit, this.#end);
      if (!isHex(this.#peek())) throw this.#fault("four hexadecimal digits");
    }
    return backslash + 6;
  }

  #skipScalar(first: number): void {
    const literal = LITERALS.get(first);
    if (literal === undefined) {
      this.#skipNumber(first);
      return;
    }
    for (let index = 0; index < literal.length; index += 1) {
      if (this.#peek() !== literal.charCodeAt(index)) throw this.#fault(literal);
      this.offset += 1;
    }
  }

  #skipNumber(first: number): void {
    if (first === MINUS) this.offset += 1;
    else if (!isDigit(first)) throw this.#fault("a value");
    if (this.#peek() === 0x30) this.offset += 1;
    else this.#skipDigits();
    if (this.#peek() === DOT) {
      this.offset += 1;
      this.#skipDigits();
    }
    const exponent = this.#peek();
    if (exponent !== 0x65 && exponent !== 0x45) return;
    this.offset += 1;
    const sign = this.#peek();
    if (sign === MINUS || sign === 0x2b) this.offset += 1;
    this.#skipDigits();
  }

  #skipDigits(): void {
    if (!isDigit(this.#peek())) throw this.#fault("a digit");
    while (isDigit(this.#peek())) this.offset += 1;
  }

  /** After a value: whether a comma follows, or else the closer, which is consumed. */
  #another(closer: number, expected: string): boolean {
    this.#skipSpace();
    const byte = this.#peek();
    if (byte !== COMMA && byte !== closer) throw this.#fault(expected);
    this.offset += 1;
    return byte === COMMA;
  }

  #take(wanted: number): boolean {
    this.#skipSpace();
    if (this.#peek() !== wanted) return false;
    this.offset += 1;
    return true;
  }

  #expect(wanted: number, expected: string): void {
    if (!this.#take(wanted)) throw this.#fault(expected);
  }

  #skipSpace(): void {
    const bytes = this.bytes;
    const end = this.#end;
    let at = this.offset;
    while (at < end) {
      const byte = bytes[at] as number;
      if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) break;
      at += 1;
    }
    this.offset = at;
  }

  /** The next byte, or -1 at the end. */
  #peek(): number {
    return this.offset < this.#end ? (this.bytes[this.offset] as number) : -1;
  }

  #fault(expected: string): Error {
    const offset = this.offset;
    return this.#raise(
      offset >= this.#end ? { kind: "end", offset, expected } : { kind: "unexpected", offset, expected },
    );
  }
}

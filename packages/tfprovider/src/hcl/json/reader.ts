/** JSON with positions and exact numbers, which `JSON.parse` gives up. */
import type { CtyDecimal } from "../../cty/value.ts";
import { numberLiteral } from "../numberLiteral.ts";

/** Offsets in UTF-16 units, the end exclusive. */
export type JsonNode = { readonly start: number; readonly end: number } & (
  | { readonly kind: "scalar"; readonly value: null | boolean | string | number | bigint | CtyDecimal }
  | { readonly kind: "array"; readonly elements: readonly JsonNode[] }
  /** In the order of the text; a key may occur twice. */
  | { readonly kind: "object"; readonly members: readonly JsonMember[] }
);

export interface JsonMember {
  readonly key: string;
  readonly start: number;
  readonly value: JsonNode;
}

/** A place that is not JSON. */
export interface JsonProblem {
  readonly kind: "problem";
  readonly offset: number;
  readonly problem: string;
}

const MAX_NESTING = 200;
const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly these inside a string
const STRING = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORD = /true|false|null/y;
const WORDS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };

export function parseJson(text: string): JsonNode | JsonProblem {
  const reader = new Reader(text);
  try {
    return reader.document();
  } catch (error) {
    if (error instanceof Unreadable) return { kind: "problem", offset: error.offset, problem: error.problem };
    throw error;
  }
}

class Unreadable extends Error {
  readonly offset: number;
  readonly problem: string;
  constructor(offset: number, problem: string) {
    super(problem);
    this.offset = offset;
    this.problem = problem;
  }
}

class Reader {
  readonly #text: string;
  #at: number;

  constructor(text: string) {
    this.#text = text;
    this.#at = text.startsWith("\ufeff") ? 1 : 0;
  }

  document(): JsonNode {
    const value = this.#value(0);
    this.#match(SPACE);
    if (this.#at < this.#text.length) throw this.#unexpected("the end of the document");
    return value;
  }

  #value(depth: number): JsonNode {
    this.#match(SPACE);
    const start = this.#at;
    if (depth > MAX_NESTING) throw new Unreadable(start, `more than ${MAX_NESTING} levels of nesting`);
    switch (this.#text[start]) {
      case "{":
        return { kind: "object", members: this.#members(depth), start, end: this.#at };
      case "[":
        return { kind: "array", elements: this.#elements(depth), start, end: this.#at };
      case '"':
        return { kind: "scalar", value: this.#string(), start, end: this.#at };
      default:
        return { kind: "scalar", value: this.#numberOrWord(), start, end: this.#at };
    }
  }

  #numberOrWord(): null | boolean | number | bigint | CtyDecimal {
    const word = this.#match(WORD);
    if (word !== undefined) return WORDS[word] as boolean | null;
    const start = this.#at;
    const number = this.#match(NUMBER);
    if (number === undefined) throw this.#unexpected("a JSON value");
    const value = numberLiteral(number);
    if (value === undefined)
      throw new Unreadable(start, `the number \`${number.slice(0, 40)}\` is too large`);
    return value;
  }

  #string(): string {
    const text = this.#match(STRING);
    if (text === undefined)
      throw new Unreadable(this.#at, 'a string that does not end (a `"` is missing) or has a wrong escape');
    return JSON.parse(text) as string;
  }

  #elements(depth: number): JsonNode[] {
    const elements: JsonNode[] = [];
    this.#at++;
    if (this.#take("]")) return elements;
    for (;;) {
      elements.push(this.#value(depth + 1));
      if (this.#take("]")) return elements;
      if (!this.#take(",")) throw this.#unexpected("`,` or `]`");
    }
  }

  #members(depth: number): JsonMember[] {
    const members: JsonMember[] = [];
    this.#at++;
    if (this.#take("}")) return members;
    for (;;) {
      this.#match(SPACE);
      const start = this.#at;
      if (this.#text[start] !== '"') throw this.#unexpected("a name in quotes");
      const key = this.#string();
      if (!this.#take(":")) throw this.#unexpected("`:`");
      members.push({ key, start, value: this.#value(depth + 1) });
      if (this.#take("}")) return members;
      if (!this.#take(",")) throw this.#unexpected("`,` or `}`");
    }
  }

  #take(character: string): boolean {
    this.#match(SPACE);
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text)?.[0];
    if (match !== undefined) this.#at += match.length;
    return match;
  }

  #unexpected(expected: string): Unreadable {
    const found = this.#text[this.#at];
    const what = found === undefined ? "the end of the document" : `\`${found}\``;
    return new Unreadable(this.#at, `found ${what}, expected ${expected}`);
  }
}

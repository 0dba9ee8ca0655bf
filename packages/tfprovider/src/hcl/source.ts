import type { Range } from "./ast.ts";

/** A text and where its characters stand. Offsets are in UTF-16 units. */
export interface Source {
  readonly file: string;
  readonly text: string;
  /** The characters from `start` (inclusive) to `end` (exclusive). */
  range(start: number, end: number): Range;
}

/** Bytes are counted from the nearest of these, so that a file of one long line costs no more than any other. */
const CHECKPOINT = 256;

/** The text of a whole file. */
export class FileSource implements Source {
  readonly file: string;
  readonly text: string;
  readonly #lineStarts: readonly number[];
  readonly #bytes: Uint32Array;

  constructor(text: string, file: string) {
    this.text = text;
    this.file = file;
    const starts = [0];
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
    this.#bytes = new Uint32Array(Math.floor(text.length / CHECKPOINT) + 1);
    for (let index = 1; index < this.#bytes.length; index++) {
      const before = (index - 1) * CHECKPOINT;
      this.#bytes[index] =
        (this.#bytes[index - 1] as number) + bytesBetween(text, before, before + CHECKPOINT);
    }
  }

  range(start: number, end: number): Range {
    const lineStart = this.#lineOf(start);
    return {
      file: this.file,
      line: lineStart + 1,
      column: start - (this.#lineStarts[lineStart] as number) + 1,
      startByte: this.#byteAt(start),
      endByte: this.#byteAt(end),
    };
  }

  #lineOf(offset: number): number {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #byteAt(offset: number): number {
    const index = Math.floor(Math.min(offset, this.text.length) / CHECKPOINT);
    return (this.#bytes[index] as number) + bytesBetween(this.text, index * CHECKPOINT, offset);
  }
}

/** Text that came out of a string of another file (a template in JSON): everything in it stands where the string does. */
export class EmbeddedSource implements Source {
  readonly file: string;
  readonly text: string;
  readonly #origin: Range;

  constructor(text: string, origin: Range) {
    this.text = text;
    this.file = origin.file;
    this.#origin = origin;
  }

  range(): Range {
    return this.#origin;
  }
}

function bytesBetween(text: string, start: number, end: number): number {
  let bytes = 0;
  for (let at = start; at < Math.min(end, text.length); at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) bytes += 1;
    // Half of a surrogate pair, whose character takes four bytes.
    else if (unit < 0x800 || (unit >= 0xd800 && unit < 0xe000)) bytes += 2;
    else bytes += 3;
  }
  return bytes;
}

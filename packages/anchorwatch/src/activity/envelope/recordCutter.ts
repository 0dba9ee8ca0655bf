/** Cuts `{"Records": [{…}, {…}]}` into its records as the bytes come. */
import { AnchorwatchError } from "../../domain/errors.ts";

/** One record, or none where its bytes are no JSON. `index` counts from 0. */
export type CutRecord = { readonly index: number; readonly bytes: Uint8Array } & (
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false }
);

const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d];
const HEAD = /^\s*\{\s*"Records"\s*:\s*\[/;
const HEAD_LIMIT = 4096;

/** Holds no more than what is left of the last chunk and the record that is open. */
export class RecordCutter {
  readonly #name: string;
  readonly #limit: number;
  #state: "head" | "between" | "inside" | "done" = "head";
  #index = 0;
  #depth = 0;
  #isText = false;
  #isEscaped = false;
  /** Of the record that is open, from earlier chunks. */
  #kept: Buffer[] = [];
  #keptLength = 0;

  /** @param limit bytes of one record */
  constructor(name: string, limit: number) {
    this.#name = name;
    this.#limit = limit;
  }

  /** The records that end in this chunk. @throws AnchorwatchError `event_file_invalid`, `event_file_too_large` */
  cut(chunk: Buffer): readonly CutRecord[] {
    const records: CutRecord[] = [];
    let rest = this.#state === "head" ? this.#readHead(chunk) : chunk;
    while (rest.length > 0 && this.#state !== "done" && this.#state !== "head") {
      rest = this.#state === "between" ? this.#readBetween(rest) : this.#readInside(rest, records);
    }
    return records;
  }

  /** @throws AnchorwatchError `event_file_invalid` when the file ended too early */
  end(): void {
    if (this.#state === "head") throw this.#invalid('does not begin with {"Records": [');
    if (this.#state !== "done") throw this.#invalid(`ends in the middle, at record ${this.#index}`);
  }

  #readHead(chunk: Buffer): Buffer {
    const all = this.#takeKept(chunk);
    const found = HEAD.exec(all.toString("latin1", 0, HEAD_LIMIT));
    if (found !== null) {
      this.#state = "between";
      return all.subarray(found[0].length);
    }
    if (all.length >= HEAD_LIMIT) throw this.#invalid('does not begin with {"Records": [');
    this.#keep(all);
    return Buffer.of();
  }

  /** Up to where the next record begins. */
  #readBetween(chunk: Buffer): Buffer {
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte === OPEN) {
        this.#state = "inside";
        this.#depth = 0;
        return chunk.subarray(at);
      }
      if (byte === CLOSE_LIST) {
        this.#state = "done";
        return Buffer.of();
      }
      if (!isBetween(byte))
        throw this.#invalid(`holds something other than a record at record ${this.#index}`);
    }
    return Buffer.of();
  }

  /** Up to behind the end of the record, where it is in this chunk. */
  #readInside(chunk: Buffer, records: CutRecord[]): Buffer {
    const end = this.#endIn(chunk);
    const piece = end === undefined ? chunk : chunk.subarray(0, end);
    if (this.#keptLength + piece.length > this.#limit) throw this.#tooLarge();
    if (end === undefined) {
      this.#keep(chunk);
      return Buffer.of();
    }
    records.push(parsed(this.#takeKept(piece), this.#index++));
    this.#state = "between";
    return chunk.subarray(end);
  }

  /** Braces and brackets of texts do not count. */
  #endIn(chunk: Buffer): number | undefined {
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (this.#isText) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === BACKSLASH) this.#isEscaped = true;
        else if (byte === QUOTE) this.#isText = false;
      } else if (byte === QUOTE) this.#isText = true;
      else if (byte === OPEN || byte === OPEN_LIST) this.#depth++;
      else if ((byte === CLOSE || byte === CLOSE_LIST) && --this.#depth === 0) return at + 1;
    }
    return undefined;
  }

  #keep(chunk: Buffer): void {
    this.#kept.push(chunk);
    this.#keptLength += chunk.length;
  }

  #takeKept(last: Buffer): Buffer {
    const all = this.#kept.length === 0 ? last : Buffer.concat([...this.#kept, last]);
    this.#kept = [];
    this.#keptLength = 0;
    return all;
  }

  #invalid(what: string): AnchorwatchError {
    return new AnchorwatchError(
      "event_file_invalid",
      `${this.#name} is no log file of CloudTrail: it ${what}`,
      {
        hint: "Compare it with its digest; where it is no file of CloudTrail, keep it elsewhere.",
      },
    );
  }

  #tooLarge(): AnchorwatchError {
    const message = `${this.#name}: record ${this.#index} has more than ${this.#limit} bytes; the file was not read to its end`;
    return new AnchorwatchError("event_file_too_large", message, {
      hint: "CloudTrail's own records are far smaller. See who may write to that bucket.",
    });
  }
}

/** White space and commas. */
function isBetween(byte: number | undefined): boolean {
  return byte === 0x2c || byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function parsed(bytes: Buffer, index: number): CutRecord {
  try {
    return { ok: true, index, bytes, value: JSON.parse(bytes.toString("utf8")) as unknown };
  } catch {
    return { ok: false, index, bytes };
  }
}

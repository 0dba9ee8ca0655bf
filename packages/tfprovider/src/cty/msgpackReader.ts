/**
 * A MessagePack reader that is led by a schema. `@msgpack/msgpack` writes for us but cannot read for us: it refuses
 * the map key `__proto__`, which anybody may give a tag, and cannot tell an integer from a float.
 * @see https://github.com/msgpack/msgpack/blob/master/spec.md
 */
import { ProviderError } from "../errors.ts";

export type Scalar = null | boolean | number | bigint | string;

/** What the next value is, by its first byte. */
export type NextKind =
  | "nil"
  | "bool"
  | "integer"
  | "float"
  | "string"
  | "binary"
  | "array"
  | "map"
  | "extension";

const text = new TextDecoder("utf-8", { fatal: true });

export class MsgpackReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get atEnd(): boolean {
    return this.position >= this.#bytes.length;
  }

  peek(): NextKind {
    const first = this.#bytes[this.position];
    if (first === undefined) throw this.#truncated();
    if (first <= 0x7f || first >= 0xe0 || (first >= 0xcc && first <= 0xd3)) return "integer";
    if (first <= 0x8f || first === 0xde || first === 0xdf) return "map";
    if (first <= 0x9f || first === 0xdc || first === 0xdd) return "array";
    if (first <= 0xbf || (first >= 0xd9 && first <= 0xdb)) return "string";
    if (first === 0xc0) return "nil";
    if (first === 0xc2 || first === 0xc3) return "bool";
    if (first >= 0xc4 && first <= 0xc6) return "binary";
    if (first === 0xca || first === 0xcb) return "float";
    if (first === 0xc1) throw this.#malformed("byte 0xc1 is never used");
    return "extension";
  }

  nil(): null {
    this.#skip(1);
    return null;
  }

  bool(): boolean {
    return this.#byte() === 0xc3;
  }

  /** Integers are numbers up to 2^53 and bigints beyond. */
  integer(): number | bigint {
    const first = this.#byte();
    if (first <= 0x7f) return first;
    if (first >= 0xe0) return first - 0x100;
    const at = this.position;
    switch (first) {
      case 0xcc:
        return this.#view.getUint8(this.#skip(1));
      case 0xcd:
        return this.#view.getUint16(this.#skip(2));
      case 0xce:
        return this.#view.getUint32(this.#skip(4));
      case 0xcf:
        return narrow(this.#view.getBigUint64(this.#skip(8)));
      case 0xd0:
        return this.#view.getInt8(this.#skip(1));
      case 0xd1:
        return this.#view.getInt16(this.#skip(2));
      case 0xd2:
        return this.#view.getInt32(this.#skip(4));
      case 0xd3:
        return narrow(this.#view.getBigInt64(this.#skip(8)));
      default:
        throw this.#malformed(`no integer at byte ${at - 1}`);
    }
  }

  float(): number {
    return this.#byte() === 0xca
      ? this.#view.getFloat32(this.#skip(4))
      : this.#view.getFloat64(this.#skip(8));
  }

  string(): string {
    const first = this.#byte();
    const length = first >= 0xa0 && first <= 0xbf ? first & 0x1f : this.#length(first - 0xd9);
    return this.#text(length);
  }

  /** A view into the input, not a copy. */
  binary(): Uint8Array {
    return this.#take(this.#length(this.#byte() - 0xc4));
  }

  arrayLength(): number {
    const first = this.#byte();
    return first >= 0x90 && first <= 0x9f ? first & 0x0f : this.#length(first - 0xdc + 1);
  }

  mapLength(): number {
    const first = this.#byte();
    return first >= 0x80 && first <= 0x8f ? first & 0x0f : this.#length(first - 0xde + 1);
  }

  extension(): { readonly type: number; readonly data: Uint8Array } {
    const first = this.#byte();
    const fixed = first >= 0xd4 && first <= 0xd8;
    const length = fixed ? 1 << (first - 0xd4) : this.#length(first - 0xc7);
    const type = this.#view.getInt8(this.#skip(1));
    return { type, data: this.#take(length) };
  }

  /** Lengths come in one, two or four bytes: `size` 0, 1, 2. */
  #length(size: number): number {
    if (size === 0) return this.#view.getUint8(this.#skip(1));
    return size === 1 ? this.#view.getUint16(this.#skip(2)) : this.#view.getUint32(this.#skip(4));
  }

  #byte(): number {
    return this.#view.getUint8(this.#skip(1));
  }

  #take(length: number): Uint8Array {
    const start = this.#skip(length);
    return this.#bytes.subarray(start, start + length);
  }

  #text(length: number): string {
    const bytes = this.#take(length);
    try {
      return text.decode(bytes);
    } catch (cause) {
      throw new ProviderError(
        "cty_decode_failed",
        `a string at byte ${this.position - length} is not UTF-8`,
        { cause },
      );
    }
  }

  /** Moves on by `length` bytes and returns where they began. */
  #skip(length: number): number {
    const start = this.position;
    if (start + length > this.#bytes.length) throw this.#truncated();
    this.position = start + length;
    return start;
  }

  #truncated(): ProviderError {
    return this.#malformed(`it ends at byte ${this.#bytes.length}, in the middle of a value`);
  }

  #malformed(why: string): ProviderError {
    return new ProviderError("cty_decode_failed", `malformed MessagePack: ${why}`);
  }
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

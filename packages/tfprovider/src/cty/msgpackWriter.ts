/**
 * A MessagePack writer for values that are encoded by the thousand: straight into one buffer, with no value built in
 * between. Each length and integer in its shortest form, as cty writes them.
 * @see https://github.com/msgpack/msgpack/blob/master/spec.md
 */
export class MsgpackWriter {
  #bytes = Buffer.allocUnsafe(4096);
  #length = 0;

  /** What was written since the last `take`, as bytes of their own. */
  take(): Uint8Array {
    const taken = new Uint8Array(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }

  nil(): void {
    this.#byte(0xc0);
  }

  bool(value: boolean): void {
    this.#byte(value ? 0xc3 : 0xc2);
  }

  /** @param value a safe integer */
  integer(value: number): void {
    if (value >= 0) this.#natural(value);
    else if (value >= -32) this.#byte(value + 0x100);
    else if (value >= -(2 ** 7)) this.#header(0xd0, value + 2 ** 8, 1);
    else if (value >= -(2 ** 15)) this.#header(0xd1, value + 2 ** 16, 2);
    else if (value >= -(2 ** 31)) this.#header(0xd2, value + 2 ** 32, 4);
    else {
      this.#byte(0xd3);
      this.#length = this.#room(8).writeBigInt64BE(BigInt(value), this.#length);
    }
  }

  double(value: number): void {
    this.#byte(0xcb);
    this.#length = this.#room(8).writeDoubleBE(value, this.#length);
  }

  string(value: string): void {
    const length = Buffer.byteLength(value);
    if (length < 32) this.#byte(0xa0 | length);
    else if (length < 2 ** 8) this.#header(0xd9, length, 1);
    else this.#length16or32(0xda, length);
    this.#length += this.#room(length).write(value, this.#length);
  }

  arrayLength(length: number): void {
    if (length < 16) this.#byte(0x90 | length);
    else this.#length16or32(0xdc, length);
  }

  mapLength(length: number): void {
    if (length < 16) this.#byte(0x80 | length);
    else this.#length16or32(0xde, length);
  }

  #natural(value: number): void {
    if (value < 2 ** 7) this.#byte(value);
    else if (value < 2 ** 8) this.#header(0xcc, value, 1);
    else if (value < 2 ** 16) this.#header(0xcd, value, 2);
    else if (value < 2 ** 32) this.#header(0xce, value, 4);
    else {
      this.#byte(0xcf);
      this.#length = this.#room(8).writeBigUInt64BE(BigInt(value), this.#length);
    }
  }

  #length16or32(first: number, length: number): void {
    if (length < 2 ** 16) this.#header(first, length, 2);
    else this.#header(first + 1, length, 4);
  }

  #header(first: number, value: number, size: 1 | 2 | 4): void {
    this.#byte(first);
    this.#length = this.#room(size).writeUIntBE(value, this.#length, size);
  }

  #byte(value: number): void {
    this.#room(1)[this.#length] = value;
    this.#length += 1;
  }

  #room(more: number): Buffer {
    const needed = this.#length + more;
    if (needed > this.#bytes.length) {
      const wider = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(wider, 0, 0, this.#length);
      this.#bytes = wider;
    }
    return this.#bytes;
  }
}

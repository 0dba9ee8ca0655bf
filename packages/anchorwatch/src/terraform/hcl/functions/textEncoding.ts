/** Character encodings by their IANA names, as far as the runtime knows them. */
import { EvaluationFailure } from "../failure.ts";

export function encodeText(value: string, encoding: string): Buffer {
  const name = encoding.toLowerCase();
  switch (name) {
    case "utf-8":
      return Buffer.from(value);
    case "utf-16le":
      return Buffer.from(value, "utf16le");
    case "utf-16be":
      return Buffer.from(value, "utf16le").swap16();
    case "utf-16":
      return Buffer.from(`\ufeff${value}`, "utf16le").swap16();
    case "us-ascii":
    case "ascii":
      return encodeUpTo(value, 0x7f, encoding);
    // The runtime takes this name for windows-1252.
    case "iso-8859-1":
    case "latin1":
      return encodeUpTo(value, 0xff, encoding);
    default:
      return encodeSingleBytes(value, encoding);
  }
}

function encodeUpTo(value: string, last: number, encoding: string): Buffer {
  for (const character of value) if ((character.codePointAt(0) ?? 0) > last) throw inexpressible(encoding);
  return Buffer.from(value, "latin1");
}

function inexpressible(encoding: string): EvaluationFailure {
  return new EvaluationFailure(`the text has characters that ${encoding} cannot express`);
}

/** Encodings of one byte per character, by asking the decoder for all 256 of them. */
function encodeSingleBytes(value: string, encoding: string): Buffer {
  const table = new Map<string, number>();
  for (let byte = 0; byte < 256; byte++) {
    const character = decoder(encoding).decode(Uint8Array.of(byte));
    if (character !== "\ufffd" && character.length === 1) table.set(character, byte);
  }
  const bytes = Array.from(value, (character) => table.get(character));
  if (!bytes.every((byte) => byte !== undefined)) throw inexpressible(encoding);
  return Buffer.from(bytes);
}

export function decodeBytes(bytes: Uint8Array, encoding: string): string {
  if (/^(?:iso-8859-1|latin1)$/i.test(encoding)) return Buffer.from(bytes).toString("latin1");
  const name = encoding.toLowerCase() === "utf-16" ? "utf-16be" : encoding;
  return decoder(name).decode(bytes);
}

function decoder(encoding: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(encoding);
  } catch (cause) {
    if (cause instanceof RangeError)
      throw new EvaluationFailure(`the encoding "${encoding}" is not known here`);
    throw cause;
  }
}

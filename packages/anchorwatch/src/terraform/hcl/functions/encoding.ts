import { type BinaryToTextEncoding, createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { EvaluationFailure } from "../failure.ts";
import { STRING } from "../values/type.ts";
import { text } from "../values/typed.ts";
import { textAt } from "./arguments.ts";
import type { FunctionDefinition, Parameter } from "./define.ts";
import { decodeBytes, encodeText } from "./textEncoding.ts";

const S: Parameter = { type: STRING };

const oneText = (run: (value: string) => string): FunctionDefinition => ({
  params: [S],
  returns: STRING,
  run: (args) => text(run(textAt(args, 0))),
});

const digest = (algorithm: string, encoding: BinaryToTextEncoding): FunctionDefinition =>
  oneText((value) => createHash(algorithm).update(value, "utf8").digest(encoding));

const fileDigest = (algorithm: string, encoding: BinaryToTextEncoding): FunctionDefinition => ({
  params: [S],
  returns: STRING,
  run: (args, { files, budget }) => {
    const bytes = files.read(textAt(args, 0));
    budget.spend(bytes.length >> 10);
    return text(createHash(algorithm).update(bytes).digest(encoding));
  },
});

const MAX_UNPACKED = 4 * 1024 * 1024;

export const ENCODING_FUNCTIONS: Readonly<Record<string, FunctionDefinition>> = {
  base64encode: oneText((value) => Buffer.from(value).toString("base64")),
  base64decode: oneText((value) => utf8(fromBase64(value))),
  base64gunzip: oneText((value) => utf8(unpacked(fromBase64(value)))),
  textencodebase64: {
    params: [S, S],
    returns: STRING,
    run: (args) => text(encodeText(textAt(args, 0), textAt(args, 1)).toString("base64")),
  },
  textdecodebase64: {
    params: [S, S],
    returns: STRING,
    run: (args) => text(decodeBytes(fromBase64(textAt(args, 0)), textAt(args, 1))),
  },
  urlencode: oneText((value) =>
    encodeURIComponent(value.toWellFormed())
      .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
      .replaceAll("%20", "+"),
  ),
  urldecode: oneText(urlDecoded),
  md5: digest("md5", "hex"),
  sha1: digest("sha1", "hex"),
  sha256: digest("sha256", "hex"),
  sha512: digest("sha512", "hex"),
  base64sha256: digest("sha256", "base64"),
  base64sha512: digest("sha512", "base64"),
  filemd5: fileDigest("md5", "hex"),
  filesha1: fileDigest("sha1", "hex"),
  filesha256: fileDigest("sha256", "hex"),
  filesha512: fileDigest("sha512", "hex"),
  filebase64sha256: fileDigest("sha256", "base64"),
  filebase64sha512: fileDigest("sha512", "base64"),
  uuidv5: {
    params: [S, S],
    returns: STRING,
    run: (args) => text(uuidv5(textAt(args, 0), textAt(args, 1))),
  },
};

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function fromBase64(value: string): Buffer {
  const packed = value.replace(/[\r\n]/g, "");
  if (packed.length % 4 !== 0 || !BASE64.test(packed)) throw new EvaluationFailure("the text is not base64");
  return Buffer.from(packed, "base64");
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @throws EvaluationFailure where the bytes are no text */
export function utf8(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch (cause) {
    if (cause instanceof TypeError) throw new EvaluationFailure("the bytes are not UTF-8 text");
    throw cause;
  }
}

function unpacked(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED });
  } catch (cause) {
    if (cause instanceof Error) throw new EvaluationFailure(`the bytes cannot be unpacked: ${cause.message}`);
    throw cause;
  }
}

function urlDecoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll("+", " "));
  } catch (cause) {
    if (cause instanceof URIError) throw new EvaluationFailure("the text is not URL-encoded");
    throw cause;
  }
}

const NAMESPACES: ReadonlyMap<string, string> = new Map([
  ["dns", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"],
  ["url", "6ba7b811-9dad-11d1-80b4-00c04fd430c8"],
  ["oid", "6ba7b812-9dad-11d1-80b4-00c04fd430c8"],
  ["x500", "6ba7b814-9dad-11d1-80b4-00c04fd430c8"],
]);

/** @see RFC 4122, section 4.3 */
function uuidv5(namespace: string, name: string): string {
  const id = (NAMESPACES.get(namespace) ?? namespace).replaceAll("-", "");
  if (!/^[0-9a-f]{32}$/i.test(id))
    throw new EvaluationFailure("the namespace must be dns, url, oid, x500 or a UUID");
  const hash = createHash("sha1").update(Buffer.from(id, "hex")).update(name, "utf8").digest();
  const bytes = hash.subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

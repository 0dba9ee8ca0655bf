/** Keys as signed notes name them (C2SP signed-note): a name, a short ID that also says the algorithm, and the public key. */

import { primitives } from "#primitives";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { TlogError } from "./errors.ts";
import { sameBytes } from "./hash.ts";

/** What a key signs: the text of notes, or timed cosignatures of checkpoints (C2SP tlog-cosignature). */
export type KeyType = "ed25519" | "cosignature-ed25519";

export interface VerifierKey {
  /** Not empty, without white space and `+`. A log's key has the log's origin as its name. */
  readonly name: string;
  /** The first four bytes of SHA-256(name ‖ newline ‖ type ‖ public key), as a number. */
  readonly keyId: number;
  readonly type: KeyType;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** Something that holds a private key. What it signs with `key.type` "ed25519" is the text of a note. */
export interface Signer {
  readonly key: VerifierKey;
  /** The Ed25519 signature of exactly these bytes, 64 bytes. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

const TYPE_BYTES: Readonly<Record<KeyType, number>> = { ed25519: 0x01, "cosignature-ed25519": 0x04 };
const PUBLIC_KEY_BYTES = 32;
const VKEY = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/;

/** The verifier key of a name and a public key of 32 bytes. Throws `verifier_key_invalid`. */
export async function verifierKey(
  name: string,
  publicKey: Uint8Array,
  type: KeyType = "ed25519",
): Promise<VerifierKey> {
  if (!isKeyName(name)) {
    throw invalid(`the name ${shown(name)} must not be empty and must hold neither white space nor "+"`);
  }
  if (publicKey.length !== PUBLIC_KEY_BYTES) {
    throw invalid(`the public key has ${publicKey.length} bytes; an Ed25519 key has ${PUBLIC_KEY_BYTES}`);
  }
  return { name, keyId: await keyIdOf(name, publicKey, type), type, publicKey: publicKey.slice() };
}

/** Reads `name+keyid+base64`. Throws `verifier_key_invalid`, also when the ID is not the one of that name and key. */
export async function parseVerifierKey(vkey: string): Promise<VerifierKey> {
  // Whoever mixes up the two texts must not find the private one in a log.
  if (vkey.startsWith("PRIVATE+KEY+")) throw invalid("this is a private key, which only its signer may see");
  const [, name = "", id = "", material = ""] = VKEY.exec(vkey) ?? [];
  const bytes = decodeBase64(material);
  if (name === "" || bytes === undefined || bytes.length === 0) {
    throw invalid(`${shown(vkey)} does not look like name+0123abcd+base64`);
  }
  const type = keyTypeOf(bytes[0] as number);
  if (type === undefined) {
    throw invalid(
      `${shown(vkey)} has a key of type ${bytes[0]}; only Ed25519 (1) and Ed25519 cosignatures (4) are known`,
    );
  }
  const key = await verifierKey(name, bytes.subarray(1), type);
  if (keyIdText(key) === id) return key;
  throw invalid(`${shown(vkey)} says that its ID is ${id}, but that name and key have ${keyIdText(key)}`);
}

/** The text that `parseVerifierKey` reads. */
export function formatVerifierKey(key: VerifierKey): string {
  const material = Uint8Array.of(TYPE_BYTES[key.type], ...key.publicKey);
  return `${key.name}+${keyIdText(key)}+${encodeBase64(material)}`;
}

/** Whether a text can be the name of a key. */
export function isKeyName(name: string): boolean {
  const isPlain = [...name].every((character) => character > "\u001f");
  return name !== "" && isPlain && name.isWellFormed() && !/[\p{White_Space}+]/u.test(name);
}

/** Whether two keys are the same one, public key included: the short ID alone can be made to collide. */
export function sameKey(one: VerifierKey, other: VerifierKey): boolean {
  return (
    one.name === other.name &&
    one.keyId === other.keyId &&
    one.type === other.type &&
    sameBytes(one.publicKey, other.publicKey)
  );
}

async function keyIdOf(name: string, publicKey: Uint8Array, type: KeyType): Promise<number> {
  const named = new TextEncoder().encode(`${name}\n`);
  const hash = await primitives.hashMessages([Uint8Array.of(...named, TYPE_BYTES[type], ...publicKey)]);
  return new DataView(hash.buffer, hash.byteOffset).getUint32(0);
}

function keyTypeOf(byte: number): KeyType | undefined {
  return (Object.keys(TYPE_BYTES) as KeyType[]).find((type) => TYPE_BYTES[type] === byte);
}

function keyIdText(key: VerifierKey): string {
  return key.keyId.toString(16).padStart(8, "0");
}

function shown(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
}

function invalid(message: string): TlogError {
  return new TlogError("verifier_key_invalid", `no verifier key: ${message}`);
}

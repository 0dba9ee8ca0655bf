/** What the two kinds of keys sign, and whether they did. */

import { primitives } from "#primitives";
import { TlogError } from "./errors.ts";
import type { KeyType, Signer, VerifierKey } from "./key.ts";

/** One signature line of a note. */
export interface NoteSignature {
  readonly name: string;
  /** An unsigned number of 32 bits. */
  readonly keyId: number;
  /** What follows the key ID: 64 bytes for Ed25519, 8 bytes of time and 64 for a cosignature, anything for unknown keys. */
  readonly signature: Uint8Array;
}

const ED25519_BYTES = 64;
const TIME_BYTES = 8;

/** Whether name and ID of the line are the key's. Only the signature itself shows that the key made it. */
export function namesKey(signature: NoteSignature, key: VerifierKey): boolean {
  return signature.name === key.name && signature.keyId === key.keyId;
}

/** Whether the key, by which the line claims to be, signed the text. */
export async function isSignedBy(text: string, signature: NoteSignature, key: VerifierKey): Promise<boolean> {
  switch (key.type) {
    case "ed25519":
      return verifies(key, new TextEncoder().encode(text), signature.signature);
    case "cosignature-ed25519": {
      const time = cosignatureTime(signature.signature);
      if (time === undefined) return false;
      return verifies(key, cosignedMessage(text, time), signature.signature.subarray(TIME_BYTES));
    }
  }
}

/** Signs with a key of that type and makes sure of the result, so that a faulty key store is noticed here and not by readers. */
export async function signWith(signer: Signer, type: KeyType, message: Uint8Array): Promise<Uint8Array> {
  const { key } = signer;
  if (key.type !== type) {
    throw new TlogError(
      "note_signer_invalid",
      `the key ${key.name} is of type ${key.type}; ${type} is needed here`,
    );
  }
  const signature = await signer.sign(message);
  if (await verifies(key, message, signature)) return signature;
  throw new TlogError(
    "note_signer_invalid",
    `the signer of ${key.name} gave a signature that its own public key does not accept: is it the right private key?`,
  );
}

/** What a cosigner signs: the time in seconds, then the text of the checkpoint. */
export function cosignedMessage(text: string, time: number): Uint8Array {
  return new TextEncoder().encode(`cosignature/v1\ntime ${time}\n${text}`);
}

/** The time of a cosignature in seconds since 1970. Undefined when it is none, or beyond 2^53-1. */
export function cosignatureTime(signature: Uint8Array): number | undefined {
  if (signature.length !== TIME_BYTES + ED25519_BYTES) return undefined;
  const time = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
  return time <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(time) : undefined;
}

export function timedSignature(time: number, signature: Uint8Array): Uint8Array {
  const timed = new Uint8Array(TIME_BYTES + signature.length);
  new DataView(timed.buffer).setBigUint64(0, BigInt(time));
  timed.set(signature, TIME_BYTES);
  return timed;
}

async function verifies(key: VerifierKey, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  if (signature.length !== ED25519_BYTES) return false;
  return primitives.verifyEd25519(key.publicKey, message, signature);
}

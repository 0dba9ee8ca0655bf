/**
 * The text form of a private key, as Go's `note` package writes it: `PRIVATE+KEY+name+hexid+base64(0x01 ‖ seed)`.
 * Nothing of the secret part is ever put into a message.
 * @see https://c2sp.org/signed-note
 */
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { type VerifierKey, verifierKey } from "tlog";
import { AnchorwatchError } from "../../domain/errors.ts";

/** An Ed25519 key that can sign. Node keeps the secret inside the key object. */
export interface PrivateKey {
  readonly key: VerifierKey;
  readonly secret: KeyObject;
}

const SEED_BYTES = 32;
const ALGORITHM_ED25519 = 1;
/** What RFC 8410 puts before the seed of an Ed25519 key in PKCS #8. */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * A name that a signed note can carry: not empty, without white space and plus signs.
 * @throws AnchorwatchError `ledger_key_invalid`
 */
export function checkKeyName(name: string): void {
  if (/^[^\s+\p{Cc}]+$/u.test(name) && name.isWellFormed()) return;
  throw new AnchorwatchError("ledger_key_invalid", `${JSON.stringify(name)} cannot name a key`, {
    hint: "A name is not empty and has no white space and no plus sign, such as example.com/log.",
  });
}

/** @param seed 32 random bytes; overwritten with zeros before this resolves */
export async function privateKeyOf(name: string, seed: Uint8Array): Promise<PrivateKey> {
  checkKeyName(name);
  const der = Buffer.concat([PKCS8_HEAD, seed]);
  try {
    const secret = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
    return { key: await verifierKey(name, rawPublicKey(createPublicKey(secret))), secret };
  } finally {
    der.fill(0);
    seed.fill(0);
  }
}

/** The 32 bytes of an Ed25519 public key. */
export function rawPublicKey(publicKey: KeyObject): Uint8Array {
  return Uint8Array.from(Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url"));
}

/** Eight hexadecimal digits, as notes and files write a key's ID. */
export function hexKeyId(key: VerifierKey): string {
  return key.keyId.toString(16).padStart(8, "0");
}

export function formatPrivateKey({ key, secret }: PrivateKey): string {
  const seed = Buffer.from(secret.export({ format: "jwk" }).d ?? "", "base64url");
  const data = Buffer.concat([Buffer.of(ALGORITHM_ED25519), seed]);
  try {
    return `PRIVATE+KEY+${key.name}+${hexKeyId(key)}+${data.toString("base64")}\n`;
  } finally {
    seed.fill(0);
    data.fill(0);
  }
}

/**
 * @param place of the text, for messages
 * @throws AnchorwatchError `ledger_key_invalid`, `ledger_key_kind`
 */
export async function parsePrivateKey(text: string, place: string): Promise<PrivateKey> {
  const [, name, id, encoded] =
    /^PRIVATE\+KEY\+([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})\n?$/.exec(text) ?? [];
  if (name === undefined || id === undefined || encoded === undefined) throw notAKey(text, place);
  const data = Buffer.from(encoded, "base64");
  try {
    if (data.toString("base64") !== encoded) throw invalid(place, "its last part is not plain base64");
    if (data[0] !== ALGORITHM_ED25519) {
      throw kind(place, `it is of algorithm ${data[0]}, and this program signs with Ed25519 (1)`);
    }
    if (data.length !== 1 + SEED_BYTES) {
      throw invalid(place, `it holds ${data.length - 1} bytes where an Ed25519 seed has ${SEED_BYTES}`);
    }
    const parsed = await privateKeyOf(name, data.subarray(1));
    if (hexKeyId(parsed.key) !== id) {
      throw invalid(place, `it says that its ID is ${id}, but name and key make ${hexKeyId(parsed.key)}`);
    }
    return parsed;
  } finally {
    data.fill(0);
  }
}

function notAKey(text: string, place: string): AnchorwatchError {
  if (text.startsWith("-----BEGIN ")) return kind(place, "it is a PEM file");
  if (/^[^\s+]+\+[0-9a-f]{8}\+/.test(text)) return kind(place, "it is a verifier key, the public half");
  return invalid(place, "it does not have the form PRIVATE+KEY+name+id+base64 on one line");
}

function invalid(place: string, why: string): AnchorwatchError {
  const hint = "Restore the key from its backup. A new key is only made where there is none.";
  return new AnchorwatchError("ledger_key_invalid", `${place} holds no signing key: ${why}`, {
    hint,
    location: { file: place },
  });
}

function kind(place: string, why: string): AnchorwatchError {
  const hint = "Give the log's own key file, PRIVATE+KEY+name+id+base64, as Go's note package writes it.";
  return new AnchorwatchError("ledger_key_kind", `${place} holds a key of the wrong kind: ${why}`, {
    hint,
    location: { file: place },
  });
}

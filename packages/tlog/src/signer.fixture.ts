import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { type KeyType, type Signer, verifierKey } from "./key.ts";

/** A signer for tests: the same name and type always give the same key. */
export async function testSigner(name: string, type: KeyType = "ed25519", salt = ""): Promise<Signer> {
  const key = testKey(`${type} ${name} ${salt}`);
  return {
    key: await verifierKey(name, rawPublicKey(key), type),
    sign: async (message) => new Uint8Array(sign(null, message, key)),
  };
}

/** An Ed25519 key made of a text. */
export function testKey(text: string): KeyObject {
  const seed = createHash("sha256").update(text).digest();
  // RFC 8410: what stands before the 32 bytes of an Ed25519 private key in PKCS #8.
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}

export function rawPublicKey(key: KeyObject): Uint8Array {
  const { x = "" } = createPublicKey(key).export({ format: "jwk" });
  return new Uint8Array(Buffer.from(x, "base64url"));
}

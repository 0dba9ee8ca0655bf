/** Secrets that people and programs carry: cookies, tokens, links. Only their digests are kept. */
import { createHash } from "node:crypto";

export type RandomBytes = (length: number) => Uint8Array<ArrayBuffer>;

const SECRET_BYTES = 32;

/** 43 characters of base64url: nobody guesses it, so its digest needs neither salt nor stretching. */
export function newSecret(randomBytes: RandomBytes): string {
  return Buffer.from(randomBytes(SECRET_BYTES)).toString("base64url");
}

/** SHA-256; what records find a secret by. */
export function digestOf(secret: string): Uint8Array {
  return createHash("sha256").update(secret).digest();
}

/** Whether it has the form of a secret of ours: what has not is no reason to ask the database. */
export function isSecret(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}

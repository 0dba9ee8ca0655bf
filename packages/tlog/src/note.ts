/** Signed notes (C2SP signed-note): a text, an empty line, and a line for each signature. */

import { decodeBase64, encodeBase64 } from "./base64.ts";
import { TlogError } from "./errors.ts";
import { isKeyName, type Signer, sameKey, type VerifierKey } from "./key.ts";
import { isSignedBy, type NoteSignature, namesKey, signWith } from "./signature.ts";

/** A note as it was read. Nothing in it can be believed before `verifyNote`. */
export interface SignedNote {
  /** Ends in a newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Larger notes are refused unread. */
export const MAX_NOTE_BYTES = 1_000_000;
/** The format asks for at least 16. */
export const MAX_NOTE_SIGNATURES = 100;

const KEY_ID_BYTES = 4;
const SIGNATURE_LINE = /^— ([^ ]+) ([A-Za-z0-9+/]+={0,2})$/;

/** Reads a note. Throws `note_invalid` with the byte where it goes wrong. */
export function parseNote(bytes: Uint8Array | string): SignedNote {
  const note = typeof bytes === "string" ? checkUnicode(bytes) : decodeUtf8(bytes);
  checkCharacters(note);
  const split = note.lastIndexOf("\n\n");
  if (split < 0) {
    throw invalid("there is no empty line between text and signatures", note, note.length);
  }
  if (!note.endsWith("\n")) throw invalid("the last line does not end in a newline", note, note.length);
  const lines = note
    .slice(split + 2)
    .split("\n")
    .slice(0, -1);
  if (lines.length === 0)
    throw invalid("there is no signature line after the last empty line", note, note.length);
  if (lines.length > MAX_NOTE_SIGNATURES) {
    throw invalid(
      `there are ${lines.length} signatures; at most ${MAX_NOTE_SIGNATURES} are read`,
      note,
      split + 2,
    );
  }
  let at = split + 2;
  const signatures = lines.map((line) => {
    const signature = parseSignatureLine(line, () =>
      invalid("this is no signature line `— name base64`", note, at),
    );
    at += line.length + 1;
    return signature;
  });
  return { text: note.slice(0, split + 1), signatures };
}

/** The note as text. Throws `note_invalid` for one that could not be read back as it is. */
export function formatNote(note: SignedNote): string {
  checkText(note.text);
  const text = `${note.text}\n${note.signatures.map((signature) => `${formatSignatureLine(signature)}\n`).join("")}`;
  parseNote(text);
  return text;
}

/** One signature line without its newline: `— name base64(key ID ‖ signature)`. */
export function formatSignatureLine({ name, keyId, signature }: NoteSignature): string {
  if (!isKeyName(name)) {
    throw new TlogError(
      "note_invalid",
      `${JSON.stringify(name)} is no name of a key: white space and "+" are not allowed`,
    );
  }
  if (keyId >>> 0 !== keyId) throw new TlogError("note_invalid", `${keyId} is no key ID: those have 32 bits`);
  const bytes = new Uint8Array(KEY_ID_BYTES + signature.length);
  new DataView(bytes.buffer).setUint32(0, keyId);
  bytes.set(signature, KEY_ID_BYTES);
  return `— ${name} ${encodeBase64(bytes)}`;
}

/**
 * Signs a text with keys of type "ed25519"; the new signatures stand first. `existing` ones are kept but for those of the same keys.
 * Throws `note_invalid` for a text that no note can have, `note_signer_invalid` when a signer does not do what its key says.
 */
export async function signNote(
  text: string,
  signers: readonly Signer[],
  existing: readonly NoteSignature[] = [],
): Promise<SignedNote> {
  checkText(text);
  const message = new TextEncoder().encode(text);
  const signatures = await Promise.all(
    signers.map(async (signer) => ({
      name: signer.key.name,
      keyId: signer.key.keyId,
      signature: await signWith(signer, "ed25519", message),
    })),
  );
  const kept = existing.filter((signature) => !signers.some(({ key }) => namesKey(signature, key)));
  return { text, signatures: [...signatures, ...kept] };
}

/**
 * Which of the keys signed the note: at least one. Lines of unknown keys are ignored. Rejects with `note_signature_invalid` when a
 * line that names a known key does not verify, and with `note_unsigned` when no known key signed.
 */
export async function verifyNote(
  note: SignedNote,
  keys: readonly VerifierKey[],
): Promise<readonly VerifierKey[]> {
  const signedBy: VerifierKey[] = [];
  for (const signature of note.signatures) {
    const named = keys.filter((key) => namesKey(signature, key));
    if (named.length === 0) continue;
    const signers = await keysThatSigned(note.text, signature, named);
    if (signers.length === 0) {
      throw new TlogError(
        "note_signature_invalid",
        `the note has a signature by ${signature.name} that does not belong to its text`,
      );
    }
    signedBy.push(...signers.filter((key) => !signedBy.some((other) => sameKey(key, other))));
  }
  if (signedBy.length > 0) return signedBy;
  throw new TlogError("note_unsigned", `none of the known keys signed the note: ${nameAll(note, keys)}`);
}

async function keysThatSigned(
  text: string,
  signature: NoteSignature,
  keys: readonly VerifierKey[],
): Promise<readonly VerifierKey[]> {
  const signed = await Promise.all(keys.map((key) => isSignedBy(text, signature, key)));
  return keys.filter((_, index) => signed[index]);
}

function parseSignatureLine(line: string, failure: () => TlogError): NoteSignature {
  const [, name = "", base64 = ""] = SIGNATURE_LINE.exec(line) ?? [];
  const bytes = decodeBase64(base64);
  if (!isKeyName(name) || bytes === undefined || bytes.length <= KEY_ID_BYTES) throw failure();
  const keyId = new DataView(bytes.buffer).getUint32(0);
  return { name, keyId, signature: bytes.subarray(KEY_ID_BYTES) };
}

function checkText(text: string): void {
  checkCharacters(checkUnicode(text));
  if (!text.endsWith("\n")) throw invalid("the text does not end in a newline", text, text.length);
}

/** Control characters could show a reader something else than what was signed. */
function checkCharacters(text: string): void {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 && code !== 0x0a) throw invalid(`the control character ${code} is not allowed`, text, at);
  }
}

function checkUnicode(text: string): string {
  // A character has at least one byte, so most texts that are too large need not be encoded.
  if (text.length > MAX_NOTE_BYTES || new TextEncoder().encode(text).length > MAX_NOTE_BYTES)
    throw tooLarge();
  if (text.isWellFormed()) return text;
  throw new TlogError("note_invalid", "no signed note: it holds half a character, which UTF-8 cannot say");
}

function decodeUtf8(bytes: Uint8Array): string {
  if (bytes.length > MAX_NOTE_BYTES) throw tooLarge();
  try {
    // With a byte order mark dropped, the text would not be the one that was signed.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new TlogError("note_invalid", "no signed note: the bytes are not UTF-8", { cause });
  }
}

function tooLarge(): TlogError {
  return new TlogError("note_invalid", `no signed note: it is larger than ${MAX_NOTE_BYTES} bytes`);
}

function invalid(message: string, note: string, at: number): TlogError {
  const before = note.slice(0, at);
  const byte = new TextEncoder().encode(before).length;
  const line = before.split("\n").length;
  return new TlogError("note_invalid", `no signed note: line ${line}: ${message}`, { location: { byte } });
}

function nameAll(note: SignedNote, keys: readonly VerifierKey[]): string {
  const names = (list: readonly { readonly name: string }[]) =>
    [...new Set(list.map(({ name }) => name))].join(", ") || "nobody";
  return `it is signed by ${names(note.signatures)}, and the keys given are of ${names(keys)}`;
}

/** Asks a witness (C2SP tlog-witness) for its cosignature of a checkpoint. */

import { formatAddCheckpoint } from "./addCheckpoint.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import { verifyCosignature } from "./cosignature.ts";
import { TlogError } from "./errors.ts";
import type { Hash } from "./hash.ts";
import { checkAddress, type HttpAnswer, type HttpOptions, request } from "./http.ts";
import type { VerifierKey } from "./key.ts";
import { formatNote, parseNote, type SignedNote } from "./note.ts";
import { parseDecimal } from "./number.ts";
import { type NoteSignature, namesKey } from "./signature.ts";

export interface CosignRequest {
  /** The witness's submission prefix: `add-checkpoint` is appended. */
  readonly url: string;
  /** The keys of the witness, of type "cosignature-ed25519". */
  readonly keys: readonly VerifierKey[];
  /** The checkpoint, a note signed by the log. */
  readonly checkpoint: string;
  /** The consistency proof from a smaller size to the checkpoint's: `LogClient.consistencyProof`, or the log's own tree. */
  readonly proof: (older: number) => Promise<readonly Hash[]>;
  /** The size that the witness cosigned last, as far as known. A wrong one costs another request. */
  readonly old?: number;
  readonly signal?: AbortSignal;
}

export interface Cosigned {
  /** The witness's lines, verified. */
  readonly signatures: readonly NoteSignature[];
  /** When the witness says that it signed: the newest of the lines, in seconds since 1970. */
  readonly time: number;
  /** The checkpoint with these lines after its own. */
  readonly checkpoint: string;
}

const MAX_ANSWER_BYTES = 64 * 1024;
/** The witness may learn of a newer tree between two requests, but hardly again and again. */
const MAX_CONFLICTS = 4;

/**
 * The checkpoint with the witness's cosignature. Rejects with `witness_ahead` or `witness_conflict` when the witness knows a larger
 * tree or another history of the log: then sign nothing more; with `witness_refused`, `witness_answer_invalid`, `source_failed`.
 */
export async function requestCosignature(given: CosignRequest, options: HttpOptions = {}): Promise<Cosigned> {
  const note = parseNote(given.checkpoint);
  const { size } = parseCheckpoint(note.text);
  const address = checkAddress(given.url);
  let old = Math.min(given.old ?? 0, size);
  for (let conflicts = 0; ; conflicts++) {
    const answer = await ask(address, old, size, given, options);
    if (answer.status === 200) return readCosignatures(address, note, answer, given.keys);
    if (answer.status !== 409) throw refused(address, answer);
    const known = conflictSize(address, answer);
    if (known > size) throw ahead(address, size, known);
    if (known === old || conflicts === MAX_CONFLICTS) throw contradicted(address, size, known);
    old = known;
  }
}

async function ask(
  address: string,
  old: number,
  size: number,
  { checkpoint, proof, signal }: CosignRequest,
  options: HttpOptions,
): Promise<HttpAnswer> {
  const hashes = old === 0 || old === size ? [] : await proof(old);
  const body = formatAddCheckpoint({ old, proof: hashes, checkpoint });
  return request(
    {
      url: `${address}/add-checkpoint`,
      method: "POST",
      body: new TextEncoder().encode(body),
      maxBytes: MAX_ANSWER_BYTES,
      // What is sent to one witness is not meant for whomever it names.
      redirect: "error",
      fresh: true,
      ...(signal === undefined ? {} : { signal }),
    },
    options,
  );
}

/** The lines by the witness's keys. Other lines are ignored, as the protocol demands; a false one by a known key is not. */
async function readCosignatures(
  address: string,
  note: SignedNote,
  answer: HttpAnswer,
  keys: readonly VerifierKey[],
): Promise<Cosigned> {
  const signatures: NoteSignature[] = [];
  let time = 0;
  for (const signature of signatureLines(address, note, answer)) {
    for (const key of keys) {
      if (!namesKey(signature, key)) continue;
      const verified = await verifyCosignature(note, signature, key).catch((cause: unknown) => {
        throw invalid(address, "its cosignature does not belong to the checkpoint and its key", cause);
      });
      signatures.push(signature);
      time = Math.max(time, verified.time);
      break;
    }
  }
  if (signatures.length === 0) throw invalid(address, "there is no line by one of its keys that were given");
  const kept = note.signatures.filter((own) => !signatures.some((line) => sameLine(own, line)));
  return {
    signatures,
    time,
    checkpoint: formatNote({ text: note.text, signatures: [...kept, ...signatures] }),
  };
}

function signatureLines(address: string, note: SignedNote, answer: HttpAnswer): readonly NoteSignature[] {
  const lines = decode(address, answer);
  try {
    return parseNote(`${note.text}\n${lines}`).signatures;
  } catch (cause) {
    throw invalid(address, "its answer is no sequence of signature lines", cause);
  }
}

function conflictSize(address: string, answer: HttpAnswer): number {
  const body = decode(address, answer);
  const size = body.endsWith("\n") ? parseDecimal(body.slice(0, -1)) : undefined;
  if (size !== undefined && answer.contentType === "text/x.tlog.size") return size;
  throw invalid(address, "it answered 409 without the size that it knows");
}

function decode(address: string, { body }: HttpAnswer): string {
  if (body === undefined) throw invalid(address, `its answer is longer than ${MAX_ANSWER_BYTES} bytes`);
  return new TextDecoder().decode(body);
}

/** A newer line of a key takes the place of its older one. */
function sameLine(one: NoteSignature, other: NoteSignature): boolean {
  return one.name === other.name && one.keyId === other.keyId;
}

function refused(address: string, answer: HttpAnswer): TlogError {
  const said = new TextDecoder().decode(answer.body ?? new Uint8Array()).trim();
  const why = said === "" ? "" : `: ${JSON.stringify(said.slice(0, 200))}`;
  if (answer.status === 422) {
    return new TlogError(
      "witness_conflict",
      `the witness ${address} does not accept the proof that the log grew out of what it cosigned${why}`,
    );
  }
  const code = answer.status === 403 || answer.status === 404 ? "witness_refused" : "witness_answer_invalid";
  return new TlogError(code, `the witness ${address} answered ${answer.status}${why}`);
}

function ahead(address: string, size: number, known: number): TlogError {
  return new TlogError(
    "witness_ahead",
    `the witness ${address} has cosigned a tree of ${known} entries, and this checkpoint has only ${size}`,
  );
}

function contradicted(address: string, size: number, known: number): TlogError {
  return new TlogError(
    "witness_conflict",
    known === size
      ? `the witness ${address} has cosigned another tree of ${size} entries`
      : `the witness ${address} answers again and again that it knows ${known} entries, and does not take the proof from there`,
  );
}

function invalid(address: string, why: string, cause?: unknown): TlogError {
  return new TlogError("witness_answer_invalid", `the witness ${address} gave no cosignature: ${why}`, {
    cause,
  });
}

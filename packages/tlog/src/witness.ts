/**
 * A witness (C2SP tlog-witness): cosigns the checkpoints of logs as long as each grows out of the last one that it cosigned. Whoever
 * sees its cosignature knows that others see the same log. HTTP and storage come from outside.
 */

import { MAX_ADD_CHECKPOINT_BYTES, parseAddCheckpoint } from "./addCheckpoint.ts";
import { openCheckpoint, parseCheckpoint } from "./checkpoint.ts";
import { cosign } from "./cosignature.ts";
import { TlogError } from "./errors.ts";
import { type Hash, sameBytes } from "./hash.ts";
import type { Signer, VerifierKey } from "./key.ts";
import { formatSignatureLine, parseNote } from "./note.ts";
import { verifyConsistency } from "./proof.ts";

/** The last checkpoint of a log that was cosigned. */
export interface WitnessedCheckpoint {
  readonly size: number;
  readonly root: Hash;
  /** The signed note as it came, to be shown when the log contradicts itself. */
  readonly note: string;
}

/** What a witness must never forget: with an older state it would cosign two histories of one log. */
export interface WitnessState {
  /** Undefined: nothing of that log was ever cosigned. */
  latest(origin: string): Promise<WitnessedCheckpoint | undefined>;
  /**
   * Stores `next` if the size that is stored for the log is `old` (0: nothing is stored, or the empty tree). Comparing and storing is
   * one step, whoever else calls; `next` is durable when this resolves to true. False: another size is stored, nothing was changed.
   */
  compareAndSwap(origin: string, old: number, next: WitnessedCheckpoint): Promise<boolean>;
}

export interface WitnessOptions {
  /** With a key of type "cosignature-ed25519". */
  readonly signer: Signer;
  /** The keys that may sign for a log. Undefined: the log is none that this witness watches. */
  readonly keysOf: (origin: string) => readonly VerifierKey[] | undefined;
  readonly state: WitnessState;
  readonly now: () => Date;
  /** Two checkpoints, signed by the log, that contradict each other: known, then shown. Keep them, tell people. */
  readonly onFork?: (known: string, shown: string) => void;
}

export interface WitnessRequest {
  readonly method: string;
  /** Path of the URL, whose last step says what is asked. */
  readonly path: string;
  /** Need not be read further than `MAX_ADD_CHECKPOINT_BYTES + 1`. */
  readonly body: Uint8Array;
}

export interface WitnessResponse {
  readonly status: 200 | 400 | 403 | 404 | 405 | 409 | 422;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Witness {
  /** Answers a request as the protocol says. Rejects only when the state or the signer does: answer 500, and persist nothing else. */
  handle(request: WitnessRequest): Promise<WitnessResponse>;
}

/** Throws `note_signer_invalid` for a key that is none of a cosigner. */
export function witness(options: WitnessOptions): Witness {
  const { key } = options.signer;
  if (key.type !== "cosignature-ed25519") {
    throw new TlogError(
      "note_signer_invalid",
      `the key ${key.name} is of type ${key.type}; a witness needs one of type cosignature-ed25519`,
    );
  }
  return {
    async handle({ method, path, body }) {
      if (!path.endsWith("/add-checkpoint")) return plain(404, "only add-checkpoint is here");
      if (method !== "POST") return { ...plain(405, "POST is needed"), headers: { ...TEXT, allow: "POST" } };
      return addCheckpoint(body, options);
    },
  };
}

/** A state that ends with the process: for tests, and for trying things out. Never for a witness that others rely on. */
export function memoryWitnessState(): WitnessState {
  const latest = new Map<string, WitnessedCheckpoint>();
  return {
    latest: async (origin) => latest.get(origin),
    async compareAndSwap(origin, old, next) {
      if ((latest.get(origin)?.size ?? 0) !== old) return false;
      latest.set(origin, next);
      return true;
    },
  };
}

const TEXT = { "content-type": "text/plain; charset=utf-8" };
const SIZE = { "content-type": "text/x.tlog.size" };

/** The checks in the order of the specification. */
async function addCheckpoint(body: Uint8Array, options: WitnessOptions): Promise<WitnessResponse> {
  const { signer, keysOf, state, now } = options;
  const request = attempt(() => parseRequest(body));
  if (request instanceof TlogError) return plain(400, request.message);
  const { old, proof, next, origin } = request;
  const keys = keysOf(origin);
  if (keys === undefined) return plain(404, `this witness does not watch ${JSON.stringify(origin)}`);
  const opened = await openCheckpoint(next.note, keys, origin).catch(typed);
  if (opened instanceof TlogError) return plain(403, opened.message);
  if (old > next.size) return plain(400, `the old size ${old} is larger than the checkpoint's, ${next.size}`);

  const known = await state.latest(origin);
  if (old !== (known?.size ?? 0)) return conflict(known?.size ?? 0);
  const refusal = await compare(known, next, proof, options);
  if (refusal !== undefined) return refusal;
  // Stored before it is signed: a cosignature that nobody remembers could be contradicted by the next one.
  if (!(await state.compareAndSwap(origin, old, next)))
    return conflict((await state.latest(origin))?.size ?? 0);
  const seconds = Math.floor(now().getTime() / 1000);
  const signature = await cosign(opened.note, signer, seconds);
  return { status: 200, headers: TEXT, body: `${formatSignatureLine(signature)}\n` };
}

/** Undefined when the next checkpoint grows out of the known one. */
async function compare(
  known: WitnessedCheckpoint | undefined,
  next: WitnessedCheckpoint,
  proof: readonly Hash[],
  { onFork }: WitnessOptions,
): Promise<WitnessResponse | undefined> {
  if (known !== undefined && known.size === next.size && !sameBytes(known.root, next.root)) {
    onFork?.(known.note, next.note);
    return conflict(known.size);
  }
  if (known === undefined || known.size === 0) {
    return proof.length === 0 ? undefined : plain(422, "there is no consistency proof from the empty tree");
  }
  const failure = await verifyConsistency({
    older: known.size,
    newer: next.size,
    olderRoot: known.root,
    newerRoot: next.root,
    proof,
  }).catch(typed);
  return failure instanceof TlogError ? plain(422, failure.message) : undefined;
}

function parseRequest(body: Uint8Array) {
  if (body.length > MAX_ADD_CHECKPOINT_BYTES) {
    throw new TlogError(
      "witness_request_invalid",
      `the request is longer than ${MAX_ADD_CHECKPOINT_BYTES} bytes`,
    );
  }
  const { old, proof, checkpoint: note } = parseAddCheckpoint(body);
  const { origin, size, root } = parseCheckpoint(parseNote(note).text);
  return { old, proof, origin, next: { size, root, note } satisfies WitnessedCheckpoint };
}

function conflict(size: number): WitnessResponse {
  return { status: 409, headers: SIZE, body: `${size}\n` };
}

function plain(status: WitnessResponse["status"], message: string): WitnessResponse {
  return { status, headers: TEXT, body: `${message}\n` };
}

function attempt<Result>(act: () => Result): Result | TlogError {
  try {
    return act();
  } catch (error) {
    return typed(error);
  }
}

/** What the request is to blame for. Anything else is ours. */
function typed(error: unknown): TlogError {
  if (error instanceof TlogError) return error;
  throw error;
}

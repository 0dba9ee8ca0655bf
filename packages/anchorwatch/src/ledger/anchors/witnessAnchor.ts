/**
 * A witness: it cosigns a checkpoint only when that continues what it has cosigned before.
 * @see https://c2sp.org/tlog-witness
 */
import {
  type NoteSignature,
  parseCheckpoint,
  parseNote,
  requestCosignature,
  TlogError,
  type VerifierKey,
} from "tlog";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Anchor } from "./anchor.ts";
import { checkAddress, type Delivery, failed, placeOf, refused, retryDelays, timeoutOf } from "./delivery.ts";
import { AnchorConflict } from "./seen.ts";

export interface WitnessAnchorOptions extends Delivery {
  /** `/add-checkpoint` is asked below it. */
  readonly url: string;
  /** Of the witness, of the type "cosignature-ed25519"; two while it changes its key. */
  readonly keys: readonly VerifierKey[];
}

/**
 * The protocol has no question for the latest checkpoint, so `latest` is undefined; but a witness that has seen more refuses what
 * is older, and `publish` rejects with `ledger_anchor_conflict`. @throws AnchorwatchError `ledger_anchor_invalid`
 */
export function witnessAnchor(options: WitnessAnchorOptions): Anchor {
  const url = checkAddress(options.url);
  const name = placeOf(url);
  const http = {
    fetch: options.fetch,
    timeoutMs: timeoutOf(options),
    retryDelaysMs: retryDelays(options),
    sleep: options.wait,
  };
  /** What it cosigned last, as far as known: where the next proof begins. */
  let old = 0;
  let last: { readonly text: string; readonly signatures: readonly NoteSignature[] } | undefined;
  return {
    name,
    latest: async () => undefined,
    cosigners: options.keys,
    cosignatures: (checkpoint) => (parseNote(checkpoint).text === last?.text ? last.signatures : []),
    publish: async (checkpoint, consistency) => {
      const wanted = { url: url.href, keys: options.keys, checkpoint, proof: consistency, old };
      try {
        const { signatures } = await requestCosignature(wanted, http);
        const { text } = parseNote(checkpoint);
        last = { text, signatures };
        old = parseCheckpoint(text).size;
      } catch (error) {
        throw inOurWords(name, error);
      }
    },
  };
}

function inOurWords(name: string, error: unknown): unknown {
  if (error instanceof AnchorwatchError || !(error instanceof TlogError)) return error;
  switch (error.code) {
    case "witness_ahead":
      return new AnchorConflict(name, error.message, { reason: "rolled_back", cause: error });
    case "witness_conflict":
      return new AnchorConflict(name, error.message, { reason: "forked", cause: error });
    case "witness_refused":
      return refused(name, error.message);
    default:
      return failed(name, error.message, error);
  }
}

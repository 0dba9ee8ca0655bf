/** Verifies a whole log against what vouches for it: its keys, an earlier checkpoint, and the anchors that its writer told. */
import { type Checkpoint, type VerifierKey, verifyLog } from "tlog";
import type { LogPlace } from "../../ledger/read/logPlace.ts";
import { logSourceOf } from "../../ledger/read/logSource.ts";
import { speaking } from "../../ledger/read/productWords.ts";
import type { LedgerMachine } from "./ledgerMachine.ts";
import { readAnchors } from "./readAnchors.ts";

export interface VerifyRequest {
  readonly place: LogPlace;
  readonly keys: readonly VerifierKey[];
  /** A signed note that somebody kept. */
  readonly since?: { readonly name: string; readonly note: Uint8Array };
  readonly anchors: readonly LogPlace[];
}

export interface VerifiedLedger {
  readonly name: string;
  readonly checkpoint: Checkpoint;
  readonly signedBy: readonly VerifierKey[];
  readonly since?: { readonly name: string; readonly size: number };
  /** What each anchor has seen. Size undefined: nothing yet. */
  readonly anchors: readonly { readonly name: string; readonly size: number | undefined }[];
  /** So many entries, from the first, are those that an anchor has seen. */
  readonly vouchedFor: number;
  /** A key signed it, or an anchor has seen all of it. */
  readonly authenticated: boolean;
}

export interface LedgerObserver {
  readonly signal: AbortSignal;
  /** Entries, of how many. */
  readonly progress: (done: number, total: number) => void;
}

/**
 * Reads everything, in constant memory; of a folder and a bucket also what else lies between the tiles.
 * @throws AnchorwatchError `ledger_corrupt` naming file, entry and byte; `ledger_forked` and `ledger_rolled_back` with both
 *   checkpoints; `ledger_missing`, `ledger_checkpoint_invalid`, `ledger_key_unknown`, `ledger_unreachable`, and as `readAnchors`
 */
export async function verifyLedger(
  request: VerifyRequest,
  machine: LedgerMachine,
  { signal, progress }: LedgerObserver,
): Promise<VerifiedLedger> {
  const { place, keys, since } = request;
  const source = await logSourceOf(place, machine);
  const anchors = await readAnchors(request.anchors, machine);
  const notes = anchors.flatMap(({ note }) => (note === undefined ? [] : [note]));
  const verified = await speaking(`The ledger ${place.name}`, () =>
    verifyLog(source, {
      keys,
      since: [...(since === undefined ? [] : [since.note]), ...notes],
      onProgress: ({ entries, size }) => progress(entries, size),
      signal,
    }),
  );
  const { checkpoint, signedBy } = verified;
  const vouchedFor = Math.max(0, ...anchors.map(({ size = 0 }) => size));
  const earlier = since === undefined ? undefined : verified.since[0];
  return {
    name: place.name,
    checkpoint,
    signedBy,
    ...(since === undefined || earlier === undefined
      ? {}
      : { since: { name: since.name, size: earlier.size } }),
    anchors: anchors.map(({ name, size }) => ({ name, size })),
    vouchedFor,
    authenticated: signedBy.length > 0 || (notes.length > 0 && vouchedFor >= checkpoint.size),
  };
}

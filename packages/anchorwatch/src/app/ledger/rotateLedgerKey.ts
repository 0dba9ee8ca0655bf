import type { VerifierKey } from "tlog";
import type { Warning } from "../../domain/errors.ts";
import type { LedgerMachine } from "./ledgerMachine.ts";
import { rotatedEntry, withLedger } from "./openLedger.ts";
import type { WritableLedger } from "./writableLedger.ts";

export interface Rotation {
  readonly current: VerifierKey;
  readonly previous: VerifierKey;
  /** Cannot sign any more from now on. */
  readonly retired: readonly VerifierKey[];
  /** Of the entry that says so. */
  readonly index: number;
  /** Signed by the current and the previous key. */
  readonly checkpoint: string;
}

/**
 * Makes a new signing key, or takes the one in KMS that is configured now. The previous one goes on signing beside it until the next
 * rotation, so that nobody who knows only one of them is left out; those before it are retired. The entry about it is signed by
 * the previous key already: it vouches for the new one.
 * @throws AnchorwatchError `ledger_locked`, `ledger_key_*`, `ledger_kms_*`, and what the writer says
 */
export async function rotateLedgerKey(
  ledger: WritableLedger,
  machine: LedgerMachine,
  onWarning: (warning: Warning) => void,
): Promise<Rotation> {
  const { keys } = ledger;
  const before = { ...ledger, keys: { ...keys, open: keys.openRecorded } };
  // Under the lock of the log: two rotations at once would lose a key.
  const rotated = await withLedger(before, machine, onWarning, async ({ writer, ring }) => {
    const retired = ring.signers.slice(1).map(({ key }) => key);
    const { current, previous } = await keys.rotate();
    const entry = rotatedEntry(current, retired, machine.now());
    const first = await writer.append(entry);
    // A key of KMS can come back; the entry that it has is about its first time.
    const { index } = first.existed
      ? await writer.append({ ...entry, id: `${entry.id}:${machine.newId()}` })
      : first;
    for (const key of retired) await keys.retire(key);
    return { current, previous, retired, index };
  });
  // Opened again, the log signs its checkpoint with both.
  const checkpoint = await withLedger(ledger, machine, onWarning, async ({ writer }) => writer.checkpoint);
  return { ...rotated, checkpoint };
}

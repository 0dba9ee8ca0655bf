import { formatVerifierKey, type VerifierKey } from "tlog";
import type { Warning } from "../../domain/errors.ts";
import { retireKey, rotateKey } from "../../ledger/keys/keyRing.ts";
import type { LogPlace } from "../../ledger/read/logPlace.ts";
import { ledgerFolder } from "./ledgerFolder.ts";
import type { LedgerMachine } from "./ledgerMachine.ts";
import { LEDGER_ACTOR, withLedger } from "./openLedger.ts";

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
 * Makes a new signing key. The previous one goes on signing beside it until the next rotation, so that nobody who knows only one
 * of them is left out; those before it are retired. The entry about it is signed by the previous key already: it vouches for the
 * new one.
 * @throws AnchorwatchError `ledger_locked`, `ledger_key_*`, and what the writer says
 */
export async function rotateLedgerKey(
  place: LogPlace,
  machine: LedgerMachine,
  onWarning: (warning: Warning) => void,
): Promise<Rotation> {
  const folder = await ledgerFolder(place, machine);
  const { privateFolder, keeper } = folder;
  // Under the lock of the log: two rotations at once would lose a key.
  const rotated = await withLedger(folder, machine, onWarning, async ({ writer, ring }) => {
    const retired = ring.signers.slice(1).map(({ key }) => key);
    const { current, previous } = await rotateKey(privateFolder, keeper, machine.random);
    const { index } = await writer.append({
      id: `ledger.key_rotated:${current.keyId.toString(16)}:${machine.newId()}`,
      kind: "ledger.key_rotated",
      time: machine.now().toISOString(),
      actor: LEDGER_ACTOR,
      data: { added: [formatVerifierKey(current)], retired: retired.map(formatVerifierKey) },
    });
    for (const key of retired) await retireKey(privateFolder, key);
    return { current, previous, retired, index };
  });
  // Opened again, the log signs its checkpoint with both.
  const checkpoint = await withLedger(folder, machine, onWarning, async ({ writer }) => writer.checkpoint);
  return { ...rotated, checkpoint };
}

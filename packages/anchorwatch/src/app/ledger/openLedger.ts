/** Opens a log for writing, with its keys, its anchors and its search index. The first one to do so makes it. */
import { join } from "node:path";
import { formatVerifierKey, type VerifierKey } from "tlog";
import { AnchorwatchError, type Warning } from "../../domain/errors.ts";
import type { EntryInput } from "../../ledger/entry/form.ts";
import type { LedgerIndex } from "../../ledger/index/ledgerIndex.ts";
import { openLedgerIndex } from "../../ledger/index/open.ts";
import type { KeyRing } from "../../ledger/keys/keyRing.ts";
import { machineFiles } from "../../ledger/storage/directory/fileLayer.ts";
import { evidenceFolder } from "../../ledger/writer/evidence.ts";
import { type LedgerWriter, openLedgerWriter } from "../../ledger/writer/ledgerWriter.ts";
import { LEDGER_ACTOR } from "../../ledger/writer/ownEntries.ts";
import type { LedgerMachine } from "./ledgerMachine.ts";
import { prepareLedger, type WritableLedger } from "./writableLedger.ts";

export interface OpenLedger {
  readonly writer: LedgerWriter;
  /** Covers everything that is in the log. */
  readonly index: LedgerIndex;
  readonly ring: KeyRing;
}

/** How long a check waits for its turn, while others record what they found. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 100;

/**
 * Opens it, does the work, and gives it back: everything is durable when this resolves. While another process writes, it waits
 * for up to a minute.
 * @throws AnchorwatchError `ledger_locked`, `ledger_key_*`, `ledger_corrupt`, and what the storage and the work say
 */
export async function withLedger<Result>(
  ledger: WritableLedger,
  machine: LedgerMachine,
  onWarning: (warning: Warning) => void,
  work: (ledger: OpenLedger) => Promise<Result>,
): Promise<Result> {
  return await worked(await whenFree(machine, () => openLedger(ledger, machine, onWarning)), work);
}

/**
 * As `withLedger`, for work that may be done again: another process may take the log away meanwhile, as in S3, where there is no
 * lock. What is appended again has the same ids. The minute is for all of it.
 */
export async function withLedgerAgain<Result>(
  ledger: WritableLedger,
  machine: LedgerMachine,
  onWarning: (warning: Warning) => void,
  work: (ledger: OpenLedger) => Promise<Result>,
): Promise<Result> {
  return await whenFree(machine, async () => worked(await openLedger(ledger, machine, onWarning), work));
}

async function worked<Result>(
  open: OpenLedger,
  work: (ledger: OpenLedger) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(open);
  } finally {
    await open.writer.close();
  }
}

/** Waits while another process has the log. Never one inside another: the inner one would wait a minute at each pause of the outer. */
export async function whenFree<Result>(machine: LedgerMachine, work: () => Promise<Result>): Promise<Result> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    try {
      return await work();
    } catch (error) {
      if (!isTaken(error) || waited >= PATIENCE_MS) throw error;
      await machine.sleep(PAUSE_MS);
    }
  }
}

function isTaken(error: unknown): boolean {
  if (!(error instanceof AnchorwatchError)) return false;
  if (error.code === "ledger_writer_failed") return isTaken(error.cause);
  return error.code === "ledger_locked" || error.code === "ledger_fenced";
}

async function openLedger(
  ledger: WritableLedger,
  machine: LedgerMachine,
  onWarning: (warning: Warning) => void,
): Promise<OpenLedger> {
  await prepareLedger(ledger, machine);
  const { storage, privateFolder, keys, anchors } = ledger;
  const ring = await keys.open();
  const [current, ...earlier] = ring.signers;
  if (current === undefined) throw new AnchorwatchError("internal", "a key ring has no current key");
  let index: LedgerIndex | undefined;
  const writer = await openLedgerWriter({
    storage,
    signers: [current, ...earlier],
    earlierKeys: ring.known,
    // The key of a log is named after it.
    origin: current.key.name,
    anchors,
    openIndex: async (agrees) => {
      index = await openLedgerIndex({ path: join(privateFolder, "index.sqlite"), agrees });
      return index;
    },
    keepEvidence: evidenceFolder(machineFiles, join(privateFolder, "evidence"), machine.newId),
    clock: machine.now,
    onWarning,
  });
  if (index === undefined) throw new AnchorwatchError("internal", "the ledger was opened without its index");
  try {
    if (writer.size === 0) await writer.append(createdEntry(ring, writer, machine));
    // A crash may have come between the rotation and its entry; the id makes it one.
    else if (earlier.length > 0) await writer.append(rotatedEntry(current.key, [], machine.now()));
  } catch (error) {
    await writer.close();
    throw error;
  }
  return { writer, index, ring };
}

/** @param added signs first from now on */
export function rotatedEntry(added: VerifierKey, retired: readonly VerifierKey[], time: Date): EntryInput {
  return {
    id: `ledger.key_rotated:${added.keyId.toString(16)}`,
    kind: "ledger.key_rotated",
    time: time.toISOString(),
    actor: LEDGER_ACTOR,
    data: { added: [formatVerifierKey(added)], retired: retired.map(formatVerifierKey) },
  };
}

/** The first entry says which keys the log had from the beginning. */
function createdEntry({ signers }: KeyRing, { origin }: LedgerWriter, machine: LedgerMachine): EntryInput {
  return {
    id: "ledger.created",
    kind: "ledger.created",
    time: machine.now().toISOString(),
    actor: LEDGER_ACTOR,
    data: { origin, keys: signers.map(({ key }) => formatVerifierKey(key)) },
  };
}

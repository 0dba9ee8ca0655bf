/** Opens a log in a folder for writing, with its keys and its search index. The first one to do so makes it. */
import { join } from "node:path";
import { formatVerifierKey } from "tlog";
import { AnchorwatchError, type Warning } from "../../domain/errors.ts";
import type { EntryInput } from "../../ledger/entry/form.ts";
import type { LedgerIndex } from "../../ledger/index/ledgerIndex.ts";
import { openLedgerIndex } from "../../ledger/index/open.ts";
import { type KeyRing, openKeyRing } from "../../ledger/keys/keyRing.ts";
import { machineFiles } from "../../ledger/storage/directory/fileLayer.ts";
import { evidenceFolder } from "../../ledger/writer/evidence.ts";
import { type LedgerWriter, openLedgerWriter } from "../../ledger/writer/ledgerWriter.ts";
import { type LedgerFolder, prepareLedger } from "./ledgerFolder.ts";
import type { LedgerMachine } from "./ledgerMachine.ts";

export interface OpenLedger {
  readonly writer: LedgerWriter;
  /** Covers everything that is in the log. */
  readonly index: LedgerIndex;
  readonly ring: KeyRing;
}

export const LEDGER_ACTOR = { type: "system", id: "anchorwatch/ledger" } as const;

/** How long a check waits for its turn, while others record what they found. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 100;

/**
 * Opens it, does the work, and gives it back: everything is durable when this resolves. While another process writes, it waits
 * for up to a minute.
 * @throws AnchorwatchError `ledger_locked`, `ledger_key_*`, `ledger_corrupt`, and what the storage and the work say
 */
export async function withLedger<Result>(
  folder: LedgerFolder,
  machine: LedgerMachine,
  onWarning: (warning: Warning) => void,
  work: (ledger: OpenLedger) => Promise<Result>,
): Promise<Result> {
  const ledger = await whenFree(machine, () => openLedger(folder, machine, onWarning));
  try {
    return await work(ledger);
  } finally {
    await ledger.writer.close();
  }
}

/** Waits while another process has the log. */
export async function whenFree<Result>(machine: LedgerMachine, work: () => Promise<Result>): Promise<Result> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    try {
      return await work();
    } catch (error) {
      const isLocked = error instanceof AnchorwatchError && error.code === "ledger_locked";
      if (!isLocked || waited >= PATIENCE_MS) throw error;
      await machine.sleep(PAUSE_MS);
    }
  }
}

async function openLedger(
  folder: LedgerFolder,
  machine: LedgerMachine,
  onWarning: (warning: Warning) => void,
): Promise<OpenLedger> {
  await prepareLedger(folder, machine);
  const { storage, privateFolder, keeper } = folder;
  const ring = await openKeyRing(privateFolder, keeper);
  const [current, ...earlier] = ring.signers;
  if (current === undefined) throw new AnchorwatchError("internal", "a key ring has no current key");
  let index: LedgerIndex | undefined;
  const writer = await openLedgerWriter({
    storage,
    signers: [current, ...earlier],
    earlierKeys: ring.known,
    // The key of a log is named after it.
    origin: current.key.name,
    anchors: [],
    openIndex: async (agrees) => {
      index = await openLedgerIndex({ path: join(privateFolder, "index.sqlite"), agrees });
      return index;
    },
    keepEvidence: evidenceFolder(machineFiles, privateFolder),
    clock: machine.now,
    onWarning,
  });
  if (index === undefined) throw new AnchorwatchError("internal", "the ledger was opened without its index");
  try {
    if (writer.size === 0) await writer.append(createdEntry(ring, writer, machine));
  } catch (error) {
    await writer.close();
    throw error;
  }
  return { writer, index, ring };
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

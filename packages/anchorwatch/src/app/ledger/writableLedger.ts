/** A log that this machine may write, wherever it lies, and what it needs to be made at first use. */
import { join } from "node:path";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Anchor } from "../../ledger/anchors/anchor.ts";
import { FINGERPRINT_KEY_BYTES } from "../../ledger/entry/fingerprint.ts";
import { type KeyKeeper, readKeyFile, writeKeyFile } from "../../ledger/keys/keyPlace.ts";
import { isThere, type SigningKeys } from "../../ledger/keys/signingKeys.ts";
import type { LogStorage } from "../../ledger/storage/storage.ts";
import { newOrigin } from "../../ledger/writer/origin.ts";
import type { LedgerMachine } from "./ledgerMachine.ts";

export interface WritableLedger {
  readonly storage: LogStorage;
  /** Absolute: keys, index, evidence. */
  readonly privateFolder: string;
  readonly keeper: KeyKeeper;
  readonly keys: SigningKeys;
  /** Hear of each checkpoint, and are asked before anything is signed. */
  readonly anchors: readonly Anchor[];
}

const FINGERPRINT_KEY_FILE = "fingerprint.key";

/**
 * Makes what a new log needs: a signing key that is named after a new, unique origin, and a key for fingerprints. Of a log that
 * is there nothing is made: where its key is missing, opening it says so. Under the log's lock, so that two first users agree.
 * @throws AnchorwatchError `ledger_locked`, `ledger_key_*`, `ledger_kms_*`, and what the storage says
 */
export async function prepareLedger(ledger: WritableLedger, machine: LedgerMachine): Promise<void> {
  const { storage, privateFolder, keeper, keys } = ledger;
  const fingerprintKey = join(privateFolder, FINGERPRINT_KEY_FILE);
  // In S3, locking a log takes it away from whoever is writing it.
  if ((await keys.exist()) && (await isThere(fingerprintKey))) return;
  const lease = await storage.lock();
  try {
    const isNew = (await lease.readTree()) === undefined && (await storage.read("checkpoint")) === undefined;
    if (isNew && !(await keys.exist())) await keys.create(newOrigin(machine.random));
    if (!(await isThere(fingerprintKey))) {
      const key = Buffer.from(machine.random(FINGERPRINT_KEY_BYTES));
      await writeKeyFile(fingerprintKey, `${key.toString("hex")}\n`, keeper);
    }
  } finally {
    await lease.release();
  }
}

/** @throws AnchorwatchError `ledger_fingerprint_key_invalid`, `ledger_key_*` */
export async function readFingerprintKey({ privateFolder, keeper }: WritableLedger): Promise<Uint8Array> {
  const file = join(privateFolder, FINGERPRINT_KEY_FILE);
  const [, hex] = /^([0-9a-f]+)\n?$/.exec(await readKeyFile(file, keeper)) ?? [];
  const key = Buffer.from(hex ?? "", "hex");
  if (hex !== undefined && key.length === FINGERPRINT_KEY_BYTES && hex.length === 2 * key.length) return key;
  throw new AnchorwatchError("ledger_fingerprint_key_invalid", `${file} holds no key for fingerprints`, {
    hint: "Restore it from a backup: with another key, secrets look changed that are not.",
    location: { file },
  });
}

/** A log in a folder and what is private of it, made at first use. */
import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { AnchorwatchError } from "../../domain/errors.ts";
import { FINGERPRINT_KEY_BYTES } from "../../ledger/entry/fingerprint.ts";
import { createKeyFile } from "../../ledger/keys/keyFile.ts";
import { type KeyKeeper, readKeyFile, writeKeyFile } from "../../ledger/keys/keyPlace.ts";
import { SIGNING_KEY_FILE } from "../../ledger/keys/keyRing.ts";
import type { LogPlace } from "../../ledger/read/logPlace.ts";
import { directoryStorage, privateFolderOf } from "../../ledger/storage/directory/directoryStorage.ts";
import type { LogStorage } from "../../ledger/storage/storage.ts";
import { newOrigin } from "../../ledger/writer/origin.ts";
import type { LedgerMachine } from "./ledgerMachine.ts";

/** A log that this machine may write. */
export interface LedgerFolder {
  readonly storage: LogStorage;
  /** `DIR.private`, absolute: keys, index, evidence. */
  readonly privateFolder: string;
  readonly keeper: KeyKeeper;
}

const FINGERPRINT_KEY_FILE = "fingerprint.key";

/** @throws AnchorwatchError `ledger_not_a_folder` */
export function assertFolder(place: LogPlace): asserts place is LogPlace & { readonly kind: "folder" } {
  if (place.kind !== "folder") throw notAFolder(place);
}

/** @throws AnchorwatchError `ledger_not_a_folder`, `ledger_unwritable` (the folder around it does not exist) */
export async function ledgerFolder(place: LogPlace, machine: LedgerMachine): Promise<LedgerFolder> {
  assertFolder(place);
  // Else a mistyped path would get keys of its own.
  if (!(await isFolder(dirname(place.path)))) throw noParent(place.path);
  return {
    storage: directoryStorage(place.path),
    privateFolder: privateFolderOf(place.path),
    keeper: { served: [place.path], uid: machine.userId },
  };
}

/**
 * Makes what a new log needs: a signing key that is named after a new, unique origin, and a key for fingerprints. Of a log that
 * is there nothing is made: where its key is missing, opening it says so. Under the log's lock, so that two first users agree.
 * @throws AnchorwatchError `ledger_locked`, `ledger_key_*`, and what the storage says
 */
export async function prepareLedger(folder: LedgerFolder, machine: LedgerMachine): Promise<void> {
  const { storage, privateFolder, keeper } = folder;
  const lease = await storage.lock();
  try {
    const signingKey = join(privateFolder, SIGNING_KEY_FILE);
    const isNew = (await lease.readTree()) === undefined && (await storage.read("checkpoint")) === undefined;
    if (isNew && !(await exists(signingKey))) {
      await createKeyFile(signingKey, newOrigin(machine.random), keeper, machine.random);
    }
    const fingerprintKey = join(privateFolder, FINGERPRINT_KEY_FILE);
    if (!(await exists(fingerprintKey))) {
      const key = Buffer.from(machine.random(FINGERPRINT_KEY_BYTES));
      await writeKeyFile(fingerprintKey, `${key.toString("hex")}\n`, keeper);
    }
  } finally {
    await lease.release();
  }
}

/** @throws AnchorwatchError `ledger_fingerprint_key_invalid`, `ledger_key_*` */
export async function readFingerprintKey({ privateFolder, keeper }: LedgerFolder): Promise<Uint8Array> {
  const file = join(privateFolder, FINGERPRINT_KEY_FILE);
  const [, hex] = /^([0-9a-f]+)\n?$/.exec(await readKeyFile(file, keeper)) ?? [];
  const key = Buffer.from(hex ?? "", "hex");
  if (hex !== undefined && key.length === FINGERPRINT_KEY_BYTES && hex.length === 2 * key.length) return key;
  throw new AnchorwatchError("ledger_fingerprint_key_invalid", `${file} holds no key for fingerprints`, {
    hint: "Restore it from a backup: with another key, secrets look changed that are not.",
    location: { file },
  });
}

async function isFolder(path: string): Promise<boolean> {
  return (await statOf(path))?.isDirectory() === true;
}

async function exists(path: string): Promise<boolean> {
  return (await statOf(path)) !== undefined;
}

/** Undefined where nothing is. What may not be looked at is said by whoever opens it. */
async function statOf(path: string) {
  return await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw new AnchorwatchError("ledger_unwritable", `${path} cannot be looked at: ${error.message}`, {
      hint: "Give this user the right to read that folder.",
      cause: error,
      location: { file: path },
    });
  });
}

function notAFolder({ name }: LogPlace): AnchorwatchError {
  return new AnchorwatchError(
    "ledger_not_a_folder",
    `Entries can be written to a ledger in a folder, not to ${name}`,
    {
      hint: "Give the folder of the ledger on the machine that keeps it. Reading works from everywhere.",
    },
  );
}

function noParent(path: string): AnchorwatchError {
  const parent = dirname(path);
  return new AnchorwatchError(
    "ledger_unwritable",
    `The ledger ${basename(path)} cannot be made: ${parent} is no folder`,
    { hint: `Correct the path, or create the folder first: mkdir -p ${parent}`, location: { file: parent } },
  );
}

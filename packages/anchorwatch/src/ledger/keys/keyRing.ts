/**
 * The keys of one log in its private folder, over time:
 *
 * - `signing.key` is the current one;
 * - `keys/ID.key` are earlier ones that still sign beside it, until they are retired;
 * - `keys/ID.vkey` is the public half of every key that this log ever had, for who verifies old checkpoints.
 *
 * Checkpoints carry the signatures of all signers that are open, so that clients which know only the old key, and those which
 * know only the new one, both accept them in between. The folder is written by one process at a time: the log's lock sees to that.
 */
import { readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { formatVerifierKey, parseVerifierKey, type Signer, type VerifierKey } from "tlog";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import { machineFiles } from "../storage/directory/fileLayer.ts";
import { hasCode } from "../storage/directory/storageError.ts";
import { createKeyFile, openKeyFile, type Randomness } from "./keyFile.ts";
import { type KeyKeeper, readKeyFile, writeKeyFile } from "./keyPlace.ts";
import { hexKeyId } from "./privateKey.ts";

/** Name of the current key's file in the private folder. */
export const SIGNING_KEY_FILE = "signing.key";

export interface KeyRing {
  /** The current key first, then earlier ones that are not yet retired, by ID. */
  readonly signers: readonly Signer[];
  /** Public halves of all keys that this log ever had and that were noted, the current one included, by ID. */
  readonly known: readonly VerifierKey[];
}

/** @throws AnchorwatchError as `openKeyFile` does, for each of the files */
export async function openKeyRing(folder: string, keeper: KeyKeeper): Promise<KeyRing> {
  return ringOf([await openKeyFile(join(folder, SIGNING_KEY_FILE), keeper)], folder, keeper);
}

/**
 * These signers, and the earlier keys in `keys/`, whose names say which they are.
 * @throws AnchorwatchError as `openKeyFile` does, for each of the files
 */
export async function ringOf(
  first: readonly [Signer, ...Signer[]],
  folder: string,
  keeper: KeyKeeper,
): Promise<KeyRing> {
  const signers = [...first];
  const known = new Map(first.map(({ key }) => [hexKeyId(key), key]));
  for (const name of (await namesIn(join(folder, "keys"))).sort()) {
    const path = join(folder, "keys", name);
    if (name.endsWith(".vkey")) remember(known, await readVerifierKey(path));
    if (!name.endsWith(".key")) continue;
    const earlier = await openKeyFile(path, keeper);
    remember(known, earlier.key);
    // After a crash in the middle of a rotation the current key lies in both places.
    if (!signers.some(({ key }) => hexKeyId(key) === hexKeyId(earlier.key))) signers.push(earlier);
  }
  return { signers, known: [...known.values()].sort((a, b) => a.keyId - b.keyId) };
}

/**
 * Makes a new current key of the same name (or another one). The old one goes on signing beside it until `retireKey`.
 * A crash at any point leaves the old key or both in place. The entry `ledger.key_rotated` is the caller's to append.
 * @throws AnchorwatchError as `createKeyFile` and `openKeyFile` do
 */
export async function rotateKey(
  folder: string,
  keeper: KeyKeeper,
  random: Randomness,
  name?: string,
): Promise<{ readonly previous: VerifierKey; readonly current: VerifierKey; readonly ring: KeyRing }> {
  const place = join(folder, SIGNING_KEY_FILE);
  const { key: previous } = await openKeyFile(place, keeper);
  await keepEarlier(folder, previous, await readKeyFile(place, keeper), keeper);
  const fresh = join(folder, `${SIGNING_KEY_FILE}.new`);
  await remove(fresh); // of a rotation that a crash cut short: it never signed anything
  const current = await createKeyFile(fresh, name ?? previous.name, keeper, random);
  await noteVerifierKey(folder, current, keeper);
  await replaceFile(fresh, place);
  return { previous, current, ring: await openKeyRing(folder, keeper) };
}

/**
 * Deletes the private half of an earlier key, so that nobody can sign with it again; its public half stays known.
 * @throws AnchorwatchError `ledger_key_missing` when there is no such earlier key
 */
export async function retireKey(folder: string, key: VerifierKey): Promise<void> {
  const path = join(folder, "keys", `${hexKeyId(key)}.key`);
  try {
    await rm(path);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw unwritable(path, "deleted", error);
    const hint = "The current key cannot be retired: rotate it first.";
    throw new AnchorwatchError("ledger_key_missing", `${path} does not exist: no earlier key has this ID`, {
      hint,
      location: { file: path },
    });
  }
  await machineFiles.syncFolder(dirname(path));
}

/** The key goes on signing as an earlier one. @param text of its file */
export async function keepEarlier(
  folder: string,
  key: VerifierKey,
  text: string,
  keeper: KeyKeeper,
): Promise<void> {
  await noteVerifierKey(folder, key, keeper);
  await writeOnce(join(folder, "keys", `${hexKeyId(key)}.key`), text, keeper);
}

export async function noteVerifierKey(folder: string, key: VerifierKey, keeper: KeyKeeper): Promise<void> {
  await writeOnce(join(folder, "keys", `${hexKeyId(key)}.vkey`), `${formatVerifierKey(key)}\n`, keeper);
}

/** @throws AnchorwatchError `ledger_key_unwritable` */
export async function replaceFile(fresh: string, place: string): Promise<void> {
  try {
    await rename(fresh, place);
    await machineFiles.syncFolder(dirname(place));
  } catch (error) {
    throw unwritable(place, "replaced", error);
  }
}

/** @throws AnchorwatchError `ledger_key_unwritable` */
export async function removeFile(path: string): Promise<void> {
  await remove(path);
  await machineFiles.syncFolder(dirname(path));
}

/** A file that a crash left incomplete is written again; its name says what belongs in it. */
async function writeOnce(path: string, text: string, keeper: KeyKeeper): Promise<void> {
  await remove(path);
  await writeKeyFile(path, text, keeper);
}

async function remove(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw unwritable(path, "deleted", error);
  }
}

function remember(known: Map<string, VerifierKey>, key: VerifierKey): void {
  known.set(hexKeyId(key), key);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw new AnchorwatchError("ledger_key_unreadable", `${folder} cannot be read: ${messageOf(error)}`, {
      location: { file: folder },
      cause: error,
    });
  }
}

async function readVerifierKey(path: string): Promise<VerifierKey> {
  try {
    return await parseVerifierKey((await readFile(path, "utf8")).trim());
  } catch (error) {
    throw new AnchorwatchError("ledger_key_invalid", `${path} holds no verifier key: ${messageOf(error)}`, {
      hint: "Restore the file, or delete it when no old checkpoint needs that key.",
      location: { file: path },
      cause: error,
    });
  }
}

function unwritable(path: string, what: string, error: unknown): AnchorwatchError {
  return new AnchorwatchError("ledger_key_unwritable", `${path} cannot be ${what}: ${messageOf(error)}`, {
    hint: "Give the user of this process the right to write in this folder, and try again.",
    location: { file: path },
    cause: error,
  });
}

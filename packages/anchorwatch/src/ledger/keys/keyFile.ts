/** Signing with an Ed25519 key from a file. The secret lives in the closure of the signer and nowhere else. */
import { sign } from "node:crypto";
import type { Signer, VerifierKey } from "tlog";
import { type KeyKeeper, readKeyFile, writeKeyFile } from "./keyPlace.ts";
import { formatPrivateKey, type PrivateKey, parsePrivateKey, privateKeyOf } from "./privateKey.ts";

/** Gives that many random bytes; `randomBytes` of node:crypto outside of tests. */
export type Randomness = (bytes: number) => Uint8Array;

const SEED_BYTES = 32;

/**
 * Makes a key of that name in a new file (0600, in a folder 0700), on the disk when resolved.
 * @throws AnchorwatchError `ledger_key_exists`, `ledger_key_served`, `ledger_key_exposed`, `ledger_key_unwritable`,
 *   `ledger_key_invalid` (a name that cannot be)
 */
export async function createKeyFile(
  path: string,
  name: string,
  keeper: KeyKeeper,
  random: Randomness,
): Promise<VerifierKey> {
  const made = await privateKeyOf(name, random(SEED_BYTES));
  await writeKeyFile(path, formatPrivateKey(made), keeper);
  return made.key;
}

/**
 * @throws AnchorwatchError `ledger_key_missing`, `ledger_key_exposed`, `ledger_key_foreign`, `ledger_key_served`,
 *   `ledger_key_unreadable`, `ledger_key_invalid`, `ledger_key_kind`
 */
export async function openKeyFile(path: string, keeper: KeyKeeper): Promise<Signer> {
  return signerOf(await parsePrivateKey(await readKeyFile(path, keeper), path));
}

function signerOf({ key, secret }: PrivateKey): Signer {
  return { key, sign: async (message) => sign(null, message, secret) };
}

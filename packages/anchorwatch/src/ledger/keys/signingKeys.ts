/** What signs for one log, wherever the private halves are: files of its private folder, or AWS KMS. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { VerifierKey } from "tlog";
import { AnchorwatchError } from "../../domain/errors.ts";
import { hasCode } from "../storage/directory/storageError.ts";
import { createKeyFile, type Randomness } from "./keyFile.ts";
import type { KeyKeeper } from "./keyPlace.ts";
import { type KeyRing, openKeyRing, retireKey, rotateKey, SIGNING_KEY_FILE } from "./keyRing.ts";

/** Everything but `exist` and `open` is called under the log's lock. */
export interface SigningKeys {
  /** Whether the log has a key already. */
  exist(): Promise<boolean>;
  /** Gives a new log its first key, of that name. @throws AnchorwatchError `ledger_key_*`, `ledger_kms_*` */
  create(name: string): Promise<void>;
  /** @throws AnchorwatchError `ledger_key_*`, `ledger_kms_*` */
  open(): Promise<KeyRing>;
  /** Those that have signed up to now, also where another one is configured already: to rotate. */
  openRecorded(): Promise<KeyRing>;
  /** The next key signs first from now on, the one before beside it. @throws AnchorwatchError `ledger_key_*`, `ledger_kms_*` */
  rotate(): Promise<{ readonly previous: VerifierKey; readonly current: VerifierKey }>;
  /** An earlier key signs no more. */
  retire(key: VerifierKey): Promise<void>;
}

/** Names the KMS keys of a log that signs with those; see `kmsKeys`. */
export const KMS_FILE = "kms.json";

/** Keys in files. `keyRing.ts` says which. */
export function fileKeys(folder: string, keeper: KeyKeeper, random: Randomness): SigningKeys {
  const open = async () => {
    await refuseKms(folder);
    return await openKeyRing(folder, keeper);
  };
  return {
    exist: async () =>
      (await isThere(join(folder, SIGNING_KEY_FILE))) || (await isThere(join(folder, KMS_FILE))),
    create: async (name) => {
      await createKeyFile(join(folder, SIGNING_KEY_FILE), name, keeper, random);
    },
    open,
    openRecorded: open,
    rotate: async () => {
      await refuseKms(folder);
      return await rotateKey(folder, keeper, random);
    },
    retire: (key) => retireKey(folder, key),
  };
}

/** What cannot be looked at is said by whoever opens it. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    return !hasCode(error, "ENOENT", "ENOTDIR");
  }
}

async function refuseKms(folder: string): Promise<void> {
  const file = join(folder, KMS_FILE);
  if (!(await isThere(file))) return;
  throw new AnchorwatchError(
    "ledger_key_changed",
    `The ledger signs with the key in AWS KMS that ${file} names`,
    {
      hint: "Give --server with the file that names this key under ledger.key. There is no way back from KMS to a key file.",
      location: { file },
    },
  );
}

import { lstat } from "node:fs/promises";
import type { LogPlace } from "../../ledger/read/logPlace.ts";
import { privateFolderOf } from "../../ledger/storage/directory/directoryStorage.ts";
import { hasCode } from "../../ledger/storage/directory/storageError.ts";
import type { LedgerMachine } from "./ledgerMachine.ts";

/**
 * The private folder of a log that is this user's own. Of another user's, root may read and write everything, and does neither: the
 * log's writer could not use what root made there.
 */
export async function ownPrivateFolder(
  place: LogPlace,
  { userId }: LedgerMachine,
): Promise<string | undefined> {
  if (place.kind !== "folder") return undefined;
  const folder = privateFolderOf(place.path);
  try {
    const found = await lstat(folder);
    return found.isDirectory() && (userId === undefined || found.uid === userId) ? folder : undefined;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR", "EACCES", "EPERM", "ELOOP")) return undefined;
    throw error;
  }
}

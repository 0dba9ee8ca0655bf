/** A log in a folder, with what is private of it beside it. */
import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import { fileKeys } from "../../ledger/keys/signingKeys.ts";
import type { LogPlace } from "../../ledger/read/logPlace.ts";
import { directoryStorage, privateFolderOf } from "../../ledger/storage/directory/directoryStorage.ts";
import type { LedgerMachine } from "./ledgerMachine.ts";
import type { WritableLedger } from "./writableLedger.ts";

/** @throws AnchorwatchError `ledger_not_a_folder` */
export function assertFolder(place: LogPlace): asserts place is LogPlace & { readonly kind: "folder" } {
  if (place.kind !== "folder") throw notAFolder(place);
}

/** @throws AnchorwatchError `ledger_not_a_folder`, `ledger_unwritable` (the folder around it does not exist) */
export async function ledgerFolder(place: LogPlace, machine: LedgerMachine): Promise<WritableLedger> {
  assertFolder(place);
  await assertParent(place.path);
  const privateFolder = privateFolderOf(place.path);
  const keeper = { served: [place.path], uid: machine.userId };
  return {
    storage: directoryStorage(place.path),
    privateFolder,
    keeper,
    keys: fileKeys(privateFolder, keeper, machine.random),
    anchors: [],
  };
}

/** Else a mistyped path would get keys of its own. @throws AnchorwatchError `ledger_unwritable` */
export async function assertParent(path: string): Promise<void> {
  const parent = dirname(path);
  const isFolder = await stat(parent).then(
    (found) => found.isDirectory(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return false;
      throw unseen(parent, error);
    },
  );
  if (!isFolder) throw noParent(path);
}

function unseen(path: string, cause: unknown): AnchorwatchError {
  return new AnchorwatchError("ledger_unwritable", `${path} cannot be looked at: ${messageOf(cause)}`, {
    hint: "Give this user the right to read that folder.",
    cause,
    location: { file: path },
  });
}

function notAFolder({ name }: LogPlace): AnchorwatchError {
  return new AnchorwatchError(
    "ledger_not_a_folder",
    `Entries can be written to a ledger in a folder, not to ${name}`,
    {
      hint: "Give the ledger's folder on the machine that keeps it. A bucket is named in anchorwatch.server.yaml, and that with --server.",
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

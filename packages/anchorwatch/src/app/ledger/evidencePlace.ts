/** Where checkpoints that contradict each other are kept when a log is verified: never in the log's own folder, which is served. */
import { constants } from "node:fs";
import { access, realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { LogPlace } from "../../ledger/read/logPlace.ts";
import { machineFiles } from "../../ledger/storage/directory/fileLayer.ts";
import { hasCode } from "../../ledger/storage/directory/storageError.ts";
import { evidenceFolder, type KeepEvidence } from "../../ledger/writer/evidence.ts";
import type { LedgerMachine } from "./ledgerMachine.ts";
import { ownPrivateFolder } from "./ownPrivateFolder.ts";

/**
 * In the folder that was named; else in the private folder of a log that is this user's own; else where the user keeps such things.
 * Nothing is made before there is evidence.
 * @param given absolute
 * @throws AnchorwatchError `ledger_evidence_served`
 */
export async function evidenceKeeper(
  place: LogPlace,
  given: string | undefined,
  machine: LedgerMachine,
): Promise<KeepEvidence> {
  if (given !== undefined && (await isServed(given, place))) throw served(given, place);
  const folder = given ?? (await ownFolder(place, machine)) ?? (await stateFolder(place, machine));
  if (folder !== undefined) return evidenceFolder(machineFiles, folder, machine.newId);
  return () => Promise.reject(nowhere());
}

async function ownFolder(place: LogPlace, machine: LedgerMachine): Promise<string | undefined> {
  const folder = await ownPrivateFolder(place, machine);
  if (folder === undefined) return undefined;
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    return join(folder, "evidence");
  } catch (error) {
    if (hasCode(error, "EACCES", "EPERM", "EROFS")) return undefined;
    throw error;
  }
}

async function stateFolder(place: LogPlace, machine: LedgerMachine): Promise<string | undefined> {
  if (machine.stateFolder === undefined) return undefined;
  const folder = join(machine.stateFolder, "evidence");
  return (await isServed(folder, place)) ? undefined : folder;
}

/** Whether a folder is that of the log, or lies in it. Not told of logs elsewhere. */
export async function isServed(folder: string, place: LogPlace): Promise<boolean> {
  if (place.kind !== "folder") return false;
  const way = relative(await resolved(place.path), await resolved(folder));
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** With every link followed, as far as the path exists. */
async function resolved(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (dirname(path) === path || !hasCode(error, "ENOENT", "ENOTDIR", "EACCES", "ELOOP")) throw error;
    return join(await resolved(dirname(path)), basename(path));
  }
}

function served(folder: string, { name }: LogPlace): AnchorwatchError {
  const message = `Evidence cannot be kept in ${folder}: it lies in the ledger ${name}, whose folder is served`;
  return new AnchorwatchError("ledger_evidence_served", message, {
    hint: "Name a folder outside of the log.",
    location: { file: folder },
  });
}

function nowhere(): AnchorwatchError {
  return new AnchorwatchError("ledger_evidence_served", "no folder is known for it", {
    hint: "Name one with --evidence DIR.",
  });
}

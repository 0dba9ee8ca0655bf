/**
 * Appends to a log while one operation on its files goes wrong, then does to the disk what may happen to it, opens the log again
 * and asserts that nothing acknowledged is lost and nothing signed is contradicted.
 */
import assert from "node:assert/strict";
import { AnchorwatchError } from "../../domain/errors.ts";
import { directoryStorage } from "../storage/directory/directoryStorage.ts";
import { type Fault, faultyFiles } from "../storage/directory/faultyFiles.fixture.ts";
import { MemoryDisk } from "../storage/directory/memoryDisk.fixture.ts";
import type { LogStorage } from "../storage/storage.ts";
import { checkLog } from "./logCheck.fixture.ts";
import { idOf, testEntry, testLog, testSigner } from "./writer.fixture.ts";

/** What happens to the disk before the log is opened again. */
export type Aftermath = "nothing" | "unsynced gone" | "unsynced in part";

export interface Sweep {
  /** Entries in the log before anything goes wrong: 0, or some that make the next ones complete a tile. */
  readonly base: number;
  readonly aftermath: Aftermath;
  readonly kind: Fault["kind"];
  readonly done: boolean;
}

export const SWEEPS: readonly Sweep[] = [0, 253].flatMap((base) =>
  (["nothing", "unsynced gone", "unsynced in part"] as const).flatMap((aftermath) =>
    (["EIO", "ENOSPC", "kill"] as const).flatMap((kind) =>
      [false, true].map((done) => ({ base, aftermath, kind, done })),
    ),
  ),
);

const LOG = "/disk/log";

/** Strikes at every `step`-th operation from `first` on until the appends end before it. How many operations were struck. */
export async function sweepFaults(sweep: Sweep, first = 1, step = 1): Promise<number> {
  const before = await prepared(sweep.base);
  let struck = 0;
  for (let at = first; ; at += step) {
    if (!(await strike(sweep, at, before))) return struck;
    struck++;
  }
}

export function describeSweep({ base, aftermath, kind, done }: Sweep): string {
  const how = done ? "persisted but not acknowledged" : "not persisted";
  return `${kind}, ${how}, afterwards ${aftermath}, in a log of ${base} entries`;
}

type Files = ReadonlyMap<string, Uint8Array>;

interface History {
  readonly acknowledged: Map<string, number>;
  readonly signed: string[];
}

async function strike(sweep: Sweep, at: number, before: Files): Promise<boolean> {
  const disk = await diskWith(before);
  const faulty = faultyFiles(disk, { at, done: sweep.done, kind: sweep.kind });
  const history: History = { acknowledged: new Map(), signed: [] };
  await appendUntilItFails(storageOn(faulty.files), history);
  const where = `${describeSweep(sweep)}: operation ${at}, ${faulty.struck()}`;
  if (faulty.struck() === undefined) return false;
  endure(disk, sweep.aftermath, at);
  try {
    await reopen(disk, history);
  } catch (cause) {
    throw new assert.AssertionError({ message: `${where}: ${String(cause)}`, actual: cause });
  }
  return true;
}

const ROUNDS: readonly (readonly string[])[] = [["a", "b"], ["c"], ["d"], ["e", "f"]];

async function appendUntilItFails(storage: LogStorage, { acknowledged, signed }: History): Promise<void> {
  const signer = await testSigner(1, (text) => signed.push(text));
  try {
    const writer = await testLog(storage).open({ signers: [signer] });
    for (const ids of ROUNDS) {
      const answers = await Promise.allSettled(ids.map((id) => writer.append(testEntry(id), contentOf(id))));
      answers.forEach((answer, at) => {
        if (answer.status === "fulfilled") acknowledged.set(ids[at] ?? "", answer.value.index);
        else expectOurs(answer.reason);
      });
    }
    await writer.close();
  } catch (error) {
    expectOurs(error);
  }
}

async function reopen(disk: MemoryDisk, { acknowledged, signed }: History): Promise<void> {
  const signer = await testSigner(1, (text) => signed.push(text));
  const writer = await testLog(storageOn(disk)).open({ signers: [signer] });
  const ids = [...ROUNDS.flat(), "afterwards"];
  for (const id of ids) {
    const { index } = await writer.append(testEntry(id), contentOf(id));
    if (acknowledged.has(id)) assert.equal(index, acknowledged.get(id), `${id} has moved`);
    acknowledged.set(id, index);
  }
  await writer.close();
  const files = disk.files(LOG);
  const { entries } = checkLog(files, signed);
  const found = entries.map(idOf);
  assert.equal(new Set(found).size, found.length, "an id is in the log twice");
  for (const [id, index] of acknowledged) assert.equal(found[index], id, `${id} is lost`);
  const content = [...files.keys()].filter((path) => path.startsWith("content/"));
  assert.equal(content.length, 1, "the content is not there");
  const left = [...files.keys()].filter((path) => path.startsWith(".tmp/"));
  assert.deepEqual(left, [], "temporary files are left");
}

function contentOf(id: string) {
  return id === "d" ? [{ role: "plan", mediaType: "text/plain", bytes: Buffer.from("much") }] : [];
}

function endure(disk: MemoryDisk, aftermath: Aftermath, seed: number): void {
  if (aftermath === "unsynced gone") disk.cutPower(() => false);
  if (aftermath === "unsynced in part") disk.cutPower(coin(seed));
}

/** Falls the same way each time that the test is run. */
function coin(seed: number): () => boolean {
  let state = seed * 2654435761;
  return () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state % 65_536 < 32_768;
  };
}

async function prepared(entries: number): Promise<Files> {
  const disk = await diskWith(new Map());
  if (entries === 0) return new Map();
  const writer = await testLog(storageOn(disk)).open();
  await Promise.all(Array.from({ length: entries }, (_, at) => writer.append(testEntry(`before-${at}`))));
  await writer.close();
  return disk.files(LOG);
}

async function diskWith(files: Files): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  await disk.makeFolder("/disk");
  if (files.size > 0) {
    await disk.makeFolder(LOG);
    disk.restore(files, LOG);
  }
  disk.cutPower(() => true);
  return disk;
}

/** Who else writes is another test's question. */
function storageOn(files: Parameters<typeof faultyFiles>[0]): LogStorage {
  return directoryStorage(LOG, { files, takeLock: async () => async () => {} });
}

function expectOurs(error: unknown): void {
  const codes = ["ledger_writer_failed", "ledger_storage_failed", "ledger_disk_full", "ledger_unwritable"];
  assert.ok(error instanceof AnchorwatchError && codes.includes(error.code), String(error));
}

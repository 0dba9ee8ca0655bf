/** The smallest thing that writes a log by the rules of `WriterLease`, keeping all of it in memory; and a reader that believes nothing. */
import { generateKeyPairSync, sign } from "node:crypto";
import {
  encodeBundle,
  formatCheckpoint,
  formatNote,
  leafHashRow,
  nodeHashes,
  openCheckpoint,
  parseBundle,
  type Signer,
  signNote,
  splitRow,
  TILE_WIDTH,
  type TileId,
  tilePath,
  tilesOf,
  treeRoot,
  verifierKey,
} from "tlog";
import { rawPublicKey } from "../../keys/privateKey.ts";
import type { LogFile, LogStorage, TreeState, WriterLease } from "../storage.ts";

export const ORIGIN = "example.com/log";
const pair = generateKeyPairSync("ed25519");
export const signer: Signer = {
  key: await verifierKey(ORIGIN, rawPublicKey(pair.publicKey)),
  sign: async (message) => sign(null, message, pair.privateKey),
};

export interface Sequencer {
  /** Resolves to the size of the log with them, durable. */
  append(...entries: readonly string[]): Promise<number>;
  readonly lease: WriterLease;
}

/** Takes the log, finishes what was staged, and writes. */
export async function openSequencer(storage: LogStorage): Promise<Sequencer> {
  const lease = await storage.lock();
  const size = (await lease.readTree())?.size ?? 0;
  let entries = await readEntries(storage, size);
  const publish = async (batch: readonly Uint8Array[]) => {
    const next = [...entries, ...batch];
    const tree = await treeState(next);
    await lease.stage(tree, batch);
    await lease.writeTiles(await filesBetween(entries.length, next));
    await lease.commitTree(tree);
    await lease.writeCheckpoint(await signedCheckpoint(tree));
    entries = next;
    return next.length;
  };
  const staged = await lease.readStaged();
  if (staged !== undefined) await publish(staged.entries);
  return { append: (...texts) => publish(texts.map((text) => Buffer.from(text))), lease };
}

/** Every entry, after signature, root, and every byte of every tile of the tree were checked. Empty without a checkpoint. */
export async function readWholeLog(storage: LogStorage): Promise<string[]> {
  const note = await storage.read("checkpoint");
  if (note === undefined) return [];
  const { checkpoint } = await openCheckpoint(note, [signer.key], ORIGIN);
  const entries = await readEntries(storage, checkpoint.size);
  const root = Buffer.from(checkpoint.root).toString("base64");
  if ((await treeState(entries)).root !== root) throw new RangeError("the root is another one");
  for (const { path, bytes } of await filesBetween(0, entries)) {
    const there = await storage.read(path);
    if (there === undefined || Buffer.compare(there, bytes) !== 0) throw new RangeError(`${path} is wrong`);
  }
  return entries.map((entry) => Buffer.from(entry).toString());
}

export async function signedCheckpoint({ size, root }: TreeState): Promise<string> {
  const checkpoint = { origin: ORIGIN, size, root: Buffer.from(root, "base64"), extensions: [] };
  return formatNote(await signNote(formatCheckpoint(checkpoint), [signer]));
}

export async function treeState(entries: readonly Uint8Array[]): Promise<TreeState> {
  const leaves = await leafHashRow(entries);
  const root = await treeRoot(entries.length, async (ids) =>
    Promise.all(
      ids.map(({ level, index }) =>
        perfectRoot(leaves.subarray(index * 2 ** level * 32, (index + 1) * 2 ** level * 32)),
      ),
    ),
  );
  return { size: entries.length, root: Buffer.from(root).toString("base64") };
}

async function readEntries(storage: LogStorage, size: number): Promise<Uint8Array[]> {
  const entries: Uint8Array[] = [];
  for (const tile of tilesOf(size)) {
    if (tile.level !== "entries") continue;
    const bytes = await storage.read(tilePath(tile));
    if (bytes === undefined) throw new RangeError(`${tilePath(tile)} is missing`);
    entries.push(...parseBundle(bytes, tile.width));
  }
  return entries;
}

/** The files of the tree that a tree of the older size does not have. */
async function filesBetween(older: number, entries: readonly Uint8Array[]): Promise<LogFile[]> {
  const known = new Set([...tilesOf(older)].map(tilePath));
  const fresh = [...tilesOf(entries.length)].filter((tile) => !known.has(tilePath(tile)));
  return Promise.all(
    fresh.map(async (tile) => ({ path: tilePath(tile), bytes: await bytesOf(tile, entries) })),
  );
}

async function bytesOf({ level, index, width }: TileId, entries: readonly Uint8Array[]): Promise<Uint8Array> {
  const below = level === "entries" ? 1 : TILE_WIDTH ** level;
  const start = index * TILE_WIDTH * below;
  const covered = entries.slice(start, start + width * below);
  if (level === "entries") return encodeBundle(covered);
  const leaves = splitRow(await leafHashRow(covered));
  const hashes = Array.from({ length: width }, (_, at) =>
    perfectRoot(Buffer.concat(leaves.slice(at * below, (at + 1) * below))),
  );
  return Buffer.concat(await Promise.all(hashes));
}

async function perfectRoot(hashes: Uint8Array): Promise<Uint8Array> {
  let row = hashes;
  while (row.length > 32) row = await nodeHashes(row);
  return row;
}

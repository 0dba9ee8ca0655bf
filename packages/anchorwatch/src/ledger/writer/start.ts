/** Finds out how far the log is, whatever happened to the last writer, and whether it is the log that the world outside knows. */
import {
  type Checkpoint,
  formatCheckpoint,
  formatNote,
  parseNote,
  type Signer,
  signNote,
  type VerifierKey,
} from "tlog";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { LogStorage, StagedBatch, TreeState, WriterLease } from "../storage/storage.ts";
import type { EvidenceKeeper } from "./conflict.ts";
import { keptSentence } from "./evidence.ts";
import type { GrowingTree } from "./growingTree.ts";
import { corrupt, LogTiles } from "./logTiles.ts";
import { type OwnCheckpoint, openOwnCheckpoint } from "./ownCheckpoint.ts";

export interface Found {
  readonly tree: GrowingTree;
  readonly state: TreeState;
  /** The last one that was published. */
  readonly checkpoint: OwnCheckpoint | undefined;
}

export interface Identity {
  readonly origin: string;
  /** All keys that a checkpoint of this log may be signed by, those of the signers among them. */
  readonly keys: readonly VerifierKey[];
}

/**
 * Reads tree state, checkpoint and the right edge of the tiles, and makes sure that they say the same. Changes nothing.
 * @throws AnchorwatchError `ledger_corrupt`, `ledger_forked` when tree and checkpoint contradict each other, with where that is kept,
 *   `ledger_origin_mismatch` and `ledger_key_unknown` when it is another log than was meant
 */
export async function findTree(
  storage: LogStorage,
  lease: WriterLease,
  identity: Identity,
  keeper: EvidenceKeeper,
): Promise<Found> {
  const recorded = await lease.readTree();
  const checkpoint = await readCheckpoint(storage, identity);
  const signed = checkpoint === undefined ? undefined : stateOf(checkpoint.checkpoint);
  const expected = larger(recorded, signed);
  if (expected === undefined) await refuseTilesWithoutTree(storage);
  const tiles = new LogTiles(storage);
  const tree = await tiles.edge(expected?.size ?? 0);
  const state = await tree.state();
  if (expected !== undefined && expected.root !== state.root) {
    throw corrupt(storage.name, "tile", `does not hash to the root of its tree of ${state.size} entries`);
  }
  if (checkpoint !== undefined && !(await isOfThisHistory(checkpoint, state, tiles))) {
    throw await forked(storage.name, identity.origin, state, checkpoint, keeper);
  }
  return { tree, state, checkpoint };
}

/** Writes again what was claimed and perhaps not written completely. */
export async function finishStaged(
  name: string,
  lease: WriterLease,
  tree: GrowingTree,
  { next, entries }: StagedBatch,
): Promise<TreeState> {
  const growth = await tree.grow(entries);
  const state = await tree.state();
  if (state.size !== next.size || state.root !== next.root) {
    throw corrupt(name, "the staged batch", "does not lead to the tree that it claims");
  }
  await lease.stage(next, entries);
  await lease.writeTiles(growth.files);
  await lease.commitTree(next);
  return state;
}

/** The signed checkpoint of a tree. */
export async function signTree(
  origin: string,
  { size, root }: TreeState,
  signers: readonly Signer[],
): Promise<string> {
  const text = formatCheckpoint({ origin, size, root: Buffer.from(root, "base64"), extensions: [] });
  return formatNote(await signNote(text, signers));
}

/** Whether the checkpoint is of that tree and has a signature by each of the signers. */
export function isCurrent(
  checkpoint: OwnCheckpoint | undefined,
  state: TreeState,
  signers: readonly Signer[],
): checkpoint is OwnCheckpoint {
  if (checkpoint === undefined || checkpoint.checkpoint.size !== state.size) return false;
  const { signatures } = parseNote(checkpoint.note);
  return signers.every(({ key }) =>
    signatures.some(({ name, keyId }) => name === key.name && keyId === key.keyId),
  );
}

async function readCheckpoint(storage: LogStorage, identity: Identity): Promise<OwnCheckpoint | undefined> {
  const bytes = await storage.read("checkpoint");
  if (bytes === undefined) return undefined;
  return openOwnCheckpoint(bytes, identity, `the checkpoint of the ledger ${storage.name}`);
}

function stateOf({ size, root }: Checkpoint): TreeState {
  return { size, root: Buffer.from(root).toString("base64") };
}

/** Usually the recorded tree is the larger one or equal. Where it is older or gone, the signed one counts: it was published. */
function larger(recorded: TreeState | undefined, signed: TreeState | undefined): TreeState | undefined {
  if (recorded === undefined || signed === undefined) return recorded ?? signed;
  return recorded.size >= signed.size ? recorded : signed;
}

/** An empty tree is written before any tile: tiles without one are a log whose state is lost, and would be overwritten. */
async function refuseTilesWithoutTree(storage: LogStorage): Promise<void> {
  for await (const path of storage.list("tile/entries/")) {
    throw corrupt(storage.name, "checkpoint", `is missing and so is .tree, but there are entries: ${path}`);
  }
}

async function isOfThisHistory(
  { checkpoint }: OwnCheckpoint,
  state: TreeState,
  tiles: LogTiles,
): Promise<boolean> {
  const signed = stateOf(checkpoint);
  const root = signed.size === state.size ? state.root : await tiles.root(signed.size, state.size);
  return root === signed.root;
}

/** Whoever restores the log overwrites the checkpoint, so it is kept; beside it the tree that the tiles make, which nobody signed. */
async function forked(
  name: string,
  origin: string,
  { size, root }: TreeState,
  { note, checkpoint }: OwnCheckpoint,
  { keepEvidence, clock }: EvidenceKeeper,
): Promise<AnchorwatchError> {
  const message = `The tiles of the ledger ${name} do not lead to its signed checkpoint of ${checkpoint.size} entries`;
  const kept = await keptSentence(keepEvidence, {
    reason: "forked",
    own: formatCheckpoint({ origin, size, root: Buffer.from(root, "base64"), extensions: [] }),
    anchor: "the log's own signed checkpoint",
    anchored: note,
    said: message,
    found: clock(),
  });
  return new AnchorwatchError("ledger_forked", message, {
    hint: `Files of two logs were mixed, or entries were changed. Nothing was signed; restore the log from a copy and verify it. ${kept}`,
    location: { file: name },
  });
}

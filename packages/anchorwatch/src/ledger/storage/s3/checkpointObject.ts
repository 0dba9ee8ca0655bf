/** The checkpoint's object: the only served one that changes, and it only grows. */
import { emptyRoot, parseCheckpoint, parseNote } from "tlog";
import type { TreeState } from "../storage.ts";
import { get, put, type Stored } from "./bucket.ts";
import type { Bucket } from "./place.ts";
import { type Protect, sameBytes } from "./protect.ts";

const PATH = "checkpoint";

export function readCheckpoint(bucket: Bucket): Promise<Stored | undefined> {
  return get(bucket, PATH);
}

/** The tree of a signed note; the empty tree without one. Its signature is the writer's to check. */
export function treeOf(note: Uint8Array | undefined): TreeState {
  const { size, root } =
    note === undefined ? { size: 0, root: emptyRoot() } : parseCheckpoint(parseNote(note).text);
  return { size, root: Buffer.from(root).toString("base64") };
}

export function sameTree(left: TreeState, right: TreeState): boolean {
  return left.size === right.size && left.root === right.root;
}

/**
 * Replaces the checkpoint, or resolves to undefined when that may not be. An object that is not the expected one is only replaced
 * when its tree is not larger than ours: a sequencer that we replaced may still have published the batch that we took over.
 */
export async function writeCheckpoint(
  bucket: Bucket,
  protect: Protect,
  note: string,
  previous: string | undefined,
): Promise<Stored | undefined> {
  const bytes = Buffer.from(note);
  const ours = treeOf(bytes);
  let expected = previous;
  for (;;) {
    const condition =
      expected === undefined ? { kind: "new" as const } : { kind: "etag" as const, etag: expected };
    const result = await put(bucket, PATH, bytes, { ...protect(PATH), condition });
    if (result.kind === "done") return { bytes, etag: result.etag };
    const there = await readCheckpoint(bucket);
    if (there === undefined || there.etag === expected) return undefined; // deleted under us
    if (sameBytes(there.bytes, bytes)) return there;
    const theirs = treeOf(there.bytes);
    if (theirs.size > ours.size || (theirs.size === ours.size && !sameTree(theirs, ours))) return undefined;
    expected = there.etag;
  }
}

/** The checkpoint's object: the only served one that changes, and it only grows. */
import { type Checkpoint, emptyRoot, parseCheckpoint, parseNote, TlogError } from "tlog";
import { AnchorwatchError } from "../../../domain/errors.ts";
import type { TreeState } from "../storage.ts";
import { get, put, type Stored } from "./bucket.ts";
import { type Bucket, placeOf } from "./place.ts";
import { type Protect, sameBytes } from "./protect.ts";

const PATH = "checkpoint";

export function readCheckpoint(bucket: Bucket): Promise<Stored | undefined> {
  return get(bucket, PATH);
}

/**
 * The tree of a signed note; the empty tree without one. Its signature is the writer's to check.
 * @throws AnchorwatchError `ledger_checkpoint_invalid`
 */
export function treeOf(bucket: Bucket, note: Uint8Array | undefined): TreeState {
  const { size, root } = note === undefined ? { size: 0, root: emptyRoot() } : parsed(bucket, note);
  return { size, root: Buffer.from(root).toString("base64") };
}

function parsed(bucket: Bucket, note: Uint8Array): Checkpoint {
  try {
    return parseCheckpoint(parseNote(note).text);
  } catch (cause) {
    if (!(cause instanceof TlogError)) throw cause;
    const message = `${placeOf(bucket)}/${PATH} cannot be read: ${cause.message}`;
    throw new AnchorwatchError("ledger_checkpoint_invalid", message, {
      hint: "No sequencer wrote that. Look at the object's versions: the true one is among them, locked.",
      cause,
    });
  }
}

export function sameTree(left: TreeState, right: TreeState): boolean {
  return left.size === right.size && left.root === right.root;
}

/**
 * Replaces the checkpoint, or resolves to undefined when that may not be. An object that is not the expected one is only replaced
 * when its tree is not larger than ours: a sequencer that we replaced may still have published the batch that we took over.
 * @throws AnchorwatchError `ledger_object_conflict` when somebody deleted it: no sequencer does
 */
export async function writeCheckpoint(
  bucket: Bucket,
  protect: Protect,
  note: string,
  previous: string | undefined,
): Promise<Stored | undefined> {
  const bytes = Buffer.from(note);
  const ours = treeOf(bucket, bytes);
  let expected = previous;
  for (;;) {
    const condition =
      expected === undefined ? { kind: "new" as const } : { kind: "etag" as const, etag: expected };
    const result = await put(bucket, PATH, bytes, { ...protect(PATH), condition });
    if (result.kind === "done") return { bytes, etag: result.etag };
    const there = await readCheckpoint(bucket);
    if (there === undefined) throw deleted(bucket);
    if (there.etag === expected) return undefined;
    if (sameBytes(there.bytes, bytes)) return there;
    const theirs = treeOf(bucket, there.bytes);
    if (theirs.size > ours.size || (theirs.size === ours.size && !sameTree(theirs, ours))) return undefined;
    expected = there.etag;
  }
}

function deleted(bucket: Bucket): AnchorwatchError {
  return new AnchorwatchError(
    "ledger_object_conflict",
    `${placeOf(bucket)}/${PATH} was deleted while it was to be replaced; nothing more is written`,
    {
      hint: "Look at its versions and at who deleted it, remove the deletion marker, and verify the log. Nothing that was acknowledged is lost.",
    },
  );
}

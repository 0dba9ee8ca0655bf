/**
 * Writing to a log in S3. For each batch: content, the staging object (the fence), then tiles and bundles, then the checkpoint, each on a
 * condition. No answer of S3 is taken for more than it says: after a lost answer or a retry, what is there is read and compared.
 *
 * Two sequencers may run at once for a while, when the older one does not know yet that it was replaced. The newer one claims the
 * staging object; from then on the older one cannot stage, and so cannot write anything but the rest of the batch that it had
 * staged before, which the newer one writes too, byte for byte. So there is never more than one history.
 */
import { AnchorwatchError } from "../../../domain/errors.ts";
import { contentPath } from "../servedFile.ts";
import type { LogFile, StagedBatch, TreeState, WriterLease } from "../storage.ts";
import { get, put, type Stored } from "./bucket.ts";
import { readCheckpoint, sameTree, treeOf, writeCheckpoint } from "./checkpointObject.ts";
import { sha256Hex } from "./digest.ts";
import { type Bucket, placeOf } from "./place.ts";
import { type Protect, sameBytes } from "./protect.ts";
import { encodeStaging, parseStaging, STAGING_PATH, type Staging } from "./staging.ts";
import { bundleBeyond, type ObjectVersion } from "./versions.ts";
import { writeOnce } from "./writeOnce.ts";

export interface LeaseOptions {
  readonly bucket: Bucket;
  readonly protect: Protect;
  /** Random and different each time that a log is taken. */
  readonly owner: string;
  readonly onRelease: () => void;
}

/**
 * Claims the log, and keeps what a crashed sequencer staged for `readStaged`.
 * @throws AnchorwatchError `ledger_locked` when another sequencer claims or writes at this moment, `ledger_object_conflict` when
 *   the checkpoint is not the one that belongs to what was staged, `ledger_rolled_back` when the bucket keeps versions of a longer
 *   log, `ledger_checkpoint_invalid`, `ledger_staging_invalid`, `ledger_bucket_*`, `ledger_s3_failed`
 */
export async function takeLease(options: LeaseOptions): Promise<WriterLease> {
  const { bucket, owner } = options;
  const found = await get(bucket, STAGING_PATH);
  const before = found === undefined ? undefined : parseStaging(found.bytes, stagingPlace(bucket));
  // After the staging object: a checkpoint that is read later is never older than what it is compared with.
  const checkpoint = await readCheckpoint(bucket);
  const tree = treeOf(bucket, checkpoint?.bytes);
  const pending = before === undefined ? undefined : pendingBatch(before, tree);
  if (pending === "contradiction")
    throw await unlessWritten(bucket, found?.etag, contradiction(bucket, tree));
  const claim: Staging = {
    owner,
    turn: 0,
    base: tree,
    next: pending?.next ?? tree,
    entries: pending?.entries ?? [],
  };
  const beyond = await bundleBeyond(bucket, claim.next.size);
  if (beyond !== undefined) {
    throw await unlessWritten(bucket, found?.etag, rolledBack(bucket, claim.next.size, beyond));
  }
  const etag = await writeStaging(bucket, claim, found?.etag);
  if (etag === undefined) throw locked(bucket);
  return new S3Lease(options, { etag, checkpoint, pending });
}

interface Found {
  readonly etag: string;
  readonly checkpoint: Stored | undefined;
  readonly pending: StagedBatch | undefined;
}

class S3Lease implements WriterLease {
  readonly #options: LeaseOptions;
  readonly #pending: StagedBatch | undefined;
  #stagingEtag: string;
  #checkpoint: Stored | undefined;
  #staged: Staging | undefined;
  readonly #contents = new Set<Promise<void>>();
  #turn = 0;
  #ended = false;

  constructor(options: LeaseOptions, { etag, checkpoint, pending }: Found) {
    this.#options = options;
    this.#stagingEtag = etag;
    this.#checkpoint = checkpoint;
    this.#pending = pending;
  }

  async readTree(): Promise<TreeState | undefined> {
    return this.#checkpoint === undefined ? undefined : this.#published();
  }

  async readStaged(): Promise<StagedBatch | undefined> {
    return this.#pending;
  }

  /** Written by `writeTiles`, when all content that the entries name is durable: what is staged is finished by anybody, later. */
  async stage(next: TreeState, entries: readonly Uint8Array[]): Promise<void> {
    this.#refuseAfterEnd();
    const base = this.#published();
    if (base.size + entries.length !== next.size) {
      throw defect("a batch is staged before the last one was published");
    }
    this.#staged = { owner: this.#options.owner, turn: ++this.#turn, base, next, entries };
  }

  async writeTiles(files: readonly LogFile[]): Promise<void> {
    this.#refuseAfterEnd();
    const staging = this.#staged;
    if (staging === undefined) throw defect("tiles are written before they are staged");
    await this.#contentWritten();
    const etag = await writeStaging(this.#options.bucket, staging, this.#stagingEtag);
    if (etag === undefined) throw this.#fenced();
    this.#stagingEtag = etag;
    await writeOnce(this.#options.bucket, this.#options.protect, files);
  }

  async writeContent(digest: string, bytes: Uint8Array): Promise<void> {
    this.#refuseAfterEnd();
    const { bucket, protect } = this.#options;
    const path = contentPath(digest);
    if (!path.endsWith(sha256Hex(bytes))) {
      const message = `${placeOf(bucket)}: content does not have the digest ${digest}`;
      throw new AnchorwatchError("ledger_content_mismatch", message);
    }
    // Named by its digest, it needs no fence.
    const writing = writeOnce(bucket, protect, [{ path, bytes }]);
    this.#contents.add(writing);
    try {
      await writing;
    } finally {
      this.#contents.delete(writing);
    }
  }

  /** What was begun before `writeTiles`, or in the same turn. Rejects when any of it was not written. */
  async #contentWritten(): Promise<void> {
    await Promise.resolve();
    await Promise.all(this.#contents);
  }

  /** Nothing is to be written: until the checkpoint is there, the staging object tells of the batch. */
  async commitTree(next: TreeState): Promise<void> {
    this.#refuseAfterEnd();
    const known = this.#staged?.next ?? this.#published();
    if (sameTree(known, next)) return;
    if (this.#staged !== undefined) throw defect("another tree was staged than is committed");
    // At start it is the tree that was found. Whom we replaced may have published its batch after we had read the checkpoint.
    if (this.#pending !== undefined && sameTree(this.#pending.next, next)) return;
    // Any other can only be of one who has replaced us.
    throw this.#fenced();
  }

  async writeCheckpoint(note: string): Promise<void> {
    this.#refuseAfterEnd();
    const { bucket, protect } = this.#options;
    if (this.#checkpoint !== undefined && sameBytes(this.#checkpoint.bytes, Buffer.from(note))) return;
    const written = await writeCheckpoint(bucket, protect, note, this.#checkpoint?.etag);
    if (written === undefined) throw this.#fenced();
    this.#checkpoint = written;
  }

  /** Nothing lies beyond the tree but what the staged batch will write again. */
  async discardBeyond(): Promise<void> {}

  /** Locked objects cannot be removed; partial tiles go when their retention has run out. */
  async removePartials(): Promise<void> {}

  async isHeld(): Promise<boolean> {
    const { bucket, owner } = this.#options;
    const there = await get(bucket, STAGING_PATH);
    return there === undefined || parseStaging(there.bytes, stagingPlace(bucket)).owner === owner;
  }

  async release(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.onRelease();
  }

  #published(): TreeState {
    return treeOf(this.#options.bucket, this.#checkpoint?.bytes);
  }

  #refuseAfterEnd(): void {
    if (this.#ended) throw fenced(this.#options.bucket);
  }

  #fenced(): AnchorwatchError {
    this.#ended = true;
    this.#options.onRelease();
    return fenced(this.#options.bucket);
  }
}

/** What is left to be done of the batch, when the checkpoint does not cover it yet. */
function pendingBatch(staging: Staging, tree: TreeState): StagedBatch | "contradiction" | undefined {
  if (sameTree(tree, staging.next)) return undefined;
  if (!sameTree(tree, staging.base)) return "contradiction";
  return { next: staging.next, entries: staging.entries };
}

/** A live sequencer may have gone on between our looks. Otherwise the error is right: what lies there is not what one left. */
async function unlessWritten(
  bucket: Bucket,
  etag: string | undefined,
  error: AnchorwatchError,
): Promise<AnchorwatchError> {
  const again = await get(bucket, STAGING_PATH);
  return again?.etag === etag ? error : locked(bucket);
}

function contradiction(bucket: Bucket, tree: TreeState): AnchorwatchError {
  const hint =
    "Someone replaced, deleted or restored one of the two. Look at the versions of checkpoint, and run ledger verify --since with a checkpoint from outside.";
  const message = `${placeOf(bucket)}: the checkpoint, of ${tree.size} entries, is neither before nor after the batch that was staged last`;
  return new AnchorwatchError("ledger_object_conflict", message, { hint });
}

function rolledBack(bucket: Bucket, size: number, { path, version }: ObjectVersion): AnchorwatchError {
  const says = size === 0 ? "looks like a new log" : `says that it has ${size} entries`;
  const message = `${placeOf(bucket)} ${says}, but holds ${path} (version ${version}), which belongs to a longer one`;
  const hint =
    "Look at the versions of checkpoint and of .staging: someone put a deletion marker or an older one over the newest. Remove that, find out who it was, and verify the log. Nothing was written. A new log needs a prefix of its own.";
  return new AnchorwatchError("ledger_rolled_back", message, { hint });
}

/** The new ETag, or undefined when somebody else wrote the object. */
async function writeStaging(
  bucket: Bucket,
  staging: Staging,
  previous: string | undefined,
): Promise<string | undefined> {
  const bytes = encodeStaging(staging);
  const condition =
    previous === undefined ? { kind: "new" as const } : { kind: "etag" as const, etag: previous };
  const result = await put(bucket, STAGING_PATH, bytes, { condition });
  if (result.kind === "done") return result.etag;
  // Perhaps our own: S3 did it, the answer was lost, and the retry met it. Owner and turn make it unmistakable.
  const there = await get(bucket, STAGING_PATH);
  return there !== undefined && sameBytes(there.bytes, bytes) ? there.etag : undefined;
}

function stagingPlace(bucket: Bucket): string {
  return `${placeOf(bucket)}/${STAGING_PATH}`;
}

function locked(bucket: Bucket): AnchorwatchError {
  const hint = "Run one sequencer for each log; others reach it through its API.";
  const message = `${placeOf(bucket)} is being written by another sequencer`;
  return new AnchorwatchError("ledger_locked", message, { hint });
}

function fenced(bucket: Bucket): AnchorwatchError {
  const hint = "End one of the two processes. Nothing that was acknowledged is lost.";
  const message = `${placeOf(bucket)} was taken over by another sequencer, or released; nothing more is written`;
  return new AnchorwatchError("ledger_fenced", message, { hint });
}

function defect(message: string): AnchorwatchError {
  return new AnchorwatchError("internal", `The ledger's writer is wrong: ${message}`);
}

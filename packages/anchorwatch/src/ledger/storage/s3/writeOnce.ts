/** Objects that never change: tiles, bundles, content. */
import { AnchorwatchError } from "../../../domain/errors.ts";
import { eachAtOnce } from "../allEnded.ts";
import type { LogFile } from "../storage.ts";
import { get, put, retain, type StoredVersion } from "./bucket.ts";
import { type Bucket, placeOf } from "./place.ts";
import { type Protect, sameBytes } from "./protect.ts";
import { addDays } from "./retention.ts";

const IN_PARALLEL = 16;

/**
 * Writes files that must be new, or the same as what is there: a retry after a lost answer, or a batch that is finished after a
 * crash, meets its own objects. The same from elsewhere may have no lock, or an older one that ends soon: it gets ours.
 * @throws AnchorwatchError `ledger_object_conflict`, `ledger_bucket_*`, `ledger_s3_failed`
 */
export async function writeOnce(bucket: Bucket, protect: Protect, files: readonly LogFile[]): Promise<void> {
  await eachAtOnce(files, IN_PARALLEL, (file) => writeFileOnce(bucket, protect, file));
}

async function writeFileOnce(bucket: Bucket, protect: Protect, { path, bytes }: LogFile): Promise<void> {
  const options = protect(path);
  const result = await put(bucket, path, bytes, { ...options, condition: { kind: "new" } });
  if (result.kind === "done") return;
  const there = await get(bucket, path);
  if (there !== undefined && sameBytes(there.bytes, bytes)) {
    return lockLikeOurs(bucket, path, there, options.retainUntil);
  }
  const hint =
    "No sequencer writes a second content there. Run ledger verify, and look at the object's versions.";
  const message = `${placeOf(bucket)}/${path} already holds other bytes than this log would write`;
  throw new AnchorwatchError("ledger_object_conflict", message, { hint });
}

/** What we wrote ourselves a moment ago needs nothing. */
async function lockLikeOurs(
  bucket: Bucket,
  path: string,
  { version, lockedUntil }: StoredVersion,
  until: Date | undefined,
): Promise<void> {
  if (until === undefined || (lockedUntil !== undefined && lockedUntil >= addDays(until, -1))) return;
  await retain(bucket, path, version, until);
}

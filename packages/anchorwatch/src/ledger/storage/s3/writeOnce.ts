/** Objects that never change: tiles, bundles, content. */
import { AnchorwatchError } from "../../../domain/errors.ts";
import { eachAtOnce } from "../allEnded.ts";
import type { LogFile } from "../storage.ts";
import { get, put } from "./bucket.ts";
import { type Bucket, placeOf } from "./place.ts";
import { type Protect, sameBytes } from "./protect.ts";

const IN_PARALLEL = 16;

/**
 * Writes files that must be new, or the same as what is there: a retry after a lost answer, or a batch that is finished after a
 * crash, meets its own objects.
 * @throws AnchorwatchError `ledger_object_conflict`, `ledger_bucket_*`, `ledger_s3_failed`
 */
export async function writeOnce(bucket: Bucket, protect: Protect, files: readonly LogFile[]): Promise<void> {
  await eachAtOnce(files, IN_PARALLEL, (file) => writeFileOnce(bucket, protect, file));
}

async function writeFileOnce(bucket: Bucket, protect: Protect, { path, bytes }: LogFile): Promise<void> {
  const result = await put(bucket, path, bytes, { ...protect(path), condition: { kind: "new" } });
  if (result.kind === "done") return;
  const there = await get(bucket, path);
  if (there !== undefined && sameBytes(there.bytes, bytes)) return;
  const hint =
    "No sequencer writes a second content there. Run ledger verify, and look at the object's versions.";
  const message = `${placeOf(bucket)}/${path} already holds other bytes than this log would write`;
  throw new AnchorwatchError("ledger_object_conflict", message, { hint });
}

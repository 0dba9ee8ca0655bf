/** A log in a bucket of S3 under Object Lock. Reading needs nothing but the objects; writing checks the bucket first. */
import { AnchorwatchError, type Warning } from "../../../domain/errors.ts";
import { servedFile } from "../servedFile.ts";
import type { LogStorage, WriterLease } from "../storage.ts";
import { get, list } from "./bucket.ts";
import { checkBucket } from "./checkBucket.ts";
import { type Bucket, bucketOf, type PlaceOptions, placeOf } from "./place.ts";
import { protection } from "./protect.ts";
import { checkRetention, type Retention } from "./retention.ts";
import { takeLease } from "./s3Lease.ts";

export interface S3StorageOptions extends PlaceOptions {
  readonly retention: Retention;
  readonly clock: () => Date;
  /** A new random text at each call; `randomUUID` of node:crypto outside of tests. */
  readonly newOwner: () => string;
  readonly onWarning: (warning: Warning) => void;
}

export { bucketOf } from "./place.ts";

/** A `LogStorage` for the writer and a `LogSource` of tlog for readers. */
export class S3Storage implements LogStorage {
  /** `s3://bucket/prefix` */
  readonly name: string;
  readonly #bucket: Bucket;
  readonly #options: S3StorageOptions;
  #taken = false;

  /** @throws AnchorwatchError `ledger_retention_invalid`, `ledger_path_invalid` (the prefix) */
  constructor(options: S3StorageOptions) {
    checkRetention(options.retention);
    this.#options = options;
    this.#bucket = bucketOf(options);
    this.name = placeOf(this.#bucket);
  }

  /**
   * Undefined when there is no such file.
   * @throws AnchorwatchError `ledger_path_invalid`, `ledger_bucket_*`, `ledger_s3_failed` (also beyond `maxBytes`)
   */
  async read(
    path: string,
    options: { readonly maxBytes?: number; readonly signal?: AbortSignal } = {},
  ): Promise<Uint8Array | undefined> {
    if (servedFile(path) === undefined) throw notALogPath(path);
    return (await get(this.#bucket, path, options))?.bytes;
  }

  /** Files of the log whose path begins so, by bytes; what else lies in the bucket is not told. */
  async *list(prefix: string): AsyncGenerator<string> {
    for await (const path of list(this.#bucket, prefix)) if (servedFile(path) !== undefined) yield path;
  }

  /**
   * Checks the bucket, finishes what a crash left half done, and claims the log. There is no lock in S3: a sequencer that ran
   * before is not asked but fenced off, and its next append is refused with `ledger_fenced`.
   * @throws AnchorwatchError `ledger_locked` (taken here already, or by another at this moment), and as `checkBucket` and `takeLease`
   */
  async lock(): Promise<WriterLease> {
    if (this.#taken)
      throw new AnchorwatchError("ledger_locked", `${this.name} is already open for writing here`);
    this.#taken = true;
    const { retention, clock, newOwner, onWarning } = this.#options;
    const onRelease = () => {
      this.#taken = false;
    };
    try {
      const lasting = await checkBucket(this.#bucket, retention, onWarning);
      const protect = protection(lasting, clock);
      return await takeLease({ bucket: this.#bucket, protect, owner: newOwner(), onRelease });
    } catch (error) {
      onRelease();
      throw error;
    }
  }
}

function notALogPath(path: string): AnchorwatchError {
  return new AnchorwatchError("ledger_path_invalid", `${JSON.stringify(path)} is no file of a log`, {
    hint: "A log has checkpoint, tile/… and content/sha256/….",
  });
}

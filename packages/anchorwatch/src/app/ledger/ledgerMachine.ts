import type { S3Client } from "@aws-sdk/client-s3";

/** What the ledger needs of the machine it runs on; shells take it from the process. */
export interface LedgerMachine {
  readonly now: () => Date;
  /** Resolves after so many milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** That many random bytes, fit for keys. */
  readonly random: (bytes: number) => Uint8Array;
  /** Another unique text at each call. */
  readonly newId: () => string;
  /** Undefined where users have no number, as on Windows. */
  readonly userId: number | undefined;
  readonly fetch: typeof globalThis.fetch;
  /** With the region, endpoint and credentials that the environment names. */
  readonly newS3Client: () => Promise<S3Client>;
}

import type { S3Client } from "@aws-sdk/client-s3";
import { AnchorwatchError } from "../../../domain/errors.ts";

/** A log's place in S3. Region, endpoint, credentials and the number of retries are the client's. */
export interface Bucket {
  readonly client: S3Client;
  readonly name: string;
  /** Before every key: empty, or ending in a slash. */
  readonly prefix: string;
  /** Limit of one request with its retries, in milliseconds. */
  readonly timeoutMs: number;
}

export interface PlaceOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** Folder of the log inside the bucket, `logs/prod`; empty for the whole bucket. */
  readonly prefix?: string;
  /** Limit of one request with its retries, in milliseconds; 30 s unless told. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 30_000;

/** @throws AnchorwatchError `ledger_path_invalid` */
export function bucketOf({ client, bucket, prefix = "", timeoutMs = TIMEOUT_MS }: PlaceOptions): Bucket {
  const steps = prefix.split("/").filter((step) => step !== "");
  if (steps.some((step) => step === "." || step === ".." || /\p{Cc}/u.test(step))) {
    throw new AnchorwatchError("ledger_path_invalid", `${JSON.stringify(prefix)} is no prefix for a log`, {
      hint: "Give folders separated by slashes, such as logs/prod.",
    });
  }
  return { client, name: bucket, prefix: steps.map((step) => `${step}/`).join(""), timeoutMs };
}

/** `s3://bucket/prefix`, for messages. */
export function placeOf(bucket: Bucket): string {
  return `s3://${bucket.name}${bucket.prefix === "" ? "" : `/${bucket.prefix.slice(0, -1)}`}`;
}

/** The few requests that a log in S3 is made of. Every error is one of ours and names the permission that was needed. */
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectRetentionCommand,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { sha256Base64 } from "./digest.ts";
import type { Bucket } from "./place.ts";
import { isMissing, s3Problem } from "./problem.ts";

export interface Stored {
  readonly bytes: Uint8Array;
  readonly etag: string;
}

export interface StoredVersion extends Stored {
  /** Undefined where the bucket has no versions. */
  readonly version: string | undefined;
  /** Until when nobody can delete it. Undefined: it is not locked so, or without s3:GetObjectRetention S3 does not say. */
  readonly lockedUntil: Date | undefined;
}

export interface PutOptions {
  readonly contentType?: string;
  readonly cacheControl?: string;
  /** COMPLIANCE: nobody, not even the account's root, can delete this version before then. */
  readonly retainUntil?: Date;
  /** The object must be new, or be the one with this ETag. */
  readonly condition: { readonly kind: "new" } | { readonly kind: "etag"; readonly etag: string } | undefined;
}

/** Resolves to the new ETag, or to `conflict` when the condition does not hold. */
export type PutResult =
  | { readonly kind: "done"; readonly etag: string }
  | { readonly kind: "conflict"; readonly said: string };

/** S3 says 409 when two conditional writes meet, and asks for another try. */
const RACES = 5;

/** Runs one request within the bucket's time limit. @throws AnchorwatchError `ledger_bucket_*`, `ledger_s3_failed` */
export async function ask<Answer>(
  bucket: Bucket,
  what: string,
  permission: string,
  request: (abortSignal: AbortSignal) => Promise<Answer>,
  signal?: AbortSignal,
): Promise<Answer> {
  const limit = AbortSignal.timeout(bucket.timeoutMs);
  try {
    return await request(signal === undefined ? limit : AbortSignal.any([limit, signal]));
  } catch (error) {
    signal?.throwIfAborted();
    throw s3Problem(bucket, what, permission, limit.aborted ? "timeout" : error, error);
  }
}

/** Undefined when there is no such object. @param maxBytes larger objects are refused unread */
export async function get(
  bucket: Bucket,
  path: string,
  options: { readonly maxBytes?: number; readonly signal?: AbortSignal } = {},
): Promise<StoredVersion | undefined> {
  const command = new GetObjectCommand({ Bucket: bucket.name, Key: bucket.prefix + path });
  const read = async (abortSignal: AbortSignal): Promise<StoredVersion | undefined> => {
    let answer: GetObjectCommandOutput;
    try {
      answer = await bucket.client.send(command, { abortSignal });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    const { Body, ETag: etag = "", ContentLength = 0, VersionId: version } = answer;
    const lockedUntil = complianceEnd(answer);
    if (Body === undefined) return { bytes: new Uint8Array(), etag, version, lockedUntil };
    if (ContentLength > (options.maxBytes ?? Number.POSITIVE_INFINITY)) {
      await Body.transformToWebStream().cancel();
      throw new RangeError(`it has ${ContentLength} bytes, and at most ${options.maxBytes} were expected`);
    }
    return { bytes: await Body.transformToByteArray(), etag, version, lockedUntil };
  };
  return ask(
    bucket,
    `reading ${path}`,
    "s3:GetObject (and s3:ListBucket on the bucket)",
    read,
    options.signal,
  );
}

export async function put(
  bucket: Bucket,
  path: string,
  bytes: Uint8Array,
  options: PutOptions,
): Promise<PutResult> {
  const command = new PutObjectCommand({
    Bucket: bucket.name,
    Key: bucket.prefix + path,
    Body: bytes,
    ContentLength: bytes.length,
    ChecksumAlgorithm: "SHA256",
    ChecksumSHA256: sha256Base64(bytes),
    ...(options.contentType === undefined ? {} : { ContentType: options.contentType }),
    ...(options.cacheControl === undefined ? {} : { CacheControl: options.cacheControl }),
    ...(options.retainUntil === undefined
      ? {}
      : { ObjectLockMode: "COMPLIANCE", ObjectLockRetainUntilDate: options.retainUntil }),
    ...(options.condition?.kind === "new" ? { IfNoneMatch: "*" } : {}),
    ...(options.condition?.kind === "etag" ? { IfMatch: options.condition.etag } : {}),
  });
  const permission =
    options.retainUntil === undefined ? "s3:PutObject" : "s3:PutObject and s3:PutObjectRetention";
  return ask(bucket, `writing ${path}`, permission, async (abortSignal) => {
    for (let attempt = 1; ; attempt++) {
      try {
        const { ETag = "" } = await bucket.client.send(command, { abortSignal });
        return { kind: "done", etag: ETag };
      } catch (error) {
        if (!(error instanceof S3ServiceException)) throw error;
        if (raced(error) && attempt < RACES) continue;
        if (contradicts(error, options)) return { kind: "conflict", said: error.name };
        throw error;
      }
    }
  });
}

/** When the retention in COMPLIANCE of what was looked at ends. */
export function complianceEnd(
  found: Pick<GetObjectCommandOutput, "ObjectLockMode" | "ObjectLockRetainUntilDate">,
): Date | undefined {
  return found.ObjectLockMode === "COMPLIANCE" ? found.ObjectLockRetainUntilDate : undefined;
}

/** Nobody can delete that version before then. S3 refuses to make a retention shorter. */
export async function retain(
  bucket: Bucket,
  path: string,
  version: string | undefined,
  until: Date,
): Promise<void> {
  const command = new PutObjectRetentionCommand({
    Bucket: bucket.name,
    Key: bucket.prefix + path,
    VersionId: version,
    Retention: { Mode: "COMPLIANCE", RetainUntilDate: until },
  });
  const permission = "s3:PutObjectRetention and s3:GetObjectRetention";
  await ask(bucket, `extending the retention of ${path}`, permission, (abortSignal) =>
    bucket.client.send(command, { abortSignal }),
  );
}

/** Every path below the prefix, in S3's order: by bytes. */
export async function* list(bucket: Bucket, prefix: string): AsyncGenerator<string> {
  let token: string | undefined;
  do {
    const command = new ListObjectsV2Command({
      Bucket: bucket.name,
      Prefix: bucket.prefix + prefix,
      ...(token === undefined ? {} : { ContinuationToken: token }),
    });
    const page = await ask(bucket, `listing ${prefix}`, "s3:ListBucket", (abortSignal) =>
      bucket.client.send(command, { abortSignal }),
    );
    for (const { Key } of page.Contents ?? []) {
      if (Key !== undefined) yield Key.slice(bucket.prefix.length);
    }
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
}

function raced(error: S3ServiceException): boolean {
  return error.name === "ConditionalRequestConflict" || error.name === "OperationAborted";
}

function contradicts(error: S3ServiceException, { condition }: PutOptions): boolean {
  if (condition === undefined) return false;
  if (error.$metadata.httpStatusCode === 412) return true;
  // With If-Match S3 says 404 when the object, or its newest version, was deleted.
  return condition.kind === "etag" && isMissing(error);
}

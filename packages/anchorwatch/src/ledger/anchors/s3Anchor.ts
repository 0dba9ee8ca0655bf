/**
 * Checkpoints in a bucket, best of another account and under Object Lock: `checkpoints/REST-SIZE`, each written once. REST is what
 * is left of 2^53-1, in sixteen digits, so that S3, which lists in ascending order, names the largest tree first; there is no
 * object that points to the latest and that someone could turn back.
 */
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import type { Anchor } from "./anchor.ts";
import { readSeen, refuseContradiction } from "./seen.ts";

export interface S3AnchorOptions {
  /** Region, endpoint, credentials and retries are its own. */
  readonly client: S3Client;
  readonly bucket: string;
  /** Folder inside the bucket, without slashes at its ends; empty for the whole bucket. */
  readonly prefix?: string;
  /** Limit of one request with its retries, in milliseconds; 15 s unless told. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 15_000;
/** The first one is the largest tree's; consoles put an empty object before it that stands for the folder. */
const FIRST_KEYS = 2;

export function s3Anchor(options: S3AnchorOptions): Anchor {
  const { client, bucket: Bucket, prefix = "", timeoutMs = TIMEOUT_MS } = options;
  const base = `${prefix === "" ? "" : `${prefix}/`}checkpoints/`;
  const name = `s3://${Bucket}/${base.slice(0, -1)}`;
  const ask = <Answer>(permission: string, request: (abortSignal: AbortSignal) => Promise<Answer>) =>
    askS3(name, permission, timeoutMs, request);

  const read = async (Key: string): Promise<string | undefined> =>
    ask("s3:GetObject", async (abortSignal) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }), { abortSignal });
      return Body?.transformToString();
    });

  return {
    name,
    latest: async () => {
      const command = new ListObjectsV2Command({ Bucket, Prefix: base, MaxKeys: FIRST_KEYS });
      const { Contents } = await ask("s3:ListBucket", (abortSignal) => client.send(command, { abortSignal }));
      const Key = Contents?.map(({ Key = "" }) => Key).find((key) => isName(key.slice(base.length)));
      return Key === undefined ? undefined : read(Key);
    },
    publish: async (checkpoint) => {
      const told = readSeen("The log", checkpoint);
      const Key = base + nameOfSize(told.size);
      const command = new PutObjectCommand({
        Bucket,
        Key,
        Body: Buffer.from(checkpoint),
        ContentType: "text/plain; charset=utf-8",
        IfNoneMatch: "*",
      });
      const written = await ask("s3:PutObject", async (abortSignal) => {
        try {
          await client.send(command, { abortSignal });
          return true;
        } catch (error) {
          if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412) return false;
          throw error;
        }
      });
      if (written) return;
      // There is one of this size: ours, signed perhaps by other keys, or another history.
      const there = await read(Key);
      if (there !== undefined) refuseContradiction(name, told, readSeen(name, there));
    },
  };
}

function nameOfSize(size: number): string {
  return `${String(Number.MAX_SAFE_INTEGER - size).padStart(16, "0")}-${size}`;
}

function isName(name: string): boolean {
  const [, size] = /^[0-9]{16}-(0|[1-9][0-9]{0,15})$/.exec(name) ?? [];
  return size !== undefined && name === nameOfSize(Number(size));
}

async function askS3<Answer>(
  name: string,
  permission: string,
  timeoutMs: number,
  request: (abortSignal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    return await request(limit);
  } catch (error) {
    if (error instanceof AnchorwatchError) throw error;
    const said = limit.aborted ? `no answer within ${timeoutMs} ms` : messageOf(error);
    const refused = error instanceof S3ServiceException && error.$metadata.httpStatusCode === 403;
    const message = `The anchor ${name} ${refused ? "refused" : "failed"}: ${said}`;
    const hint = refused
      ? `This needs ${permission} on the bucket and on ${name}/*.`
      : "Check the bucket's name, region, endpoint and credentials.";
    throw new AnchorwatchError(refused ? "ledger_anchor_refused" : "ledger_anchor_failed", message, {
      hint,
      cause: error,
    });
  }
}

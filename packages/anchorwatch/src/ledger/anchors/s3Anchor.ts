/**
 * Checkpoints in a bucket, best of another account and under Object Lock: `checkpoints/REST-SIZE`, each written once. REST is what
 * is left of 2^53-1, in sixteen digits, so that S3, which lists in ascending order, names the largest tree first; there is no
 * object that points to the latest and that someone could turn back. In a bucket with versions the first version of each counts:
 * what was put over it later, a deletion marker too, hides nothing.
 */
import {
  GetObjectCommand,
  ListObjectVersionsCommand,
  type ObjectVersion,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import { versionPages } from "../storage/s3/versionPages.ts";
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

export function s3Anchor(options: S3AnchorOptions): Anchor {
  const { client, bucket: Bucket, prefix = "", timeoutMs = TIMEOUT_MS } = options;
  const base = `${prefix === "" ? "" : `${prefix}/`}checkpoints/`;
  const name = `s3://${Bucket}/${base.slice(0, -1)}`;
  const ask = <Answer>(permission: string, request: (abortSignal: AbortSignal) => Promise<Answer>) =>
    askS3(name, permission, timeoutMs, request);

  const versionsUnder = (Prefix: string) =>
    versionPages((after) => {
      const command = new ListObjectVersionsCommand({ Bucket, Prefix, ...after });
      return ask("s3:ListBucketVersions", (abortSignal) => client.send(command, { abortSignal }));
    });

  /** Of the checkpoint whose key begins so; without one, of the largest tree's. */
  const firstVersion = async (prefix = base): Promise<ObjectVersion | undefined> => {
    let first: ObjectVersion | undefined;
    for await (const { Versions = [] } of versionsUnder(prefix)) {
      for (const version of Versions) {
        if (!isName(version.Key?.slice(base.length) ?? "")) continue;
        if (first !== undefined && version.Key !== first.Key) return first;
        first = version;
      }
    }
    return first;
  };

  const read = async (version: ObjectVersion | undefined): Promise<string | undefined> => {
    if (version === undefined) return undefined;
    const { Key, VersionId } = version;
    return ask("s3:GetObjectVersion", async (abortSignal) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, VersionId }), { abortSignal });
      return Body?.transformToString();
    });
  };

  return {
    name,
    latest: async () => read(await firstVersion()),
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
      const there = await read(await firstVersion(Key));
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

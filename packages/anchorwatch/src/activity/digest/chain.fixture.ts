/** A trail's bucket with digests that are signed as CloudTrail signs them, by a key of ours. */
import { generateKeyPairSync, hash, type KeyPairKeyObjectResult, sign } from "node:crypto";
import { gzipSync } from "node:zlib";
import { type FilePlace, nameOf } from "../envelope/filePlace.ts";
import type { PublicKeys, StoredFile } from "./checkChain.ts";

export interface WrittenTrail {
  readonly files: Map<string, StoredFile>;
  readonly keys: PublicKeys;
  /** The newest first. */
  readonly digests: readonly FilePlace[];
  readonly logs: readonly FilePlace[];
}

const ACCOUNT = "123456789012";
const HOUR_MS = 60 * 60 * 1000;

export function newKeyPair(): KeyPairKeyObjectResult {
  return generateKeyPairSync("rsa", { modulusLength: 2048 });
}

/** One digest for each hour, of so many logs, from `begin` on. */
export function writeTrail(
  begin: Date,
  hours: number,
  logsPerHour = 2,
  { publicKey, privateKey } = newKeyPair(),
  bucket = "trail",
  prefix = "",
): WrittenTrail {
  const files = new Map<string, StoredFile>();
  const digests: FilePlace[] = [];
  const logs: FilePlace[] = [];
  let previous: { place: FilePlace; hash: string; signature: string } | undefined;
  for (let hour = 0; hour < hours; hour++) {
    const start = new Date(begin.getTime() + hour * HOUR_MS);
    const end = new Date(start.getTime() + HOUR_MS);
    const logFiles = Array.from({ length: logsPerHour }, (_, at) => {
      const time = new Date(start.getTime() + at * 60_000);
      const place = { bucket, key: prefix + keyOf("CloudTrail", time, stampOf(time, 13), `_${hour}${at}`) };
      const content = JSON.stringify({ Records: [{ eventID: `${hour}-${at}` }] });
      files.set(nameOf(place), { bytes: gzipSync(content), signature: undefined });
      logs.push(place);
      return {
        s3Bucket: bucket,
        s3Object: place.key,
        hashValue: hash("sha256", content),
        hashAlgorithm: "SHA-256",
      };
    });
    const place = { bucket, key: prefix + keyOf("CloudTrail-Digest", end, stampOf(end, 15), "") };
    const content = JSON.stringify({
      awsAccountId: ACCOUNT,
      digestStartTime: isoOf(start),
      digestEndTime: isoOf(end),
      digestS3Bucket: bucket,
      digestS3Object: place.key,
      digestPublicKeyFingerprint: "ours",
      digestSignatureAlgorithm: "SHA256withRSA",
      previousDigestS3Bucket: previous?.place.bucket ?? null,
      previousDigestS3Object: previous?.place.key ?? null,
      previousDigestHashValue: previous?.hash ?? null,
      previousDigestHashAlgorithm: previous === undefined ? null : "SHA-256",
      previousDigestSignature: previous?.signature ?? null,
      logFiles,
    });
    const digest = hash("sha256", content);
    const text = `${isoOf(end)}\n${bucket}/${place.key}\n${digest}\n${previous?.signature ?? "null"}`;
    const signature = sign("sha256", Buffer.from(text), privateKey).toString("hex");
    files.set(nameOf(place), { bytes: gzipSync(content), signature });
    digests.unshift(place);
    previous = { place, hash: digest, signature };
  }
  const der = publicKey.export({ format: "der", type: "pkcs1" });
  return { files, digests, logs, keys: async (fingerprint) => (fingerprint === "ours" ? der : undefined) };
}

function keyOf(kind: string, time: Date, stamp: string, end: string): string {
  const day = time.toISOString().slice(0, 10).replaceAll("-", "/");
  const trail = kind === "CloudTrail" ? "" : "_main_eu-central-1";
  const name = `${ACCOUNT}_${kind}_eu-central-1${trail}_${stamp}Z${end}.json.gz`;
  return `AWSLogs/${ACCOUNT}/${kind}/eu-central-1/${day}/${name}`;
}

function isoOf(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

function stampOf(time: Date, length: number): string {
  return time.toISOString().replace(/[-:]/g, "").slice(0, length);
}

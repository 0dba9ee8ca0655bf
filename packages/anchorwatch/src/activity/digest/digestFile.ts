/**
 * A digest file of CloudTrail: which log files were written in an hour, signed, and chained to the one before.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 */
import { createPublicKey, hash, type KeyObject, verify } from "node:crypto";
import { z } from "zod";
import { messageOf } from "../../domain/errors.ts";
import type { FilePlace } from "../envelope/filePlace.ts";

const time = z.iso.datetime();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in hexadecimal digits");
const absent = z.union([z.null(), z.literal("")]).optional();

const form = z.object({
  digestStartTime: time,
  digestEndTime: time,
  digestS3Bucket: z.string(),
  digestS3Object: z.string(),
  digestPublicKeyFingerprint: z.string(),
  digestSignatureAlgorithm: z.literal("SHA256withRSA"),
  previousDigestS3Bucket: z.union([z.string(), absent]),
  previousDigestS3Object: z.union([z.string(), absent]),
  previousDigestHashValue: z.union([sha256, absent]),
  previousDigestSignature: z.union([z.string(), absent]),
  logFiles: z.array(
    z.object({
      s3Bucket: z.string(),
      s3Object: z.string(),
      hashValue: sha256,
      hashAlgorithm: z.literal("SHA-256"),
    }),
  ),
});

export interface DigestFile {
  /** Where it says that it lies. */
  readonly place: FilePlace;
  readonly start: Date;
  readonly end: Date;
  readonly fingerprint: string;
  /** Undefined in the first one of a chain. */
  readonly previous:
    | { readonly place: FilePlace; readonly hash: string; readonly signature: string }
    | undefined;
  readonly logs: readonly { readonly place: FilePlace; readonly hash: string }[];
  /** SHA-256 of its content, in hexadecimal digits. */
  readonly hash: string;
  /** What its signature is over. */
  readonly signed: Buffer;
}

/** @param content unpacked. Gives what is wrong with it, in words, where it is no digest file. */
export function readDigestFile(
  content: Uint8Array,
): { readonly ok: true; readonly digest: DigestFile } | { readonly ok: false; readonly why: string } {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(content).toString("utf8"));
  } catch {
    return { ok: false, why: "it is no JSON" };
  }
  const parsed = form.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { ok: false, why: `${issue?.path.join(".")}: ${issue?.message}` };
  }
  return { ok: true, digest: digestOf(parsed.data, content) };
}

function digestOf(data: z.infer<typeof form>, content: Uint8Array): DigestFile {
  const place = { bucket: data.digestS3Bucket, key: data.digestS3Object };
  const ownHash = hash("sha256", content);
  const signature = data.previousDigestSignature || "null";
  const { previousDigestS3Bucket: bucket, previousDigestS3Object: key, previousDigestHashValue } = data;
  return {
    place,
    start: new Date(data.digestStartTime),
    end: new Date(data.digestEndTime),
    fingerprint: data.digestPublicKeyFingerprint,
    previous:
      bucket && key ? { place: { bucket, key }, hash: previousDigestHashValue || "", signature } : undefined,
    logs: data.logFiles.map((file) => ({
      place: { bucket: file.s3Bucket, key: file.s3Object },
      hash: file.hashValue,
    })),
    hash: ownHash,
    signed: Buffer.from(`${data.digestEndTime}\n${place.bucket}/${place.key}\n${ownHash}\n${signature}`),
  };
}

/** What is wrong with a signature; undefined where it is right. @param key DER, PKCS#1, as ListPublicKeys gives it */
export function signatureFault(
  digest: DigestFile,
  signature: string | undefined,
  key: Uint8Array | undefined,
): string | undefined {
  if (signature === undefined) return "it has no signature in its metadata";
  if (!/^([0-9a-f]{2})+$/.test(signature)) return "its signature is not written in hexadecimal digits";
  if (key === undefined) return `the public key ${digest.fingerprint} is not known`;
  let parsed: KeyObject;
  try {
    parsed = createPublicKey({ key: Buffer.from(key), format: "der", type: "pkcs1" });
  } catch (error) {
    return `the public key ${digest.fingerprint} cannot be read: ${messageOf(error)}`;
  }
  // RSASSA-PKCS1-v1_5, which Node takes for RSA keys unless told otherwise.
  const isRight = verify("sha256", digest.signed, parsed, Buffer.from(signature, "hex"));
  return isRight ? undefined : "its signature is not valid";
}

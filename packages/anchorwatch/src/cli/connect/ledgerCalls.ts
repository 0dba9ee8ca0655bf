/** The calls of the check on the ledger's bucket, as whoever runs Anchorwatch. */
import type { S3Client } from "@aws-sdk/client-s3";
import type { PrincipalCalls } from "../../app/connect/checking/calls.ts";
import { LEDGER_PREFIX } from "../../app/connect/connectOptions.ts";
import { checkBucket } from "../../ledger/storage/s3/checkBucket.ts";
import { bucketOf } from "../../ledger/storage/s3/place.ts";

type LedgerCalls = Pick<
  PrincipalCalls,
  "openLedgerBucket" | "defaultLock" | "isPrivate" | "putLocked" | "lockOf" | "deleteVersion"
>;

export function ledgerCalls(
  s3: typeof import("@aws-sdk/client-s3"),
  client: S3Client,
  Bucket: string,
): LedgerCalls {
  return {
    openLedgerBucket: async () => {
      const warnings: string[] = [];
      const bucket = bucketOf({ client, bucket: Bucket, prefix: LEDGER_PREFIX });
      await checkBucket(bucket, { days: 2, renewBeforeDays: 1 }, ({ message }) => warnings.push(message));
      return warnings;
    },
    defaultLock: async () => {
      const command = new s3.GetObjectLockConfigurationCommand({ Bucket });
      const { ObjectLockConfiguration } = await client.send(command);
      const { Mode: mode, Days, Years } = ObjectLockConfiguration?.Rule?.DefaultRetention ?? {};
      const days = Days ?? (Years === undefined ? undefined : Years * 365);
      return { ...(mode === undefined ? {} : { mode }), ...(days === undefined ? {} : { days }) };
    },
    isPrivate: async () => {
      const command = new s3.GetPublicAccessBlockCommand({ Bucket });
      const { PublicAccessBlockConfiguration: found } = await client.send(command);
      return [
        found?.BlockPublicAcls,
        found?.BlockPublicPolicy,
        found?.IgnorePublicAcls,
        found?.RestrictPublicBuckets,
      ].every((blocked) => blocked === true);
    },
    putLocked: async (Key, until) => {
      const command = new s3.PutObjectCommand({
        Bucket,
        Key,
        Body: "Written by: anchorwatch connect aws --check\n",
        ChecksumAlgorithm: "SHA256",
        ObjectLockMode: "COMPLIANCE",
        ObjectLockRetainUntilDate: until,
      });
      const { VersionId = "" } = await client.send(command);
      return VersionId;
    },
    lockOf: async (Key, VersionId) => {
      const command = new s3.HeadObjectCommand({ Bucket, Key, VersionId });
      const { ObjectLockMode: mode, ObjectLockRetainUntilDate: until } = await client.send(command);
      return { ...(mode === undefined ? {} : { mode }), ...(until === undefined ? {} : { until }) };
    },
    deleteVersion: async (Key, VersionId) => {
      await client.send(new s3.DeleteObjectCommand({ Bucket, Key, VersionId }));
    },
  };
}

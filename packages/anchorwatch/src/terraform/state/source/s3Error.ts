/** What S3 answers, in words. */
import { S3ServiceException } from "@aws-sdk/client-s3";
import type { ErrorCode } from "../../../domain/error-codes.ts";
import { AnchorwatchError, messageOf } from "../../../domain/errors.ts";
import { wholeStateError } from "../errors.ts";
import { absent } from "./absent.ts";
import { objectKey } from "./objectKey.ts";
import { s3Endpoint } from "./s3Endpoint.ts";
import type { S3Source, StateSurroundings } from "./source.ts";
import { networkCode, unreachable } from "./unreachable.ts";

const WRONG_CREDENTIALS: ReadonlySet<string> = new Set([
  "ExpiredToken",
  "ExpiredTokenException",
  "InvalidAccessKeyId",
  "InvalidToken",
  "SignatureDoesNotMatch",
]);

const WRONG_REGION: ReadonlySet<string> = new Set([
  "AuthorizationHeaderMalformed",
  "IllegalLocationConstraintException",
  "PermanentRedirect",
  "301",
]);

export function s3Error(
  source: S3Source,
  origin: string,
  { environment, scrub }: StateSurroundings,
  error: unknown,
): unknown {
  if (error instanceof AnchorwatchError) return error;
  if (!(error instanceof S3ServiceException)) {
    if (networkCode(error) === undefined) return failed(origin, scrub(messageOf(error)));
    const place = s3Endpoint(source, environment) ?? `S3 in ${source.region ?? "the region"}`;
    return unreachable(origin, place, error);
  }
  const said = `${error.name}: ${scrub(error.message)}`;
  if (error.name === "NoSuchKey") {
    return absent(
      origin,
      "Deploy the stack first (`terraform apply`), or correct the key or workspace of the backend.",
    );
  }
  if (error.name === "NoSuchBucket") {
    const hint = "Correct the bucket of the backend, or the account or endpoint that it is looked for in.";
    return refusal(origin, "state_s3_bucket_missing", `there is no bucket ${source.bucket}`, hint);
  }
  if (WRONG_REGION.has(error.name) || error.$metadata.httpStatusCode === 301) {
    return wrongRegion(source, origin, error);
  }
  if (WRONG_CREDENTIALS.has(error.name)) {
    const hint = "The credentials are wrong or have expired. Sign in again, or name another profile.";
    return refusal(origin, "state_s3_refused", said, hint);
  }
  if (error.$metadata.httpStatusCode === 403) {
    const hint = `Reading needs s3:GetObject on ${source.bucket}/${objectKey(source)}, s3:ListBucket on the bucket, and kms:Decrypt where it is encrypted with a key of KMS.`;
    return refusal(origin, "state_s3_refused", said, hint);
  }
  return failed(origin, said);
}

function wrongRegion(source: S3Source, origin: string, error: S3ServiceException): AnchorwatchError {
  const header = error.$response?.headers["x-amz-bucket-region"];
  const actual = "Region" in error && typeof error.Region === "string" ? error.Region : header;
  const where = actual === undefined ? "another region" : `the region ${actual}`;
  const said = `the bucket ${source.bucket} lies in ${where}, not in ${source.region ?? "that of the environment"}`;
  const hint = `Set \`region\` of the backend${actual === undefined ? "" : ` to "${actual}"`} and run \`terraform init -reconfigure\`.`;
  return refusal(origin, "state_s3_region", said, hint);
}

function refusal(origin: string, code: ErrorCode, why: string, hint: string): AnchorwatchError {
  return wholeStateError(origin, code, `was not read: ${why}`, hint);
}

function failed(origin: string, said: string): AnchorwatchError {
  const hint = "Try `aws s3 cp` with the same bucket, key and profile.";
  return refusal(origin, "state_s3_failed", said, hint);
}

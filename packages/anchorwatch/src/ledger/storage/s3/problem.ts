/** What S3 answers, in words. */
import { S3ServiceException } from "@aws-sdk/client-s3";
import { AnchorwatchError, messageOf } from "../../../domain/errors.ts";
import { type Bucket, placeOf } from "./place.ts";

const NOT_ALLOWED: ReadonlySet<string> = new Set([
  "AccessDenied",
  "AllAccessDisabled",
  "ExpiredToken",
  "InvalidAccessKeyId",
  "InvalidToken",
  "SignatureDoesNotMatch",
]);

const ELSEWHERE: ReadonlySet<string> = new Set([
  "AuthorizationHeaderMalformed",
  "IllegalLocationConstraintException",
  "PermanentRedirect",
]);

/** True when S3 says that there is no such object. A HEAD has no body, and so no name for that but NotFound. */
export function isMissing(error: unknown): boolean {
  return error instanceof S3ServiceException && (error.name === "NoSuchKey" || error.name === "NotFound");
}

function isDenied(error: unknown): boolean {
  if (!(error instanceof S3ServiceException)) return false;
  return NOT_ALLOWED.has(error.name) || error.$metadata.httpStatusCode === 403;
}

/** @param permission what the request needs, `s3:GetObject` */
export function s3Problem(
  bucket: Bucket,
  what: string,
  permission: string,
  problem: unknown,
  cause: unknown,
): AnchorwatchError {
  if (problem instanceof AnchorwatchError) return problem;
  const place = placeOf(bucket);
  const title = `${place}: ${what} failed`;
  if (problem === "timeout") {
    const hint = "Check the network, the endpoint and the region.";
    const message = `${title}: no answer within ${bucket.timeoutMs} ms`;
    return new AnchorwatchError("ledger_s3_failed", message, { hint, cause });
  }
  if (!(problem instanceof S3ServiceException)) {
    const hint = "Check the network, and the endpoint, region (AWS_REGION) and credentials of the bucket.";
    return new AnchorwatchError("ledger_s3_failed", `${title}: ${messageOf(problem)}`, { hint, cause });
  }
  const said = `${problem.name}: ${problem.message}`;
  if (problem.name === "NoSuchBucket" || ELSEWHERE.has(problem.name)) {
    const hint = "Correct the bucket's name, its region, or the account or endpoint where it is looked for.";
    return new AnchorwatchError("ledger_bucket_missing", `${title}: ${said}`, { hint, cause });
  }
  if (isDenied(problem)) {
    const hint = `This needs ${permission} on ${place}, and credentials that are valid.`;
    return new AnchorwatchError("ledger_bucket_refused", `${title}: ${said}`, { hint, cause });
  }
  return new AnchorwatchError("ledger_s3_failed", `${title}: ${said}`, { cause });
}

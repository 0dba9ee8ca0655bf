/**
 * Whether a bucket can keep a log: nothing in it may be deleted or hidden by anybody. What cannot be seen for lack of a permission
 * is refused where it decides, and a warning where it is only a further look.
 */
import {
  GetBucketLifecycleConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  type LifecycleRule,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import type { ErrorCode } from "../../../domain/error-codes.ts";
import { AnchorwatchError, messageOf, type Warning } from "../../../domain/errors.ts";
import { ask } from "./bucket.ts";
import { type Bucket, placeOf } from "./place.ts";
import { allowsAnybody } from "./policy.ts";
import type { Retention } from "./retention.ts";

/**
 * Resolves to the retention that is to be asked for with each object: ours, or the bucket's default when that is longer.
 * @throws AnchorwatchError `ledger_bucket_unversioned`, `ledger_bucket_unlocked`, `ledger_bucket_expires`, `ledger_bucket_open`,
 *   `ledger_bucket_missing`, `ledger_bucket_refused`, `ledger_s3_failed`
 */
export async function checkBucket(
  bucket: Bucket,
  retention: Retention,
  onWarning: (warning: Warning) => void,
): Promise<Retention> {
  await checkVersioning(bucket);
  const days = await defaultRetention(bucket);
  await further(checkLifecycle(bucket), onWarning);
  await further(checkPolicy(bucket), onWarning);
  await further(checkOwnership(bucket, onWarning), onWarning);
  return { ...retention, days: Math.max(retention.days, days) };
}

async function checkVersioning(bucket: Bucket): Promise<void> {
  const command = new GetBucketVersioningCommand({ Bucket: bucket.name });
  const permission = "s3:GetBucketVersioning";
  const { Status } = await ask(bucket, "looking at its versioning", permission, (abortSignal) =>
    bucket.client.send(command, { abortSignal }),
  );
  if (Status === "Enabled") return;
  const state = Status === undefined ? "was never enabled" : `is ${Status}`;
  const hint = "Enable versioning and Object Lock on the bucket, or make a new one with Object Lock.";
  throw refusal(
    bucket,
    "ledger_bucket_unversioned",
    `its versioning ${state}, so entries could be overwritten`,
    hint,
  );
}

/** In days; 0 without a default that nobody can lift. */
async function defaultRetention(bucket: Bucket): Promise<number> {
  const command = new GetObjectLockConfigurationCommand({ Bucket: bucket.name });
  const permission = "s3:GetBucketObjectLockConfiguration";
  const configuration = await ask(bucket, "looking at its Object Lock", permission, async (abortSignal) => {
    try {
      return (await bucket.client.send(command, { abortSignal })).ObjectLockConfiguration;
    } catch (error) {
      if (isNamed(error, "ObjectLockConfigurationNotFoundError")) return undefined;
      throw error;
    }
  });
  if (configuration?.ObjectLockEnabled !== "Enabled") {
    const hint =
      "Enable Object Lock on the bucket, or make a new one with it. Entries that can be deleted prove nothing.";
    throw refusal(
      bucket,
      "ledger_bucket_unlocked",
      "it has no Object Lock, so entries could be deleted",
      hint,
    );
  }
  const rule = configuration.Rule?.DefaultRetention;
  if (rule?.Mode !== "COMPLIANCE") return 0;
  return rule.Days ?? (rule.Years ?? 0) * 365;
}

async function checkLifecycle(bucket: Bucket): Promise<void> {
  const command = new GetBucketLifecycleConfigurationCommand({ Bucket: bucket.name });
  const permission = "s3:GetLifecycleConfiguration";
  const rules = await ask(bucket, "looking at its lifecycle rules", permission, async (abortSignal) => {
    try {
      return (await bucket.client.send(command, { abortSignal })).Rules ?? [];
    } catch (error) {
      if (isNamed(error, "NoSuchLifecycleConfiguration")) return [];
      throw error;
    }
  });
  const hiding = rules.find((rule) => hides(rule, bucket.prefix));
  if (hiding === undefined) return;
  const hint =
    "Leave the log's prefix out of that rule. Rules for noncurrent versions of .staging are welcome.";
  const why = `its lifecycle rule ${hiding.ID ?? "without a name"} puts deletion markers on the log's objects`;
  throw refusal(bucket, "ledger_bucket_expires", why, hint);
}

/** Object Lock keeps the versions; an expiration of current ones hides them all the same. */
function hides(rule: LifecycleRule, prefix: string): boolean {
  const { Days, Date: date } = rule.Expiration ?? {};
  if (rule.Status !== "Enabled" || (Days === undefined && date === undefined)) return false;
  const { Filter } = rule;
  // The log's objects have no tags.
  if (Filter?.Tag !== undefined || (Filter?.And?.Tags ?? []).length > 0) return false;
  const covered = Filter?.Prefix ?? Filter?.And?.Prefix ?? rule.Prefix ?? "";
  return covered.startsWith(prefix) || prefix.startsWith(covered);
}

async function checkPolicy(bucket: Bucket): Promise<void> {
  const command = new GetBucketPolicyCommand({ Bucket: bucket.name });
  const policy = await ask(bucket, "looking at its policy", "s3:GetBucketPolicy", async (abortSignal) => {
    try {
      return (await bucket.client.send(command, { abortSignal })).Policy;
    } catch (error) {
      if (isNamed(error, "NoSuchBucketPolicy")) return undefined;
      throw error;
    }
  });
  const action = policy === undefined ? undefined : allowsAnybody(policy);
  if (action === undefined) return;
  const hint = "Remove that statement, or name in it who may write.";
  throw refusal(bucket, "ledger_bucket_open", `its policy allows ${action} to anybody`, hint);
}

async function checkOwnership(bucket: Bucket, onWarning: (warning: Warning) => void): Promise<void> {
  const command = new GetBucketOwnershipControlsCommand({ Bucket: bucket.name });
  const permission = "s3:GetBucketOwnershipControls";
  const ownership = await ask(bucket, "looking at its ownership", permission, async (abortSignal) => {
    try {
      const answer = await bucket.client.send(command, { abortSignal });
      return answer.OwnershipControls?.Rules?.[0]?.ObjectOwnership;
    } catch (error) {
      if (isNamed(error, "OwnershipControlsNotFoundError")) return undefined;
      throw error;
    }
  });
  if (ownership === undefined || ownership === "BucketOwnerEnforced") return;
  onWarning({
    code: "ledger_bucket_open",
    message: `${placeOf(bucket)}: objects may belong to other accounts (${ownership}), and access lists count`,
    hint: "Set the bucket's object ownership to BucketOwnerEnforced.",
  });
}

/** A further look may be forbidden; then it is a warning. */
async function further(look: Promise<void>, onWarning: (warning: Warning) => void): Promise<void> {
  try {
    await look;
  } catch (error) {
    if (!(error instanceof AnchorwatchError) || error.code !== "ledger_bucket_refused") throw error;
    const { code, message, hint } = error;
    onWarning({ code, message: `${message}. The log is kept all the same`, ...(hint ? { hint } : {}) });
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof S3ServiceException && (error.name === name || messageOf(error).startsWith(name));
}

function refusal(bucket: Bucket, code: ErrorCode, why: string, hint: string): AnchorwatchError {
  return new AnchorwatchError(code, `${placeOf(bucket)} cannot keep a log: ${why}`, { hint });
}

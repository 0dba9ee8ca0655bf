/** A bucket that nobody outside can reach and that keeps every version. */
import { block, type HclResource, json, value } from "../documents/hcl.ts";
import { policyTree, type Statement } from "../documents/statement.ts";
import type { TreeMap } from "../documents/tree.ts";
import type { Part } from "./part.ts";

export interface BucketPart {
  /** `trail`, `ledger`. */
  readonly id: string;
  /** `TrailBucket`. */
  readonly logicalId: string;
  readonly name: string;
  readonly partition: string;
  readonly comment: string;
  /** Besides the one that asks for TLS. */
  readonly statements: readonly Statement[];
  readonly lock?: { readonly mode: "COMPLIANCE" | "GOVERNANCE"; readonly days: number } | "own";
  readonly lifecycle?: readonly LifecycleRule[];
}

/** Deletes what lies below a prefix after so many days; `current`: also what was never replaced. */
export interface LifecycleRule {
  readonly id: string;
  readonly prefix: string;
  readonly days: number;
  readonly current: boolean;
}

export function bucketPart(part: BucketPart): Part {
  return { terraform: terraform(part), cloudFormation: cloudFormation(part) };
}

function policyOf({ name, partition, statements }: BucketPart): TreeMap {
  const arn = `arn:${partition}:s3:::${name}`;
  return policyTree([
    ...statements,
    {
      sid: "OnlyEncrypted",
      effect: "Deny",
      principal: "*",
      actions: ["s3:*"],
      resources: [arn, `${arn}/*`],
      condition: { Bool: { "aws:SecureTransport": "false" } },
      why: "Nothing goes over the wire in the clear.",
      without: "it might",
    },
  ]);
}

function terraform(part: BucketPart): readonly HclResource[] {
  const { id, name, comment, lock, lifecycle = [] } = part;
  const bucket = value(`\${${id}.bucket}`);
  const of = (type: string, body: HclResource["body"]): HclResource => ({
    type,
    name: id,
    body: { bucket, ...body },
  });
  const resources: HclResource[] = [
    {
      type: "aws_s3_bucket",
      name: id,
      comment,
      body: {
        bucket: value(name),
        ...(lock === undefined ? {} : { object_lock_enabled: value(true) }),
        lifecycle: block({ prevent_destroy: value(true) }),
      },
    },
    of("aws_s3_bucket_versioning", { versioning_configuration: block({ status: value("Enabled") }) }),
    of("aws_s3_bucket_public_access_block", {
      block_public_acls: value(true),
      block_public_policy: value(true),
      ignore_public_acls: value(true),
      restrict_public_buckets: value(true),
    }),
    of("aws_s3_bucket_ownership_controls", {
      rule: block({ object_ownership: value("BucketOwnerEnforced") }),
    }),
    of("aws_s3_bucket_server_side_encryption_configuration", {
      rule: block({ apply_server_side_encryption_by_default: block({ sse_algorithm: value("AES256") }) }),
    }),
    of("aws_s3_bucket_policy", { policy: json(policyOf(part)), depends_on: dependsOnAccessBlock(id) }),
  ];
  if (lock !== undefined && lock !== "own") {
    resources.push(
      of("aws_s3_bucket_object_lock_configuration", {
        rule: block({ default_retention: block({ mode: value(lock.mode), days: value(lock.days) }) }),
        depends_on: { kind: "expression", text: `[aws_s3_bucket_versioning.${id}]` },
      }),
    );
  }
  if (lifecycle.length > 0) resources.push(lifecycleResource(part, lifecycle));
  return resources;
}

/** S3 lets one change of a bucket wait for another, and refuses when two meet. */
function dependsOnAccessBlock(id: string) {
  return { kind: "expression", text: `[aws_s3_bucket_public_access_block.${id}]` } as const;
}

function lifecycleResource({ id }: BucketPart, rules: readonly LifecycleRule[]): HclResource {
  const ruleBody = ({ id: rule, prefix, days, current }: LifecycleRule) => ({
    id: value(rule),
    status: value("Enabled"),
    filter: block({ prefix: value(prefix) }),
    ...(current ? { expiration: block({ days: value(days) }) } : {}),
    noncurrent_version_expiration: block({ noncurrent_days: value(days) }),
  });
  return {
    type: "aws_s3_bucket_lifecycle_configuration",
    name: id,
    body: {
      bucket: value(`\${${id}.bucket}`),
      rule: block(...rules.map(ruleBody)),
      depends_on: { kind: "expression", text: `[aws_s3_bucket_versioning.${id}]` },
    },
  };
}

function cloudFormation(part: BucketPart): Part["cloudFormation"] {
  const { id, logicalId, name, comment, lock, lifecycle = [] } = part;
  return {
    [logicalId]: {
      type: "AWS::S3::Bucket",
      comment,
      retained: true,
      properties: {
        BucketName: name,
        VersioningConfiguration: { Status: "Enabled" },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
        },
        ...lockProperties(lock),
        ...(lifecycle.length === 0
          ? {}
          : { LifecycleConfiguration: { Rules: lifecycle.map(ruleProperties) } }),
      },
    },
    [`${logicalId}Policy`]: {
      type: "AWS::S3::BucketPolicy",
      properties: { Bucket: `\${${id}.bucket}`, PolicyDocument: policyOf(part) },
    },
  };
}

function lockProperties(lock: BucketPart["lock"]): TreeMap {
  if (lock === undefined) return {};
  if (lock === "own") return { ObjectLockEnabled: true };
  const { mode, days } = lock;
  return {
    ObjectLockEnabled: true,
    ObjectLockConfiguration: {
      ObjectLockEnabled: "Enabled",
      Rule: { DefaultRetention: { Mode: mode, Days: days } },
    },
  };
}

function ruleProperties({ id, prefix, days, current }: LifecycleRule): TreeMap {
  return {
    Id: id,
    Status: "Enabled",
    Prefix: prefix,
    ...(current ? { ExpirationInDays: days } : {}),
    NoncurrentVersionExpiration: { NoncurrentDays: days },
  };
}

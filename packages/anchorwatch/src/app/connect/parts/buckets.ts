/** The trail with its bucket, and the ledger's bucket. */
import { CHECK_PREFIX, type ConnectOptions, LEDGER_PREFIX, namesOf } from "../connectOptions.ts";
import { value } from "../documents/hcl.ts";
import type { Statement } from "../documents/statement.ts";
import { ledgerStatements } from "../principalPolicy.ts";
import { bucketPart } from "./bucket.ts";
import { joined, type Part } from "./part.ts";

/** Of an existing trail nothing is made. */
export function trailPart(options: ConnectOptions): Part {
  if (options.trail.kind === "existing") return { terraform: [], cloudFormation: {} };
  const { trail, trailBucket } = namesOf(options);
  const bucket = bucketPart({
    id: "trail",
    logicalId: "TrailBucket",
    name: trailBucket,
    partition: options.partition,
    comment: "The trail's files: who changed what. Nothing in it is ever deleted by the connection.",
    statements: trailStatements(options),
  });
  return joined([
    bucket,
    {
      terraform: [
        {
          type: "aws_cloudtrail",
          name: "trail",
          comment: TRAIL_COMMENT,
          body: {
            name: value(trail),
            s3_bucket_name: value("${trail.bucket}"),
            is_multi_region_trail: value(true),
            include_global_service_events: value(true),
            enable_log_file_validation: value(true),
            depends_on: { kind: "expression", text: "[aws_s3_bucket_policy.trail]" },
          },
        },
      ],
      cloudFormation: {
        Trail: {
          type: "AWS::CloudTrail::Trail",
          comment: TRAIL_COMMENT,
          dependsOn: "TrailBucketPolicy",
          properties: {
            TrailName: trail,
            S3BucketName: "${trail.bucket}",
            IsLogging: true,
            IsMultiRegionTrail: true,
            IncludeGlobalServiceEvents: true,
            EnableLogFileValidation: true,
          },
        },
      },
    },
  ]);
}

const TRAIL_COMMENT =
  "Management events of all regions, with signed digests: what is missing or changed shows. A second trail of an account costs money: name an existing one with --trail s3://BUCKET instead.";

function trailStatements(options: ConnectOptions): readonly Statement[] {
  const { partition, region, account } = options;
  const { trail, trailBucket } = namesOf(options);
  const bucket = `arn:${partition}:s3:::${trailBucket}`;
  const arn = `arn:${partition}:cloudtrail:${region}:${account}:trail/${trail}`;
  const principal = { Service: "cloudtrail.amazonaws.com" };
  return [
    {
      sid: "TrailLooks",
      effect: "Allow",
      principal,
      actions: ["s3:GetBucketAcl"],
      resources: [bucket],
      condition: { StringEquals: { "aws:SourceArn": arn } },
      why: "CloudTrail looks at the bucket before it writes.",
      without: "the trail cannot be made",
    },
    {
      sid: "TrailWrites",
      effect: "Allow",
      principal,
      actions: ["s3:PutObject"],
      resources: [`${bucket}/AWSLogs/${account}/*`],
      condition: {
        StringEquals: { "aws:SourceArn": arn, "s3:x-amz-acl": "bucket-owner-full-control" },
      },
      why: "CloudTrail writes this trail's files, and no other's.",
      without: "there are none",
    },
  ];
}

const STAGING_DAYS = 7;

export function ledgerPart(options: ConnectOptions): Part {
  const { partition, principal, ledger } = options;
  const lock = ledger.lock === "own" ? ledger.lock : { mode: MODES[ledger.lock], days: ledger.retentionDays };
  return bucketPart({
    id: "ledger",
    logicalId: "LedgerBucket",
    name: namesOf(options).ledgerBucket,
    partition,
    comment:
      "The ledger. With Object Lock: what Anchorwatch writes here to last, nobody can delete before its time, not even the account's owner.",
    statements: ledgerStatements(options).map((statement) => ({
      ...statement,
      principal: { AWS: principal },
    })),
    lock,
    lifecycle: [
      { id: "connection-check", prefix: `${CHECK_PREFIX}/`, days: 1, current: true },
      { id: "staging", prefix: `${LEDGER_PREFIX}/.staging`, days: STAGING_DAYS, current: false },
    ],
  });
}

const MODES = { compliance: "COMPLIANCE", governance: "GOVERNANCE" } as const;

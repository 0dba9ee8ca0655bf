import {
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLoggingCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetBucketWebsiteCommand,
  GetObjectTaggingCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutBucketAclCommand,
  PutBucketCorsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketLoggingCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutBucketWebsiteCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { type Mutation, mutation, orGone } from "./mutation.ts";

const TICKETS_BUCKET = 'module.bucket["tickets"].aws_s3_bucket.this';
const EXPORTS_BUCKET = 'module.bucket["exports"].aws_s3_bucket.this';

const TICKETS = { Bucket: "ferry-prod-tickets" };
const MANIFESTS = { Bucket: "ferry-prod-manifests" };
const EXPORTS = { Bucket: "ferry-prod-exports" };
const SCRATCH = { Bucket: "ferry-prod-scratch" };
const SPARE = { Bucket: "ferry-prod-spare" };
const LOGS = { Bucket: "ferry-prod-logs" };

/** Changes to buckets, to what is declared beside them, and to objects. */
export const STORAGE_MUTATIONS: readonly Mutation[] = [
  mutation({
    name: "Versioning is suspended where it is declared",
    apply: ({ cloud }) =>
      cloud.s3.send(
        new PutBucketVersioningCommand({ ...TICKETS, VersioningConfiguration: { Status: "Suspended" } }),
      ),
    observe: async ({ cloud }) => (await cloud.s3.send(new GetBucketVersioningCommand(TICKETS))).Status,
    changed: { 'module.bucket["tickets"].aws_s3_bucket_versioning.this[0]': "versioning_configuration" },
    mirrored: { [TICKETS_BUCKET]: "versioning" },
  }),
  mutation({
    name: "Versioning is enabled on a bucket that declares none",
    apply: ({ cloud }) =>
      cloud.s3.send(
        new PutBucketVersioningCommand({ ...SCRATCH, VersioningConfiguration: { Status: "Enabled" } }),
      ),
    observe: async ({ cloud }) => (await cloud.s3.send(new GetBucketVersioningCommand(SCRATCH))).Status,
    unplanned: { 'module.bucket["scratch"].aws_s3_bucket.this': "versioning" },
  }),
  mutation({
    name: "A bucket without a declared policy gets one that lets everybody read",
    apply: ({ cloud }) =>
      cloud.s3.send(
        new PutBucketPolicyCommand({ ...EXPORTS, Policy: publicReadPolicy("ferry-prod-exports") }),
      ),
    observe: ({ cloud }) =>
      orGone(cloud.s3.send(new GetBucketPolicyCommand(EXPORTS)).then((got) => got.Policy)),
    unplanned: { [EXPORTS_BUCKET]: "policy" },
  }),
  mutation({
    name: "A declared bucket policy is replaced by one that lets everybody read",
    apply: ({ cloud }) =>
      cloud.s3.send(
        new PutBucketPolicyCommand({ ...TICKETS, Policy: publicReadPolicy("ferry-prod-tickets") }),
      ),
    observe: async ({ cloud }) => (await cloud.s3.send(new GetBucketPolicyCommand(TICKETS))).Policy,
    changed: { "aws_s3_bucket_policy.tickets": "policy" },
    mirrored: { [TICKETS_BUCKET]: "policy" },
  }),
  mutation({
    name: "A bucket policy is written again with other white space and other order",
    apply: ({ cloud }) =>
      cloud.s3.send(
        new PutBucketPolicyCommand({
          ...MANIFESTS,
          Policy: `{ "Statement": [ {
            "Resource": [ "arn:aws:s3:::ferry-prod-manifests/*", "arn:aws:s3:::ferry-prod-manifests" ],
            "Principal": { "AWS": "arn:aws:iam::210987654321:root" },
            "Action": [ "s3:ListBucket", "s3:GetObject" ],
            "Effect": "Allow", "Sid": "CustomsReads" } ],
            "Version": "2012-10-17" }`,
        }),
      ),
    observe: async ({ cloud }) => (await cloud.s3.send(new GetBucketPolicyCommand(MANIFESTS))).Policy,
  }),
  mutation({
    name: "A public access block is deleted",
    apply: ({ cloud }) => cloud.s3.send(new DeletePublicAccessBlockCommand(SCRATCH)),
    observe: ({ cloud }) =>
      orGone(
        cloud.s3
          .send(new GetPublicAccessBlockCommand(SCRATCH))
          .then((got) => got.PublicAccessBlockConfiguration),
      ),
    deleted: ['module.bucket["scratch"].aws_s3_bucket_public_access_block.this'],
  }),
  mutation({
    name: "A public access block lets public access lists through",
    apply: ({ cloud }) =>
      cloud.s3.send(
        new PutPublicAccessBlockCommand({
          ...EXPORTS,
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: false,
            IgnorePublicAcls: false,
            BlockPublicPolicy: true,
            RestrictPublicBuckets: true,
          },
        }),
      ),
    observe: async ({ cloud }) =>
      (await cloud.s3.send(new GetPublicAccessBlockCommand(EXPORTS))).PublicAccessBlockConfiguration,
    changed: { 'module.bucket["exports"].aws_s3_bucket_public_access_block.this': "block_public_acls" },
  }),
  mutation({
    name: "Access logs go to another prefix",
    apply: ({ cloud }) =>
      cloud.s3.send(
        new PutBucketLoggingCommand({
          ...TICKETS,
          BucketLoggingStatus: { LoggingEnabled: { TargetBucket: LOGS.Bucket, TargetPrefix: "elsewhere/" } },
        }),
      ),
    observe: async ({ cloud }) => (await cloud.s3.send(new GetBucketLoggingCommand(TICKETS))).LoggingEnabled,
    changed: { "aws_s3_bucket_logging.tickets": "target_prefix" },
    mirrored: { [TICKETS_BUCKET]: "logging" },
  }),
  mutation({
    name: "A bucket is no longer encrypted with the declared key",
    apply: ({ cloud }) =>
      cloud.s3.send(
        new PutBucketEncryptionCommand({
          ...TICKETS,
          ServerSideEncryptionConfiguration: {
            Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
          },
        }),
      ),
    observe: async ({ cloud }) =>
      (await cloud.s3.send(new GetBucketEncryptionCommand(TICKETS))).ServerSideEncryptionConfiguration,
    changed: { "aws_s3_bucket_server_side_encryption_configuration.tickets": "rule" },
    mirrored: { [TICKETS_BUCKET]: "server_side_encryption_configuration" },
  }),
  mutation({
    name: "Objects belong to whoever writes them",
    apply: ({ cloud }) =>
      cloud.s3.send(
        new PutBucketOwnershipControlsCommand({
          ...LOGS,
          OwnershipControls: { Rules: [{ ObjectOwnership: "ObjectWriter" }] },
        }),
      ),
    observe: async ({ cloud }) =>
      (await cloud.s3.send(new GetBucketOwnershipControlsCommand(LOGS))).OwnershipControls,
    changed: { "aws_s3_bucket_ownership_controls.logs": "rule" },
  }),
  mutation({
    name: "The access list of a bucket lets everybody read",
    apply: ({ cloud }) => cloud.s3.send(new PutBucketAclCommand({ ...LOGS, ACL: "public-read" })),
    observe: async ({ cloud }) => (await cloud.s3.send(new GetBucketAclCommand(LOGS))).Grants,
    unplanned: { "aws_s3_bucket_acl.logs": "access_control_policy" },
    mirrored: { "aws_s3_bucket.logs": "grant" },
  }),
  mutation({
    name: "A bucket gets a tag, and one of its tags another value",
    apply: ({ cloud }) =>
      cloud.s3.send(
        new PutBucketTaggingCommand({
          ...LOGS,
          Tagging: {
            TagSet: Object.entries({
              Owner: "nobody",
              Retention: "90 days",
              Project: "ferry",
              Stage: "prod",
              Temporary: "yes",
            }).map(([Key, Value]) => ({ Key, Value })),
          },
        }),
      ),
    observe: async ({ cloud }) => (await cloud.s3.send(new GetBucketTaggingCommand(LOGS))).TagSet,
    changed: { "aws_s3_bucket.logs": "tags" },
  }),
  mutation({
    name: "Another site may read across origins",
    apply: ({ cloud }) =>
      cloud.s3.send(
        new PutBucketCorsCommand({
          ...TICKETS,
          CORSConfiguration: {
            CORSRules: [{ AllowedMethods: ["GET", "PUT"], AllowedOrigins: ["*"], MaxAgeSeconds: 300 }],
          },
        }),
      ),
    observe: async ({ cloud }) => (await cloud.s3.send(new GetBucketCorsCommand(TICKETS))).CORSRules,
    changed: { "aws_s3_bucket_cors_configuration.tickets": "cors_rule" },
    mirrored: { [TICKETS_BUCKET]: "cors_rule" },
  }),
  mutation({
    name: "A bucket's web page starts at another document",
    apply: ({ cloud }) =>
      cloud.s3.send(
        new PutBucketWebsiteCommand({
          ...EXPORTS,
          WebsiteConfiguration: { IndexDocument: { Suffix: "home.html" } },
        }),
      ),
    observe: async ({ cloud }) => (await cloud.s3.send(new GetBucketWebsiteCommand(EXPORTS))).IndexDocument,
    changed: { "aws_s3_bucket_website_configuration.exports": "index_document" },
    mirrored: { [EXPORTS_BUCKET]: "website" },
  }),
  mutation({
    name: "A bucket without declared life cycle rules gets one that deletes everything",
    apply: ({ cloud }) =>
      cloud.s3.send(
        new PutBucketLifecycleConfigurationCommand({
          ...MANIFESTS,
          LifecycleConfiguration: {
            Rules: [{ ID: "sweep", Status: "Enabled", Filter: { Prefix: "" }, Expiration: { Days: 1 } }],
          },
        }),
      ),
    observe: ({ cloud }) =>
      orGone(cloud.s3.send(new GetBucketLifecycleConfigurationCommand(MANIFESTS)).then((got) => got.Rules)),
    unplanned: { 'module.bucket["manifests"].aws_s3_bucket.this': "lifecycle_rule" },
  }),
  mutation({
    name: "A bucket is deleted, and with it its public access block",
    apply: ({ cloud }) => cloud.s3.send(new DeleteBucketCommand(SPARE)),
    observe: ({ cloud }) =>
      orGone(cloud.s3.send(new HeadBucketCommand(SPARE)).then((got) => got.BucketRegion)),
    deleted: [
      'module.bucket["spare"].aws_s3_bucket.this',
      'module.bucket["spare"].aws_s3_bucket_public_access_block.this',
    ],
  }),
  mutation({
    name: "An object is overwritten",
    apply: ({ cloud }) =>
      cloud.s3.send(
        new PutObjectCommand({
          ...EXPORTS,
          Key: "timetable/kiel.json",
          Body: '{"sailings":0}',
          ContentType: "application/json",
          Tagging: "Project=ferry&Stage=prod",
        }),
      ),
    observe: async ({ cloud }) =>
      (await cloud.s3.send(new HeadObjectCommand({ ...EXPORTS, Key: "timetable/kiel.json" }))).ETag,
    unplanned: { 'aws_s3_object.timetable["kiel"]': "etag" },
  }),
  mutation({
    name: "An object gets a tag",
    apply: ({ cloud }) =>
      cloud.s3.send(
        new PutObjectTaggingCommand({
          ...EXPORTS,
          Key: "timetable/oslo.json",
          Tagging: {
            TagSet: [
              { Key: "Project", Value: "ferry" },
              { Key: "Stage", Value: "prod" },
              { Key: "Draft", Value: "yes" },
            ],
          },
        }),
      ),
    observe: async ({ cloud }) =>
      (await cloud.s3.send(new GetObjectTaggingCommand({ ...EXPORTS, Key: "timetable/oslo.json" }))).TagSet,
    changed: { 'aws_s3_object.timetable["oslo"]': "tags" },
  }),
  mutation({
    name: "An object is deleted",
    apply: ({ cloud }) => cloud.s3.send(new DeleteObjectCommand({ ...EXPORTS, Key: "timetable/riga.json" })),
    observe: ({ cloud }) =>
      orGone(
        cloud.s3
          .send(new HeadObjectCommand({ ...EXPORTS, Key: "timetable/riga.json" }))
          .then((got) => got.ETag),
      ),
    deleted: ['aws_s3_object.timetable["riga"]'],
  }),
];

function publicReadPolicy(bucket: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Open",
        Effect: "Allow",
        Principal: "*",
        Action: "s3:GetObject",
        Resource: `arn:aws:s3:::${bucket}/*`,
      },
    ],
  });
}

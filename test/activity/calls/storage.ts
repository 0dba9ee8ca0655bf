import * as s3 from "@aws-sdk/client-s3";
import type { Cloud } from "../../support/cloud.ts";
import { type Act, act } from "./act.ts";

const Bucket = "acme-reports";

/** S3. */
export async function* storageCalls({ s3: client, region }: Cloud): AsyncGenerator<Act> {
  const place = { LocationConstraint: region as s3.BucketLocationConstraint };
  await client.send(new s3.CreateBucketCommand({ Bucket, CreateBucketConfiguration: place }));
  yield act("s3", "CreateBucket", Bucket);
  const VersioningConfiguration = { Status: "Enabled" as const };
  await client.send(new s3.PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  yield act("s3", "PutBucketVersioning", Bucket);
  const Tagging = { TagSet: [{ Key: "Owner", Value: "nobody" }] };
  await client.send(new s3.PutBucketTaggingCommand({ Bucket, Tagging }));
  yield act("s3", "PutBucketTagging", Bucket);
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${Bucket}/*` },
    ],
  });
  await client.send(new s3.PutBucketPolicyCommand({ Bucket, Policy }));
  yield act("s3", "PutBucketPolicy", Bucket);
  const PublicAccessBlockConfiguration = { BlockPublicAcls: false };
  await client.send(new s3.PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
  yield act("s3", "PutBucketPublicAccessBlock", Bucket);
  const rule = { ID: "old", Status: "Enabled" as const, Filter: { Prefix: "" }, Expiration: { Days: 7 } };
  const LifecycleConfiguration = { Rules: [rule] };
  await client.send(new s3.PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
  yield act("s3", "PutBucketLifecycle", Bucket);
  await client.send(new s3.PutObjectCommand({ Bucket, Key: "prod/terraform.tfstate", Body: "{}" }));
  yield act("s3", "PutObject", Bucket, "prod/terraform.tfstate", `${Bucket}/prod/terraform.tfstate`);
  await client.send(new s3.DeletePublicAccessBlockCommand({ Bucket }));
  yield act("s3", "DeleteBucketPublicAccessBlock", Bucket);
}

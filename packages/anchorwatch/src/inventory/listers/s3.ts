/** Buckets, and who may get at them. */
import { GetBucketPolicyCommand, ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { type Lister, pagesOf } from "../lister.ts";
import { attributesOf, policyOf } from "../shown.ts";
import { GLOBAL, named, type Thing, unique } from "../thing.ts";

export const s3: Lister = {
  service: "s3",
  isGlobal: true,
  types: ["aws_s3_bucket"],
  async list({ client: settings, ask, partition, unit }) {
    const client = bucketsOf(settings);
    let ContinuationToken: string | undefined;
    try {
      const buckets = await pagesOf(
        () =>
          ask("s3:ListAllMyBuckets", () =>
            client.send(
              new ListBucketsCommand({
                MaxBuckets: 1000,
                ...(ContinuationToken ? { ContinuationToken } : {}),
              }),
            ),
          ),
        ({ Buckets }) => Buckets,
        (page) => {
          ContinuationToken = page.ContinuationToken;
          return ContinuationToken !== undefined && ContinuationToken !== "";
        },
      );
      return buckets.map(({ Name: id = "", BucketRegion: bucket_region, CreationDate }) => {
        const arn = `arn:${partition}:s3:::${id}`;
        return {
          ...{
            type: "aws_s3_bucket",
            id,
            arn,
            region: GLOBAL,
            unit,
            names: [unique(arn)],
            tags: {},
            facts: [],
          },
          attributes: attributesOf({ bucket: id, bucket_region }),
          telling: [],
          ...(CreationDate === undefined ? {} : { createdAt: CreationDate }),
        };
      });
    } finally {
      client.destroy();
    }
  },
  /** The state of a bucket tells of its policy. */
  async more({ client: settings, ask, unit }, unmanaged) {
    const client = bucketsOf(settings);
    try {
      const buckets = unmanaged.filter(({ type }) => type === "aws_s3_bucket");
      const policies = await Promise.all(
        buckets.map(async ({ id: Bucket }): Promise<readonly Thing[]> => {
          const policy = await ask("s3:GetBucketPolicy", async () => {
            try {
              return (await client.send(new GetBucketPolicyCommand({ Bucket }))).Policy;
            } catch (error) {
              if (error instanceof Error && /^NoSuchBucket(?:Policy)?$/.test(error.name)) return undefined;
              throw error;
            }
          });
          if (policy === undefined) return [];
          return [
            {
              ...{ type: "aws_s3_bucket_policy", id: Bucket, region: GLOBAL, unit, names: [named(Bucket)] },
              ...{
                parent: { type: "aws_s3_bucket", id: Bucket },
                isSeenWithParent: true,
                tags: {},
                facts: [],
              },
              attributes: attributesOf({ bucket: Bucket, policy: policyOf(policy) }),
              telling: ["policy"],
            },
          ];
        }),
      );
      return policies.flat();
    } finally {
      client.destroy();
    }
  },
};

/** Buckets are asked where they are; another endpoint has their names in its paths. */
function bucketsOf(settings: Parameters<Lister["list"]>[0]["client"]): S3Client {
  const isElsewhere = settings.endpoint !== undefined;
  return new S3Client({ ...settings, followRegionRedirects: true, forcePathStyle: isElsewhere });
}

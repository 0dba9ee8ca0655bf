/** The calls of the check in a session of one of the roles. */
import type { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { RoleCalls } from "../../app/connect/checking/calls.ts";
import type { ConnectNames, ConnectOptions } from "../../app/connect/connectOptions.ts";
import { harmlessAttempts } from "./harmlessAttempts.ts";
import type { SessionConfig } from "./sessionConfig.ts";

export async function roleCalls(
  config: SessionConfig,
  s3Config: S3ClientConfig,
  options: ConnectOptions,
  names: ConnectNames,
): Promise<RoleCalls> {
  const [sqs, s3, events, cloudTrail, attempts] = await Promise.all([
    import("@aws-sdk/client-sqs"),
    import("@aws-sdk/client-s3"),
    import("@aws-sdk/client-eventbridge"),
    import("@aws-sdk/client-cloudtrail"),
    harmlessAttempts(config, s3Config, options, names),
  ]);
  const clients = {
    // Where the environment names another store than AWS's own, the queue's address means the same there.
    sqs: new sqs.SQSClient({ ...config, useQueueUrlAsEndpoint: s3Config.forcePathStyle !== true }),
    // The trail's bucket may lie in another region.
    s3: new s3.S3Client({ ...config, ...s3Config, followRegionRedirects: true }),
    events: new events.EventBridgeClient(config),
    cloudTrail: new cloudTrail.CloudTrailClient(config),
  };
  return {
    reads: attempts.reads,
    writes: attempts.writes,
    content: attempts.content,
    credentials: attempts.credentials,
    rule: async (Name) => {
      const { State = "", EventPattern = "" } = await clients.events.send(
        new events.DescribeRuleCommand({ Name }),
      );
      return { state: State, pattern: EventPattern };
    },
    targets: async (Rule) => {
      const { Targets = [] } = await clients.events.send(new events.ListTargetsByRuleCommand({ Rule }));
      return Targets.map(({ Arn = "" }) => Arn);
    },
    ...queueCalls(sqs, clients.sqs),
    ...trailCalls(cloudTrail, clients.cloudTrail),
    ...fileCalls(s3, clients.s3),
    close: () => {
      for (const client of Object.values(clients)) client.destroy();
      attempts.close();
    },
  };
}

/** Of each region CloudTrail makes an empty object first. */
const A_FEW = 50;

function queueCalls(
  sqs: typeof import("@aws-sdk/client-sqs"),
  client: SQSClient,
): Pick<RoleCalls, "queue" | "receive" | "remove" | "release"> {
  return {
    queue: async (QueueUrl) => {
      const command = new sqs.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] });
      return (await client.send(command)).Attributes ?? {};
    },
    receive: async (QueueUrl, WaitTimeSeconds, VisibilityTimeout) => {
      const command = new sqs.ReceiveMessageCommand({
        QueueUrl,
        WaitTimeSeconds,
        VisibilityTimeout,
        MaxNumberOfMessages: 10,
      });
      const { Messages = [] } = await client.send(command);
      return Messages.map(({ Body = "", ReceiptHandle = "" }) => ({ body: Body, receipt: ReceiptHandle }));
    },
    remove: async (QueueUrl, ReceiptHandle) => {
      await client.send(new sqs.DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    },
    release: async (QueueUrl, ReceiptHandle) => {
      await client.send(
        new sqs.ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }),
      );
    },
  };
}

function trailCalls(
  cloudTrail: typeof import("@aws-sdk/client-cloudtrail"),
  client: CloudTrailClient,
): Pick<RoleCalls, "trails" | "trailStatus"> {
  return {
    trails: async () => {
      const { trailList = [] } = await client.send(new cloudTrail.DescribeTrailsCommand());
      return trailList.map((trail) => ({
        arn: trail.TrailARN ?? "",
        bucket: trail.S3BucketName ?? "",
        hasDigests: trail.LogFileValidationEnabled === true,
        isMultiRegion: trail.IsMultiRegionTrail === true,
      }));
    },
    trailStatus: async (Name) => {
      const { IsLogging, StartLoggingTime: startedAt } = await client.send(
        new cloudTrail.GetTrailStatusCommand({ Name }),
      );
      return { isLogging: IsLogging === true, ...(startedAt === undefined ? {} : { startedAt }) };
    },
  };
}

function fileCalls(
  s3: typeof import("@aws-sdk/client-s3"),
  client: S3Client,
): Pick<RoleCalls, "list" | "folders" | "readStart"> {
  return {
    list: async (Bucket, Prefix) => {
      const { Contents = [] } = await client.send(
        new s3.ListObjectsV2Command({ Bucket, Prefix, MaxKeys: A_FEW }),
      );
      return Contents.map(({ Key = "" }) => Key);
    },
    folders: async (Bucket, Prefix) => {
      const { CommonPrefixes = [] } = await client.send(
        new s3.ListObjectsV2Command({ Bucket, Prefix, Delimiter: "/" }),
      );
      return CommonPrefixes.map((common) => (common.Prefix ?? "").slice(Prefix.length, -1));
    },
    readStart: async (Bucket, Key) => {
      const { Body } = await client.send(new s3.GetObjectCommand({ Bucket, Key, Range: "bytes=0-15" }));
      await Body?.transformToByteArray();
    },
  };
}

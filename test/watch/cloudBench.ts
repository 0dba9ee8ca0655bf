/** A deployed estate that is watched by its trail: console → moto → CloudTrail's records → queue → watch. All of it in one folder. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateEventBusCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { S3Client } from "@aws-sdk/client-s3";
import { CreateTopicCommand, SubscribeCommand } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import type { RunningWatch } from "../../packages/anchorwatch/src/app/watch/startWatch.ts";
import type { OpenProvider } from "../../packages/anchorwatch/src/terraform/provider/open.ts";
import { logKey, messagesIn, newBucket, newQueue, putLog } from "../activity/sourceBench.ts";
import type { Json } from "../activity/trail/cloudTrailRecord.ts";
import type { ServiceModels } from "../activity/trail/services.ts";
import { recordTrail, type TrailRecorder } from "../activity/trail/trailRecorder.ts";
import { leftovers } from "../check/leftovers.ts";
import { type Cloud, cloudAt } from "../support/cloud.ts";
import { type Deployment, prepareDeployment } from "../support/deployment.ts";
import type { Environment } from "../support/executable.ts";
import type { CloudMachine } from "../support/machine.ts";
import { type Relay, relayTo } from "./relay.ts";
import { type WatchIn, watchIn } from "./watchIn.ts";

export interface CloudBench extends Pick<WatchIn, "warnings" | "entries"> {
  readonly deployment: Deployment;
  readonly watch: RunningWatch;
  /** Ada's, in the console: everything that it is told to do gets into the trail. */
  readonly console: Cloud;
  /** The way to the queue. */
  readonly relay: Relay;
  /** Ada does something: the records that CloudTrail has of it, her coming in apart. */
  records(act: () => Promise<unknown>): Promise<readonly Json[]>;
  /** As a rule of EventBridge puts them into the queue. */
  byEventBridge(records: readonly Json[]): Promise<void>;
  /** As a log file in S3, of which S3 tells a topic of SNS that the queue is subscribed to. */
  byLogFile(records: readonly Json[]): Promise<void>;
  /** As a log file in the bucket of the trail that is watched, of which nobody tells. */
  inTrail(records: readonly Json[]): Promise<void>;
  /** How often the provider was asked for something in which that text stands. */
  readsOf(type: string, text: string): number;
  /** Messages that are in the queue, also those that are worked on. */
  messages(): Promise<number>;
  /** Gives what was left behind. */
  close(): Promise<readonly string[]>;
}

const REGION = "eu-central-1";
export const QUEUE = "trail";
const EventBusName = "trail";

export async function cloudBench(
  machine: CloudMachine,
  models: ServiceModels,
  code: string,
  env: Environment,
): Promise<CloudBench> {
  const folder = mkdtempSync(join(tmpdir(), "awc-"));
  const temporary = join(folder, "tmp");
  mkdirSync(temporary);
  const ends: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of ends.reverse()) await end();
    const left = await leftovers(folder, temporary);
    rmSync(folder, { recursive: true, force: true });
    return left;
  };
  try {
    const recording = join(folder, "calls");
    const files = { "main.tf": code };
    const deployment = await prepareDeployment({ machine, env, code: files, region: REGION, recording });
    ends.push(() => deployment.close());
    await deployment.terraform.apply({ parallelism: 30 });
    const { endpoint } = deployment.moto;
    const trail = await recordTrail({ endpoint, models, onlyListened: true });
    const relay = await relayTo(endpoint);
    ends.push(() => relay.close());
    const ways = await waysToQueue(deployment.cloud);
    const reads = countReads();
    const place = watchIn({
      folder,
      stackFolder: deployment.folder,
      environment: {
        ...deployment.terraform.env,
        TMPDIR: temporary,
        ANCHORWATCH_CACHE_DIR: join(folder, "cache"),
      },
      machine: { ...watchedWith(relay.endpoint), awsConnection: async () => searchedAt(endpoint) },
      finished: (stop) => ends.push(stop),
    });
    const events = [
      { kind: "sqs", name: QUEUE, queueUrl: ways.queueUrl, aws: {}, expectedWithinMs: 60_000 },
      {
        kind: "trail",
        name: "logs",
        bucket: ways.trail,
        prefix: "",
        aws: {},
        expectedWithinMs: 60_000,
        checkDigests: false,
      },
    ] as const;
    const account = { name: "harbour", regions: [REGION], aws: {}, labels: {}, without: [] };
    const unmanaged = { everyMs: 3_600_000, accounts: [account], ignore: [] };
    const watch = await place.start({ events, unmanaged }, reads.around);
    return {
      ...place,
      deployment,
      watch,
      relay,
      console: consoleOf(endpoint, trail),
      records: async (act) => {
        await trail.take();
        await act();
        const all = await trail.take();
        return all.filter(({ eventName }) => eventName !== "AssumeRole");
      },
      byEventBridge: ways.byEventBridge,
      byLogFile: ways.byLogFile,
      inTrail: ways.inTrail,
      readsOf: reads.of,
      messages: () => messagesIn(deployment.cloud, ways.queueUrl),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Ada, who came in by a role, as the console tells of itself. */
function consoleOf(endpoint: string, trail: TrailRecorder): Cloud {
  const credentials = fromTemporaryCredentials({
    masterCredentials: { accessKeyId: "test", secretAccessKey: "test" },
    params: { RoleArn: ADMIN, RoleSessionName: "ada@example.com" },
    clientConfig: { endpoint, region: REGION },
    clientPlugins: [{ applyToStack: (middlewareStack) => trail.listen({ middlewareStack }) }],
  });
  const cloud = cloudAt(endpoint, REGION, { credentials, customUserAgent: "signin.amazonaws.com" });
  for (const client of [cloud.ec2, cloud.iam, cloud.s3, cloud.sns]) trail.listen(client);
  return cloud;
}

export const ADMIN = "arn:aws:iam::123456789012:role/admin";

async function waysToQueue(cloud: Cloud) {
  const { url: queueUrl, arn } = await newQueue(cloud);
  await cloud.events.send(new CreateEventBusCommand({ Name: EventBusName }));
  const EventPattern = JSON.stringify({ "detail-type": [DETAIL] });
  await cloud.events.send(new PutRuleCommand({ Name: "calls", EventBusName, EventPattern }));
  await cloud.events.send(
    new PutTargetsCommand({ Rule: "calls", EventBusName, Targets: [{ Id: "q", Arn: arn }] }),
  );
  const { TopicArn = "" } = await cloud.sns.send(new CreateTopicCommand({ Name: "log-files" }));
  await cloud.sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: arn }));
  const bucket = await newBucket(cloud, TopicArn);
  const trail = await newBucket(cloud);
  await putLog(cloud, trail, logKey(new Date(Date.now() - 3 * 3_600_000), "first"), { Records: [] });
  let files = 0;
  return {
    queueUrl,
    trail,
    inTrail: (records: readonly Json[]) =>
      putLog(cloud, trail, logKey(new Date(), `file${++files}`), { Records: records }),
    async byEventBridge(records: readonly Json[]) {
      for (let start = 0; start < records.length; start += MOST_EVENTS) {
        const Entries = records.slice(start, start + MOST_EVENTS).map((record) => ({
          EventBusName,
          Source: String(record["eventSource"]).replace(/^(.*)\.amazonaws\.com$/, "aws.$1"),
          DetailType: DETAIL,
          Detail: JSON.stringify(record),
        }));
        await cloud.events.send(new PutEventsCommand({ Entries }));
      }
    },
    byLogFile: (records: readonly Json[]) =>
      putLog(cloud, bucket, logKey(new Date(), `file${++files}`), { Records: records }),
  };
}

const DETAIL = "AWS API Call via CloudTrail";
/** That EventBridge takes at once. */
const MOST_EVENTS = 10;

/** Not by the way to the queue. */
function searchedAt(endpoint: string) {
  return { endpoint, credentials: { accessKeyId: "search", secretAccessKey: "search" } };
}

/** The mock goes on waiting for a caller who has gone, and takes the next message: so it is asked for short waits only. */
function watchedWith(endpoint: string) {
  const options = {
    endpoint,
    region: REGION,
    credentials: { accessKeyId: "watch", secretAccessKey: "watch" },
  };
  return {
    newSqsClient: async () => {
      const client = new SQSClient(options);
      client.middlewareStack.add(
        (next) => (args) =>
          next(
            "WaitTimeSeconds" in args.input
              ? { ...args, input: { ...args.input, WaitTimeSeconds: 1 } }
              : args,
          ),
        { step: "initialize" },
      );
      return client;
    },
    newS3Client: async () => new S3Client({ ...options, forcePathStyle: true }),
  };
}

function countReads() {
  const reads: { readonly type: string; readonly current: Buffer }[] = [];
  const around =
    (open: OpenProvider): OpenProvider =>
    async (...given) => {
      const opened = await open(...given);
      const { reader } = opened;
      const read: typeof reader.read = (type, current, ...more) => {
        reads.push({ type, current: Buffer.from(current) });
        return reader.read(type, current, ...more);
      };
      return { ...opened, reader: { ...reader, schemas: reader.schemas, read } };
    };
  const of = (wanted: string, text: string) =>
    reads.filter(({ type, current }) => type === wanted && current.includes(text)).length;
  return { around, of };
}

/** What the tests of event sources share: a mock of AWS with a queue and a bucket, and a sink that can be awaited. */

import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import type { WrittenTrail } from "../../packages/anchorwatch/src/activity/digest/chain.fixture.ts";
import { nameOf } from "../../packages/anchorwatch/src/activity/envelope/filePlace.ts";
import type {
  BatchMeta,
  EventSink,
  EventSource,
  SourceBeat,
} from "../../packages/anchorwatch/src/activity/sources/source.ts";
import type { ReadRecord } from "../../packages/anchorwatch/src/domain/auditEvent.ts";
import type { Cloud } from "../support/cloud.ts";

const ACCOUNT = "123456789012";

export interface Watched {
  readonly records: readonly ReadRecord[];
  readonly metas: readonly BatchMeta[];
  readonly beats: readonly SourceBeat[];
}

export interface SourceParts {
  readonly now: () => Date;
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  readonly onBeat: (beat: SourceBeat) => void;
}

/**
 * Runs a source until it has told enough, then stops it and waits for its end. Delays between two tries take no time here.
 * @param keep called before a batch counts as kept; may throw, as a database does
 */
export async function runUntil(
  make: (parts: SourceParts) => EventSource,
  enough: (watched: Watched) => boolean,
  keep: EventSink = async () => {},
): Promise<Watched> {
  const watched = { records: [] as ReadRecord[], metas: [] as BatchMeta[], beats: [] as SourceBeat[] };
  const stop = new AbortController();
  const look = () => {
    if (enough(watched)) stop.abort();
  };
  const source = make({
    now: () => new Date(),
    sleep: async (milliseconds, signal) => {
      // So long is only waited between two looks or while messages are kept hidden: nothing here takes that long.
      if (milliseconds >= 20_000)
        await setTimeout(milliseconds, undefined, signal && { signal }).catch(() => {});
    },
    onBeat: (beat) => {
      watched.beats.push(beat);
      look();
    },
  });
  await source.run(stop.signal, async (batch, meta) => {
    await keep(batch, meta);
    watched.records.push(...batch);
    watched.metas.push(meta);
  });
  return watched;
}

export const idsOf = ({ records }: Watched): readonly string[] =>
  records.map((record) => (record.kind === "change" ? record.event.id : record.kind)).sort();

export async function newQueue({
  sqs,
  region,
}: Cloud): Promise<{ readonly url: string; readonly arn: string }> {
  const QueueName = `events-${randomUUID()}`;
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName }));
  return { url: QueueUrl, arn: `arn:aws:sqs:${region}:${ACCOUNT}:${QueueName}` };
}

export async function send({ sqs }: Cloud, QueueUrl: string, body: unknown): Promise<void> {
  const MessageBody = typeof body === "string" ? body : JSON.stringify(body);
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
}

/** Messages that are there, hidden ones too. */
export async function messagesIn({ sqs }: Cloud, QueueUrl: string): Promise<number> {
  const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
  const AttributeNames: QueueAttributeName[] = [...names];
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  return names.reduce((sum, name) => sum + Number(Attributes[name]), 0);
}

/** A bucket that tells a queue, or a topic, of each new object, where one is given. */
export async function newBucket({ s3, region }: Cloud, told?: string): Promise<string> {
  const Bucket = `trail-${randomUUID()}`;
  const CreateBucketConfiguration = { LocationConstraint: region as "eu-central-1" };
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  if (told !== undefined) {
    const Events = ["s3:ObjectCreated:*" as const];
    const NotificationConfiguration = told.startsWith("arn:aws:sns:")
      ? { TopicConfigurations: [{ TopicArn: told, Events }] }
      : { QueueConfigurations: [{ QueueArn: told, Events }] };
    await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
  }
  return Bucket;
}

/** The key of a log file that was written then. */
export function logKey(
  time: Date,
  unique: string,
  { prefix = "", account = ACCOUNT, region = "eu-central-1" } = {},
) {
  const iso = time.toISOString();
  const stamp = iso.replace(/[-:]/g, "").slice(0, 13);
  const folder = `${prefix}AWSLogs/${account}/CloudTrail/${region}/${iso.slice(0, 10).replaceAll("-", "/")}`;
  return `${folder}/${account}_CloudTrail_${region}_${stamp}Z_${unique}.json.gz`;
}

export async function putLog({ s3 }: Cloud, Bucket: string, Key: string, content: unknown): Promise<void> {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: gzipSync(text) }));
}

/** A trail with its digests, as it was written. */
export async function putTrail({ s3 }: Cloud, { files, digests, logs }: WrittenTrail): Promise<void> {
  for (const { bucket: Bucket, key: Key } of [...digests, ...logs]) {
    const stored = files.get(nameOf({ bucket: Bucket, key: Key }));
    const Metadata: Record<string, string> =
      stored?.signature === undefined ? {} : { signature: stored.signature };
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: stored?.bytes ?? "", Metadata }));
  }
}

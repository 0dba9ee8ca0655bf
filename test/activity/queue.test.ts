/** Events from queues, at a mock of AWS: from EventBridge, S3 and SNS, and what is wrong with them. */
import {
  CreateEventBusCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import {
  CreateTopicCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aRecord } from "../../packages/anchorwatch/src/activity/cloudtrail/records.fixture.ts";
import { queueSource } from "../../packages/anchorwatch/src/activity/sources/queue/queueSource.ts";
import { type Cloud, cloudAt } from "../support/cloud.ts";
import { findExecutable } from "../support/executable.ts";
import { type Moto, startMoto } from "../support/moto.ts";
import {
  idsOf,
  logKey,
  messagesIn,
  newBucket,
  newQueue,
  putLog,
  runUntil,
  type SourceParts,
  send,
  type Watched,
} from "./sourceBench.ts";

const program = findExecutable("moto_server", process.env);
if (program === undefined) console.info("skipped: queues of events, because moto_server is not on PATH");

describe.skipIf(program === undefined)("events from a queue", () => {
  let moto: Moto;
  let cloud: Cloud;
  beforeAll(async () => {
    moto = await startMoto(program ?? "", process.env);
    cloud = cloudAt(moto.endpoint, "eu-central-1");
  });
  afterAll(() => moto.stop());

  const source =
    (queueUrl: string, more: Partial<Parameters<typeof queueSource>[0]> = {}) =>
    (parts: SourceParts) =>
      queueSource({
        ...parts,
        name: "trail",
        queueUrl,
        sqs: cloud.sqs,
        s3: cloud.s3,
        secondsUntilRetry: () => 0,
        ...more,
      });
  const records =
    (count: number) =>
    ({ records: got }: Watched) =>
      got.length >= count;
  const record = (eventID: string) => aRecord({ eventID });

  it("come by a rule of EventBridge, and are acknowledged", async () => {
    const { url, arn } = await newQueue(cloud);
    const EventBusName = "audit";
    await cloud.events.send(new CreateEventBusCommand({ Name: EventBusName }));
    const EventPattern = JSON.stringify({ "detail-type": ["AWS API Call via CloudTrail"] });
    await cloud.events.send(new PutRuleCommand({ Name: "calls", EventBusName, EventPattern }));
    await cloud.events.send(
      new PutTargetsCommand({ Rule: "calls", EventBusName, Targets: [{ Id: "q", Arn: arn }] }),
    );
    const Entries = ["one", "two"].map((id) => ({
      EventBusName,
      Source: "aws.ec2",
      DetailType: "AWS API Call via CloudTrail",
      Detail: JSON.stringify(record(id)),
    }));
    await cloud.events.send(new PutEventsCommand({ Entries }));
    const watched = await runUntil(source(url), records(2));
    expect(idsOf(watched)).toEqual(["one", "two"]);
    expect(watched.metas[0]).toMatchObject({ source: "trail", from: expect.stringContaining("message") });
    expect(watched.beats.at(-1)?.lagMs).toBeGreaterThan(0);
    expect(await messagesIn(cloud, url)).toBe(0);
  });

  it("come by a log file that S3 tells of, whatever characters are in its key", async () => {
    const { url, arn } = await newQueue(cloud);
    const bucket = await newBucket(cloud, arn);
    const key = logKey(new Date("2026-01-02T03:05:00Z"), "AbC", { prefix: "team a+b/" });
    await putLog(cloud, bucket, key, { Records: [record("one"), record("two"), { eventID: "three" }] });
    const watched = await runUntil(source(url), records(3));
    expect(idsOf(watched)).toEqual(["malformed", "one", "two"]);
    expect(watched.records).toContainEqual({
      kind: "malformed",
      why: `s3://${bucket}/${key} Records[2]: eventTime: missing`,
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
    expect(watched.metas[0]?.from).toBe(`s3://${bucket}/${key}`);
    expect(await messagesIn(cloud, url)).toBe(0);
  });

  it.each([
    ["wrapped", "false"],
    ["raw", "true"],
  ])("come %s through SNS", async (name, RawMessageDelivery) => {
    const { url, arn } = await newQueue(cloud);
    const { TopicArn } = await cloud.sns.send(new CreateTopicCommand({ Name: `trail-${name}` }));
    const { SubscriptionArn } = await cloud.sns.send(
      new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: arn }),
    );
    const raw = { AttributeName: "RawMessageDelivery", AttributeValue: RawMessageDelivery };
    await cloud.sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, ...raw }));
    const bucket = await newBucket(cloud);
    const key = logKey(new Date("2026-01-02T03:05:00Z"), "AbC");
    await putLog(cloud, bucket, key, { Records: [record("one")] });
    const Message = JSON.stringify({ s3Bucket: bucket, s3ObjectKey: [key] });
    await cloud.sns.send(new PublishCommand({ TopicArn, Message }));
    expect(idsOf(await runUntil(source(url), records(1)))).toEqual(["one"]);
  });

  it("come again when they could not be kept, and are acknowledged only then", async () => {
    const { url } = await newQueue(cloud);
    await send(cloud, url, record("one"));
    let tries = 0;
    const watched = await runUntil(source(url), records(1), async () => {
      expect(await messagesIn(cloud, url)).toBe(1);
      if (++tries < 3) throw new TypeError("the database is away");
    });
    expect(tries).toBe(3);
    expect(idsOf(watched)).toEqual(["one"]);
    expect(watched.beats.map(({ problem }) => problem)).toEqual([
      "the database is away",
      "the database is away",
      undefined,
    ]);
    expect(await messagesIn(cloud, url)).toBe(0);
  });

  it("do not hold up others: what fails again and again goes alone", async () => {
    const { url } = await newQueue(cloud);
    await send(cloud, url, record("bad"));
    const failing = async (batch: Watched["records"]) => {
      if (idsOf({ records: batch, metas: [], beats: [] }).includes("bad"))
        throw new TypeError("cannot be stored");
    };
    let sent = 0;
    const watched = await runUntil(
      source(url, { receivers: 1 }),
      ({ records: got }) => got.length === 5,
      async (batch) => {
        if (sent < 5) await send(cloud, url, record(`good-${sent++}`));
        await failing(batch);
      },
    );
    expect(idsOf(watched)).toEqual(["good-0", "good-1", "good-2", "good-3", "good-4"]);
    expect(await messagesIn(cloud, url)).toBe(1);
  });

  it("that are none are kept as malformed with their digest, then acknowledged", async () => {
    const { url } = await newQueue(cloud);
    await send(cloud, url, "hello");
    await send(cloud, url, aRecord({ eventTime: "yesterday" }));
    const watched = await runUntil(source(url), records(2));
    const digest = expect.stringMatching(/^sha256:[0-9a-f]{64}$/);
    expect(watched.records).toEqual(
      expect.arrayContaining([
        { kind: "malformed", why: expect.stringContaining("no JSON"), digest },
        { kind: "malformed", why: "eventTime: expected a time such as 2026-01-02T03:04:05Z", digest },
      ]),
    );
    expect(await messagesIn(cloud, url)).toBe(0);
  });

  it("of files that are damaged, too large or gone are told as malformed, and what was readable is kept", async () => {
    const { url } = await newQueue(cloud);
    const bucket = await newBucket(cloud);
    const time = new Date("2026-01-02T03:05:00Z");
    const keys = ["cut", "gone", "bomb"].map((name) => logKey(time, name));
    const [cut = "", , bomb = ""] = keys;
    await putLog(cloud, bucket, cut, `{"Records":[${JSON.stringify(record("one"))},{"eventID":`);
    await putLog(cloud, bucket, bomb, `{"Records":[${" ".repeat(300_000)}`);
    await send(cloud, url, { s3Bucket: bucket, s3ObjectKey: keys });
    const limits = { packed: 100_000, unpacked: 100_000, record: 10_000 };
    const watched = await runUntil(source(url, { limits }), records(4));
    const told = watched.records.map((got) => (got.kind === "malformed" ? got.why : got.kind));
    expect(told).toEqual([
      "change",
      expect.stringContaining("ends in the middle, at record 1"),
      expect.stringMatching(/gone.*does not exist/),
      expect.stringContaining("when unpacked"),
    ]);
    expect(await messagesIn(cloud, url)).toBe(0);
  });

  it("leave digests and other objects of the bucket alone", async () => {
    const { url, arn } = await newQueue(cloud);
    const bucket = await newBucket(cloud, arn);
    const digest =
      "AWSLogs/123456789012/CloudTrail-Digest/eu-central-1/2026/01/02/123456789012_CloudTrail-Digest_eu-central-1_main_eu-central-1_20260102T030405Z.json.gz";
    for (const Key of ["notes.txt", digest]) {
      await cloud.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: "hello" }));
    }
    await send(cloud, url, record("one"));
    expect(idsOf(await runUntil(source(url, { receivers: 1 }), records(1)))).toEqual(["one"]);
    expect(await messagesIn(cloud, url)).toBe(0);
  });

  it("many, by several receivers, come each at least once and none stays", async () => {
    const { url } = await newQueue(cloud);
    const expected = Array.from({ length: 60 }, (_, at) => `event-${String(at).padStart(2, "0")}`);
    await Promise.all(expected.map((id) => send(cloud, url, record(id))));
    const enough = (watched: Watched) => new Set(idsOf(watched)).size === 60;
    const watched = await runUntil(source(url), enough);
    expect([...new Set(idsOf(watched))]).toEqual(expected);
    expect(await messagesIn(cloud, url)).toBe(0);
  });

  it.each([
    ["is not there", `/123456789012/none`, /queue .*none does not exist/],
    ["cannot be reached", "", /queue .* cannot be reached/],
  ])("a queue that %s is told with what to do, and asked again", async (_, path, message) => {
    const endpoint = path === "" ? "http://127.0.0.1:1" : moto.endpoint;
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const sqs = new SQSClient({ endpoint, region: "eu-central-1", credentials, maxAttempts: 1 });
    const enough = ({ beats }: Watched) => beats.length === 6;
    const watched = await runUntil(source(endpoint + path, { sqs }), enough);
    for (const { problem } of watched.beats) expect(problem).toMatch(message);
    expect(watched.beats[0]?.problem).toMatch(/Check the/);
  });
});

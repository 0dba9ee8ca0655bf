import { describe, expect, it, test } from "vitest";
import { aRecord } from "../cloudtrail/records.fixture.ts";
import { readMessage } from "./message.ts";

const record = aRecord();
const event = {
  version: "0",
  id: "1",
  "detail-type": "AWS API Call via CloudTrail",
  source: "aws.ec2",
  detail: record,
};
const KEY = "AWSLogs/123456789012/CloudTrail/eu-central-1/2026/01/02/a b+c.json.gz";
const notification = {
  Records: [
    {
      eventSource: "aws:s3",
      eventName: "ObjectCreated:Put",
      s3: { bucket: { name: "trail" }, object: { key: encodeURIComponent(KEY).replaceAll("%20", "+") } },
    },
  ],
};
const sns = (message: unknown) => ({
  Type: "Notification",
  TopicArn: "arn:aws:sns:eu-central-1:123456789012:trail",
  Message: typeof message === "string" ? message : JSON.stringify(message),
});

describe.each([
  ["bare", (content: unknown) => JSON.stringify(content)],
  ["wrapped by SNS", (content: unknown) => JSON.stringify(sns(content))],
])("%s", (_, wrap) => {
  it.each([
    ["an event of EventBridge", event],
    ["a record", record],
    ["a list of records", { Records: [record] }],
  ])("%s holds a record", (_, content) => {
    expect(readMessage(wrap(content))).toEqual({ kind: "records", records: [record] });
  });

  it.each([
    ["a notification of S3, with its key as URLs write it", notification],
    ["one of CloudTrail", { s3Bucket: "trail", s3ObjectKey: [KEY] }],
    [
      "one of S3 by EventBridge",
      { "detail-type": "Object Created", detail: { bucket: { name: "trail" }, object: { key: KEY } } },
    ],
  ])("%s names a file", (_, content) => {
    expect(readMessage(wrap(content))).toEqual({ kind: "files", files: [{ bucket: "trail", key: KEY }] });
  });

  it.each([
    ["S3 tries its notification", { Service: "Amazon S3", Event: "s3:TestEvent", Bucket: "trail" }],
    [
      "an object is removed",
      { Records: [{ ...notification.Records[0], eventName: "ObjectRemoved:Delete" }] },
    ],
    [
      "EventBridge tells of something else",
      { ...event, "detail-type": "EC2 Instance State-change Notification" },
    ],
  ])("nothing is in it when %s", (_, content) => {
    expect(readMessage(wrap(content))).toMatchObject({ kind: "nothing" });
  });
});

test("what SNS and CloudTrail send to try a queue is nothing", () => {
  const confirmation = { ...sns("Confirm"), Type: "SubscriptionConfirmation" };
  expect(readMessage(JSON.stringify(confirmation))).toMatchObject({ kind: "nothing" });
  expect(readMessage(JSON.stringify(sns("CloudTrail validation message.")))).toMatchObject({
    kind: "nothing",
  });
});

describe("anything else says what was expected, and where", () => {
  it.each([
    ["no JSON", "hello", "no JSON"],
    ["a piece", '{"Records": [', "no JSON"],
    ["no object", "[1]", "the message: expected an object"],
    ["an object of something else", "{}", "Records: expected a record"],
    ["an event without its record", { ...event, detail: "x" }, "detail: expected a record"],
    ["no JSON inside of SNS", sns("hello"), "Message: no JSON"],
    ["something else inside of SNS", sns({}), "Message.Records: expected"],
    ["no text inside of SNS", { ...sns(""), Message: 1 }, "Message: expected the text"],
    [
      "a notification without a bucket",
      { Records: [{ eventName: "ObjectCreated:Put", s3: {} }] },
      "Records[0].s3.bucket.name: missing",
    ],
    ["a mixed list", { Records: [...notification.Records, {}] }, "Records[1].s3: missing"],
    [
      "a key that no URL has",
      { Records: [{ eventName: "ObjectCreated:Put", s3: { bucket: { name: "b" }, object: { key: "%" } } }] },
      "Records[0].s3.object.key: expected a key",
    ],
    ["keys that are no list", { s3Bucket: "b", s3ObjectKey: "k" }, "s3ObjectKey: expected a list"],
    [
      "an object without a name",
      { "detail-type": "Object Created", detail: { bucket: { name: "b" } } },
      "detail.object.key: missing",
    ],
  ])("%s", (_, content, why) => {
    const body = typeof content === "string" ? content : JSON.stringify(content);
    expect(readMessage(body)).toEqual({ kind: "malformed", why: expect.stringContaining(why) });
  });

  it("without repeating what it was", () => {
    const found = readMessage('{"password": hunter2}');
    expect(JSON.stringify(found)).not.toContain("hunter");
  });
});

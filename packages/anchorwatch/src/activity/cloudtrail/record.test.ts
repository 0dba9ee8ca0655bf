import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { readCloudTrailRecord } from "./record.ts";
import { aRecord } from "./records.fixture.ts";

const read = (overrides: Record<string, unknown> = {}) => readCloudTrailRecord(aRecord(overrides), "trail");

test("a call that changed something is an event with its service, place and time", () => {
  expect(read()).toMatchObject({
    kind: "change",
    event: {
      id: "6f1b2c3d-0000-4000-8000-000000000001",
      source: "trail",
      time: new Date("2026-01-02T03:04:05Z"),
      name: "AuthorizeSecurityGroupIngress",
      service: "ec2.amazonaws.com",
      region: "eu-central-1",
      account: "123456789012",
    },
  });
});

describe("what changes nothing", () => {
  it.each([
    ["a call that only reads", { readOnly: true, eventName: "AssumeRole" }, "read"],
    ["the same, as some services write it", { readOnly: "true" }, "read"],
    ["a reading verb where nothing is said", { readOnly: undefined, eventName: "DescribeVpcs" }, "read"],
    ["a call that was refused", { errorCode: "Client.UnauthorizedOperation" }, "failed"],
    ["a dry run", { errorCode: "Client.DryRunOperation" }, "failed"],
    ["an insight", { eventCategory: "Insight", eventName: undefined, eventSource: undefined }, "insight"],
  ])("%s", (_, overrides, why) => {
    expect(read(overrides)).toEqual({
      kind: "no_change",
      id: "6f1b2c3d-0000-4000-8000-000000000001",
      time: new Date("2026-01-02T03:04:05Z"),
      why,
    });
  });
});

test("what the trail says of a call goes before its verb", () => {
  expect(read({ readOnly: false, eventName: "GetFederationToken" }).kind).toBe("change");
  expect(read({ readOnly: undefined, eventName: "PutParameter" }).kind).toBe("change");
  expect(read({ readOnly: undefined, eventName: "Getaway" }).kind).toBe("no_change");
});

test("signing in is a change that touches nothing", () => {
  const signIn = read({
    eventType: "AwsConsoleSignIn",
    eventName: "ConsoleLogin",
    additionalEventData: { LoginTo: "https://console.aws.amazon.com/console/home", MFAUsed: "No" },
  });
  expect(signIn).toMatchObject({ kind: "change", event: { identifiers: [] } });
});

describe("what is no record says what is wrong, and where", () => {
  it.each([
    [{ eventID: undefined }, "eventID: missing"],
    [{ eventID: "" }, "eventID: empty"],
    [{ eventID: 7 }, "eventID: expected a text, not number"],
    [{ eventID: "x".repeat(300) }, "eventID: 300 characters, where at most 256 are expected"],
    [{ eventID: "a\0b" }, "eventID: holds a character that no text can be stored with"],
    [{ eventName: "\ud800" }, "eventName: holds a character that no text can be stored with"],
    [{ eventTime: "yesterday" }, "eventTime: expected a time such as 2026-01-02T03:04:05Z"],
    [{ eventTime: "2026-13-02T03:04:05Z" }, "eventTime: expected a time such as 2026-01-02T03:04:05Z"],
    [{ eventTime: null }, "eventTime: expected a text, not null"],
    [{ eventSource: ["ec2"] }, "eventSource: expected a text, not a list"],
  ])("%o", (overrides, why) => {
    expect(read(overrides)).toEqual({ kind: "malformed", why });
  });

  it.each([null, "text", 7, [aRecord()], undefined])("%o", (record) => {
    expect(readCloudTrailRecord(record, "trail")).toMatchObject({
      kind: "malformed",
      why: expect.stringContaining("a record of CloudTrail is an object"),
    });
  });
});

test("whatever the rest holds, a record is read, and can be stored", () => {
  const member = fc.constantFrom(
    "userIdentity",
    "requestParameters",
    "responseElements",
    "resources",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "serviceEventDetails",
    "additionalEventData",
    "recipientAccountId",
    "readOnly",
  );
  const anything = fc.oneof(fc.jsonValue(), fc.string({ unit: "binary" }));
  fc.assert(
    fc.property(fc.dictionary(member, anything), (overrides) => {
      const found = read(overrides);
      expect(["change", "no_change"]).toContain(found.kind);
      const written = JSON.stringify(found);
      expect(written).not.toMatch(/\\u0000|\\ud[89a-f]/);
    }),
  );
});

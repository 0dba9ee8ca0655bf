import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { eventIdentifiers } from "./eventIdentifiers.ts";
import { aRecord } from "./records.fixture.ts";

const identifiers = (overrides: Record<string, unknown>) =>
  eventIdentifiers(aRecord({ requestParameters: null, responseElements: null, ...overrides }));
const ofRequest = (requestParameters: unknown) => identifiers({ requestParameters });

test("request, response, resources, details and additional data are looked through", () => {
  expect(
    identifiers({
      requestParameters: { groupId: "sg-1" },
      responseElements: { networkInterface: { networkInterfaceId: "eni-2" } },
      resources: [{ ARN: "arn:aws:kms:eu-central-1:123456789012:key/key-3", accountId: "123456789012" }],
      serviceEventDetails: { keyId: "key-4" },
      additionalEventData: { vpcEndpointId: "vpce-5" },
    }),
  ).toEqual([
    "arn:aws:kms:eu-central-1:123456789012:key/key-3",
    "key/key-3",
    "vpce-5",
    "eni-2",
    "key-3",
    "key-4",
    "sg-1",
  ]);
});

test("who acted, the request's own ids and free text are not", () => {
  const found = identifiers({
    requestParameters: {
      clientToken: "token-1",
      clientRequestToken: "token-2",
      description: "for alice",
      tags: [{ key: "Owner", value: "platform-team" }],
      tagSpecificationSet: { items: [{ tags: [{ key: "Name", value: "web-1" }] }] },
      environment: { variables: { API: "some-secret" } },
      Host: "bucket.s3.amazonaws.com",
    },
    responseElements: { requestId: "request-1", _return: "yes-it-did" },
    additionalEventData: {
      "x-amz-id-2": "amz-id",
      CipherSuite: "TLS_AES_128_GCM_SHA256",
      bytesTransferredIn: 12,
    },
    tlsDetails: { clientProvidedHostHeader: "sqs.eu-central-1.amazonaws.com" },
  });
  expect(found).toEqual([]);
});

test("secrets are left out; their names are kept", () => {
  expect(
    ofRequest({
      secretId: "prod/db",
      secretString: "hunter22",
      masterUserPassword: "hunter33",
      value: "HIDDEN_DUE_TO_SECURITY_REASONS",
      credentials: { sessionToken: "FwoGZXIvYXdzE", accessKeyId: "ASIAEXAMPLE" },
      containerDefinitions: [{ environment: [{ name: "TOKEN", value: "s3cret" }] }],
      settings: [
        { name: "password", value: "s3cret" },
        { name: "role", value: "arn:aws:iam::1:role/app" },
      ],
    }),
  ).toEqual(["arn:aws:iam::1:role/app", "password", "role/app", "prod/db", "role", "app"]);
});

describe("what plainly names nothing", () => {
  it.each([
    "x",
    "true",
    "443",
    "-1",
    "1.5",
    "8000-8010",
    "10.0.0.0/16",
    "2001:db8::/32",
    "::/0",
    "2026-01-02",
    "2026-01-02T03:04:05Z",
    "Jan 2, 2026 3:04:05 AM",
    "eu-central-1",
    "us-gov-west-1a",
    ["a", "b"].join("\0"),
  ])("%s", (text) => {
    expect(ofRequest({ some: text })).toEqual([]);
  });
});

test("what is longer than any name is none", () => {
  expect(ofRequest({ some: "y".repeat(2048), other: "y".repeat(2049) })).toEqual(["y".repeat(2048)]);
});

test("the number of an account counts where there is one thing in each account", () => {
  expect(ofRequest({ accountId: "123456789012", PublicAccessBlockConfiguration: {} })).toEqual([
    "123456789012",
  ]);
  expect(ofRequest({ registryId: "123456789012" })).toEqual(["123456789012"]);
  expect(ofRequest({ ownerId: "123456789012" })).toEqual([]);
});

test("JSON in a text is looked through, once; so is JSON in the form of URLs", () => {
  const policy = JSON.stringify({ Statement: [{ Resource: "arn:aws:s3:::logs/*" }], Inner: '["deep-1"]' });
  expect(ofRequest({ policyDocument: policy })).toEqual(
    expect.arrayContaining(["arn:aws:s3:::logs", "logs", '["deep-1"]']),
  );
  expect(ofRequest({ policyDocument: policy })).not.toContain("deep-1");
  expect(ofRequest({ policyDocument: encodeURIComponent(policy) })).toContain("logs");
  expect(ofRequest({ policyDocument: "{not json" })).toEqual(["{not json"]);
});

test("lists in a text are cut at their commas", () => {
  expect(ofRequest({ subnets: "subnet-1, subnet-2" })).toEqual([
    "subnet-1, subnet-2",
    "subnet-1",
    "subnet-2",
  ]);
});

test("keys are taken where they are data, not names of members", () => {
  expect(ofRequest({ requestItems: { "orders-prod": { s3BucketName: 1 } } })).toEqual(["orders-prod"]);
});

describe("other ways to write it", () => {
  it.each([
    ["arn:aws:iam::123456789012:role/teams/oncall", ["oncall", "teams/oncall"]],
    ["arn:aws:s3:::bucket/a/key", ["bucket", "bucket/a/key", "a/key", "arn:aws:s3:::bucket"]],
    ["arn:aws:s3:::bucket", ["bucket"]],
    [
      "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/f:*",
      ["/aws/lambda/f", "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/f"],
    ],
    [
      "arn:aws:logs:eu-central-1:123456789012:log-group:app",
      ["app", "arn:aws:logs:eu-central-1:123456789012:log-group:app:*"],
    ],
    [
      "arn:aws:lambda:eu-central-1:123456789012:function:fn:7",
      ["fn", "arn:aws:lambda:eu-central-1:123456789012:function:fn"],
    ],
    ["arn:aws:sns:eu-central-1:123456789012:topic:5be6", ["arn:aws:sns:eu-central-1:123456789012:topic"]],
    ["arn:aws:ssm:eu-central-1:123456789012:parameter/app/db", ["/app/db"]],
    ["arn:aws:ssm:eu-central-1:123456789012:parameter/plain", ["plain"]],
    [
      "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/index/by-day",
      ["orders", "by-day", "arn:aws:dynamodb:eu-central-1:123456789012:table/orders"],
    ],
    [
      "arn:aws:sqs:eu-central-1:123456789012:jobs",
      ["jobs", "https://sqs.eu-central-1.amazonaws.com/123456789012/jobs"],
    ],
    [
      "https://sqs.us-east-1.amazonaws.com/123456789012/jobs.fifo",
      ["jobs.fifo", "arn:aws:sqs:us-east-1:123456789012:jobs.fifo"],
    ],
    ["http://127.0.0.1:4566/123456789012/jobs", ["jobs", "arn:aws:sqs:eu-central-1:123456789012:jobs"]],
    [
      "arn:aws-cn:sqs:cn-north-1:123456789012:jobs",
      ["https://sqs.cn-north-1.amazonaws.com.cn/123456789012/jobs"],
    ],
    ["arn:aws:kms:eu-central-1:123456789012:alias/orders", ["alias/orders", "orders"]],
    ["/hostedzone/Z0123456789ABC", ["Z0123456789ABC"]],
  ])("%s", (text, others) => {
    expect(ofRequest({ some: text })).toEqual(expect.arrayContaining([text, ...others]));
  });

  it("joins bucket and key", () => {
    expect(ofRequest({ bucketName: "states", key: "prod/terraform.tfstate" })).toEqual(
      expect.arrayContaining([
        "states",
        "states/prod/terraform.tfstate",
        "arn:aws:s3:::states/prod/terraform.tfstate",
      ]),
    );
  });
});

test("a hostile event costs no more than a large one, and its first identifiers are kept", () => {
  let nested: unknown = "bottom-1";
  for (let depth = 0; depth < 5000; depth++) nested = { inner: nested };
  const many = Array.from({ length: 50_000 }, (_, at) => `id-${at}`);
  const found = ofRequest({ groupId: "sg-first", nested, many });
  expect(found).toHaveLength(500);
  expect(found).toContain("sg-first");
  expect(found).not.toContain("bottom-1");
  const long = ofRequest({ many: Array.from({ length: 100 }, (_, at) => `${at}-`.padEnd(2000, "x")) });
  expect(long.join("").length).toBeLessThanOrEqual(64 * 1024);
});

test("the same record gives the same, without repetition and longest first", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const found = ofRequest({ value });
      expect(ofRequest({ value: structuredClone(value) })).toEqual(found);
      expect(new Set(found).size).toBe(found.length);
      expect(found.map(({ length }) => length)).toEqual(
        found.map(({ length }) => length).sort((a, b) => b - a),
      );
    }),
  );
});

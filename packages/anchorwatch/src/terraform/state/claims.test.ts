import { expect, test } from "vitest";
import { stateClaims } from "./claims.ts";
import { scanState } from "./scanState.ts";

interface Resource {
  readonly type?: string;
  readonly attributes: object;
  readonly mode?: "data";
  readonly deposed?: string;
  readonly sensitive?: readonly unknown[];
  readonly provider?: string;
}

const AWS = "registry.terraform.io/hashicorp/aws";

/** Keys by address; each resource is called `a`, `b` and so on. */
function keysOf(...resources: readonly Resource[]): Readonly<Record<string, string>> {
  const state = {
    version: 4,
    serial: 1,
    lineage: "l",
    resources: resources.map(
      ({ type = "aws_x", attributes, mode = "managed", deposed, sensitive = [], provider = AWS }, index) => ({
        ...{ mode, type, name: "abcdef"[index], provider: `provider["${provider}"]` },
        instances: [
          {
            schema_version: 0,
            attributes,
            sensitive_attributes: sensitive,
            ...(deposed === undefined ? {} : { deposed }),
          },
        ],
      }),
    ),
  };
  const claims = [...stateClaims(scanState(Buffer.from(JSON.stringify(state)), "test"))];
  return Object.fromEntries(claims.map(({ address, key }) => [address, key]));
}

const ARN = "arn:aws:iam::111122223333:role/app";

test("one thing has one key, whichever registry its provider came from", () => {
  const attributes = { id: "app", arn: ARN };
  const keys = keysOf({ attributes }, { attributes, provider: "registry.opentofu.org/hashicorp/aws" });
  expect(Object.keys(keys)).toEqual(["aws_x.a", "aws_x.b"]);
  expect(keys["aws_x.a"]).toBe(keys["aws_x.b"]);
});

test.each([
  [
    "another type: a bucket and its versioning share a name",
    { type: "aws_y", attributes: { id: "app", arn: ARN } },
  ],
  ["another account", { attributes: { id: "app", arn: ARN.replace("1111", "4444") } }],
  ["another version, which has the ARN of the whole", { attributes: { id: `${ARN}|2`, arn: ARN } }],
])("%s has another key", (_, other) => {
  const keys = Object.values(keysOf({ attributes: { id: "app", arn: ARN } }, other));
  expect(new Set(keys).size).toBe(2);
});

test.each([
  "vpc-0a1b2c3d4e5f60718",
  "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs",
  "arn:aws:sns:eu-west-1:111122223333:alerts",
  "0b0c1d2e-1111-4222-8333-444455556666",
  "projects/shop/zones/europe-west1-b/instances/web",
  "/subscriptions/0b0c1d2e-1111-4222-8333-444455556666/resourceGroups/shop",
  "Z0123456789ABCDEFGHIJ_www.example.com_A",
])("the id %s alone is a claim", (id) => {
  expect(Object.keys(keysOf({ attributes: { id } }))).toEqual(["aws_x.a"]);
});

test.each([
  [
    "a name, which another account may have as well",
    { attributes: { id: "AllowExecution", function_name: "app" } },
  ],
  ["a path", { attributes: { id: "/aws/lambda/app" } }],
  ["the hash of a content", { attributes: { id: "da39a3ee5e6b4b0d3255bfef95601890afd80709" } }],
  ["a data source", { mode: "data" as const, attributes: { id: "app", arn: ARN } }],
  ["what a replacement left behind", { deposed: "0a1b2c3d", attributes: { id: "app", arn: ARN } }],
  [
    "what is secret",
    { attributes: { id: "app", arn: ARN }, sensitive: [[{ type: "get_attr", value: "arn" }]] },
  ],
  ["a network that a subnet only speaks of", { attributes: { id: "main", vpc_id: "vpc-0a1b2c3d4e5f60718" } }],
])("%s is none", (_, resource) => {
  expect(keysOf(resource)).toEqual({});
});

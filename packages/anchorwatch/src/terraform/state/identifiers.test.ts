import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type StackIdentifier, stackIdentifiers } from "./identifiers.ts";
import { scanState } from "./scanState.ts";

interface Resource {
  readonly type: string;
  readonly name: string;
  readonly attributes: object;
  readonly sensitive?: readonly unknown[];
  readonly mode?: "data";
}

function identifiers(...resources: readonly Resource[]): readonly StackIdentifier[] {
  const state = {
    version: 4,
    serial: 1,
    lineage: "l",
    resources: resources.map(({ type, name, attributes, sensitive = [], mode = "managed" }) => ({
      mode,
      type,
      name,
      provider: 'provider["registry.terraform.io/hashicorp/aws"]',
      instances: [{ schema_version: 0, attributes, sensitive_attributes: sensitive }],
    })),
  };
  return [...stackIdentifiers(scanState(Buffer.from(JSON.stringify(state)), "test"))];
}

function of(found: readonly StackIdentifier[], address: string, kind: StackIdentifier["kind"]) {
  return found
    .filter((one) => one.address === address && one.kind === kind)
    .map(({ identifier }) => identifier)
    .sort();
}

const group = {
  type: "aws_security_group",
  name: "web",
  attributes: {
    id: "sg-0123456789abcdef0",
    arn: "arn:aws:ec2:eu-west-1:123456789012:security-group/sg-0123456789abcdef0",
    name: "web",
    vpc_id: "vpc-0123456789abcdef0",
    owner_id: "123456789012",
    description: "anything",
  },
};

describe("a resource is called", () => {
  test("by its id, ARN and name, and not by its account, its text or its network", () => {
    const vpc = { type: "aws_vpc", name: "main", attributes: { id: "vpc-0123456789abcdef0" } };
    const found = identifiers(group, vpc);
    expect(of(found, "aws_security_group.web", "own")).toEqual([
      group.attributes.arn,
      "sg-0123456789abcdef0",
      "web",
    ]);
    expect(of(found, "aws_security_group.web", "reference")).toEqual(["vpc-0123456789abcdef0"]);
    expect(of(found, "aws_vpc.main", "own")).toEqual(["vpc-0123456789abcdef0"]);
  });

  test("by what else it alone is called", () => {
    const key = {
      type: "aws_kms_key",
      name: "k",
      attributes: { id: "1-2", key_id: "mrk-77", policy_name: "p9" },
    };
    const found = identifiers(key);
    expect(of(found, "aws_kms_key.k", "own")).toEqual(["1-2", "mrk-77", "p9"]);
  });

  test("like another one, where both have the same id: an event about it speaks of both", () => {
    const bucket = { type: "aws_s3_bucket", name: "b", attributes: { id: "logs", bucket: "logs" } };
    const policy = { type: "aws_s3_bucket_policy", name: "p", attributes: { id: "logs", bucket: "logs" } };
    const found = identifiers(bucket, policy);
    expect(of(found, "aws_s3_bucket.b", "own")).toEqual(["logs"]);
    expect(of(found, "aws_s3_bucket_policy.p", "own")).toEqual(["logs"]);
  });
});

describe("a resource is spoken of", () => {
  test("where something is named that it refers to, however deep", () => {
    const role = { type: "aws_iam_role", name: "r", attributes: { id: "app", name: "app" } };
    const instance = {
      type: "aws_instance",
      name: "i",
      attributes: {
        id: "i-0123456789abcdef0",
        network: [{ groups: [group.attributes.id] }],
        role: "app",
        tags: { Purpose: "app" },
      },
    };
    const found = identifiers(role, instance, group);
    expect(of(found, "aws_instance.i", "reference")).toEqual(["app", group.attributes.id]);
  });

  test("but not because a plain word of it is the name of something else", () => {
    const role = { type: "aws_iam_role", name: "r", attributes: { id: "production" } };
    const topic = { type: "aws_sns_topic", name: "t", attributes: { id: "x1", tags: { env: "production" } } };
    expect(of(identifiers(role, topic), "aws_sns_topic.t", "reference")).toEqual([]);
  });

  test.each([
    ["app:inline", ["app", "inline"]],
    ["cluster/service", ["cluster", "service"]],
    ["https://sqs.eu-west-1.amazonaws.com/123456789012/jobs", ["jobs"]],
    ["arn:aws:sns:eu-west-1:123456789012:alarms", ["alarms"]],
    ["a_word_or_two", []],
    ["a:b", []],
  ])("by the parts of its id %s", (id, parts) => {
    expect(of(identifiers({ type: "t_x", name: "x", attributes: { id } }), "t_x.x", "reference")).toEqual(
      parts,
    );
  });

  test("by parts between underscores where they are names of its own or of others", () => {
    const zone = { type: "aws_route53_zone", name: "z", attributes: { id: "Z0123" } };
    const record = {
      type: "aws_route53_record",
      name: "r",
      attributes: { id: "Z0123_www.example.com_CNAME", name: "www.example.com", zone_id: "Z0123" },
    };
    const found = identifiers(zone, record);
    expect(of(found, "aws_route53_record.r", "reference")).toEqual(["Z0123"]);
    expect(of(found, "aws_route53_record.r", "own")).toEqual([
      "Z0123_www.example.com_CNAME",
      "www.example.com",
    ]);
  });

  test("by the name of something of others as long as few do", () => {
    const members = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        type: "aws_subnet",
        name: `s${index}`,
        attributes: { id: `subnet-${index}`, vpc_id: "vpc-of-others" },
      }));
    const spoken = (count: number) =>
      identifiers(...members(count)).filter(({ identifier }) => identifier === "vpc-of-others").length;
    expect([spoken(2), spoken(50), spoken(51)]).toEqual([2, 50, 0]);
  });
});

test("nothing that is sensitive is told, by the state's word or by the attribute's name", () => {
  const found = identifiers({
    type: "t_x",
    name: "x",
    attributes: {
      id: "x1",
      user_id: "hunter2",
      token_id: "hunter3",
      deep: { name: "hunter4" },
      arn: "arn:ok",
    },
    sensitive: [[{ type: "get_attr", value: "user_id" }], [{ type: "get_attr", value: "deep" }]],
  });
  expect(found.map(({ identifier }) => identifier).sort()).toEqual(["arn:ok", "ok", "x1"]);
});

test("data sources have no part in it", () => {
  expect(identifiers({ ...group, mode: "data" })).toEqual([]);
});

test("every resource is found by its id, and each name is told once for it, within bounds", () => {
  const value = fc.oneof(
    fc.string({ minLength: 2, maxLength: 40 }),
    fc.constantFrom("app", "vpc-0123456789abcdef0", "a/b/c", "a:b", "x_y_z", "123", "true"),
  );
  const attributes = fc.record(
    { id: value, arn: value, name: value, vpc_id: value, tags: fc.dictionary(value, value), role: value },
    { requiredKeys: ["id"] },
  );
  fc.assert(
    fc.property(fc.array(attributes, { maxLength: 12 }), (all) => {
      const found = identifiers(
        ...all.map((one, index) => ({ type: "aws_thing", name: `r${index}`, attributes: one })),
      );
      for (const [index, { id }] of all.entries()) {
        expect(found).toContainEqual({ identifier: id, address: `aws_thing.r${index}`, kind: "own" });
      }
      const keys = found.map(({ identifier, address }) => `${address} ${identifier}`);
      expect(new Set(keys).size).toBe(keys.length);
      for (const { identifier } of found) expect(identifier.length).toBeGreaterThanOrEqual(2);
    }),
  );
});

test("what nobody but the provider has an id for is found by what it joins, as it is imported", () => {
  const found = identifiers(
    {
      type: "aws_iam_role_policy_attachment",
      name: "deploy",
      attributes: {
        id: "deploy-20260102",
        role: "deploy",
        policy_arn: "arn:aws:iam::aws:policy/ReadOnlyAccess",
      },
    },
    {
      type: "aws_iam_group_membership",
      name: "crew",
      attributes: { id: "crew", name: "crew", group: "sailors", users: ["ada", "kim"] },
    },
    {
      type: "aws_lambda_permission",
      name: "call",
      attributes: {
        id: "Call",
        statement_id: "Call",
        function_name: "arn:aws:lambda:eu-west-1:123456789012:function:ferry:live",
      },
    },
  );
  expect(of(found, "aws_iam_role_policy_attachment.deploy", "own")).toContain(
    "deploy/arn:aws:iam::aws:policy/ReadOnlyAccess",
  );
  expect(of(found, "aws_iam_group_membership.crew", "own")).toEqual(
    expect.arrayContaining(["ada/sailors", "kim/sailors"]),
  );
  expect(of(found, "aws_lambda_permission.call", "own")).toContain("ferry/Call");
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AuditEvent } from "../../domain/auditEvent.ts";
import { anEvent } from "../../store/records.fixture.ts";
import { looksFor } from "./inventoryLooks.ts";
import { type NamedThing, namesThing, namingEvents, tellingNames } from "./namingThings.ts";

const PROD = { name: "prod", account: "111111111111", regions: ["eu-central-1"] };
const DEV = { name: "dev", regions: ["us-east-1"] };

function wanted(with_: Partial<AuditEvent>): readonly string[] {
  const deliverers = ["arn:aws:iam::111111111111:role/deploy"];
  return looksFor([anEvent(with_)], [PROD, DEV], deliverers).map(({ account }) => account);
}

describe("an event", () => {
  it("is looked after in its account and region, and in all accounts that do not tell theirs", () => {
    expect(wanted({ account: "111111111111" })).toEqual(["prod"]);
    expect(wanted({ account: "222222222222", region: "us-east-1" })).toEqual(["dev"]);
    expect(wanted({ region: "ap-south-1" })).toEqual([]);
    expect(wanted({ service: "iam.amazonaws.com", name: "CreateUser", region: "us-east-1" })).toEqual([
      "prod",
      "dev",
    ]);
  });

  it("is not looked after where AWS acts by itself, a deployment goes on, or only data moves", () => {
    expect(
      wanted({ actor: { principal: "autoscaling.amazonaws.com", kind: "service", channel: "service" } }),
    ).toEqual([]);
    const deploy = {
      principal: "arn:aws:iam::111111111111:role/deploy",
      kind: "role",
      channel: "terraform",
    } as const;
    expect(wanted({ actor: deploy })).toEqual([]);
    for (const [service, name] of [
      ["s3", "PutObject"],
      ["sqs", "PurgeQueue"],
      ["sns", "Publish"],
      ["kms", "GenerateDataKey"],
      ["lambda", "Invoke"],
      ["dynamodb", "PutItem"],
    ])
      expect(wanted({ service: `${service}.amazonaws.com`, name: name ?? "" })).toEqual([]);
    expect(wanted({ service: "dynamodb.amazonaws.com", name: "CreateTable" })).toEqual(["prod"]);
    expect(wanted({ service: "constructor.amazonaws.com", name: "PutItem" })).toEqual([]);
  });

  it("speaks of a thing by its id, its ARN or all parts of its name; of a new part also by what it belongs to", () => {
    const named = (thing: NamedThing, isNew: boolean, name: string, ...identifiers: readonly string[]) =>
      namesThing({ identifiers, name }, thing, isNew);
    const inline = {
      type: "aws_iam_user_policy",
      id: "ada:all",
      parent: { type: "aws_iam_user", id: "ada" },
    };
    expect(named(inline, false, "PutUserPolicy", "ada", "all")).toBe(true);
    expect(named(inline, false, "PutUserPolicy", "ada")).toBe(false);
    const key = { type: "aws_iam_access_key", id: "AKIA1", parent: { type: "aws_iam_user", id: "ada" } };
    expect(named(key, true, "CreateAccessKey", "ada")).toBe(true);
    expect(named(key, true, "CreateUser", "ada")).toBe(false);
    expect(named(key, false, "CreateAccessKey", "ada")).toBe(false);
    const group = { type: "aws_security_group", id: "sg-1" };
    const rule = { type: "aws_vpc_security_group_ingress_rule", id: "sgr-1", parent: group };
    expect(named(rule, true, "AuthorizeSecurityGroupIngress", "sg-1")).toBe(true);
    const bucket = { type: "aws_s3_bucket", id: "b", arn: "arn:aws:s3:::b" };
    expect(named(bucket, false, "CreateBucket", "arn:aws:s3:::b")).toBe(true);
    expect(named({ type: "aws_s3_bucket", id: "b" }, true, "CreateBucket")).toBe(false);
    expect(tellingNames({ ...inline, id: "ada/arn:aws:iam::aws:policy/A" })).toEqual([
      "ada",
      "arn:aws:iam::aws:policy/A",
    ]);
    expect(tellingNames({ id: "https://sqs.x/1/q", arn: "arn:aws:sqs:x:1:q" })).toEqual([
      "arn:aws:sqs:x:1:q",
    ]);
  });
});

it("of many events those that speak of a thing are found as one by one", () => {
  const name = fc.constantFrom("ada", "all", "ada:all", "arn:x", "b");
  const identifiers = fc.array(name, { maxLength: 4 });
  const type = fc.constantFrom("aws_iam_user", "aws_iam_access_key", "aws_security_group_rule");
  const thing = fc.record({ type, id: name, parent: fc.record({ type, id: name }) });
  fc.assert(
    fc.property(fc.array(identifiers), thing, fc.boolean(), (all, one, isNew) => {
      const events = all.map((some) => anEvent({ identifiers: some }));
      const named = events.filter((event) => namesThing(event, one, false));
      const slowly = named.length > 0 ? named : events.filter((event) => namesThing(event, one, isNew));
      expect(new Set(namingEvents(events).of(one, isNew))).toEqual(new Set(slowly));
    }),
  );
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Budget } from "./budget.ts";
import { addedGrants } from "./grants.ts";

const OURS = "arn:aws:iam::123456789012:root";
const READ = {
  Effect: "Allow",
  Principal: { AWS: OURS },
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::tickets/*",
};

const policy = (...statements: readonly object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

function added(before: string, now: string) {
  const budget = new Budget();
  budget.begin();
  return addedGrants(before, now, budget);
}

describe("what a policy grants that it did not before", () => {
  it.each([
    [
      "the same in another order and spelling",
      { ...READ, Sid: "Other", Principal: { AWS: ["123456789012"] }, Action: ["S3:getobject"] },
    ],
    ["less of the same", { ...READ, Resource: "arn:aws:s3:::tickets/2026/*" }],
    ["a condition more", { ...READ, Condition: { Bool: { "aws:SecureTransport": "true" } } }],
    ["what is forbidden", { ...READ, Effect: "Deny", Principal: "*", Action: "*" }],
  ])("is nothing: %s", (_, statement) => {
    expect(added(policy(READ), policy(statement))).toEqual([]);
  });

  it.each([
    ["another principal", { ...READ, Principal: { AWS: "arn:aws:iam::999999999999:root" } }],
    ["another action", { ...READ, Action: ["s3:GetObject", "s3:PutObject"] }],
    ["more resources", { ...READ, Resource: "arn:aws:s3:::*" }],
    [
      "everything but something",
      { Effect: "Allow", Principal: { AWS: OURS }, NotAction: "s3:DeleteBucket", NotResource: "x" },
    ],
  ])("is %s", (_, statement) => {
    expect(added(policy(READ), policy(statement))).toHaveLength(1);
  });

  it("is what a condition kept out before", () => {
    const narrow = { ...READ, Condition: { StringEquals: { "sts:ExternalId": "x" } } };
    expect(added(policy(narrow), policy(READ))).toHaveLength(1);
    expect(added(policy(narrow), policy(narrow))).toEqual([]);
  });

  it("is all of it where there was no policy, and nothing where there is none now", () => {
    expect(added("", policy(READ))).toMatchObject([{ principals: [OURS], actions: ["s3:getobject"] }]);
    expect(added(policy(READ), "")).toEqual([]);
  });

  it("is for everybody, however that is written", () => {
    for (const principal of [
      { Principal: "*" },
      { Principal: { AWS: ["x", "*"] } },
      { NotPrincipal: { AWS: OURS } },
    ]) {
      const { Principal: _, ...rest } = READ;
      expect(added("", policy({ ...rest, ...principal }))[0]?.principals).toContain("*");
    }
  });

  it.each([
    [{ StringEquals: { "aws:SourceAccount": "123456789012" } }, true],
    [{ StringLike: { "AWS:PrincipalOrgId": ["o-1"] } }, true],
    [{ ArnLike: { "aws:SourceArn": "arn:aws:s3:::tickets" } }, true],
    [{ StringLike: { "aws:PrincipalArn": "*" } }, false],
    [{ StringLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/x" } }, false],
    [{ StringNotEquals: { "aws:SourceAccount": "1" } }, false],
    [{ StringEqualsIfExists: { "aws:SourceAccount": "123456789012" } }, false],
    [{ StringLike: { "aws:PrincipalArn": "arn:*" } }, false],
    [{ StringLike: { "aws:PrincipalArn": "arn:aws:iam::????????????:role/x" } }, false],
    [{ StringLike: { "aws:PrincipalAccount": "9*" } }, false],
    [{ StringLike: { "aws:PrincipalOrgPaths": "o-1/r-1/*" } }, true],
    [{ "ForAllValues:StringEquals": { "aws:PrincipalOrgID": "o-1" } }, false],
    [{ "ForAnyValue:StringEquals": { "aws:PrincipalOrgID": "o-1" } }, true],
    [{ StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } }, false],
    [{ IpAddress: { "aws:SourceIp": "192.0.2.0/24" } }, true],
    [{ IpAddress: { "aws:SourceIp": ["192.0.2.0/24", "0.0.0.0/0"] } }, false],
    [{ IpAddress: { "aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"] } }, false],
    [{ Bool: { "aws:SecureTransport": "true" } }, false],
  ])("tells whether a condition names who may: %j", (condition, isNarrowed) => {
    expect(added("", policy({ ...READ, Principal: "*", Condition: condition }))).toMatchObject([
      { isNarrowed },
    ]);
  });

  it("names the account that a condition lets in, not everybody", () => {
    const Condition = { StringEquals: { "aws:PrincipalAccount": ["999999999999", "123456789012"] } };
    const [grant] = added("", policy({ ...READ, Principal: "*", Condition }));
    expect(grant?.principals).toEqual(["arn:aws:iam::999999999999:root", OURS]);
  });

  it("shows a `?` in an action as what it may stand for", () => {
    const [grant] = added(policy(READ), policy({ ...READ, Action: ["iam:P?ssRole", "s3:?*"] }));
    expect(grant?.actions).toEqual(["iam:p*ssrole", "s3:*"]);
  });

  it("is never anything of the policy itself, and never fails for its form", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        expect(added(text, text)).toEqual([]);
      }),
    );
  });

  it("says so where the text is no JSON, and where there is too much of it", () => {
    expect(() => added("", "{")).toThrow("the policy is no JSON");
    const many = policy(...Array.from({ length: 2000 }, (_, index) => ({ ...READ, Action: `s3:A${index}` })));
    const others = policy(
      ...Array.from({ length: 2000 }, (_, index) => ({ ...READ, Action: `s3:B${index}` })),
    );
    expect(() => added(many, others)).toThrow("takes too long");
    const long = (kind: string) =>
      policy(
        ...Array.from({ length: 150 }, (_, index) => {
          const text = `${"x".repeat(1200)}${kind}${100 + index}`;
          return { ...READ, Condition: { StringEquals: { "aws:UserId": text } } };
        }),
      );
    expect(() => added(long("a"), long("b"))).toThrow("takes too long");
  });
});

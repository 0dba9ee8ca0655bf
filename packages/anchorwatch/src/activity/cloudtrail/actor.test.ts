import { describe, expect, it, test } from "vitest";
import { readActor } from "./actor.ts";
import { aRecord, IDENTITIES } from "./records.fixture.ts";

const actor = (userIdentity: unknown, more: Record<string, unknown> = {}) =>
  readActor(aRecord({ userIdentity, ...more }));

test("a user, with address and program", () => {
  expect(actor(IDENTITIES.user)).toEqual({
    principal: "arn:aws:iam::123456789012:user/alice",
    kind: "user",
    account: "123456789012",
    channel: "cli",
    sourceAddress: "198.51.100.7",
    userAgent: "aws-cli/2.27.1",
  });
});

test("a session of a role, with who issued it and whom it was opened for", () => {
  expect(actor(IDENTITIES.role)).toMatchObject({
    principal: "arn:aws:sts::123456789012:assumed-role/oncall/bob@example.com",
    kind: "role",
    sessionIssuer: "arn:aws:iam::123456789012:role/teams/oncall",
    sessionName: "bob@example.com",
    sourceIdentity: "bob",
  });
});

describe("who vouched for whom", () => {
  it.each([
    [
      "a pipeline with a web identity",
      IDENTITIES.web,
      {
        provider: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
        subject: "repo:acme/infra:ref:refs/heads/main",
      },
    ],
    ["SAML", IDENTITIES.saml, { provider: "https://idp.example.com/metadata", subject: "carol@example.com" }],
    [
      "IAM Identity Center, by the name of its role",
      IDENTITIES.identityCenter,
      { provider: "sso.amazonaws.com", subject: "dave@example.com" },
    ],
    [
      "IAM Identity Center, by its store",
      IDENTITIES.onBehalfOf,
      {
        provider: "arn:aws:identitystore::123456789012:identitystore/d-9067642ac7",
        subject: "544894e8-80c1-707f-60e3-3ba6510dfac1",
      },
    ],
  ])("%s", (_, identity, federated) => {
    expect(actor(identity).federated).toEqual(federated);
  });
});

describe("principals that are no user and no role", () => {
  it.each([
    ["root", IDENTITIES.root, "arn:aws:iam::123456789012:root", "root"],
    [
      "a federated user",
      IDENTITIES.federatedUser,
      "arn:aws:sts::123456789012:federated-user/erin",
      "federated",
    ],
    ["another account", IDENTITIES.otherAccount, "210987654321", "account"],
    ["a service", IDENTITIES.service, "autoscaling.amazonaws.com", "service"],
    ["nobody that is known", {}, "unknown", "unknown"],
    ["none at all", undefined, "unknown", "unknown"],
    ["something of another type", "alice", "unknown", "unknown"],
  ])("%s", (_, identity, principal, kind) => {
    expect(actor(identity)).toMatchObject({ principal, kind });
  });
});

test("a federated user's session is named, and who issued it", () => {
  expect(actor(IDENTITIES.federatedUser)).toMatchObject({
    sessionName: "erin",
    sessionIssuer: "arn:aws:iam::123456789012:user/broker",
  });
});

describe("channel", () => {
  const channel = (userAgent: string | undefined, more: Record<string, unknown> = {}) =>
    actor(IDENTITIES.role, { userAgent, ...more }).channel;

  it.each([
    ["aws-cli/2.27.1 md/awscrt#0.26.1 ua/2.1 os/linux", "cli"],
    ["[aws-cli/1.16.1]", "cli"],
    ["Boto3/1.38.0 md/Botocore#1.38.0", "sdk"],
    ["aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.24", "sdk"],
    [
      "APN/1.0 HashiCorp/1.0 Terraform/1.11.4 (+https://www.terraform.io) terraform-provider-aws/5.100.0 aws-sdk-go-v2/1.36.3",
      "terraform",
    ],
    ["APN/1.0 OpenTofu/1.9.0 aws-sdk-go-v2/1.36.3", "terraform"],
    ["console.ec2.amazonaws.com", "console"],
    ["signin.amazonaws.com", "console"],
    ["[S3Console/0.4, aws-internal/3 aws-sdk-java/1.11.666]", "console"],
    ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "console"],
    ["cloudformation.amazonaws.com", "service"],
    ["AWS Internal", "service"],
    ["curl/8.5.0", "unknown"],
    [undefined, "unknown"],
  ])("%s", (userAgent, expected) => {
    expect(channel(userAgent)).toBe(expected);
  });

  it("is the console where the credentials are its own, whatever the program says", () => {
    expect(channel("AWS Internal", { sessionCredentialFromConsole: "true" })).toBe("console");
    expect(channel("aws-sdk-js/3", { sessionCredentialFromConsole: "true" })).toBe("console");
  });

  it("is a service where one acts for somebody", () => {
    const identity = { ...IDENTITIES.role, invokedBy: "cloudformation.amazonaws.com" };
    expect(actor(identity, { userAgent: "aws-cli/2" }).channel).toBe("service");
    expect(actor(IDENTITIES.service, { userAgent: "autoscaling.amazonaws.com" }).channel).toBe("service");
  });
});

import { describe, expect, it } from "vitest";
import type { AuditEvent } from "../domain/auditEvent.ts";
import type { StackId } from "./stack.ts";
import { type FoundIdentifier, touchesOf } from "./touching.ts";

const NETWORK = "network" as StackId;

const event = (id: string, ...identifiers: string[]): AuditEvent => ({
  id,
  source: "trail",
  time: new Date(0),
  name: "PutRolePolicy",
  service: "iam.amazonaws.com",
  actor: { principal: "arn:aws:iam::1:user/a", kind: "user", channel: "console" },
  identifiers,
});

const known = (
  identifier: string,
  address: string,
  kind: FoundIdentifier["kind"] = "own",
  stackId = NETWORK,
): FoundIdentifier => ({ identifier, address, kind, stackId });

const addresses = (given: AuditEvent, found: readonly FoundIdentifier[]) =>
  touchesOf([given], found).map(({ address, kind }) => `${kind} ${address}`);

describe("what an event touches", () => {
  it("is each resource that it names, once, in every stack that knows it", () => {
    const other = "other" as StackId;
    const found = [
      known("sg-1", "aws_security_group.web"),
      known("arn:sg-1", "aws_security_group.web"),
      known("sg-1", "aws_security_group.web", "own", other),
    ];
    expect(touchesOf([event("e", "sg-1", "arn:sg-1", "sg-2")], found)).toEqual([
      { eventId: "e", stackId: NETWORK, address: "aws_security_group.web", kind: "own" },
      { eventId: "e", stackId: other, address: "aws_security_group.web", kind: "own" },
    ]);
  });

  it("is what refers to it as well, and first of all what the event names more of", () => {
    const found = [
      known("app", "aws_iam_role.app"),
      known("app", "aws_iam_role_policy_attachment.a", "reference"),
      known("app", "aws_iam_role_policy.z", "reference"),
      known("write", "aws_iam_role_policy.z", "reference"),
    ];
    expect(addresses(event("e", "app", "write"), found)).toEqual([
      "own aws_iam_role.app",
      "reference aws_iam_role_policy.z",
      "reference aws_iam_role_policy_attachment.a",
    ]);
  });

  it("is not everything in a network because the event names the network", () => {
    const many = Array.from({ length: 500 }, (_, at) => known("vpc-1", `aws_subnet.s[${at}]`, "reference"));
    const touched = addresses(event("e", "vpc-1"), [known("vpc-1", "aws_vpc.main"), ...many]);
    expect(touched).toHaveLength(11);
    expect(touched[0]).toBe("own aws_vpc.main");
  });

  it("is nothing by a name that half of all resources have", () => {
    const many = Array.from({ length: 40 }, (_, at) => known("default", `aws_x.y[${at}]`));
    expect(addresses(event("e", "default"), many)).toEqual([]);
    expect(addresses(event("e", "default"), many.slice(0, 25))).toHaveLength(25);
  });
});

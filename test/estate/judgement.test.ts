import { describe, expect, it } from "vitest";
import type { ResourceAddress } from "../../packages/anchorwatch/src/domain/address.ts";
import type { CheckResult, ResourceResult, Verdict } from "../../packages/anchorwatch/src/domain/check.ts";
import { FLAWLESS, judge } from "./judgement.ts";
import { mutation } from "./mutations/mutation.ts";

const done = [
  mutation({
    name: "The group is opened, the topic deleted, the table scaled",
    apply: () => Promise.resolve(),
    observe: () => Promise.resolve(),
    changed: { "aws_security_group.web": "ingress" },
    deleted: ["aws_sns_topic.audit"],
    ignored: { "aws_dynamodb_table.cabins": "read_capacity" },
    mirrored: { "aws_vpc.main": "tags" },
  }),
];

const right = [
  resource("aws_security_group.web", "changed", "ingress"),
  resource("aws_sns_topic.audit", "deleted"),
  resource("aws_dynamodb_table.cabins", "ignored"),
  resource("aws_vpc.main", "in_sync"),
];

describe("judging a check of the estate", () => {
  it("finds nothing wrong with a check that reports what was done", () => {
    expect(judge(check(right), done)).toEqual(FLAWLESS);
  });

  it("names what was missed, also where the check lists nothing at all", () => {
    expect(judge(check([]), done)).toEqual({
      ...FLAWLESS,
      missed: ["aws_security_group.web", "aws_sns_topic.audit"],
      notIgnored: ["aws_dynamodb_table.cabins"],
    });
  });

  it("does not take a resource that could not be read for a report", () => {
    const judged = judge(check([resource("aws_security_group.web", "unknown"), ...right.slice(1)]), done);
    expect(judged.missed).toEqual(["aws_security_group.web"]);
    expect(judged.unread).toHaveLength(1);
  });

  it("names a mirror that is reported as drift", () => {
    const judged = judge(check([...right.slice(0, 3), resource("aws_vpc.main", "changed", "tags")]), done);
    expect(judged.invented).toEqual(["aws_vpc.main changed: tags"]);
  });

  it("names a report with another verdict or another attribute", () => {
    const found = [
      resource("aws_security_group.web", "changed", "tags"),
      resource("aws_sns_topic.audit", "changed"),
    ];
    expect(judge(check([...found, ...right.slice(2)]), done).misread).toHaveLength(2);
  });

  it("names what is called pending, since all of the code was applied", () => {
    const address = "aws_vpc.main" as ResourceAddress;
    const pending = [{ address, action: "update" as const, changes: [], alreadyLive: false }];
    expect(judge({ ...check(right), pending }, done).pending).toEqual(["aws_vpc.main update"]);
  });

  it("does not count an informational change as the report of an attribute", () => {
    const informed: ResourceResult = {
      ...resource("aws_security_group.web", "changed"),
      changes: [{ path: ["ingress"], op: "replace", settable: false, informational: true }],
    };
    expect(judge(check([informed, ...right.slice(1)]), done).misread).toHaveLength(1);
  });
});

function resource(address: string, verdict: Verdict, attribute?: string): ResourceResult {
  return {
    address: address as ResourceAddress,
    type: "any",
    provider: "any",
    verdict,
    ...(attribute !== undefined && {
      changes: [{ path: [attribute, 0], op: "add" as const, settable: true }],
    }),
  };
}

function check(resources: readonly ResourceResult[]): CheckResult {
  return {
    stack: { name: "estate", kind: "terraform" },
    startedAt: new Date(0),
    finishedAt: new Date(0),
    trigger: "manual",
    coverage: {
      resources: resources.length,
      inSync: 0,
      changed: 0,
      deleted: 0,
      unmanaged: 0,
      absorbed: 0,
      ignored: 0,
      unknown: 0,
      notChecked: 0,
      pending: 0,
    },
    resources,
    pending: [],
    identities: [],
    warnings: [],
  };
}

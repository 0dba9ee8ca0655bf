import { describe, expect, it } from "vitest";
import { leavingOut } from "./leftOut.ts";
import type { Lister } from "./lister.ts";
import { surveyAccount } from "./survey.ts";
import { GLOBAL, type Thing, unique } from "./thing.ts";

const REGION = "eu-west-1";

function aThing(with_: Partial<Thing>): Thing {
  const id = with_.id ?? "i-1";
  return {
    ...{
      type: "aws_instance",
      id,
      region: REGION,
      unit: `ec2 ${REGION}`,
      names: [unique(id)],
      tags: {},
      facts: [],
    },
    ...{ attributes: {}, telling: [] },
    ...with_,
  };
}

const arn = (id: string) => `arn:aws:ec2:${REGION}:111111111111:instance/${id}`;

function survey(...listers: readonly Lister[]) {
  return surveyAccount({
    ...{ account: "111111111111", partition: "aws", regions: [REGION], listers },
    settingsOf: (region) => ({ region }),
    elapsed: () => 0,
    signal: AbortSignal.timeout(10_000),
  });
}

const tags: Lister = {
  service: "tagging",
  types: [],
  list: async ({ unit }) => [
    aThing({ unit, id: "i-1", arn: arn("i-1"), tags: { team: "a" } }),
    aThing({ unit, id: "i-gone", arn: arn("i-gone"), tags: { team: "a" } }),
  ],
};

describe("what exists in an account", () => {
  it("is each thing once, with its tags, without what tags alone tell of a service that told everything", async () => {
    const ec2: Lister = {
      service: "ec2",
      types: ["aws_instance"],
      list: async () => [aThing({ arn: arn("i-1"), attributes: { ami: "ami-1" } })],
    };
    const { things } = await survey(ec2, tags);
    expect(things).toMatchObject([
      { id: "i-1", attributes: { ami: "ami-1" }, tags: { team: "a" }, unit: `ec2 ${REGION}` },
    ]);
  });

  it("is what tags tell where the service cannot tell; and that is said, once for each permission", async () => {
    const denied = Object.assign(new TypeError("You are not authorized to perform this operation."), {
      name: "UnauthorizedOperation",
    });
    const ec2: Lister = {
      service: "ec2",
      types: ["aws_instance"],
      list: async ({ ask }) => {
        for (let at = 0; at < 3; at++) await ask("ec2:DescribeInstances", () => Promise.reject(denied));
        return [];
      },
    };
    const { things, units } = await survey(ec2, tags);
    expect(things.map(({ id }) => id)).toEqual(["i-1", "i-gone"]);
    expect(units).toMatchObject([
      { service: "ec2", seen: 0, problems: [{ kind: "denied", permission: "ec2:DescribeInstances" }] },
      { service: "tagging", seen: 2, problems: [] },
    ]);
  });

  it("says of which things the tags are unknown: of those whose service does not tell them, when tags could not be asked", async () => {
    const list = async () => [];
    const ec2: Lister = { service: "ec2", tellsTags: true, types: [], list };
    const s3: Lister = { service: "s3", isGlobal: true, types: [], list };
    const sqs: Lister = { service: "sqs", types: [], list };
    const failing = (name: string): Lister => ({
      ...{ service: "tagging", tellsTags: true, types: [] },
      list: async ({ ask }) => {
        await ask("tag:GetResources", () => Promise.reject(Object.assign(new TypeError("no"), { name })));
        return [];
      },
    });
    const known = async (...listers: readonly Lister[]) =>
      (await survey(...listers)).units.map(({ areTagsKnown }) => areTagsKnown);
    expect(await known(ec2, s3, sqs, failing("InternalFailure"))).toEqual([true, false, false, true]);
    // Who may never ask is told what there is, without its tags.
    expect(await known(s3, sqs, failing("AccessDeniedException"))).toEqual([true, true, true]);
    expect(await known(s3, sqs)).toEqual([true, true]);
  });

  it("has whoever owns things in their place, so that nobody hides behind a stack or a group", async () => {
    const stack = "arn:aws:cloudformation:eu-west-1:111111111111:stack/shop/1";
    const owned = [
      aThing({ id: "i-1", tags: { "aws:cloudformation:stack-id": stack } }),
      aThing({ id: "i-2", tags: { "aws:cloudformation:stack-id": stack } }),
      aThing({ id: "i-3", tags: { "aws:autoscaling:groupName": "web" } }),
    ];
    const { things } = await survey({ service: "ec2", types: [], list: async () => owned });
    const leaveOut = leavingOut([]);
    expect(things.filter((thing) => leaveOut(thing) === undefined)).toMatchObject([
      { type: "aws_cloudformation_stack", id: "shop", arn: stack, region: REGION },
      { type: "aws_autoscaling_group", id: "web", region: REGION },
    ]);
  });

  it("is what the others tell, where an answer of one service is nothing that anybody understands", async () => {
    const broken: Lister = {
      service: "ec2",
      types: [],
      list: async () => {
        throw new TypeError("undefined is not iterable");
      },
    };
    const { things, units } = await survey(broken, tags);
    expect(things).toHaveLength(2);
    expect(units[0]?.problems).toMatchObject([
      { kind: "failed", message: "TypeError: undefined is not iterable" },
    ]);
  });

  it("is never more calls at once than the account bears", async () => {
    let [now, most] = [0, 0];
    const busy: Lister = {
      service: "iam",
      isGlobal: true,
      types: [],
      list: async ({ ask }) => {
        const call = async () => {
          most = Math.max(most, ++now);
          await new Promise((resolve) => setImmediate(resolve));
          now -= 1;
        };
        await Promise.all(Array.from({ length: 100 }, () => ask("iam:GetUser", call)));
        return [];
      },
    };
    const { meter } = await survey(busy);
    expect([most, meter.calls]).toEqual([8, 100]);
  });
});

describe("what is left out", () => {
  it("is never chosen by whoever makes a thing: no name, no path of his own, no tag of his own", () => {
    const leaveOut = leavingOut([]);
    for (const tags of [
      { "kubernetes.io/cluster/x": "owned" },
      { "cloudformation:stack-id": "x" },
      { "AWS:cloudformation:stack-id": "x" },
    ])
      expect(leaveOut(aThing({ tags: { ...tags } as Record<string, string> }))).toBeUndefined();
    expect(
      leaveOut(aThing({ type: "aws_iam_role", id: "AWSServiceRoleForX", region: GLOBAL })),
    ).toBeUndefined();
  });

  it("is what the operator says, everything of a rule together, with his reason", () => {
    const rule = {
      type: "aws_iam_*",
      tags: { owner: "sso-*" },
      reason: "single sign-on",
      origin: "server.yaml:9",
    };
    const leaveOut = leavingOut([rule]);
    expect(leaveOut(aThing({ type: "aws_iam_role", tags: { owner: "sso-1" } }))).toEqual({
      rule: "operator",
      because: "server.yaml:9: single sign-on",
    });
    expect(leaveOut(aThing({ type: "aws_iam_role", tags: { owner: "me" } }))).toBeUndefined();
    expect(leaveOut(aThing({ type: "aws_instance", tags: { owner: "sso-1" } }))).toBeUndefined();
    expect(leavingOut([{ arn: "arn:aws:iam::*", reason: "r", origin: "o" }])(aThing({}))).toBeUndefined();
  });
});

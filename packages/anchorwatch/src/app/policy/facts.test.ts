import { describe, expect, it } from "vitest";
import { change } from "../../cli/formats/checkResult.fixture.ts";
import type { Attribution } from "../../domain/actor.ts";
import { type Classified, factsOf } from "./facts.ts";
import { seenResource } from "./seenResource.ts";

const NOW = new Date("2026-03-01T12:00:00.000Z");
const NOTHING = { recorded: {}, live: {}, isCut: false, changes: [] };

function attribution(name: string, more: Partial<Attribution> = {}): Attribution {
  return {
    ...{ eventId: name, eventName: "SetQueueAttributes", service: "sqs.amazonaws.com", time: NOW },
    actor: { principal: `arn:aws:iam::123456789012:user/ci/${name}`, kind: "user", channel: "console" },
    ...{ person: { kind: "unmapped" }, isDelivery: false },
    ...more,
  };
}

function facts(more: Partial<Classified>) {
  return factsOf({
    stack: { name: "network", engine: "terraform", labels: {} },
    resource: { address: "aws_vpc.main", type: "aws_vpc", provider: "aws", id: "vpc-1" },
    ...{ verdict: "changed", seen: NOTHING, attributions: [], openedAt: NOW, now: NOW, others: [] },
    isBreakGlass: () => false,
    ...more,
  });
}

describe("the facts of a drift", () => {
  it("name a stranger before the stack's own delivery, whoever came last", () => {
    const delivery = attribution("deploy", { isDelivery: true, eventName: "TagQueue" });
    const { actor, events } = facts({ attributions: [delivery, attribution("ada")] });
    expect(actor).toMatchObject({ name: "ada", isDelivery: false, isBreakGlass: false });
    expect(events).toEqual(["SetQueueAttributes", "TagQueue"]);
    expect(facts({ attributions: [delivery] }).actor).toMatchObject({ name: "deploy", isDelivery: true });
    expect(facts({}).actor).toBeUndefined();
  });

  it("tell the person where the operator's rules know him", () => {
    const person = { kind: "mapped", name: "Ada", rule: "r" } as const;
    expect(facts({ attributions: [attribution("x", { person })] }).actor).toMatchObject({
      name: "Ada",
      person: "Ada",
    });
  });

  it.each([
    ["aws_vpc.main", ""],
    ["module.net.aws_vpc.main", "module.net"],
    ['module.net["a.b]"].module.inner[0].aws_vpc.main["k"]', 'module.net["a.b]"].module.inner[0]'],
    ["", ""],
  ])("tell the module of %s", (address, module) => {
    const resource = { address, type: "aws_vpc", provider: "aws", id: "" };
    expect(facts({ resource }).resource.module).toBe(module);
  });

  it("tell account and region by the ARN that the resource has", () => {
    const live = { arn: "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-1" };
    expect(facts({ seen: { ...NOTHING, live } }).resource).toMatchObject({
      ...{ account: "123456789012", region: "eu-west-1" },
    });
    const bucket = { live: { arn: "arn:aws:s3:::b", region: "eu-central-1" } };
    const { resource } = facts({ seen: { ...NOTHING, ...bucket } });
    expect([resource.account, resource.region]).toEqual([undefined, "eu-central-1"]);
  });
});

describe("what a drift is classified from", () => {
  it("leaves out what is ignored, and what differs where nobody sets anything", () => {
    const seen = seenResource({
      changes: [
        change({ path: ["ami"], recorded: "a", live: "b" }),
        change({ path: ["tags", "a"], ignoredBy: "anchorwatch.yaml:1" }),
        change({ path: ["etag"], informational: true }),
        change({ path: ["ports"], toldDespite: "anchorwatch.yaml:2" }),
      ],
    });
    expect(seen.changes).toMatchObject([
      { path: "ami", attribute: "ami", op: "replace", recorded: "a", live: "b", ignored: false },
      { path: "ports", ignored: true },
    ]);
    // Nobody has given the whole of it.
    expect(seen).toMatchObject({ recorded: {}, live: {}, isCut: true });
  });

  it("has the mask in the place of a secret, and exact numbers as texts", () => {
    const [secret, number] = seenResource({
      changes: [
        change({ path: ["password"], sensitive: true, recorded: "canary", live: "canary" }),
        change({ path: ["size"], recorded: 2n ** 60n, live: 3n }),
      ],
    }).changes;
    expect(secret).toMatchObject({ sensitive: true, recorded: "(sensitive)", live: "(sensitive)" });
    expect(number).toMatchObject({ recorded: "1152921504606846976", live: 3 });
  });

  it("is cut where there is more than anybody may hold, and says so", () => {
    const whole = { recorded: {}, live: {}, isCut: false };
    const many = Array.from({ length: 5000 }, (_, at) => change({ path: ["tags", `t${at}`], live: "x" }));
    const seen = seenResource({ changes: many }, whole);
    expect([seen.isCut, seen.changes.length]).toEqual([true, 2000]);
    const large = Array.from({ length: 20 }, (_, at) =>
      change({ path: ["a", at], live: "x".repeat(100_000) }),
    );
    expect(seenResource({ changes: large }, whole)).toMatchObject({ isCut: true, changes: { length: 10 } });
  });
});

/**
 * What AWS made on behalf of something else, by the tags that only AWS can write. It is left out, and what it was made for is a thing of
 * its own in its place: or whoever makes a CloudFormation stack or an Auto Scaling group could hide everything behind it.
 */
import { parseArn } from "./arn.ts";
import { referenceOf } from "./terraformTypes.ts";
import { named, type Thing, thingKey, unique } from "./thing.ts";

interface OwnerTag {
  readonly tag: string;
  /** For people: `the CloudFormation stack`. */
  readonly what: string;
  readonly rule: "cloudformation" | "controller";
  /** Of the owner, whose name or id the tag says; absent: it says its ARN. */
  readonly type?: string;
}

export const OWNERS: readonly OwnerTag[] = [
  { tag: "aws:cloudformation:stack-id", what: "the CloudFormation stack", rule: "cloudformation" },
  controller("aws:autoscaling:groupName", "the Auto Scaling group", "aws_autoscaling_group"),
  controller("aws:ec2:fleet-id", "the fleet", "aws_ec2_fleet"),
  controller("aws:elasticmapreduce:job-flow-id", "the EMR cluster", "aws_emr_cluster"),
  controller("aws:ecs:clusterName", "the ECS cluster", "aws_ecs_cluster"),
  controller("aws:eks:cluster-name", "the EKS cluster", "aws_eks_cluster"),
];

function controller(tag: string, what: string, type: string): OwnerTag {
  return { tag, what, rule: "controller", type };
}

/** Once each, without those that were found themselves. */
export function ownersOf(things: readonly Thing[]): readonly Thing[] {
  const known = new Set(things.map(thingKey));
  const owners = new Map<string, Thing>();
  for (const thing of things) {
    for (const tag of OWNERS) {
      const owner = ownerOf(thing, tag);
      if (owner !== undefined && !known.has(thingKey(owner))) owners.set(thingKey(owner), owner);
    }
  }
  return [...owners.values()];
}

function ownerOf({ tags, unit, region }: Thing, { tag, type }: OwnerTag): Thing | undefined {
  const text = tags[tag];
  if (text === undefined || text === "") return undefined;
  const common = { unit, tags: {}, facts: [], telling: [], attributes: { name: text } };
  if (type !== undefined) return { type, id: text, region, names: [named(text)], ...common };
  const parsed = parseArn(text);
  const reference = referenceOf(text);
  if (parsed === undefined || reference === undefined) return undefined;
  return { ...reference, arn: text, region: parsed.region, names: [unique(text)], ...common };
}

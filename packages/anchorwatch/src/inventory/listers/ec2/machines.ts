/** Machines, and the keys to them. */
import { DescribeInstancesCommand, DescribeKeyPairsCommand } from "@aws-sdk/client-ec2";
import type { Thing } from "../../thing.ts";
import type { Ec2Region } from "./region.ts";

export async function machines(ec2: Ec2Region): Promise<readonly Thing[]> {
  const [reservations, pairs] = await Promise.all([
    ec2.pages(
      "ec2:DescribeInstances",
      (page) => ec2.client.send(new DescribeInstancesCommand(page)),
      ({ Reservations }) => Reservations,
    ),
    ec2.ask("ec2:DescribeKeyPairs", () => ec2.client.send(new DescribeKeyPairsCommand({}))),
  ]);
  const instances = reservations
    .flatMap(({ Instances = [] }) => Instances)
    .filter(({ State }) => State?.Name !== "terminated");
  return [
    ...instances.map(({ InstanceId, Tags, LaunchTime, ...rest }) => ({
      ...ec2.thing({
        ...{ kind: "instance", type: "aws_instance", id: InstanceId, tags: Tags },
        attributes: {
          ...{ instance_type: rest.InstanceType, ami: rest.ImageId, key_name: rest.KeyName },
          ...{ subnet_id: rest.SubnetId, public_ip: rest.PublicIpAddress },
          iam_instance_profile: rest.IamInstanceProfile?.Arn,
          vpc_security_group_ids: (rest.SecurityGroups ?? []).flatMap(({ GroupId }) => GroupId ?? []).sort(),
        },
        telling: ["iam_instance_profile", "public_ip", "vpc_security_group_ids"],
      }),
      ...(LaunchTime === undefined ? {} : { createdAt: LaunchTime }),
    })),
    ...(pairs?.KeyPairs ?? []).map(({ KeyName, KeyPairId, Tags, KeyFingerprint, CreateTime }) => ({
      ...ec2.thing({
        ...{ kind: "key-pair", type: "aws_key_pair", id: KeyName, tags: Tags },
        attributes: { key_name: KeyName, key_pair_id: KeyPairId, fingerprint: KeyFingerprint },
        telling: ["fingerprint"],
      }),
      ...(CreateTime === undefined ? {} : { createdAt: CreateTime }),
    })),
  ];
}

/** Security groups and their rules: who may get into networks. */
import {
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  type SecurityGroupRule,
} from "@aws-sdk/client-ec2";
import type { Thing } from "../../thing.ts";
import type { Ec2Region } from "./region.ts";

export async function groups(ec2: Ec2Region): Promise<readonly Thing[]> {
  const [found, rules] = await Promise.all([
    ec2.pages(
      "ec2:DescribeSecurityGroups",
      (page) => ec2.client.send(new DescribeSecurityGroupsCommand(page)),
      ({ SecurityGroups }) => SecurityGroups,
    ),
    ec2.pages(
      "ec2:DescribeSecurityGroupRules",
      (page) => ec2.client.send(new DescribeSecurityGroupRulesCommand(page)),
      ({ SecurityGroupRules }) => SecurityGroupRules,
    ),
  ]);
  return [
    ...found.map(({ GroupId, Tags, GroupName, Description, VpcId }) =>
      ec2.thing({
        // Nobody else can make one of that name.
        ...{
          kind: "security-group",
          type: "aws_security_group",
          id: GroupId,
          tags: Tags,
          isDefault: GroupName === "default",
        },
        attributes: { name: GroupName, description: Description, vpc_id: VpcId },
      }),
    ),
    ...rules.map((rule) => ruleOf(ec2, rule)),
  ];
}

function ruleOf(ec2: Ec2Region, rule: SecurityGroupRule): Thing {
  const { SecurityGroupRuleId: id, GroupId: group = "", IsEgress, IpProtocol: protocol, Tags } = rule;
  const attributes = {
    ...{ security_group_id: group, description: rule.Description, ip_protocol: protocol },
    // A protocol without ports has none.
    ...(protocol === "-1" ? {} : { from_port: rule.FromPort, to_port: rule.ToPort }),
    ...{ cidr_ipv4: rule.CidrIpv4, cidr_ipv6: rule.CidrIpv6, prefix_list_id: rule.PrefixListId },
    referenced_security_group_id: rule.ReferencedGroupInfo?.GroupId,
  };
  const thing = ec2.thing({
    kind: "security-group-rule",
    type: `aws_vpc_security_group_${IsEgress === true ? "egress" : "ingress"}_rule`,
    ...{ id, tags: Tags, attributes, isDefault: isBornWithGroup(rule) },
    telling: [
      "cidr_ipv4",
      "cidr_ipv6",
      "from_port",
      "ip_protocol",
      "prefix_list_id",
      "referenced_security_group_id",
      "to_port",
    ],
  });
  return { ...thing, parent: { type: "aws_security_group", id: group }, isSeenWithParent: true };
}

/** Every group may send anywhere, and the default one hears itself: AWS makes these rules with the group. */
function isBornWithGroup(rule: SecurityGroupRule): boolean {
  if (rule.IpProtocol !== "-1" || rule.Description !== undefined) return false;
  if (rule.IsEgress === true) return rule.CidrIpv4 === "0.0.0.0/0" || rule.CidrIpv6 === "::/0";
  return rule.ReferencedGroupInfo?.GroupId !== undefined && rule.ReferencedGroupInfo.GroupId === rule.GroupId;
}

import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  type IpPermission,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import { type Estate, type Mutation, mutation } from "./mutation.ts";

const WORLD = [{ CidrIp: "0.0.0.0/0" }];
const DEFAULT_GROUP = "module.network.aws_default_security_group.closed";
const CONTROL_RULE = "aws_vpc_security_group_ingress_rule.batch_control";

/** Changes to security groups, in each of the ways in which their rules are declared. */
export const GROUP_MUTATIONS: readonly Mutation[] = [
  mutation({
    name: "SSH is opened to the world in a group whose rules are written inside it",
    apply: (estate) => allow(estate, "aws_security_group.web", tcp(22, { IpRanges: WORLD })),
    observe: (estate) => rules(estate, "aws_security_group.web"),
    changed: { "aws_security_group.web": "ingress" },
  }),
  mutation({
    name: "A rule is revoked in a group whose rules are written inside it",
    apply: ({ cloud, recorded }) =>
      cloud.ec2.send(
        new RevokeSecurityGroupIngressCommand({
          GroupId: recorded("aws_security_group.monitoring"),
          IpPermissions: [tcp(9100, { UserIdGroupPairs: [{ GroupId: recorded("aws_security_group.web") }] })],
        }),
      ),
    observe: (estate) => rules(estate, "aws_security_group.monitoring"),
    changed: { "aws_security_group.monitoring": "ingress" },
  }),
  mutation({
    name: "The database's port is opened to the world beside an aws_security_group_rule for the same port",
    apply: (estate) => allow(estate, "aws_security_group.database", tcp(5432, { IpRanges: WORLD })),
    observe: (estate) => rules(estate, "aws_security_group.database"),
    unplanned: { "aws_security_group.database": "ingress" },
  }),
  mutation({
    name: "A wider range is let in beside an aws_security_group_rule for the same port",
    apply: (estate) =>
      allow(estate, "aws_security_group.queue", tcp(5672, { IpRanges: [{ CidrIp: "10.0.0.0/8" }] })),
    observe: (estate) => rules(estate, "aws_security_group.queue"),
    unplanned: { "aws_security_group.queue": "ingress" },
  }),
  mutation({
    name: "A rule declared as aws_security_group_rule is revoked",
    apply: ({ cloud, recorded }) =>
      cloud.ec2.send(
        new RevokeSecurityGroupIngressCommand({
          GroupId: recorded("aws_security_group.cache"),
          IpPermissions: [tcp(6379, { IpRanges: [{ CidrIp: "10.20.0.0/16" }] })],
        }),
      ),
    observe: (estate) => rules(estate, "aws_security_group.cache"),
    deleted: ['aws_security_group_rule.cache_ports["6379"]'],
    mirrored: { "aws_security_group.cache": "ingress" },
  }),
  mutation({
    name: "A rule declared as aws_vpc_security_group_ingress_rule is opened to the world",
    apply: ({ cloud, recorded }) =>
      cloud.ec2.send(
        new ModifySecurityGroupRulesCommand({
          GroupId: recorded("aws_security_group.batch"),
          SecurityGroupRules: [
            {
              SecurityGroupRuleId: recorded(CONTROL_RULE),
              SecurityGroupRule: {
                IpProtocol: "tcp",
                FromPort: 8443,
                ToPort: 8443,
                CidrIpv4: "0.0.0.0/0",
                Description: "Control",
              },
            },
          ],
        }),
      ),
    observe: (estate) => rules(estate, "aws_security_group.batch"),
    changed: { [CONTROL_RULE]: "cidr_ipv4" },
    mirrored: { "aws_security_group.batch": "ingress" },
  }),
  mutation({
    name: "Port 25 is opened beside an aws_vpc_security_group_ingress_rule",
    apply: (estate) => allow(estate, "aws_security_group.mail", tcp(25, { IpRanges: WORLD })),
    observe: (estate) => rules(estate, "aws_security_group.mail"),
    unplanned: { "aws_security_group.mail": "ingress" },
  }),
  mutation({
    name: "Everything is let in where the same rule is declared for what goes out",
    apply: (estate) => allow(estate, "aws_security_group.tunnel", { IpProtocol: "-1", IpRanges: WORLD }),
    observe: (estate) => rules(estate, "aws_security_group.tunnel"),
    unplanned: { "aws_security_group.tunnel": "ingress" },
  }),
  mutation({
    name: "A rule is added to a group that declares none",
    apply: (estate) => allow(estate, "aws_security_group.quarantine", tcp(3389, { IpRanges: WORLD })),
    observe: (estate) => rules(estate, "aws_security_group.quarantine"),
    unplanned: { "aws_security_group.quarantine": "ingress" },
  }),
  mutation({
    name: "The default group of a network, declared closed, lets everything in",
    apply: (estate) => allow(estate, DEFAULT_GROUP, { IpProtocol: "-1", IpRanges: WORLD }),
    observe: (estate) => rules(estate, DEFAULT_GROUP),
    unplanned: { [DEFAULT_GROUP]: "ingress" },
  }),
];

function tcp(port: number, sources: IpPermission): IpPermission {
  return { IpProtocol: "tcp", FromPort: port, ToPort: port, ...sources };
}

function allow({ cloud, recorded }: Estate, group: string, permission: IpPermission): Promise<unknown> {
  return cloud.ec2.send(
    new AuthorizeSecurityGroupIngressCommand({ GroupId: recorded(group), IpPermissions: [permission] }),
  );
}

async function rules({ cloud, recorded }: Estate, group: string): Promise<unknown> {
  const filter = { Name: "group-id", Values: [recorded(group)] };
  return (await cloud.ec2.send(new DescribeSecurityGroupRulesCommand({ Filters: [filter] })))
    .SecurityGroupRules;
}

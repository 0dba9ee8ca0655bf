import {
  CreateLaunchTemplateVersionCommand,
  CreateNetworkAclEntryCommand,
  CreateRouteCommand,
  CreateTagsCommand,
  DeleteKeyPairCommand,
  DeleteRouteCommand,
  DeleteSubnetCommand,
  DeleteTagsCommand,
  DescribeKeyPairsCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeVpcAttributeCommand,
  DisassociateRouteTableCommand,
  GetManagedPrefixListEntriesCommand,
  ModifyManagedPrefixListCommand,
  ModifySubnetAttributeCommand,
  ModifyVpcAttributeCommand,
  ReplaceNetworkAclEntryCommand,
} from "@aws-sdk/client-ec2";
import { type Estate, type Mutation, mutation, orGone } from "./mutation.ts";

const VPC = "module.network.aws_vpc.this";
const SUBNET_A = 'module.network.aws_subnet.public["a"]';
const SUBNET_B = 'module.network.aws_subnet.public["b"]';
const PRIVATE_SUBNET = "module.network.aws_subnet.private[0]";
const GATEWAY = "module.network.aws_internet_gateway.this";
const PUBLIC_TABLE = "module.network.aws_route_table.public";
const PARTNER_TABLE = "module.network.aws_route_table.partner";
const BACKUP_TABLE = "module.network.aws_route_table.backup";
const ASSOCIATION = 'module.network.aws_route_table_association.public["b"]';
const EDGE_ACL = "module.network.aws_network_acl.edge";
const INNER_ACL = "module.network.aws_network_acl.inner";
const OFFICES = "aws_ec2_managed_prefix_list.offices";
const TEMPLATE = "aws_launch_template.worker";

/** Changes to the network: attributes, tags, routes, access lists, things deleted. */
export const NETWORK_MUTATIONS: readonly Mutation[] = [
  mutation({
    name: "DNS host names are switched off in a network",
    apply: ({ cloud, recorded }) =>
      cloud.ec2.send(
        new ModifyVpcAttributeCommand({ VpcId: recorded(VPC), EnableDnsHostnames: { Value: false } }),
      ),
    observe: async ({ cloud, recorded }) =>
      (
        await cloud.ec2.send(
          new DescribeVpcAttributeCommand({ VpcId: recorded(VPC), Attribute: "enableDnsHostnames" }),
        )
      ).EnableDnsHostnames,
    changed: { [VPC]: "enable_dns_hostnames" },
  }),
  mutation({
    name: "A tag of a subnet gets another value",
    apply: (estate) => tag(estate, SUBNET_A, "Tier", "private"),
    observe: (estate) => tagsOf(estate, SUBNET_A),
    changed: { [SUBNET_A]: "tags" },
  }),
  mutation({
    name: "A subnet stops giving public addresses",
    apply: ({ cloud, recorded }) =>
      cloud.ec2.send(
        new ModifySubnetAttributeCommand({
          SubnetId: recorded(SUBNET_B),
          MapPublicIpOnLaunch: { Value: false },
        }),
      ),
    observe: ({ cloud, recorded }) => subnet(cloud.ec2, recorded(SUBNET_B)),
    changed: { [SUBNET_B]: "map_public_ip_on_launch" },
  }),
  mutation({
    name: "A subnet is deleted",
    apply: ({ cloud, recorded }) =>
      cloud.ec2.send(new DeleteSubnetCommand({ SubnetId: recorded(PRIVATE_SUBNET) })),
    observe: ({ cloud, recorded }) => orGone(subnet(cloud.ec2, recorded(PRIVATE_SUBNET))),
    deleted: [PRIVATE_SUBNET],
  }),
  mutation({
    name: "A tag of an internet gateway is removed",
    apply: ({ cloud, recorded }) =>
      cloud.ec2.send(new DeleteTagsCommand({ Resources: [recorded(GATEWAY)], Tags: [{ Key: "Owner" }] })),
    observe: (estate) => tagsOf(estate, GATEWAY),
    changed: { [GATEWAY]: "tags" },
  }),
  mutation({
    name: "A route is added to a table whose routes are written inside it",
    apply: (estate) => addRoute(estate, PUBLIC_TABLE, "198.51.100.0/24"),
    observe: (estate) => routes(estate, PUBLIC_TABLE),
    changed: { [PUBLIC_TABLE]: "route" },
  }),
  mutation({
    name: "A route is added to a table whose routes are resources of their own",
    apply: (estate) => addRoute(estate, PARTNER_TABLE, "198.51.100.0/24"),
    observe: (estate) => routes(estate, PARTNER_TABLE),
    unplanned: { [PARTNER_TABLE]: "route" },
  }),
  mutation({
    name: "A route that is a resource of its own is deleted",
    apply: ({ cloud, recorded }) =>
      cloud.ec2.send(
        new DeleteRouteCommand({
          RouteTableId: recorded(BACKUP_TABLE),
          DestinationCidrBlock: "203.0.113.128/25",
        }),
      ),
    observe: (estate) => routes(estate, BACKUP_TABLE),
    deleted: ["module.network.aws_route.backup"],
    mirrored: { [BACKUP_TABLE]: "route" },
  }),
  mutation({
    name: "A subnet is taken out of its route table",
    apply: ({ cloud, recorded }) =>
      cloud.ec2.send(new DisassociateRouteTableCommand({ AssociationId: recorded(ASSOCIATION) })),
    observe: async ({ cloud, recorded }) => {
      const tables = await cloud.ec2.send(
        new DescribeRouteTablesCommand({ RouteTableIds: [recorded(PUBLIC_TABLE)] }),
      );
      return tables.RouteTables?.[0]?.Associations?.map((association) => association.SubnetId);
    },
    deleted: [ASSOCIATION],
  }),
  mutation({
    name: "An entry of a network access list is widened",
    apply: ({ cloud, recorded }) =>
      cloud.ec2.send(
        new ReplaceNetworkAclEntryCommand({
          NetworkAclId: recorded(EDGE_ACL),
          RuleNumber: 100,
          Egress: false,
          Protocol: "6",
          RuleAction: "allow",
          CidrBlock: "0.0.0.0/0",
          PortRange: { From: 1, To: 65535 },
        }),
      ),
    observe: (estate) => accessList(estate, EDGE_ACL),
    changed: { [EDGE_ACL]: "ingress" },
  }),
  mutation({
    name: "An entry is added to a network access list whose entries are resources of their own",
    apply: ({ cloud, recorded }) =>
      cloud.ec2.send(
        new CreateNetworkAclEntryCommand({
          NetworkAclId: recorded(INNER_ACL),
          RuleNumber: 50,
          Egress: false,
          Protocol: "-1",
          RuleAction: "allow",
          CidrBlock: "0.0.0.0/0",
        }),
      ),
    observe: (estate) => accessList(estate, INNER_ACL),
    unplanned: { [INNER_ACL]: "ingress" },
  }),
  mutation({
    name: "The name tag of an address is changed",
    apply: (estate) => tag(estate, "aws_eip.egress[0]", "Name", "borrowed"),
    observe: (estate) => tagsOf(estate, "aws_eip.egress[0]"),
    changed: { "aws_eip.egress[0]": "tags" },
  }),
  mutation({
    name: "The name tag of an address is written again with the same value",
    apply: (estate) => tag(estate, "aws_eip.egress[1]", "Name", "ferry-prod-egress-1"),
    observe: (estate) => tagsOf(estate, "aws_eip.egress[1]"),
    unchanged: true,
  }),
  mutation({
    name: "A key pair is deleted",
    apply: ({ cloud }) => cloud.ec2.send(new DeleteKeyPairCommand({ KeyName: "ferry-prod-ops" })),
    observe: async ({ cloud }) =>
      (await cloud.ec2.send(new DescribeKeyPairsCommand())).KeyPairs?.map((pair) => pair.KeyName),
    deleted: ["aws_key_pair.ops"],
  }),
  mutation({
    name: "An address range is added to a prefix list",
    apply: ({ cloud, recorded }) =>
      cloud.ec2.send(
        new ModifyManagedPrefixListCommand({
          PrefixListId: recorded(OFFICES),
          CurrentVersion: Number(recorded(OFFICES, "version")),
          PrefixListName: recorded(OFFICES, "name"), // moto forgets the name otherwise
          AddEntries: [{ Cidr: "203.0.113.64/28", Description: "hotel" }],
        }),
      ),
    observe: async ({ cloud, recorded }) =>
      (await cloud.ec2.send(new GetManagedPrefixListEntriesCommand({ PrefixListId: recorded(OFFICES) })))
        .Entries,
    changed: { [OFFICES]: "entry" },
  }),
  mutation({
    name: "A launch template gets a version with larger machines",
    apply: ({ cloud, recorded }) =>
      cloud.ec2.send(
        new CreateLaunchTemplateVersionCommand({
          LaunchTemplateId: recorded(TEMPLATE),
          LaunchTemplateData: {
            ImageId: "ami-0abcdef1234567890",
            InstanceType: "m7i.4xlarge",
            KeyName: "ferry-prod-ops",
            MetadataOptions: { HttpEndpoint: "enabled", HttpTokens: "required" },
            TagSpecifications: [
              { ResourceType: "instance", Tags: [{ Key: "Name", Value: "ferry-prod-worker" }] },
            ],
          },
        }),
      ),
    observe: async ({ cloud, recorded }) =>
      (
        await cloud.ec2.send(
          new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: recorded(TEMPLATE) }),
        )
      ).LaunchTemplateVersions?.map((version) => version.LaunchTemplateData?.InstanceType),
    changed: { [TEMPLATE]: "instance_type" },
  }),
];

function tag({ cloud, recorded }: Estate, address: string, Key: string, Value: string): Promise<unknown> {
  return cloud.ec2.send(new CreateTagsCommand({ Resources: [recorded(address)], Tags: [{ Key, Value }] }));
}

async function tagsOf({ cloud, recorded }: Estate, address: string): Promise<unknown> {
  const filter = { Name: "resource-id", Values: [recorded(address)] };
  return (await cloud.ec2.send(new DescribeTagsCommand({ Filters: [filter] }))).Tags;
}

async function subnet(ec2: Estate["cloud"]["ec2"], id: string): Promise<unknown> {
  return (await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [id] }))).Subnets?.[0]?.MapPublicIpOnLaunch;
}

function addRoute({ cloud, recorded }: Estate, table: string, destination: string): Promise<unknown> {
  return cloud.ec2.send(
    new CreateRouteCommand({
      RouteTableId: recorded(table),
      DestinationCidrBlock: destination,
      GatewayId: recorded(GATEWAY),
    }),
  );
}

async function routes({ cloud, recorded }: Estate, table: string): Promise<unknown> {
  const tables = await cloud.ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [recorded(table)] }));
  return tables.RouteTables?.[0]?.Routes;
}

async function accessList({ cloud, recorded }: Estate, address: string): Promise<unknown> {
  const lists = await cloud.ec2.send(new DescribeNetworkAclsCommand({ NetworkAclIds: [recorded(address)] }));
  return lists.NetworkAcls?.[0]?.Entries;
}

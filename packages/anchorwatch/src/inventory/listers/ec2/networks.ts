/** VPCs and what they are made of. */
import {
  DescribeInternetGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
} from "@aws-sdk/client-ec2";
import type { Thing } from "../../thing.ts";
import type { Ec2Region } from "./region.ts";

export async function networks(ec2: Ec2Region): Promise<readonly Thing[]> {
  const vpcs = await ec2.pages(
    "ec2:DescribeVpcs",
    (page) => ec2.client.send(new DescribeVpcsCommand(page)),
    ({ Vpcs }) => Vpcs,
  );
  const defaults = new Set(vpcs.flatMap(({ IsDefault, VpcId = "" }) => (IsDefault ? [VpcId] : [])));
  const parts = await Promise.all([
    subnets(ec2),
    routes(ec2),
    acls(ec2),
    gateways(ec2, defaults),
    peerings(ec2),
  ]);
  return [
    ...vpcs.map(({ VpcId, Tags, IsDefault, CidrBlock }) =>
      ec2.thing({
        ...{ kind: "vpc", type: "aws_vpc", id: VpcId, tags: Tags, isDefault: IsDefault },
        attributes: { cidr_block: CidrBlock },
      }),
    ),
    ...parts.flat(),
  ];
}

async function subnets(ec2: Ec2Region): Promise<readonly Thing[]> {
  const found = await ec2.pages(
    "ec2:DescribeSubnets",
    (page) => ec2.client.send(new DescribeSubnetsCommand(page)),
    ({ Subnets }) => Subnets,
  );
  return found.map(({ SubnetId, Tags, DefaultForAz, CidrBlock, VpcId, MapPublicIpOnLaunch }) =>
    ec2.thing({
      ...{ kind: "subnet", type: "aws_subnet", id: SubnetId, tags: Tags, isDefault: DefaultForAz },
      attributes: { cidr_block: CidrBlock, vpc_id: VpcId, map_public_ip_on_launch: MapPublicIpOnLaunch },
      telling: ["map_public_ip_on_launch"],
    }),
  );
}

/** The main table of a VPC comes with it. */
async function routes(ec2: Ec2Region): Promise<readonly Thing[]> {
  const found = await ec2.pages(
    "ec2:DescribeRouteTables",
    (page) => ec2.client.send(new DescribeRouteTablesCommand({ ...page, MaxResults: 100 })),
    ({ RouteTables }) => RouteTables,
  );
  return found.map(({ RouteTableId, Tags, Associations = [], VpcId }) =>
    ec2.thing({
      ...{ kind: "route-table", type: "aws_route_table", id: RouteTableId, tags: Tags },
      isDefault: Associations.some(({ Main }) => Main === true),
      attributes: { vpc_id: VpcId },
    }),
  );
}

async function acls(ec2: Ec2Region): Promise<readonly Thing[]> {
  const found = await ec2.pages(
    "ec2:DescribeNetworkAcls",
    (page) => ec2.client.send(new DescribeNetworkAclsCommand(page)),
    ({ NetworkAcls }) => NetworkAcls,
  );
  return found.map(({ NetworkAclId, Tags, IsDefault, VpcId }) =>
    ec2.thing({
      ...{
        kind: "network-acl",
        type: "aws_network_acl",
        id: NetworkAclId,
        tags: Tags,
        isDefault: IsDefault,
      },
      attributes: { vpc_id: VpcId },
    }),
  );
}

async function gateways(ec2: Ec2Region, defaults: ReadonlySet<string>): Promise<readonly Thing[]> {
  const found = await ec2.pages(
    "ec2:DescribeInternetGateways",
    (page) => ec2.client.send(new DescribeInternetGatewaysCommand(page)),
    ({ InternetGateways }) => InternetGateways,
  );
  return found.map(({ InternetGatewayId, Tags, Attachments = [] }) => {
    const vpcs = Attachments.flatMap(({ VpcId }) => VpcId ?? []);
    return ec2.thing({
      ...{ kind: "internet-gateway", type: "aws_internet_gateway", id: InternetGatewayId, tags: Tags },
      isDefault: vpcs.length > 0 && vpcs.every((vpc) => defaults.has(vpc)),
      attributes: { vpc_id: vpcs[0] },
      telling: ["vpc_id"],
    });
  });
}

async function peerings(ec2: Ec2Region): Promise<readonly Thing[]> {
  const found = await ec2.pages(
    "ec2:DescribeVpcPeeringConnections",
    (page) => ec2.client.send(new DescribeVpcPeeringConnectionsCommand(page)),
    ({ VpcPeeringConnections }) => VpcPeeringConnections,
  );
  const open = found.filter(
    ({ Status }) => !/^(?:deleted|rejected|expired|failed)$/.test(Status?.Code ?? ""),
  );
  return open.map(({ VpcPeeringConnectionId, Tags, Status, AccepterVpcInfo, RequesterVpcInfo }) =>
    ec2.thing({
      ...{ kind: "vpc-peering-connection", type: "aws_vpc_peering_connection", id: VpcPeeringConnectionId },
      tags: Tags,
      attributes: {
        ...{ vpc_id: RequesterVpcInfo?.VpcId, owner_id: RequesterVpcInfo?.OwnerId },
        ...{
          peer_vpc_id: AccepterVpcInfo?.VpcId,
          peer_owner_id: AccepterVpcInfo?.OwnerId,
          status: Status?.Code,
        },
      },
      telling: ["status"],
    }),
  );
}

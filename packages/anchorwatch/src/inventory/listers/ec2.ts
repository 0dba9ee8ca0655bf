/** Networks and who may get into them, machines and the keys to them. */
import {
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeKeyPairsCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  EC2Client,
  type SecurityGroupRule,
} from "@aws-sdk/client-ec2";
import type { JsonObject } from "../../domain/jsonValue.ts";
import { type Lister, type ListingPlace, pagesOf } from "../lister.ts";
import { attributesOf, tagsOf } from "../shown.ts";
import { type Thing, type ThingFact, unique } from "../thing.ts";

export const ec2: Lister = {
  service: "ec2",
  tellsTags: true,
  types: [
    ...["aws_vpc", "aws_subnet", "aws_route_table", "aws_network_acl", "aws_internet_gateway"],
    ...["aws_security_group", "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"],
    ...["aws_instance", "aws_key_pair", "aws_vpc_peering_connection"],
  ],
  async list(place) {
    const client = new EC2Client(place.client);
    try {
      const lister = new Ec2Lister(client, place);
      const parts = await Promise.all([lister.networks(), lister.groups(), lister.machines()]);
      return parts.flat();
    } finally {
      client.destroy();
    }
  },
};

type Tags = Parameters<typeof tagsOf>[0];

interface Given {
  readonly kind: string;
  readonly type: string;
  readonly id: string | undefined;
  readonly tags: Tags;
  readonly isDefault?: boolean | undefined;
  readonly attributes?: Parameters<typeof attributesOf>[0];
  readonly telling?: readonly string[];
}

/** The most that a page may have. */
const PAGE = 1000;

class Ec2Lister {
  readonly #client: EC2Client;
  readonly #place: ListingPlace;

  constructor(client: EC2Client, place: ListingPlace) {
    this.#client = client;
    this.#place = place;
  }

  async networks(): Promise<readonly Thing[]> {
    const vpcs = await this.#pages(
      "ec2:DescribeVpcs",
      (page) => this.#client.send(new DescribeVpcsCommand(page)),
      ({ Vpcs }) => Vpcs,
    );
    const defaults = new Set(vpcs.flatMap(({ IsDefault, VpcId = "" }) => (IsDefault ? [VpcId] : [])));
    const parts = await Promise.all([
      this.#subnets(),
      this.#routes(),
      this.#acls(),
      this.#gateways(defaults),
      this.#peerings(),
    ]);
    return [
      ...vpcs.map(({ VpcId, Tags, IsDefault, CidrBlock }) =>
        this.#thing({
          ...{ kind: "vpc", type: "aws_vpc", id: VpcId, tags: Tags, isDefault: IsDefault },
          attributes: { cidr_block: CidrBlock },
        }),
      ),
      ...parts.flat(),
    ];
  }

  async #subnets(): Promise<readonly Thing[]> {
    const found = await this.#pages(
      "ec2:DescribeSubnets",
      (page) => this.#client.send(new DescribeSubnetsCommand(page)),
      ({ Subnets }) => Subnets,
    );
    return found.map(({ SubnetId, Tags, DefaultForAz, CidrBlock, VpcId, MapPublicIpOnLaunch }) =>
      this.#thing({
        ...{ kind: "subnet", type: "aws_subnet", id: SubnetId, tags: Tags, isDefault: DefaultForAz },
        attributes: { cidr_block: CidrBlock, vpc_id: VpcId, map_public_ip_on_launch: MapPublicIpOnLaunch },
        telling: ["map_public_ip_on_launch"],
      }),
    );
  }

  /** The main table of a VPC comes with it. */
  async #routes(): Promise<readonly Thing[]> {
    const found = await this.#pages(
      "ec2:DescribeRouteTables",
      (page) => this.#client.send(new DescribeRouteTablesCommand({ ...page, MaxResults: 100 })),
      ({ RouteTables }) => RouteTables,
    );
    return found.map(({ RouteTableId, Tags, Associations = [], VpcId }) =>
      this.#thing({
        ...{ kind: "route-table", type: "aws_route_table", id: RouteTableId, tags: Tags },
        isDefault: Associations.some(({ Main }) => Main === true),
        attributes: { vpc_id: VpcId },
      }),
    );
  }

  async #acls(): Promise<readonly Thing[]> {
    const found = await this.#pages(
      "ec2:DescribeNetworkAcls",
      (page) => this.#client.send(new DescribeNetworkAclsCommand(page)),
      ({ NetworkAcls }) => NetworkAcls,
    );
    return found.map(({ NetworkAclId, Tags, IsDefault, VpcId }) =>
      this.#thing({
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

  async #gateways(defaults: ReadonlySet<string>): Promise<readonly Thing[]> {
    const found = await this.#pages(
      "ec2:DescribeInternetGateways",
      (page) => this.#client.send(new DescribeInternetGatewaysCommand(page)),
      ({ InternetGateways }) => InternetGateways,
    );
    return found.map(({ InternetGatewayId, Tags, Attachments = [] }) => {
      const vpcs = Attachments.flatMap(({ VpcId }) => VpcId ?? []);
      return this.#thing({
        ...{ kind: "internet-gateway", type: "aws_internet_gateway", id: InternetGatewayId, tags: Tags },
        isDefault: vpcs.length > 0 && vpcs.every((vpc) => defaults.has(vpc)),
        attributes: { vpc_id: vpcs[0] },
        telling: ["vpc_id"],
      });
    });
  }

  async #peerings(): Promise<readonly Thing[]> {
    const found = await this.#pages(
      "ec2:DescribeVpcPeeringConnections",
      (page) => this.#client.send(new DescribeVpcPeeringConnectionsCommand(page)),
      ({ VpcPeeringConnections }) => VpcPeeringConnections,
    );
    const open = found.filter(
      ({ Status }) => !/^(?:deleted|rejected|expired|failed)$/.test(Status?.Code ?? ""),
    );
    return open.map(({ VpcPeeringConnectionId, Tags, Status, AccepterVpcInfo, RequesterVpcInfo }) =>
      this.#thing({
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

  async groups(): Promise<readonly Thing[]> {
    const [groups, rules] = await Promise.all([
      this.#pages(
        "ec2:DescribeSecurityGroups",
        (page) => this.#client.send(new DescribeSecurityGroupsCommand(page)),
        ({ SecurityGroups }) => SecurityGroups,
      ),
      this.#pages(
        "ec2:DescribeSecurityGroupRules",
        (page) => this.#client.send(new DescribeSecurityGroupRulesCommand(page)),
        ({ SecurityGroupRules }) => SecurityGroupRules,
      ),
    ]);
    return [
      ...groups.map(({ GroupId, Tags, GroupName, Description, VpcId }) =>
        this.#thing({
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
      ...rules.map((rule) => this.#rule(rule)),
    ];
  }

  #rule(rule: SecurityGroupRule): Thing {
    const { SecurityGroupRuleId: id, GroupId: group = "", IsEgress, IpProtocol: protocol, Tags } = rule;
    const attributes = {
      ...{ security_group_id: group, description: rule.Description, ip_protocol: protocol },
      // A protocol without ports has none.
      ...(protocol === "-1" ? {} : { from_port: rule.FromPort, to_port: rule.ToPort }),
      ...{ cidr_ipv4: rule.CidrIpv4, cidr_ipv6: rule.CidrIpv6, prefix_list_id: rule.PrefixListId },
      referenced_security_group_id: rule.ReferencedGroupInfo?.GroupId,
    };
    const thing = this.#thing({
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

  async machines(): Promise<readonly Thing[]> {
    const [reservations, pairs] = await Promise.all([
      this.#pages(
        "ec2:DescribeInstances",
        (page) => this.#client.send(new DescribeInstancesCommand(page)),
        ({ Reservations }) => Reservations,
      ),
      this.#place.ask("ec2:DescribeKeyPairs", () => this.#client.send(new DescribeKeyPairsCommand({}))),
    ]);
    const instances = reservations
      .flatMap(({ Instances = [] }) => Instances)
      .filter(({ State }) => State?.Name !== "terminated");
    return [
      ...instances.map(({ InstanceId, Tags, LaunchTime, ...rest }) => ({
        ...this.#thing({
          ...{ kind: "instance", type: "aws_instance", id: InstanceId, tags: Tags },
          attributes: {
            ...{ instance_type: rest.InstanceType, ami: rest.ImageId, key_name: rest.KeyName },
            ...{ subnet_id: rest.SubnetId, public_ip: rest.PublicIpAddress },
            iam_instance_profile: rest.IamInstanceProfile?.Arn,
            vpc_security_group_ids: (rest.SecurityGroups ?? [])
              .flatMap(({ GroupId }) => GroupId ?? [])
              .sort(),
          },
          telling: ["iam_instance_profile", "public_ip", "vpc_security_group_ids"],
        }),
        ...(LaunchTime === undefined ? {} : { createdAt: LaunchTime }),
      })),
      ...(pairs?.KeyPairs ?? []).map(({ KeyName, KeyPairId, Tags, KeyFingerprint, CreateTime }) => ({
        ...this.#thing({
          ...{ kind: "key-pair", type: "aws_key_pair", id: KeyName, tags: Tags },
          attributes: { key_name: KeyName, key_pair_id: KeyPairId, fingerprint: KeyFingerprint },
          telling: ["fingerprint"],
        }),
        ...(CreateTime === undefined ? {} : { createdAt: CreateTime }),
      })),
    ];
  }

  #thing({ kind, type, id = "", tags, isDefault, attributes = {}, telling = [] }: Given): Thing {
    const { account, partition, unit, client } = this.#place;
    const arn = `arn:${partition}:ec2:${client.region}:${account}:${kind}/${id}`;
    const facts: readonly ThingFact[] = isDefault === true ? ["default"] : [];
    const shown: JsonObject = attributesOf(attributes);
    // Ids of EC2 are given once; a name, as of a key, is known with its account and region.
    const names = kind === "key-pair" ? [unique(arn)] : [unique(id), unique(arn)];
    return {
      type,
      id,
      arn,
      region: client.region,
      unit,
      names,
      tags: tagsOf(tags),
      facts,
      attributes: shown,
      telling,
    };
  }

  #pages<Page extends { readonly NextToken?: string | undefined }, Item>(
    permission: string,
    call: (page: { readonly MaxResults: number; readonly NextToken?: string }) => Promise<Page>,
    items: (page: Page) => readonly Item[] | undefined,
  ): Promise<readonly Item[]> {
    let NextToken: string | undefined;
    return pagesOf(
      () =>
        this.#place.ask(permission, () =>
          call({ MaxResults: PAGE, ...(NextToken === undefined ? {} : { NextToken }) }),
        ),
      items,
      (page) => {
        NextToken = page.NextToken;
        return NextToken !== undefined && NextToken !== "";
      },
    );
  }
}

/** Every group may send anywhere, and the default one hears itself: AWS makes these rules with the group. */
function isBornWithGroup(rule: SecurityGroupRule): boolean {
  if (rule.IpProtocol !== "-1" || rule.Description !== undefined) return false;
  if (rule.IsEgress === true) return rule.CidrIpv4 === "0.0.0.0/0" || rule.CidrIpv6 === "::/0";
  return rule.ReferencedGroupInfo?.GroupId !== undefined && rule.ReferencedGroupInfo.GroupId === rule.GroupId;
}

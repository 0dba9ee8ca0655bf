import * as ec2 from "@aws-sdk/client-ec2";
import * as route53 from "@aws-sdk/client-route-53";
import type { Cloud } from "../../support/cloud.ts";
import { type Act, act } from "./act.ts";

const SSH = { IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "0.0.0.0/0" }] };

/** EC2 and Route 53. */
export async function* networkCalls({ ec2: client, route53: dns }: Cloud): AsyncGenerator<Act> {
  const { Vpc } = await client.send(new ec2.CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }));
  const VpcId = Vpc?.VpcId;
  yield act("ec2", "CreateVpc", VpcId);
  await client.send(new ec2.ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  yield act("ec2", "ModifyVpcAttribute", VpcId);
  const { Subnet } = await client.send(new ec2.CreateSubnetCommand({ VpcId, CidrBlock: "10.9.1.0/24" }));
  const SubnetId = Subnet?.SubnetId;
  yield act("ec2", "CreateSubnet", SubnetId, VpcId);
  const { GroupId } = await client.send(
    new ec2.CreateSecurityGroupCommand({ VpcId, GroupName: "web", Description: "Web servers" }),
  );
  yield act("ec2", "CreateSecurityGroup", GroupId);
  await client.send(new ec2.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [SSH] }));
  yield act("ec2", "AuthorizeSecurityGroupIngress", GroupId);
  await client.send(new ec2.RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: [SSH] }));
  yield act("ec2", "RevokeSecurityGroupIngress", GroupId);
  const Tags = [{ Key: "Owner", Value: "nobody" }];
  await client.send(new ec2.CreateTagsCommand({ Resources: [GroupId ?? "", SubnetId ?? ""], Tags }));
  yield act("ec2", "CreateTags", GroupId, SubnetId);
  const { RouteTable } = await client.send(new ec2.CreateRouteTableCommand({ VpcId }));
  const RouteTableId = RouteTable?.RouteTableId;
  yield act("ec2", "CreateRouteTable", RouteTableId);
  const { AssociationId } = await client.send(new ec2.AssociateRouteTableCommand({ RouteTableId, SubnetId }));
  yield act("ec2", "AssociateRouteTable", AssociationId, RouteTableId, SubnetId);
  await client.send(new ec2.DeleteSecurityGroupCommand({ GroupId }));
  yield act("ec2", "DeleteSecurityGroup", GroupId);
  const { HostedZone } = await dns.send(
    new route53.CreateHostedZoneCommand({ Name: "example.com", CallerReference: "once" }),
  );
  const zone = HostedZone?.Id?.split("/").at(-1);
  yield act("route53", "CreateHostedZone", zone);
  const ResourceRecordSet = {
    Name: "www.example.com",
    Type: "A" as const,
    TTL: 60,
    ResourceRecords: [{ Value: "192.0.2.7" }],
  };
  await dns.send(
    new route53.ChangeResourceRecordSetsCommand({
      HostedZoneId: zone,
      ChangeBatch: { Changes: [{ Action: "UPSERT", ResourceRecordSet }] },
    }),
  );
  yield act("route53", "ChangeResourceRecordSets", zone, "www.example.com");
}

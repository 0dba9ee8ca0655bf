/** Networks and who may get into them, machines and the keys to them. */
import type { Lister } from "../lister.ts";
import { groups } from "./ec2/groups.ts";
import { machines } from "./ec2/machines.ts";
import { networks } from "./ec2/networks.ts";
import { Ec2Region } from "./ec2/region.ts";

export const ec2: Lister = {
  service: "ec2",
  tellsTags: true,
  types: [
    ...["aws_vpc", "aws_subnet", "aws_route_table", "aws_network_acl", "aws_internet_gateway"],
    ...["aws_security_group", "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"],
    ...["aws_instance", "aws_key_pair", "aws_vpc_peering_connection"],
  ],
  async list(place) {
    const region = new Ec2Region(place);
    try {
      return (await Promise.all([networks(region), groups(region), machines(region)])).flat();
    } finally {
      region.close();
    }
  },
};

resource "aws_vpc" "shared" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "shared" {
  count = 2

  vpc_id            = aws_vpc.shared.id
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, count.index)
  availability_zone = "${local.region}${["a", "b"][count.index]}"
}

resource "aws_internet_gateway" "shared" {
  vpc_id = aws_vpc.shared.id
}

resource "aws_security_group" "shared" {
  name        = "shared"
  description = "Shared"
  vpc_id      = aws_vpc.shared.id
}

resource "aws_security_group" "strange" {
  name        = "strange"
  description = "Of somebody else"
  vpc_id      = aws_vpc.shared.id
}

resource "aws_security_group" "sound" {
  for_each = toset(lookup(var.cases, "aws_security_group.sound", []))

  name        = "sound-${each.key}"
  description = "Web"
  vpc_id      = aws_vpc.shared.id

  ingress {
    description = "Inner network"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/16"]
  }

  egress {
    description = "Inner network"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/16"]
  }

  tags = { Owner = "network" }
}

resource "aws_security_group" "loose" {
  for_each = toset(lookup(var.cases, "aws_security_group.loose", []))

  name        = "loose-${each.key}"
  description = "Web"
  vpc_id      = aws_vpc.shared.id

  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0", "10.0.0.0/16"]
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "of_rule" {
  for_each = toset(concat(
    [for name in lookup(var.cases, "aws_vpc_security_group_ingress_rule.sound", []) : "in-${name}"],
    [for name in lookup(var.cases, "aws_vpc_security_group_ingress_rule.loose", []) : "in-${name}"],
    [for name in lookup(var.cases, "aws_vpc_security_group_egress_rule.sound", []) : "out-${name}"],
    [for name in lookup(var.cases, "aws_vpc_security_group_egress_rule.loose", []) : "out-${name}"],
  ))

  name        = each.key
  description = "Of a rule"
  vpc_id      = aws_vpc.shared.id
}

resource "aws_vpc_security_group_ingress_rule" "sound" {
  for_each = toset(lookup(var.cases, "aws_vpc_security_group_ingress_rule.sound", []))

  security_group_id = aws_security_group.of_rule["in-${each.key}"].id
  description       = "Inner network"
  from_port         = 22
  to_port           = 22
  ip_protocol       = "tcp"
  cidr_ipv4         = "10.0.0.0/16"
}

resource "aws_vpc_security_group_ingress_rule" "loose" {
  for_each = toset(lookup(var.cases, "aws_vpc_security_group_ingress_rule.loose", []))

  security_group_id = aws_security_group.of_rule["in-${each.key}"].id
  from_port         = 22
  to_port           = 22
  ip_protocol       = "tcp"
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_egress_rule" "sound" {
  for_each = toset(lookup(var.cases, "aws_vpc_security_group_egress_rule.sound", []))

  security_group_id = aws_security_group.of_rule["out-${each.key}"].id
  description       = "Inner network"
  from_port         = 443
  to_port           = 443
  ip_protocol       = "tcp"
  cidr_ipv4         = "10.0.0.0/16"
}

resource "aws_vpc_security_group_egress_rule" "loose" {
  for_each = toset(lookup(var.cases, "aws_vpc_security_group_egress_rule.loose", []))

  security_group_id = aws_security_group.of_rule["out-${each.key}"].id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc" "of_default" {
  for_each = toset(lookup(var.cases, "aws_default_security_group.sound", []))

  cidr_block = "10.9.0.0/16"
}

resource "aws_default_security_group" "sound" {
  for_each = toset(lookup(var.cases, "aws_default_security_group.sound", []))

  vpc_id = aws_vpc.of_default[each.key].id
}

resource "aws_vpc" "sound" {
  for_each = toset(lookup(var.cases, "aws_vpc.sound", []))

  cidr_block           = "10.8.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = false
  tags                 = { Owner = "network" }
}

resource "aws_subnet" "sound" {
  for_each = toset(lookup(var.cases, "aws_subnet.sound", []))

  vpc_id                  = aws_vpc.shared.id
  cidr_block              = cidrsubnet("10.0.0.0/16", 8, 100 + index(var.cases["aws_subnet.sound"], each.key))
  map_public_ip_on_launch = false
  tags                    = { Owner = "network" }
}

resource "aws_subnet" "loose" {
  for_each = toset(lookup(var.cases, "aws_subnet.loose", []))

  vpc_id                  = aws_vpc.shared.id
  cidr_block              = cidrsubnet("10.0.0.0/16", 8, 200 + index(var.cases["aws_subnet.loose"], each.key))
  map_public_ip_on_launch = true
}

resource "aws_network_acl" "sound" {
  for_each = toset(lookup(var.cases, "aws_network_acl.sound", []))

  vpc_id = aws_vpc.shared.id

  ingress {
    rule_no    = 100
    protocol   = "tcp"
    action     = "allow"
    cidr_block = "10.0.0.0/16"
    from_port  = 443
    to_port    = 443
  }

  ingress {
    rule_no    = 110
    protocol   = "tcp"
    action     = "deny"
    cidr_block = "203.0.113.0/24"
    from_port  = 443
    to_port    = 443
  }

  tags = { Owner = "network" }
}

resource "aws_network_acl" "of_rule" {
  for_each = toset(concat(lookup(var.cases, "aws_network_acl_rule.sound", []), lookup(var.cases, "aws_network_acl_rule.loose", [])))

  vpc_id = aws_vpc.shared.id
}

resource "aws_network_acl_rule" "sound" {
  for_each = toset(lookup(var.cases, "aws_network_acl_rule.sound", []))

  network_acl_id = aws_network_acl.of_rule[each.key].id
  rule_number    = 200
  egress         = false
  protocol       = "tcp"
  rule_action    = "allow"
  cidr_block     = "10.0.0.0/16"
  from_port      = 22
  to_port        = 22
}

resource "aws_network_acl_rule" "loose" {
  for_each = toset(lookup(var.cases, "aws_network_acl_rule.loose", []))

  network_acl_id = aws_network_acl.of_rule[each.key].id
  rule_number    = 200
  egress         = false
  protocol       = "tcp"
  rule_action    = "deny"
  cidr_block     = "0.0.0.0/0"
  from_port      = 22
  to_port        = 22
}

resource "aws_route_table" "sound" {
  for_each = toset(lookup(var.cases, "aws_route_table.sound", []))

  vpc_id = aws_vpc.shared.id
  tags   = { Owner = "network" }

  route {
    cidr_block = "192.168.50.0/24"
    gateway_id = aws_internet_gateway.shared.id
  }
}

resource "aws_route_table" "of_route" {
  for_each = toset(lookup(var.cases, "aws_route.sound", []))

  vpc_id = aws_vpc.shared.id
}

resource "aws_network_interface" "shared" {
  subnet_id = aws_subnet.shared[0].id
}

resource "aws_route" "sound" {
  for_each = toset(lookup(var.cases, "aws_route.sound", []))

  route_table_id         = aws_route_table.of_route[each.key].id
  destination_cidr_block = "203.0.113.0/24"
  gateway_id             = aws_internet_gateway.shared.id
}

resource "aws_vpc_endpoint" "sound" {
  for_each = toset(lookup(var.cases, "aws_vpc_endpoint.sound", []))

  vpc_id       = aws_vpc.shared.id
  service_name = "com.amazonaws.${local.region}.s3"
  tags         = { Owner = "network" }

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Ours", Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::tickets/*" }]
  })
}

resource "aws_flow_log" "sound" {
  for_each = toset(lookup(var.cases, "aws_flow_log.sound", []))

  vpc_id               = aws_vpc.of_flow_log[each.key].id
  traffic_type         = "ALL"
  log_destination_type = "s3"
  log_destination      = aws_s3_bucket.shared.arn
  tags                 = { Owner = "network" }
}

resource "aws_vpc" "of_flow_log" {
  for_each = toset(lookup(var.cases, "aws_flow_log.sound", []))

  cidr_block = "10.7.0.0/16"
}

resource "aws_ec2_managed_prefix_list" "sound" {
  for_each = toset(lookup(var.cases, "aws_ec2_managed_prefix_list.sound", []))

  name           = "sound-${each.key}"
  address_family = "IPv4"
  max_entries    = 5

  entry {
    cidr        = "10.0.0.0/16"
    description = "Inner network"
  }

  entry {
    cidr        = "10.1.0.0/16"
    description = "Offices"
  }
}

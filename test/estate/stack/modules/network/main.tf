variable "name" {
  type = string
}

variable "cidr" {
  type = string
}

variable "zones" {
  description = "Zone letters in order."
  type        = list(string)
}

variable "region" {
  type = string
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = {
    Name = var.name
  }
}

resource "aws_subnet" "public" {
  for_each = { for index, zone in var.zones : zone => index }

  vpc_id                  = aws_vpc.this.id
  cidr_block              = cidrsubnet(var.cidr, 8, each.value)
  availability_zone       = "${var.region}${each.key}"
  map_public_ip_on_launch = true

  tags = {
    Name = "${var.name}-public-${each.key}"
    Tier = "public"
  }
}

resource "aws_subnet" "private" {
  count = length(var.zones)

  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(var.cidr, 8, count.index + 100)
  availability_zone = "${var.region}${var.zones[count.index]}"

  tags = {
    Name = format("%s-private-%s", var.name, var.zones[count.index])
    Tier = "private"
  }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = {
    Name  = var.name
    Owner = "network"
  }
}

# Routes inside the table.
resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.this.id
  }

  tags = {
    Name = "${var.name}-public"
  }
}

resource "aws_route_table_association" "public" {
  for_each = aws_subnet.public

  subnet_id      = each.value.id
  route_table_id = aws_route_table.public.id
}

# Routes as resources of their own.
resource "aws_route_table" "partner" {
  vpc_id = aws_vpc.this.id

  tags = {
    Name = "${var.name}-partner"
  }
}

resource "aws_route" "partner" {
  route_table_id         = aws_route_table.partner.id
  destination_cidr_block = "203.0.113.0/24"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table" "backup" {
  vpc_id = aws_vpc.this.id
}

resource "aws_route" "backup" {
  route_table_id         = aws_route_table.backup.id
  destination_cidr_block = "203.0.113.128/25"
  gateway_id             = aws_internet_gateway.this.id
}

# A group closed on purpose: nobody may use it.
resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.this.id
}

resource "aws_network_acl" "edge" {
  vpc_id     = aws_vpc.this.id
  subnet_ids = [for subnet in aws_subnet.public : subnet.id]

  ingress {
    rule_no    = 100
    protocol   = "tcp"
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    from_port  = 443
    to_port    = 443
  }

  egress {
    rule_no    = 100
    protocol   = "-1"
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }
}

resource "aws_network_acl" "inner" {
  vpc_id = aws_vpc.this.id
}

resource "aws_network_acl_rule" "inner_sql" {
  network_acl_id = aws_network_acl.inner.id
  rule_number    = 200
  egress         = false
  protocol       = "tcp"
  rule_action    = "allow"
  cidr_block     = var.cidr
  from_port      = 5432
  to_port        = 5432
}

output "vpc_id" {
  value = aws_vpc.this.id
}

output "public_subnet_ids" {
  value = { for zone, subnet in aws_subnet.public : zone => subnet.id }
}

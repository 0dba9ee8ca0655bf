# Security groups, in each of the ways in which people write them.

# 1. Rules inside the group.
resource "aws_security_group" "web" {
  name        = "${local.name}-web"
  description = "Booking page"
  vpc_id      = module.network.vpc_id

  ingress {
    description = "HTTPS"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }

  ingress {
    description = "Offices"
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = values(local.offices)
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "monitoring" {
  name        = "${local.name}-monitoring"
  description = "Metrics"
  vpc_id      = module.network.vpc_id

  dynamic "ingress" {
    for_each = toset([9090, 9100])

    content {
      from_port       = ingress.value
      to_port         = ingress.value
      protocol        = "tcp"
      security_groups = [aws_security_group.web.id]
    }
  }
}

# 2. Rules as aws_security_group_rule.
resource "aws_security_group" "database" {
  name        = "${local.name}-database"
  description = "PostgreSQL"
  vpc_id      = module.network.vpc_id
}

resource "aws_security_group_rule" "database_from_web" {
  type                     = "ingress"
  security_group_id        = aws_security_group.database.id
  from_port                = 5432
  to_port                  = 5432
  protocol                 = "tcp"
  source_security_group_id = aws_security_group.web.id
}

resource "aws_security_group" "cache" {
  name        = "${local.name}-cache"
  description = "Redis"
  vpc_id      = module.network.vpc_id
}

resource "aws_security_group_rule" "cache_ports" {
  for_each = toset(["6379", "6380"])

  type              = "ingress"
  security_group_id = aws_security_group.cache.id
  from_port         = tonumber(each.key)
  to_port           = tonumber(each.key)
  protocol          = "tcp"
  cidr_blocks       = ["10.20.0.0/16"]
}

resource "aws_security_group" "queue" {
  name        = "${local.name}-queue"
  description = "Job queue"
  vpc_id      = module.network.vpc_id
}

resource "aws_security_group_rule" "queue" {
  type              = "ingress"
  security_group_id = aws_security_group.queue.id
  from_port         = 5672
  to_port           = 5672
  protocol          = "tcp"
  cidr_blocks       = ["10.20.0.0/16"]
}

# 3. Rules as aws_vpc_security_group_*_rule.
resource "aws_security_group" "batch" {
  name        = "${local.name}-batch"
  description = "Night jobs"
  vpc_id      = module.network.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "batch_control" {
  security_group_id = aws_security_group.batch.id
  description       = "Control"
  cidr_ipv4         = "10.20.0.0/16"
  from_port         = 8443
  to_port           = 8443
  ip_protocol       = "tcp"
}

resource "aws_vpc_security_group_egress_rule" "batch_anywhere" {
  security_group_id = aws_security_group.batch.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

resource "aws_security_group" "mail" {
  name        = "${local.name}-mail"
  description = "Mail relay"
  vpc_id      = module.network.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "mail_smtp" {
  security_group_id = aws_security_group.mail.id
  description       = "SMTP"
  cidr_ipv4         = "10.20.0.0/16"
  from_port         = 587
  to_port           = 587
  ip_protocol       = "tcp"
}

# The trap: everything may leave, as declared; somebody then lets everything in.
resource "aws_security_group" "tunnel" {
  name        = "${local.name}-tunnel"
  description = "Tunnel"
  vpc_id      = module.network.vpc_id
}

resource "aws_vpc_security_group_egress_rule" "tunnel_anywhere" {
  security_group_id = aws_security_group.tunnel.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

# 4. No rules at all.
resource "aws_security_group" "quarantine" {
  name        = "${local.name}-quarantine"
  description = "Nothing in, nothing out"
  vpc_id      = module.network.vpc_id
}

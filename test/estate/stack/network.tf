module "network" {
  source = "./modules/network"

  name   = local.name
  cidr   = "10.20.0.0/16"
  region = var.region
  zones  = ["a", "b"]
}

resource "aws_eip" "egress" {
  count = 2

  domain = "vpc"

  tags = {
    Name = "${local.name}-egress-${count.index}"
  }
}

resource "aws_key_pair" "ops" {
  key_name   = "${local.name}-ops"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB1Rr0mUdXoBbGZkyTGlOJ7xUoF8ZqqDkVm2hZ1sRk0h ops@ferry.example"
}

resource "aws_ec2_managed_prefix_list" "offices" {
  name           = "${local.name}-offices"
  address_family = "IPv4"
  max_entries    = 5

  dynamic "entry" {
    for_each = local.offices

    content {
      cidr        = entry.value
      description = entry.key
    }
  }
}

resource "aws_launch_template" "worker" {
  name          = "${local.name}-worker"
  image_id      = "ami-0abcdef1234567890"
  instance_type = "t3.small"
  key_name      = aws_key_pair.ops.key_name

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
  }

  tag_specifications {
    resource_type = "instance"
    tags = {
      Name = "${local.name}-worker"
    }
  }
}

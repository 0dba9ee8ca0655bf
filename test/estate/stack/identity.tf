locals {
  roles = {
    booking = { service = "lambda.amazonaws.com", hours = 1 }
    deploy  = { service = "codebuild.amazonaws.com", hours = 4 }
    audit   = { service = "config.amazonaws.com", hours = 1 }
    reports = { service = "glue.amazonaws.com", hours = 1 }
    support = { service = "ec2.amazonaws.com", hours = 1 }
    nightly = { service = "events.amazonaws.com", hours = 2 }
    billing = { service = "glue.amazonaws.com", hours = 1 }
    ghost   = { service = "ec2.amazonaws.com", hours = 1 }
    twin    = { service = "ec2.amazonaws.com", hours = 1 }
    port    = { service = "ec2.amazonaws.com", hours = 1 }
    retired = { service = "ec2.amazonaws.com", hours = 1 }
  }
}

resource "aws_iam_role" "service" {
  for_each = local.roles

  name                 = "${local.name}-${each.key}"
  path                 = "/ferry/"
  max_session_duration = each.value.hours * 3600

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = each.value.service }
    }]
  })

  tags = {
    Owner = "identity"
  }
}

resource "aws_iam_role_policy" "booking" {
  name = "tickets"
  role = aws_iam_role.service["booking"].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject"]
      Resource = "${module.bucket["tickets"].arn}/*"
    }]
  })
}

resource "aws_iam_role_policy" "twin" {
  name = "read"
  role = aws_iam_role.service["twin"].id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:ListBucket", Resource = module.bucket["tickets"].arn }]
  })
}

resource "aws_iam_role_policy" "deploy" {
  name = "deploy"
  role = aws_iam_role.service["deploy"].id

  policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        { "Effect": "Allow", "Action": ["ecr:*", "lambda:UpdateFunctionCode"], "Resource": "*" }
      ]
    }
  EOT
}

resource "aws_iam_policy" "read_tickets" {
  name        = "${local.name}-read-tickets"
  path        = "/ferry/"
  description = "Reads tickets"

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "${module.bucket["tickets"].arn}/*" }]
  })
}

resource "aws_iam_policy" "guard" {
  name = "${local.name}-guard"

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "NoKeys", Effect = "Deny", Action = "iam:CreateAccessKey", Resource = "*" }]
  })
}

resource "aws_iam_role_policy_attachment" "read_tickets" {
  for_each = toset(["audit", "reports", "support"])

  role       = aws_iam_role.service[each.key].name
  policy_arn = aws_iam_policy.read_tickets.arn
}

resource "aws_iam_instance_profile" "support" {
  name = "${local.name}-support"
  role = aws_iam_role.service["support"].name
}

resource "aws_iam_user" "person" {
  for_each = toset(["anna", "bjarne", "clara"])

  name = each.key
  path = "/people/"

  tags = {
    Team = "operations"
  }
}

resource "aws_iam_group" "operators" {
  name = "${local.name}-operators"
}

resource "aws_iam_group" "auditors" {
  name = "${local.name}-auditors"
}

resource "aws_iam_group_membership" "operators" {
  name  = "operators"
  group = aws_iam_group.operators.name
  users = [aws_iam_user.person["anna"].name, aws_iam_user.person["bjarne"].name]
}

resource "aws_iam_user_group_membership" "clara" {
  user   = aws_iam_user.person["clara"].name
  groups = [aws_iam_group.auditors.name]
}

resource "aws_iam_group_policy" "operators" {
  name  = "restart"
  group = aws_iam_group.operators.name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "ec2:RebootInstances", Resource = "*" }]
  })
}

resource "aws_iam_group_policy_attachment" "auditors" {
  group      = aws_iam_group.auditors.name
  policy_arn = aws_iam_policy.guard.arn
}

resource "aws_iam_user_policy" "anna" {
  name = "console"
  user = aws_iam_user.person["anna"].name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "ec2:Describe*", Resource = "*" }]
  })
}

resource "aws_iam_openid_connect_provider" "forge" {
  url             = "https://token.forge.example"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1"]
}

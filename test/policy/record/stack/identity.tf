resource "aws_iam_role" "shared" {
  for_each = local.trust

  name               = "shared-${each.key}"
  assume_role_policy = each.value
}

resource "aws_iam_instance_profile" "shared" {
  name = "shared"
  role = aws_iam_role.shared["ec2"].name
}

resource "aws_iam_instance_profile" "strange" {
  name = "strange"
  role = aws_iam_role.shared["lambda"].name
}

resource "aws_iam_policy" "shared" {
  name   = "shared"
  policy = local.read_only
}

resource "aws_iam_role" "sound" {
  for_each = toset(lookup(var.cases, "aws_iam_role.sound", []))

  name                 = "sound-${each.key}"
  description          = "Booking"
  assume_role_policy   = local.trust["ec2"]
  max_session_duration = 3600
  permissions_boundary = aws_iam_policy.shared.arn
  tags                 = { Owner = "identity" }
}

resource "aws_iam_role" "loose" {
  for_each = toset(lookup(var.cases, "aws_iam_role.loose", []))

  name                 = "loose-${each.key}"
  max_session_duration = 43200

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "*" } }]
  })
}

resource "aws_iam_role" "of_policy" {
  for_each = toset(concat(
    lookup(var.cases, "aws_iam_role_policy.sound", []),
    lookup(var.cases, "aws_iam_role_policy.loose", []),
  ))

  name               = "policy-${each.key}"
  assume_role_policy = local.trust["ec2"]
}

resource "aws_iam_role_policy" "sound" {
  for_each = toset(lookup(var.cases, "aws_iam_role_policy.sound", []))

  name   = "read"
  role   = aws_iam_role.of_policy[each.key].id
  policy = local.read_only
}

resource "aws_iam_role_policy" "loose" {
  for_each = toset(lookup(var.cases, "aws_iam_role_policy.loose", []))

  name   = "all"
  role   = aws_iam_role.of_policy[each.key].id
  policy = local.everything
}

resource "aws_iam_policy" "sound" {
  for_each = toset(lookup(var.cases, "aws_iam_policy.sound", []))

  name   = "sound-${each.key}"
  policy = local.read_only
  tags   = { Owner = "identity" }
}

resource "aws_iam_policy" "loose" {
  for_each = toset(lookup(var.cases, "aws_iam_policy.loose", []))

  name   = "loose-${each.key}"
  policy = local.everything
}

resource "aws_iam_user" "sound" {
  for_each = toset(lookup(var.cases, "aws_iam_user.sound", []))

  name = "sound-${each.key}"
  tags = { Team = "operations" }
}

resource "aws_iam_user" "of" {
  for_each = toset(concat(
    lookup(var.cases, "aws_iam_user_policy.sound", []),
    lookup(var.cases, "aws_iam_user_policy.loose", []),
    lookup(var.cases, "aws_iam_access_key.sound", []),
    lookup(var.cases, "aws_iam_access_key.loose", []),
  ))

  name = "of-${each.key}"
}

resource "aws_iam_user_policy" "sound" {
  for_each = toset(lookup(var.cases, "aws_iam_user_policy.sound", []))

  name   = "read"
  user   = aws_iam_user.of[each.key].name
  policy = local.read_only
}

resource "aws_iam_user_policy" "loose" {
  for_each = toset(lookup(var.cases, "aws_iam_user_policy.loose", []))

  name   = "all"
  user   = aws_iam_user.of[each.key].name
  policy = local.everything
}

resource "aws_iam_access_key" "sound" {
  for_each = toset(lookup(var.cases, "aws_iam_access_key.sound", []))

  user   = aws_iam_user.of[each.key].name
  status = "Inactive"
}

resource "aws_iam_access_key" "loose" {
  for_each = toset(lookup(var.cases, "aws_iam_access_key.loose", []))

  user   = aws_iam_user.of[each.key].name
  status = "Active"
}

resource "aws_iam_group" "of" {
  for_each = toset(concat(
    lookup(var.cases, "aws_iam_group_policy.sound", []),
    lookup(var.cases, "aws_iam_group_policy.loose", []),
    lookup(var.cases, "aws_iam_group_membership.sound", []),
  ))

  name = "of-${each.key}"
}

resource "aws_iam_group_policy" "sound" {
  for_each = toset(lookup(var.cases, "aws_iam_group_policy.sound", []))

  name   = "read"
  group  = aws_iam_group.of[each.key].name
  policy = local.read_only
}

resource "aws_iam_group_policy" "loose" {
  for_each = toset(lookup(var.cases, "aws_iam_group_policy.loose", []))

  name   = "all"
  group  = aws_iam_group.of[each.key].name
  policy = local.everything
}

resource "aws_iam_user" "person" {
  for_each = toset(["anna", "bjarne", "mallory"])

  name = each.key
}

resource "aws_iam_group_membership" "sound" {
  for_each = toset(lookup(var.cases, "aws_iam_group_membership.sound", []))

  name  = "sound-${each.key}"
  group = aws_iam_group.of[each.key].name
  users = [aws_iam_user.person["anna"].name, aws_iam_user.person["bjarne"].name]
}

resource "aws_iam_instance_profile" "sound" {
  for_each = toset(lookup(var.cases, "aws_iam_instance_profile.sound", []))

  name = "sound-${each.key}"
  role = aws_iam_role.shared["ec2"].name
  tags = { Owner = "identity" }
}

resource "aws_iam_account_password_policy" "sound" {
  for_each = toset(lookup(var.cases, "aws_iam_account_password_policy.sound", []))

  minimum_password_length        = 14
  require_lowercase_characters   = true
  require_uppercase_characters   = true
  require_numbers                = true
  require_symbols                = true
  allow_users_to_change_password = true
  max_password_age               = 90
  password_reuse_prevention      = 24
}

resource "aws_iam_openid_connect_provider" "sound" {
  for_each = toset(lookup(var.cases, "aws_iam_openid_connect_provider.sound", []))

  url             = "https://${each.key}.forge.example"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1"]
  tags            = { Owner = "identity" }
}

resource "aws_cognito_user_pool" "sound" {
  for_each = toset(lookup(var.cases, "aws_cognito_user_pool.sound", []))

  name                = "sound-${each.key}"
  mfa_configuration   = "ON"
  deletion_protection = "ACTIVE"

  software_token_mfa_configuration {
    enabled = true
  }

  admin_create_user_config {
    allow_admin_create_user_only = true
  }

  password_policy {
    minimum_length                   = 14
    require_lowercase                = true
    require_numbers                  = true
    require_symbols                  = true
    require_uppercase                = true
    temporary_password_validity_days = 7
  }
}

resource "aws_cognito_user_pool" "shared" {
  name = "shared"
}

resource "aws_cognito_user_pool_client" "sound" {
  for_each = toset(lookup(var.cases, "aws_cognito_user_pool_client.sound", []))

  name                                 = "sound-${each.key}"
  user_pool_id                         = aws_cognito_user_pool.shared.id
  callback_urls                        = ["https://ferry.example/back"]
  allowed_oauth_flows                  = ["code"]
  allowed_oauth_scopes                 = ["openid"]
  allowed_oauth_flows_user_pool_client = true
  supported_identity_providers         = ["COGNITO"]
}

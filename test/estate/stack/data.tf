resource "aws_kms_key" "data" {
  description             = "Tickets and bookings"
  deletion_window_in_days = 7
  enable_key_rotation     = true
}

resource "aws_kms_key" "backup" {
  description             = "Backups"
  deletion_window_in_days = 7
}

resource "aws_kms_alias" "data" {
  name          = "alias/${local.name}-data"
  target_key_id = aws_kms_key.data.key_id
}

resource "aws_dynamodb_table" "bookings" {
  name         = "${local.name}-bookings"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "booking"
  range_key    = "sailing"

  deletion_protection_enabled = true

  attribute {
    name = "booking"
    type = "S"
  }

  attribute {
    name = "sailing"
    type = "S"
  }

  ttl {
    attribute_name = "expires"
    enabled        = true
  }
}

# Another program scales this table.
resource "aws_dynamodb_table" "cabins" {
  name           = "${local.name}-cabins"
  hash_key       = "cabin"
  read_capacity  = 5
  write_capacity = 5

  attribute {
    name = "cabin"
    type = "S"
  }

  lifecycle {
    ignore_changes = [read_capacity, write_capacity]
  }
}

resource "aws_ssm_parameter" "setting" {
  for_each = { for name, harbour in var.harbours : name => harbour if harbour.sailings > 2 }

  name  = "/ferry/${var.stage}/${each.key}/sailings"
  type  = "String"
  value = each.value.sailings
}

resource "aws_ssm_parameter" "database_password" {
  name        = "/ferry/${var.stage}/database/password"
  description = "Password of the booking database"
  type        = "SecureString"
  value       = var.database_password
}

# Written by the release job.
resource "aws_ssm_parameter" "release" {
  name  = "/ferry/${var.stage}/release"
  type  = "String"
  value = "none yet"

  lifecycle {
    ignore_changes = [value]
  }
}

resource "aws_secretsmanager_secret" "payment" {
  name                    = "${local.name}/payment"
  description             = "Key of the payment service"
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "payment" {
  secret_id     = aws_secretsmanager_secret.payment.id
  secret_string = jsonencode({ key = var.database_password, merchant = "ferry" })
}

resource "aws_secretsmanager_secret_policy" "payment" {
  secret_arn = aws_secretsmanager_secret.payment.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "NobodyDeletes"
      Effect    = "Deny"
      Principal = "*"
      Action    = "secretsmanager:DeleteSecret"
      Resource  = "*"
    }]
  })
}

resource "aws_kms_key" "shared" {
  description             = "Shared"
  deletion_window_in_days = 7
}

resource "aws_kms_key" "strange" {
  description             = "Of somebody else"
  deletion_window_in_days = 7
}

locals {
  key_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Ours", Effect = "Allow", Principal = { AWS = "arn:aws:iam::123456789012:root" }, Action = "kms:*", Resource = "*" }]
  })
}

resource "aws_kms_key" "sound" {
  for_each = toset(lookup(var.cases, "aws_kms_key.sound", []))

  description             = "Tickets"
  deletion_window_in_days = 7
  enable_key_rotation     = true
  policy                  = local.key_policy
  tags                    = { Owner = "data" }
}

resource "aws_kms_key" "loose" {
  for_each = toset(lookup(var.cases, "aws_kms_key.loose", []))

  description             = "Tickets"
  deletion_window_in_days = 7
  enable_key_rotation     = false
  is_enabled              = true
}

resource "aws_kms_alias" "sound" {
  for_each = toset(lookup(var.cases, "aws_kms_alias.sound", []))

  name          = "alias/sound-${each.key}"
  target_key_id = aws_kms_key.shared.key_id
}

resource "aws_dynamodb_table" "sound" {
  for_each = toset(lookup(var.cases, "aws_dynamodb_table.sound", []))

  name                        = "sound-${each.key}"
  billing_mode                = "PROVISIONED"
  read_capacity               = 5
  write_capacity              = 5
  hash_key                    = "booking"
  deletion_protection_enabled = true
  tags                        = { Owner = "data" }

  attribute {
    name = "booking"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.shared.arn
  }

  ttl {
    attribute_name = "expires"
    enabled        = true
  }
}

resource "aws_dynamodb_table" "loose" {
  for_each = toset(lookup(var.cases, "aws_dynamodb_table.loose", []))

  name         = "loose-${each.key}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "booking"

  attribute {
    name = "booking"
    type = "S"
  }
}

resource "aws_db_subnet_group" "shared" {
  name       = "shared"
  subnet_ids = aws_subnet.shared[*].id
}

resource "aws_db_instance" "sound" {
  for_each = toset(lookup(var.cases, "aws_db_instance.sound", []))

  identifier                          = "sound-${each.key}"
  engine                              = "postgres"
  engine_version                      = "16.3"
  instance_class                      = "db.t3.small"
  allocated_storage                   = 20
  username                            = "harbour"
  password                            = "correct-horse-battery"
  db_subnet_group_name                = aws_db_subnet_group.shared.name
  vpc_security_group_ids              = [aws_security_group.shared.id]
  storage_encrypted                   = true
  multi_az                            = true
  publicly_accessible                 = false
  deletion_protection                 = true
  backup_retention_period             = 14
  copy_tags_to_snapshot               = true
  auto_minor_version_upgrade          = true
  iam_database_authentication_enabled = true
  enabled_cloudwatch_logs_exports     = ["postgresql"]
  performance_insights_enabled        = true
  skip_final_snapshot                 = true
  apply_immediately                   = true
  tags                                = { Owner = "data" }
}

resource "aws_rds_cluster" "sound" {
  for_each = toset(lookup(var.cases, "aws_rds_cluster.sound", []))

  cluster_identifier                  = "sound-${each.key}"
  engine                              = "aurora-postgresql"
  engine_version                      = "15.4"
  master_username                     = "harbour"
  master_password                     = "correct-horse-battery"
  db_subnet_group_name                = aws_db_subnet_group.shared.name
  storage_encrypted                   = true
  deletion_protection                 = true
  backup_retention_period             = 14
  iam_database_authentication_enabled = true
  enabled_cloudwatch_logs_exports     = ["postgresql"]
  skip_final_snapshot                 = true
  apply_immediately                   = true
}

resource "aws_rds_cluster" "loose" {
  for_each = toset(lookup(var.cases, "aws_rds_cluster.loose", []))

  cluster_identifier      = "loose-${each.key}"
  engine                  = "aurora-postgresql"
  engine_version          = "15.4"
  master_username         = "harbour"
  master_password         = "correct-horse-battery"
  db_subnet_group_name    = aws_db_subnet_group.shared.name
  deletion_protection     = false
  backup_retention_period = 1
  skip_final_snapshot     = true
}

resource "aws_secretsmanager_secret" "sound" {
  for_each = toset(lookup(var.cases, "aws_secretsmanager_secret.sound", []))

  name                    = "sound/${each.key}"
  description             = "Key of the payment service"
  kms_key_id              = aws_kms_key.shared.arn
  recovery_window_in_days = 0
  tags                    = { Owner = "data" }
}

resource "aws_secretsmanager_secret" "of" {
  for_each = toset(concat(lookup(var.cases, "aws_secretsmanager_secret_policy.sound", []), lookup(var.cases, "aws_secretsmanager_secret_rotation.sound", [])))

  name                    = "of/${each.key}"
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_policy" "sound" {
  for_each = toset(lookup(var.cases, "aws_secretsmanager_secret_policy.sound", []))

  secret_arn = aws_secretsmanager_secret.of[each.key].arn

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "NobodyDeletes", Effect = "Deny", Principal = "*", Action = "secretsmanager:DeleteSecret", Resource = "*" }]
  })
}

resource "aws_ssm_parameter" "sound" {
  for_each = toset(lookup(var.cases, "aws_ssm_parameter.sound", []))

  name        = "/sound/${each.key}"
  description = "Password of the booking database"
  type        = "SecureString"
  value       = "correct-horse-battery"
}

resource "aws_ssm_parameter" "loose" {
  for_each = toset(lookup(var.cases, "aws_ssm_parameter.loose", []))

  name  = "/loose/${each.key}"
  type  = "String"
  value = "12"
}

resource "aws_kinesis_stream" "sound" {
  for_each = toset(lookup(var.cases, "aws_kinesis_stream.sound", []))

  name             = "sound-${each.key}"
  shard_count      = 2
  retention_period = 72
  encryption_type  = "KMS"
  kms_key_id       = aws_kms_key.shared.arn
  tags             = { Owner = "data" }
}

resource "aws_backup_vault" "of_lock" {
  for_each = toset(lookup(var.cases, "aws_backup_vault_lock_configuration.sound", []))

  name = "lock-${each.key}"
}

resource "aws_backup_vault_lock_configuration" "sound" {
  for_each = toset(lookup(var.cases, "aws_backup_vault_lock_configuration.sound", []))

  backup_vault_name  = aws_backup_vault.of_lock[each.key].name
  min_retention_days = 35
  max_retention_days = 400
}

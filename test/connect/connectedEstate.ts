/** A small estate, and the connection that watches it, in one root module. */
export const CONNECTED_ESTATE = `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "cloud" {
  type = string
}

# Credentials and endpoints come from the environment: first those of who applies, then those of who reads.
provider "aws" {
  region                      = "eu-central-1"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  s3_use_path_style           = true
}

module "connection" {
  source = "./connection"
}

resource "aws_security_group" "web" {
  name        = "pier-web"
  description = "Of the web"
}

resource "aws_s3_bucket" "tickets" {
  bucket = "pier-tickets"
}

resource "aws_s3_bucket_versioning" "tickets" {
  bucket = aws_s3_bucket.tickets.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_sns_topic" "sailings" {
  name = "pier-sailings"
}

resource "aws_dynamodb_table" "bookings" {
  name         = "pier-bookings"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_kms_key" "data" {
  description             = "Tickets"
  deletion_window_in_days = 7
}

resource "aws_cloudwatch_log_group" "web" {
  name              = "/pier/web"
  retention_in_days = 30
}

resource "aws_cloudwatch_metric_alarm" "web" {
  alarm_name          = "pier-web"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  metric_name         = "Errors"
  namespace           = "Pier"
  period              = 60
  statistic           = "Sum"
  threshold           = 1
}

resource "aws_secretsmanager_secret" "mail" {
  name = "pier-mail"
}

resource "aws_ecr_repository" "web" {
  name = "pier-web"
}

# moto takes the names of endpoints for those of actions, and has one for HEAD of a bucket. None of these writes.
resource "aws_iam_role_policy" "moto" {
  for_each = toset(["read", "executor"])
  name     = "moto"
  role     = "anchorwatch-\${each.key}"
  depends_on = [module.connection]
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:HeadBucket", "monitoring:Describe*", "monitoring:List*", "tagging:Get*"]
      Resource = "*"
    }]
  })
}
`;

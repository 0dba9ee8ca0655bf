/** A small estate, of which each test has resources of its own. */
export const ESTATE = `
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "cloud" {
  type = string
}

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  s3_use_path_style           = true

  endpoints {
    ec2 = var.cloud
    iam = var.cloud
    s3  = var.cloud
    sns = var.cloud
    sts = var.cloud
  }
}

resource "aws_security_group" "this" {
  for_each    = toset(["database", "web", "calm", "late", "burst", "cut", "unheard", "orphan"])
  name        = "harbour-\${each.key}"
  description = "Of \${each.key}"
}

resource "aws_iam_role" "deploy" {
  name = "harbour-deploy"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "codebuild.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "deploy" {
  name = "release"
  role = aws_iam_role.deploy.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:GetObject"], Resource = "*" }]
  })
}

resource "aws_s3_bucket" "logs" {
  bucket = "harbour-logs"
}

resource "aws_s3_bucket_versioning" "logs" {
  bucket = aws_s3_bucket.logs.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_sns_topic" "audit" {
  name         = "harbour-audit"
  display_name = "Audit trail"
}

resource "aws_sns_topic" "orders" {
  name         = "harbour-orders"
  display_name = "Orders"
}
`;

export const group = (name: string): string => `aws_security_group.this["${name}"]`;

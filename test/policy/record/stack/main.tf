# The estate whose drifts the cases of the built-in rules are recorded from. `var.cases` says which instances there are:
# each case has one of its own, "sound" where somebody will weaken it, "loose" where somebody will put it right.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

variable "cloud" {
  type = string
}

variable "cases" {
  description = "Names of cases by type and variant: aws_sns_topic.sound."
  type        = map(list(string))
}

variable "started" {
  description = "Whether the trails record. The provider starts them by their ARNs, which moto does not know: they are started beside it."
  type        = bool
}

locals {
  region = "eu-central-1"
  trust = {
    for service in ["ec2", "lambda", "config", "eks"] : service => jsonencode({
      Version   = "2012-10-17"
      Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "${service}.amazonaws.com" } }]
    })
  }
  read_only = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Read", Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::tickets/*" }]
  })
  everything = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "All", Effect = "Allow", Action = "*", Resource = "*" }]
  })
}

provider "aws" {
  region                      = local.region
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  s3_use_path_style           = true
  max_retries                 = 2 # moto fails at once, and for good

  endpoints {
    acm            = var.cloud
    apigateway     = var.cloud
    apigatewayv2   = var.cloud
    autoscaling    = var.cloud
    backup         = var.cloud
    cloudtrail     = var.cloud
    cloudwatch     = var.cloud
    cognitoidp     = var.cloud
    configservice  = var.cloud
    dynamodb       = var.cloud
    ec2            = var.cloud
    ecr            = var.cloud
    ecs            = var.cloud
    efs            = var.cloud
    eks            = var.cloud
    elbv2          = var.cloud
    events         = var.cloud
    guardduty      = var.cloud
    iam            = var.cloud
    kinesis        = var.cloud
    kms            = var.cloud
    lambda         = var.cloud
    logs           = var.cloud
    rds            = var.cloud
    route53        = var.cloud
    s3             = var.cloud
    secretsmanager = var.cloud
    sns            = var.cloud
    sqs            = var.cloud
    ssm            = var.cloud
    sts            = var.cloud
    wafv2          = var.cloud
  }
}

provider "aws" {
  alias                       = "standby"
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true

  endpoints {
    configservice = var.cloud
    ec2           = var.cloud
    iam           = var.cloud
    sts           = var.cloud
  }
}

# The ferry company's booking platform: the estate that Anchorwatch is measured against.
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region                      = var.region
  access_key                  = "test"
  secret_key                  = var.secret_key
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  s3_use_path_style           = true

  default_tags {
    tags = local.house_tags
  }

  endpoints {
    cloudwatch     = var.cloud
    dynamodb       = var.cloud
    ec2            = var.cloud
    ecr            = var.cloud
    events         = var.cloud
    iam            = var.cloud
    kms            = var.cloud
    lambda         = var.cloud
    logs           = var.cloud
    route53        = var.cloud
    s3             = var.cloud
    secretsmanager = var.cloud
    sns            = var.cloud
    ssm            = var.cloud
    sts            = var.cloud
  }
}

provider "aws" {
  alias                       = "standby"
  region                      = local.standby_region
  access_key                  = "test"
  secret_key                  = var.secret_key
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true

  endpoints {
    ec2  = var.cloud
    iam  = var.cloud
    logs = var.cloud
    sns  = var.cloud
    sts  = var.cloud
  }
}

# A small network with a booking page: what `npm start` deploys to a simulated cloud, and then watches.
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

variable "cloud" {
  description = "Address of the simulated cloud."
  type        = string
}

variable "stage" {
  type    = string
  default = "prod"
}

locals {
  name = "harbour-${var.stage}"
}

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  s3_use_path_style           = true

  default_tags {
    tags = {
      Project = "harbour"
      Stage   = var.stage
    }
  }

  endpoints {
    ec2  = var.cloud
    iam  = var.cloud
    logs = var.cloud
    s3   = var.cloud
    sns  = var.cloud
    sts  = var.cloud
  }
}

module "network" {
  source = "./modules/network"

  name  = local.name
  cidr  = "10.40.0.0/16"
  zones = ["eu-central-1a", "eu-central-1b"]
}

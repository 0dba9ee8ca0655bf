/** The Terraform module: `main.tf`. */
import type { ConnectOptions } from "../connectOptions.ts";
import type { Part } from "../parts/part.ts";
import { inTerraform } from "../parts/references.ts";
import { hclResource } from "./hcl.ts";
import type { Output } from "./output.ts";

export function terraformModule(part: Part, outputs: readonly Output[], options: ConnectOptions): string {
  const resources = part.terraform.map((resource) => hclResource(resource, inTerraform));
  return [header(options), ...resources, ...outputs.map(outputBlock)].join("\n");
}

function header({ account, region }: ConnectOptions): string {
  return `# What Anchorwatch needs in the account ${account}, region ${region}, and nothing else.
# Written by “anchorwatch connect aws”. Run that again rather than editing here: the same flags give the same files.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

# Nothing is made in another account.
data "aws_caller_identity" "current" {
  lifecycle {
    postcondition {
      condition     = self.account_id == ${JSON.stringify(account)}
      error_message = "This connection was written for the account ${account}."
    }
  }
}
`;
}

function outputBlock({ name, description, value }: Output): string {
  return `output "${name}" {
  description = ${JSON.stringify(description)}
  value       = ${inTerraform(value)}
}
`;
}

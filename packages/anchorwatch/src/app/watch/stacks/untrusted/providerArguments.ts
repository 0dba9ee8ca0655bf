/**
 * Arguments of provider blocks in a stranger's code. There are thousands of providers, so what is not known to be harmless is
 * not taken: an address could be the stranger's own machine, which would be sent the operator's credentials; `exec` of some
 * providers is a program.
 */
import { AnchorwatchError } from "../../../../domain/errors.ts";
import { isEmpty, objectOf, type Value } from "../../../../domain/value.ts";
import type { EvaluatedBlock } from "../../../../terraform/provider/open.ts";
import type { UntrustedFolder } from "../trust.ts";
import { isRegionName } from "./regionName.ts";

/** Where things are, and how they are marked. */
const HARMLESS: ReadonlySet<string> = new Set([
  "allowed_account_ids",
  "billing_project",
  "default_labels",
  "default_tags",
  "features",
  "forbidden_account_ids",
  "ignore_tags",
  "location",
  "max_retries",
  "project",
  "region",
  "retry_mode",
  "s3_us_east_1_regional_endpoint",
  "s3_use_path_style",
  "skip_credentials_validation",
  "skip_get_ec2_platforms",
  "skip_metadata_api_check",
  "skip_provider_registration",
  "skip_region_validation",
  "skip_requesting_account_id",
  "subscription_id",
  "tenant_id",
  "terraform_attribution_label_addition_strategy",
  "use_dualstack_endpoint",
  "use_fips_endpoint",
  "user_project_override",
  "zone",
]);

/** Who reads: left out, since the operator's credentials stand in for all of it. */
const IDENTITY: ReadonlySet<string> = new Set([
  "access_key",
  "access_token",
  "assume_role",
  "assume_role_with_web_identity",
  "client_certificate",
  "client_certificate_password",
  "client_certificate_path",
  "client_id",
  "client_id_file_path",
  "client_secret",
  "client_secret_file_path",
  "credentials",
  "impersonate_service_account",
  "impersonate_service_account_delegates",
  "oidc_request_token",
  "oidc_token",
  "oidc_token_file_path",
  "profile",
  "secret_key",
  "shared_config_files",
  "shared_credentials_file",
  "shared_credentials_files",
  "token",
  "use_aks_workload_identity",
  "use_cli",
  "use_msi",
  "use_oidc",
]);

/** @throws AnchorwatchError `stack_provider_refused` naming the argument */
export function confinedBlock(
  source: string,
  block: EvaluatedBlock,
  { providerArguments }: Pick<UntrustedFolder, "providerArguments">,
): EvaluatedBlock {
  const own: ReadonlyMap<string, Value> = providerArguments?.get(source) ?? new Map();
  const kept = Object.entries(block.values).filter(([name, value]) => {
    if (own.has(name) || IDENTITY.has(name) || isEmpty(value)) return false;
    if (HARMLESS.has(name) && (name !== "region" || isRegionName(value))) return true;
    throw refused(source, name, block);
  });
  return { ...block, values: objectOf([...kept, ...own]) };
}

function refused(source: string, name: string, { location }: EvaluatedBlock): AnchorwatchError {
  const place =
    location.file === undefined ? "" : ` (${[location.file, location.line].filter(Boolean).join(":")})`;
  return new AnchorwatchError(
    "stack_provider_refused",
    `the provider block of ${source}${place} sets ${name}, which a repository may not choose: it could name an address, a credential or a program`,
    {
      hint: `If it is right, the operator gives ${name} for this provider himself. Then the code's own value does not count.`,
      location,
    },
  );
}

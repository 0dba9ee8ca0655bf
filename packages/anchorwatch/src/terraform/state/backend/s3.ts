import type { AssumedRole, S3Credentials, S3Source, WebIdentity } from "../source/source.ts";
import { given, type Settings } from "./settings.ts";

/**
 * Names of Terraform before 1.6 (`endpoint`, `role_arn`, `force_path_style` …) are understood too.
 * @see https://developer.hashicorp.com/terraform/language/backend/s3
 */
export function s3Source(settings: Settings, workspace: string): S3Source {
  const endpoints = settings.block("endpoints");
  return {
    kind: "s3",
    bucket: settings.required("bucket"),
    key: settings.required("key"),
    workspace,
    ...given({
      workspaceKeyPrefix: settings.text("workspace_key_prefix"),
      region: settings.text("region"),
      endpoint: endpoints?.text("s3") ?? settings.text("endpoint"),
      stsEndpoint: endpoints?.text("sts") ?? settings.text("sts_endpoint"),
      forcePathStyle: settings.bool("use_path_style") ?? settings.bool("force_path_style"),
      useFipsEndpoint: settings.bool("use_fips_endpoint"),
      useDualstackEndpoint: settings.bool("use_dualstack_endpoint"),
      insecure: settings.bool("insecure"),
      caBundle: settings.text("custom_ca_bundle"),
      sseCustomerKey: settings.text("sse_customer_key"),
    }),
    credentials: credentials(settings),
  };
}

function credentials(settings: Settings): S3Credentials {
  const web = settings.block("assume_role_with_web_identity");
  const webIdentity = web?.text("role_arn") === undefined ? undefined : webIdentityOf(web);
  return given({
    accessKey: settings.text("access_key"),
    secretKey: settings.text("secret_key"),
    token: settings.text("token"),
    profile: settings.text("profile"),
    configFile: settings.texts("shared_config_files")?.[0],
    credentialsFile:
      settings.texts("shared_credentials_files")?.[0] ?? settings.text("shared_credentials_file"),
    assumeRole: assumedRole(settings),
    webIdentity,
  });
}

function assumedRole(settings: Settings): AssumedRole | undefined {
  const block = settings.block("assume_role");
  if (block?.text("role_arn") !== undefined) return roleOf(block, "");
  return settings.text("role_arn") === undefined ? undefined : roleOf(settings, "assume_role_");
}

/** @param prefix of the arguments that had one while they stood at the top of the backend block */
function roleOf(settings: Settings, prefix: string): AssumedRole {
  return {
    roleArn: settings.required("role_arn"),
    ...given({
      sessionName: settings.text("session_name"),
      externalId: settings.text("external_id"),
      durationSeconds: seconds(settings, prefix),
      policy: settings.text(`${prefix}policy`),
      policyArns: settings.texts(`${prefix}policy_arns`),
      sourceIdentity: settings.text("source_identity"),
      tags: settings.map(`${prefix}tags`),
      transitiveTagKeys: settings.texts(`${prefix}transitive_tag_keys`),
    }),
  };
}

/** `1h30m` in the block; a number of seconds before Terraform 1.6. */
function seconds(settings: Settings, prefix: string): number | undefined {
  const old = settings.integer("assume_role_duration_seconds");
  const text = prefix === "" ? settings.text("duration") : undefined;
  if (text === undefined) return old;
  const [matched, hours = "0", minutes = "0", rest = "0"] =
    /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text) ?? [];
  if (matched === undefined) throw settings.invalid("duration", "a duration such as 1h30m");
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(rest);
}

function webIdentityOf(settings: Settings): WebIdentity {
  const tokenFile =
    settings.text("web_identity_token_file") ?? settings.environment["AWS_WEB_IDENTITY_TOKEN_FILE"];
  const token = settings.text("web_identity_token");
  if (token === undefined && !tokenFile) throw settings.invalid("web_identity_token_file", "to be set");
  return {
    roleArn: settings.required("role_arn"),
    ...given({ sessionName: settings.text("session_name"), token, tokenFile: tokenFile || undefined }),
  };
}

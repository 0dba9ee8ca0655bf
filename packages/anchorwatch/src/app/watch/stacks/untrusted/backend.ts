/** Where the state of a stranger's stack lies: his code names the place, and the operator says who reads it over which address. */
import { AnchorwatchError } from "../../../../domain/errors.ts";
import { isEmpty, objectOf, type Value, type ValueObject } from "../../../../domain/value.ts";
import { type BackendSettings, declaredSource, type StateSource } from "../../../../terraform/state/index.ts";
import type { UntrustedFolder } from "../trust.ts";
import { resolveConfined } from "./confinedPath.ts";
import { isRegionName } from "./regionName.ts";

export interface BackendPlace {
  readonly dir: string;
  readonly workspace: string;
  /** What the state is read with, see `confinedEnvironment`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Names of a place. */
const S3_PLACE: ReadonlySet<string> = new Set([
  "acl",
  "allowed_account_ids",
  "bucket",
  "dynamodb_table",
  "encrypt",
  "forbidden_account_ids",
  "force_path_style",
  "key",
  "kms_key_id",
  "max_retries",
  "region",
  "retry_mode",
  "skip_credentials_validation",
  "skip_metadata_api_check",
  "skip_region_validation",
  "skip_requesting_account_id",
  "skip_s3_checksum",
  "use_dualstack_endpoint",
  "use_fips_endpoint",
  "use_lockfile",
  "use_path_style",
  "workspace_key_prefix",
]);

/** Who reads: the operator's credentials stand in for all of it. */
const S3_IDENTITY =
  /^(?:access_key|secret_key|token|profile|role_arn|session_name|external_id|source_identity|sse_customer_key|shared_(?:credentials|config)_files?|assume_role.*)$/;

/** What the operator can say instead, by a variable. */
const S3_ADDRESS: Readonly<Record<string, readonly string[]>> = {
  endpoint: ["AWS_ENDPOINT_URL_S3", "AWS_S3_ENDPOINT", "AWS_ENDPOINT_URL"],
  endpoints: ["AWS_ENDPOINT_URL_S3", "AWS_S3_ENDPOINT", "AWS_ENDPOINT_URL"],
  sts_endpoint: ["AWS_ENDPOINT_URL_STS", "AWS_STS_ENDPOINT", "AWS_ENDPOINT_URL"],
  dynamodb_endpoint: ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"],
  custom_ca_bundle: ["AWS_CA_BUNDLE"],
};

/** @throws AnchorwatchError `stack_backend_refused`, `state_backend_invalid`, `state_workspace_invalid` */
export async function confinedSource(
  declared: BackendSettings | undefined,
  trust: UntrustedFolder,
  place: BackendPlace,
): Promise<StateSource> {
  const { type, config } = declared ?? { type: "local", config: objectOf([]) };
  switch (type) {
    case "local": {
      const source = declaredSource(place.dir, { type, config }, place);
      if (source.kind !== "file") return source;
      return { kind: "file", path: await allowedFile(source.path, trust) };
    }
    case "s3":
      return s3Source(confinedS3(config, place), trust, place);
    case "http":
      // Without any argument of the code's: the operator's variables say it all.
      if (place.environment["TF_HTTP_ADDRESS"])
        return declaredSource(place.dir, { type, config: objectOf([]) }, place);
      throw refused(
        "http",
        "names its own address, and a repository may not choose which host is asked",
        "The operator gives the address by TF_HTTP_ADDRESS among the variables of the stack's source, or the stack's state in s3.",
      );
    default:
      throw refused(
        type,
        "could only be read by running terraform in the repository, which is never done",
        "Watch the stack from a folder of the operator's own, or keep its state in s3.",
      );
  }
}

/** A state file of the clone, or in a folder that the operator named. @throws AnchorwatchError `stack_backend_refused` */
export async function allowedFile(path: string, trust: UntrustedFolder): Promise<string> {
  const found = await resolveConfined(path, [trust.root, ...(trust.stateFolders ?? [])]);
  if (found !== undefined) return found;
  throw refused(
    "local",
    "names a file outside the repository",
    "Keep the state in s3; or the operator names the folder that it lies in.",
  );
}

function confinedS3(config: ValueObject, { environment }: BackendPlace): ValueObject {
  const kept = Object.entries(config).filter(([name, value]) => {
    if (isEmpty(value) || value === false || value === "false") return false;
    if (S3_PLACE.has(name) && (name !== "region" || isRegionName(value))) return true;
    const variables = S3_ADDRESS[name] ?? [];
    if (S3_IDENTITY.test(name) || variables.some((variable) => environment[variable])) return false;
    throw refused(
      "s3",
      `sets ${name}, which a repository may not choose`,
      variables.length > 0
        ? `If it is right, the operator lists ${variables[0]} among the variables of the stack's source.`
        : "Take it out of the backend block, or watch the stack from a folder of the operator's own.",
    );
  });
  return objectOf(kept satisfies readonly (readonly [string, Value])[]);
}

function s3Source(
  config: ValueObject,
  { readCredentials }: UntrustedFolder,
  place: BackendPlace,
): StateSource {
  const source = declaredSource(place.dir, { type: "s3", config }, place);
  const { role, profile } = readCredentials;
  const { AWS_CONFIG_FILE: configFile, AWS_SHARED_CREDENTIALS_FILE: credentialsFile } = place.environment;
  if (source.kind !== "s3") return source;
  return {
    ...source,
    credentials: {
      ...(profile === undefined ? {} : { profile }),
      ...(configFile === undefined ? {} : { configFile }),
      ...(credentialsFile === undefined ? {} : { credentialsFile }),
      ...(role === undefined ? {} : { assumeRole: { roleArn: role, sessionName: "anchorwatch-state" } }),
    },
  };
}

function refused(type: string, why: string, hint: string): AnchorwatchError {
  return new AnchorwatchError("stack_backend_refused", `the backend "${type}" ${why}`, { hint });
}

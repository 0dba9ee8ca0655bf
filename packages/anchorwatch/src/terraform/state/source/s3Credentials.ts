/** Who reads a state from S3, by the rules of Terraform's backend: settings, then environment, then what the SDK finds. */
import { readFile } from "node:fs/promises";
import {
  fromIni,
  fromNodeProviderChain,
  fromTemporaryCredentials,
  fromWebToken,
} from "@aws-sdk/credential-providers";
import { messageOf } from "../../../domain/errors.ts";
import { wholeStateError } from "../errors.ts";
import type { AssumedRole, S3Credentials, S3Source, StateSurroundings, WebIdentity } from "./source.ts";
import { variable } from "./variable.ts";

type Environment = StateSurroundings["environment"];
type Identity = Awaited<ReturnType<ReturnType<typeof fromWebToken>>>;
type IdentityProvider = () => Promise<Identity>;
type TemporaryOptions = Parameters<typeof fromTemporaryCredentials>[0];
type StsConfig = NonNullable<TemporaryOptions["clientConfig"]>;

/**
 * @param connection region and agents, for roles that are assumed
 * @throws (from the provider that is returned) AnchorwatchError `state_credentials`
 */
export function s3Credentials(
  source: S3Source,
  connection: StsConfig,
  origin: string,
  { environment, scrub }: StateSurroundings,
): IdentityProvider {
  const credentials = source.credentials ?? {};
  const endpoint =
    source.stsEndpoint ??
    variable(environment, "AWS_ENDPOINT_URL_STS", "AWS_STS_ENDPOINT", "AWS_ENDPOINT_URL");
  const sts = { ...connection, ...(endpoint === undefined ? {} : { endpoint }) };
  const base = credentials.webIdentity
    ? webIdentity(credentials.webIdentity, sts)
    : baseCredentials(credentials, environment);
  const { assumeRole } = credentials;
  const provider = assumeRole ? temporary(assumeRole, base, sts) : base;
  const role = assumeRole?.roleArn ?? credentials.webIdentity?.roleArn;
  return async () => {
    try {
      return await provider();
    } catch (error) {
      const what = role === undefined ? "no credentials were found" : `the role ${role} could not be assumed`;
      throw wholeStateError(
        origin,
        "state_credentials",
        `was not read: ${what}: ${scrub(messageOf(error))}`,
        hintOf(role),
      );
    }
  };
}

function hintOf(role: string | undefined): string {
  return role === undefined
    ? "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile in the backend block."
    : "Check that the role exists, trusts the identity that assumes it, and wants no other external ID.";
}

function baseCredentials(settings: S3Credentials, environment: Environment): IdentityProvider {
  const fixed =
    keyPair(settings.accessKey, settings.secretKey, settings.token) ??
    // A profile that the backend names counts more than keys of the environment.
    (settings.profile === undefined
      ? keyPair(
          environment["AWS_ACCESS_KEY_ID"],
          environment["AWS_SECRET_ACCESS_KEY"],
          environment["AWS_SESSION_TOKEN"],
        )
      : undefined);
  if (fixed !== undefined) return async () => fixed;
  const profile = settings.profile ?? variable(environment, "AWS_PROFILE");
  const filepath = settings.credentialsFile ?? variable(environment, "AWS_SHARED_CREDENTIALS_FILE");
  const configFilepath = settings.configFile ?? variable(environment, "AWS_CONFIG_FILE");
  const files = {
    ...(profile === undefined ? {} : { profile }),
    ...(filepath === undefined ? {} : { filepath }),
    ...(configFilepath === undefined ? {} : { configFilepath }),
  };
  return settings.profile === undefined ? fromNodeProviderChain(files) : fromIni(files);
}

function keyPair(
  accessKeyId: string | undefined,
  secretAccessKey: string | undefined,
  sessionToken: string | undefined,
): Identity | undefined {
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

function temporary(
  role: AssumedRole,
  masterCredentials: IdentityProvider,
  clientConfig: StsConfig,
): IdentityProvider {
  const params = {
    RoleArn: role.roleArn,
    RoleSessionName: role.sessionName ?? "anchorwatch-state",
    ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
    ...(role.durationSeconds === undefined ? {} : { DurationSeconds: role.durationSeconds }),
    ...(role.policy === undefined ? {} : { Policy: role.policy }),
    ...(role.policyArns === undefined ? {} : { PolicyArns: role.policyArns.map((arn) => ({ arn })) }),
    ...(role.sourceIdentity === undefined ? {} : { SourceIdentity: role.sourceIdentity }),
    ...(role.tags === undefined
      ? {}
      : { Tags: Object.entries(role.tags).map(([Key, Value]) => ({ Key, Value })) }),
    ...(role.transitiveTagKeys === undefined ? {} : { TransitiveTagKeys: [...role.transitiveTagKeys] }),
  };
  return fromTemporaryCredentials({ masterCredentials, params, clientConfig });
}

function webIdentity(identity: WebIdentity, clientConfig: StsConfig): IdentityProvider {
  return async () => {
    const webIdentityToken = identity.token ?? (await readFile(identity.tokenFile ?? "", "utf8")).trim();
    const { roleArn, sessionName: roleSessionName = "anchorwatch-state" } = identity;
    return fromWebToken({ roleArn, roleSessionName, webIdentityToken, clientConfig })();
  };
}

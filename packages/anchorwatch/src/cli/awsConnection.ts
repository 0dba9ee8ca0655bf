/** How clients of AWS reach it: by the settings, then by what the environment says. */
import { randomUUID } from "node:crypto";
import type { AwsSettings } from "../app/ledger/ledgerMachine.ts";

/**
 * What every client takes. Credentials, profile and endpoint are found by the SDK itself, in the places that all tools of AWS use;
 * where a role is named, it is assumed with these, and again before its session ends.
 */
export async function awsConnection(environment: NodeJS.ProcessEnv, settings: AwsSettings) {
  const { profile, role, endpoint } = settings;
  const region = settings.region || environment["AWS_REGION"] || environment["AWS_DEFAULT_REGION"];
  return {
    ...(region ? { region } : {}),
    ...(endpoint ? { endpoint } : {}),
    ...(role ? { credentials: await roleCredentials(role, region, settings) } : profile ? { profile } : {}),
  };
}

async function roleCredentials(
  RoleArn: string,
  region: string | undefined,
  { profile, externalId }: AwsSettings,
) {
  const { fromNodeProviderChain, fromTemporaryCredentials } = await import("@aws-sdk/credential-providers");
  return fromTemporaryCredentials({
    masterCredentials: fromNodeProviderChain(profile ? { profile } : {}),
    params: {
      RoleArn,
      RoleSessionName: `anchorwatch-${randomUUID()}`,
      ...(externalId ? { ExternalId: externalId } : {}),
    },
    ...(region ? { clientConfig: { region } } : {}),
  });
}

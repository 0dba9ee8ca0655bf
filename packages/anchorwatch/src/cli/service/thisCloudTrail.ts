import type { IntegrityMachine } from "../../app/watch/integrity.ts";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import { awsConnection } from "../awsConnection.ts";

/** Asks CloudTrail in each region for its own keys. What the trail's settings say of the endpoint is that of its bucket. */
export function newListPublicKeys(environment: NodeJS.ProcessEnv): IntegrityMachine["newListPublicKeys"] {
  const endpoint = environment["AWS_ENDPOINT_URL_CLOUDTRAIL"] || environment["AWS_ENDPOINT_URL"];
  return async ({ profile, role, externalId }) => {
    const { CloudTrailClient, ListPublicKeysCommand } = await import("@aws-sdk/client-cloudtrail");
    return async (region, { from, to }) => {
      const settings = {
        region,
        ...(profile ? { profile } : {}),
        ...(role ? { role } : {}),
        ...(externalId ? { externalId } : {}),
        ...(endpoint ? { endpoint } : {}),
      };
      const client = new CloudTrailClient(await awsConnection(environment, settings));
      try {
        const command = new ListPublicKeysCommand({ StartTime: from, EndTime: to });
        const { PublicKeyList = [] } = await client.send(command);
        return PublicKeyList.flatMap(({ Fingerprint: fingerprint, Value: value }) =>
          fingerprint === undefined || value === undefined ? [] : [{ fingerprint, value }],
        );
      } catch (cause) {
        throw new AnchorwatchError(
          "trail_keys_unreachable",
          `CloudTrail in ${region} does not tell its public keys: ${messageOf(cause)}`,
          { hint: "The identity that reads the trail needs cloudtrail:ListPublicKeys.", cause },
        );
      } finally {
        client.destroy();
      }
    };
  };
}

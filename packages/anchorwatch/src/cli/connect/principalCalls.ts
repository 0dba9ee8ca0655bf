/** The calls of the check as whoever runs Anchorwatch, by the SDK. */
import type { PrincipalCalls } from "../../app/connect/checking/calls.ts";
import type { ConnectNames, ConnectOptions } from "../../app/connect/connectOptions.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { awsConnection } from "../awsConnection.ts";
import { ledgerCalls } from "./ledgerCalls.ts";
import { roleCalls } from "./roleCalls.ts";

/** Of a request and its retries. */
const TRIES = 3;
/** Of a session of the check, in seconds: the shortest that STS gives. */
const SESSION_SECONDS = 900;

export async function principalCalls(
  { options, names }: { readonly options: ConnectOptions; readonly names: ConnectNames },
  profile: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<PrincipalCalls> {
  const [sts, s3, events] = await Promise.all([
    import("@aws-sdk/client-sts"),
    import("@aws-sdk/client-s3"),
    import("@aws-sdk/client-eventbridge"),
  ]);
  const { region } = options;
  const settings = { region, ...(profile === undefined ? {} : { profile }) };
  const connection = { ...(await awsConnection(environment, settings)), maxAttempts: TRIES };
  const clients = {
    sts: new sts.STSClient(connection),
    s3: new s3.S3Client({ ...connection, ...pathStyle(environment) }),
    events: new events.EventBridgeClient(connection),
  };
  return {
    whoAmI: async () => {
      const { Account = "", Arn = "" } = await clients.sts.send(new sts.GetCallerIdentityCommand());
      return { account: Account, arn: Arn };
    },
    assumeRole: async ({ roleArn, sessionName, externalId, sourceIdentity }) => {
      const { Credentials } = await clients.sts.send(
        new sts.AssumeRoleCommand({
          RoleArn: roleArn,
          RoleSessionName: sessionName,
          DurationSeconds: SESSION_SECONDS,
          ...(externalId === undefined ? {} : { ExternalId: externalId }),
          ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }),
        }),
      );
      const {
        AccessKeyId: accessKeyId = "",
        SecretAccessKey: secretAccessKey = "",
        SessionToken,
      } = Credentials ?? {};
      const credentials = { accessKeyId, secretAccessKey, sessionToken: SessionToken ?? "" };
      return await roleCalls(
        { region, credentials, maxAttempts: TRIES },
        pathStyle(environment),
        options,
        names,
      );
    },
    putEvent: async ({ source, detailType, detail }) => {
      const entry = { Source: source, DetailType: detailType, Detail: detail };
      const { Entries = [] } = await clients.events.send(new events.PutEventsCommand({ Entries: [entry] }));
      const [answer] = Entries;
      if (answer?.ErrorCode === undefined) return;
      throw new AnchorwatchError(
        "event_queue_unreachable",
        `the bus says ${answer.ErrorCode}: ${answer.ErrorMessage}`,
      );
    },
    ...ledgerCalls(s3, clients.s3, names.ledgerBucket),
    close: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

/** Other stores than AWS's own seldom have a host name for each bucket. */
function pathStyle(environment: NodeJS.ProcessEnv): { readonly forcePathStyle?: boolean } {
  return environment["AWS_ENDPOINT_URL_S3"] || environment["AWS_ENDPOINT_URL"]
    ? { forcePathStyle: true }
    : {};
}

/** Calls that say whether something is allowed, and change nothing even where it is. */
import type { S3ClientConfig } from "@aws-sdk/client-s3";
import type { Attempt, RoleCalls } from "../../app/connect/checking/calls.ts";
import type { ConnectNames, ConnectOptions } from "../../app/connect/connectOptions.ts";
import type { SessionConfig } from "./sessionConfig.ts";

/** Nobody's: whoever may act on it is told that it does not exist. */
const NOBODY = "anchorwatch-connection-check-no-such-name";

export async function harmlessAttempts(
  config: SessionConfig,
  s3Config: S3ClientConfig,
  { services }: ConnectOptions,
  { ledgerBucket }: ConnectNames,
): Promise<Pick<RoleCalls, "reads" | "writes" | "content" | "credentials" | "close">> {
  const [ec2, iam, events, s3, tagging] = await Promise.all([
    import("@aws-sdk/client-ec2"),
    import("@aws-sdk/client-iam"),
    import("@aws-sdk/client-eventbridge"),
    import("@aws-sdk/client-s3"),
    import("@aws-sdk/client-resource-groups-tagging-api"),
  ]);
  const clients = {
    ec2: new ec2.EC2Client(config),
    iam: new iam.IAMClient(config),
    events: new events.EventBridgeClient(config),
    s3: new s3.S3Client({ ...config, ...s3Config }),
    tagging: new tagging.ResourceGroupsTaggingAPIClient(config),
  };
  const attempt = (permission: string, send: () => Promise<unknown>): Attempt => ({
    permission,
    run: async () => void (await send()),
  });
  const has = (id: string) => services.includes(id);
  return {
    reads: [
      attempt("tag:GetResources", () =>
        clients.tagging.send(new tagging.GetResourcesCommand({ ResourcesPerPage: 1 })),
      ),
      ...(has("ec2")
        ? [attempt("ec2:DescribeVpcs", () => clients.ec2.send(new ec2.DescribeVpcsCommand()))]
        : []),
      ...(has("iam")
        ? [attempt("iam:ListRoles", () => clients.iam.send(new iam.ListRolesCommand({ MaxItems: 1 })))]
        : []),
    ],
    writes: [
      attempt("ec2:CreateSecurityGroup", () =>
        clients.ec2.send(
          new ec2.CreateSecurityGroupCommand({ GroupName: NOBODY, Description: NOBODY, DryRun: true }),
        ),
      ),
      attempt("iam:DeleteRole", () => clients.iam.send(new iam.DeleteRoleCommand({ RoleName: NOBODY }))),
      attempt("events:DeleteRule", () => clients.events.send(new events.DeleteRuleCommand({ Name: NOBODY }))),
    ],
    content: [
      attempt("ec2:GetPasswordData", () =>
        clients.ec2.send(new ec2.GetPasswordDataCommand({ InstanceId: "i-00000000000000000", DryRun: true })),
      ),
      ...(has("s3-objects")
        ? []
        : [
            attempt("s3:GetObject", () =>
              clients.s3.send(new s3.GetObjectCommand({ Bucket: ledgerBucket, Key: NOBODY })),
            ),
          ]),
    ],
    credentials: [
      attempt("iam:CreateAccessKey", () =>
        clients.iam.send(new iam.CreateAccessKeyCommand({ UserName: NOBODY })),
      ),
    ],
    close: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

import { AuthorizeSecurityGroupIngressCommand } from "@aws-sdk/client-ec2";
import { PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { PutBucketVersioningCommand } from "@aws-sdk/client-s3";
import { DeleteTopicCommand } from "@aws-sdk/client-sns";
import type { Deployment } from "../support/deployment.ts";

/** One change that somebody makes in a console, in the words of the demo's output. */
export interface ConsoleChange {
  readonly says: string;
  readonly make: (deployment: Pick<Deployment, "cloud" | "recorded">) => Promise<unknown>;
  /** The resource that a check has to name. */
  readonly address: string;
  /** As CloudTrail tells of it: the event's source and name, and what its request names. */
  readonly service: string;
  readonly call: string;
  readonly names: (deployment: Pick<Deployment, "recorded">) => readonly string[];
}

/** What people do at three in the morning, meaning well. */
export const CONSOLE_CHANGES: readonly ConsoleChange[] = [
  {
    says: "opens the database to the world, to look at something quickly",
    address: "aws_security_group.database",
    service: "ec2.amazonaws.com",
    call: "AuthorizeSecurityGroupIngress",
    names: ({ recorded }) => [recorded("aws_security_group.database")],
    make: ({ cloud, recorded }) =>
      cloud.ec2.send(
        new AuthorizeSecurityGroupIngressCommand({
          GroupId: recorded("aws_security_group.database"),
          IpPermissions: [
            { IpProtocol: "tcp", FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp: "0.0.0.0/0" }] },
          ],
        }),
      ),
  },
  {
    says: "suspends versioning of the logs, to save money",
    address: "aws_s3_bucket_versioning.logs",
    service: "s3.amazonaws.com",
    call: "PutBucketVersioning",
    names: () => ["harbour-prod-logs"],
    make: ({ cloud }) =>
      cloud.s3.send(
        new PutBucketVersioningCommand({
          Bucket: "harbour-prod-logs",
          VersioningConfiguration: { Status: "Suspended" },
        }),
      ),
  },
  {
    says: "lets the deployment do everything, so that it finally works",
    address: "aws_iam_role_policy.deploy",
    service: "iam.amazonaws.com",
    call: "PutRolePolicy",
    names: () => ["harbour-prod-deploy", "deploy"],
    make: ({ cloud }) =>
      cloud.iam.send(
        new PutRolePolicyCommand({
          RoleName: "harbour-prod-deploy",
          PolicyName: "deploy",
          PolicyDocument: JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Sid: "Release", Effect: "Allow", Action: "*", Resource: "*" }],
          }),
        }),
      ),
  },
  {
    says: "deletes the audit topic, which nobody seems to use",
    address: "aws_sns_topic.audit",
    service: "sns.amazonaws.com",
    call: "DeleteTopic",
    names: ({ recorded }) => [recorded("aws_sns_topic.audit")],
    make: ({ cloud, recorded }) =>
      cloud.sns.send(new DeleteTopicCommand({ TopicArn: recorded("aws_sns_topic.audit") })),
  },
];

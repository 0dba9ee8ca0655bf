/** What the read role and the executor must not be able to do: calls of many services, each of which would work for an administrator. */
import { PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import {
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  GetLogEventsCommand,
  PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  DeleteTableCommand,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteSecurityGroupCommand,
  GetPasswordDataCommand,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import { DeleteRepositoryCommand, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import {
  DeleteRuleCommand,
  DisableRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
} from "@aws-sdk/client-eventbridge";
import {
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import {
  CreateKeyCommand,
  DecryptCommand,
  EncryptCommand,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import { GetFunctionCommand, InvokeCommand } from "@aws-sdk/client-lambda";
import { ChangeResourceRecordSetsCommand, DeleteHostedZoneCommand } from "@aws-sdk/client-route-53";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import {
  DeleteSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
} from "@aws-sdk/client-secrets-manager";
import { DeleteTopicCommand, PublishCommand, SetTopicAttributesCommand } from "@aws-sdk/client-sns";
import {
  DeleteQueueCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from "@aws-sdk/client-sqs";
import { GetParameterCommand, GetParametersByPathCommand, PutParameterCommand } from "@aws-sdk/client-ssm";
import type { Cloud } from "../support/cloud.ts";

export interface Estate {
  readonly group: string;
  readonly topic: string;
  readonly key: string;
  /** Addresses of the connection's queues. */
  readonly queue: string;
  readonly deadLetters: string;
  readonly ledger: string;
}

export type Call = readonly [name: string, call: (cloud: Cloud, estate: Estate) => Promise<unknown>];

const OPEN = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});
const TICKETS = "pier-tickets";
const READ_ROLE = "anchorwatch-read";
const ZONE = "Z0123456789ABCDEFGHIJ";

export const WRITES: readonly Call[] = [
  ["ec2:CreateVpc", ({ ec2 }) => ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }))],
  [
    "ec2:RunInstances",
    ({ ec2 }) => ec2.send(new RunInstancesCommand({ ImageId: "ami-1", MinCount: 1, MaxCount: 1 })),
  ],
  [
    "ec2:CreateTags",
    ({ ec2 }, { group }) =>
      ec2.send(new CreateTagsCommand({ Resources: [group], Tags: [{ Key: "a", Value: "b" }] })),
  ],
  [
    "ec2:DeleteSecurityGroup",
    ({ ec2 }, { group }) => ec2.send(new DeleteSecurityGroupCommand({ GroupId: group })),
  ],
  [
    "ec2:AuthorizeSecurityGroupIngress",
    ({ ec2 }, { group }) =>
      ec2.send(
        new AuthorizeSecurityGroupIngressCommand({
          GroupId: group,
          IpProtocol: "tcp",
          FromPort: 22,
          ToPort: 22,
          CidrIp: "0.0.0.0/0",
        }),
      ),
  ],
  ["iam:CreateUser", ({ iam }) => iam.send(new CreateUserCommand({ UserName: "mallory" }))],
  ["iam:CreateAccessKey", ({ iam }) => iam.send(new CreateAccessKeyCommand({ UserName: "harbourmaster" }))],
  [
    "iam:PutRolePolicy",
    ({ iam }) =>
      iam.send(new PutRolePolicyCommand({ RoleName: READ_ROLE, PolicyName: "x", PolicyDocument: OPEN })),
  ],
  [
    "iam:DeleteRolePolicy",
    ({ iam }) => iam.send(new DeleteRolePolicyCommand({ RoleName: READ_ROLE, PolicyName: "x" })),
  ],
  [
    "iam:AttachRolePolicy",
    ({ iam }) =>
      iam.send(
        new AttachRolePolicyCommand({
          RoleName: READ_ROLE,
          PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
        }),
      ),
  ],
  [
    "iam:UpdateAssumeRolePolicy",
    ({ iam }) => iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: READ_ROLE, PolicyDocument: OPEN })),
  ],
  ["kms:CreateKey", ({ kms }) => kms.send(new CreateKeyCommand({}))],
  ["kms:ScheduleKeyDeletion", ({ kms }, { key }) => kms.send(new ScheduleKeyDeletionCommand({ KeyId: key }))],
  [
    "kms:Encrypt",
    ({ kms }, { key }) => kms.send(new EncryptCommand({ KeyId: key, Plaintext: new Uint8Array(4) })),
  ],
  [
    "dynamodb:PutItem",
    ({ dynamodb }) =>
      dynamodb.send(new PutItemCommand({ TableName: "pier-bookings", Item: { id: { S: "1" } } })),
  ],
  [
    "dynamodb:UpdateTable",
    ({ dynamodb }) =>
      dynamodb.send(new UpdateTableCommand({ TableName: "pier-bookings", BillingMode: "PAY_PER_REQUEST" })),
  ],
  [
    "dynamodb:DeleteTable",
    ({ dynamodb }) => dynamodb.send(new DeleteTableCommand({ TableName: "pier-bookings" })),
  ],
  ["logs:CreateLogGroup", ({ logs }) => logs.send(new CreateLogGroupCommand({ logGroupName: "/x" }))],
  ["logs:DeleteLogGroup", ({ logs }) => logs.send(new DeleteLogGroupCommand({ logGroupName: "/pier/web" }))],
  [
    "logs:PutRetentionPolicy",
    ({ logs }) => logs.send(new PutRetentionPolicyCommand({ logGroupName: "/pier/web", retentionInDays: 1 })),
  ],
  [
    "cloudwatch:PutMetricAlarm",
    ({ alarms }) =>
      alarms.send(
        new PutMetricAlarmCommand({
          AlarmName: "pier-web",
          ComparisonOperator: "GreaterThanThreshold",
          EvaluationPeriods: 1,
        }),
      ),
  ],
  [
    "cloudwatch:SetAlarmState",
    ({ alarms }) =>
      alarms.send(new SetAlarmStateCommand({ AlarmName: "pier-web", StateValue: "OK", StateReason: "x" })),
  ],
  [
    "events:PutRule",
    ({ events }) => events.send(new PutRuleCommand({ Name: "x", ScheduleExpression: "rate(1 day)" })),
  ],
  [
    "events:DisableRule",
    ({ events }) => events.send(new DisableRuleCommand({ Name: "anchorwatch-changes" })),
  ],
  ["events:DeleteRule", ({ events }) => events.send(new DeleteRuleCommand({ Name: "anchorwatch-changes" }))],
  [
    "events:PutEvents",
    ({ events }) =>
      events.send(new PutEventsCommand({ Entries: [{ Source: "x", DetailType: "x", Detail: "{}" }] })),
  ],
  ["sns:Publish", ({ sns }, { topic }) => sns.send(new PublishCommand({ TopicArn: topic, Message: "x" }))],
  ["sns:DeleteTopic", ({ sns }, { topic }) => sns.send(new DeleteTopicCommand({ TopicArn: topic }))],
  [
    "sns:SetTopicAttributes",
    ({ sns }, { topic }) =>
      sns.send(
        new SetTopicAttributesCommand({ TopicArn: topic, AttributeName: "DisplayName", AttributeValue: "x" }),
      ),
  ],
  [
    "sqs:SendMessage",
    ({ sqs }, { queue }) => sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: "x" })),
  ],
  ["sqs:PurgeQueue", ({ sqs }, { queue }) => sqs.send(new PurgeQueueCommand({ QueueUrl: queue }))],
  ["sqs:DeleteQueue", ({ sqs }, { queue }) => sqs.send(new DeleteQueueCommand({ QueueUrl: queue }))],
  [
    "sqs:SetQueueAttributes",
    ({ sqs }, { queue }) =>
      sqs.send(new SetQueueAttributesCommand({ QueueUrl: queue, Attributes: { Policy: OPEN } })),
  ],
  ["route53:DeleteHostedZone", ({ route53 }) => route53.send(new DeleteHostedZoneCommand({ Id: ZONE }))],
  [
    "route53:ChangeResourceRecordSets",
    ({ route53 }) =>
      route53.send(
        new ChangeResourceRecordSetsCommand({
          HostedZoneId: ZONE,
          ChangeBatch: {
            Changes: [
              {
                Action: "UPSERT",
                ResourceRecordSet: {
                  Name: "a.pier.example",
                  Type: "A",
                  TTL: 60,
                  ResourceRecords: [{ Value: "192.0.2.1" }],
                },
              },
            ],
          },
        }),
      ),
  ],
  [
    "ecr:DeleteRepository",
    ({ ecr }) => ecr.send(new DeleteRepositoryCommand({ repositoryName: "pier-web" })),
  ],
  [
    "secretsmanager:PutSecretValue",
    ({ secrets }) => secrets.send(new PutSecretValueCommand({ SecretId: "pier-mail", SecretString: "x" })),
  ],
  [
    "secretsmanager:DeleteSecret",
    ({ secrets }) => secrets.send(new DeleteSecretCommand({ SecretId: "pier-mail" })),
  ],
  [
    "ssm:PutParameter",
    ({ ssm }) => ssm.send(new PutParameterCommand({ Name: "/x", Value: "x", Type: "String" })),
  ],
  [
    "s3:CreateBucket",
    ({ s3 }) =>
      s3.send(
        new CreateBucketCommand({
          Bucket: "mallorys",
          CreateBucketConfiguration: { LocationConstraint: "eu-central-1" },
        }),
      ),
  ],
  ["s3:DeleteBucket", ({ s3 }) => s3.send(new DeleteBucketCommand({ Bucket: TICKETS }))],
  ["s3:PutObject", ({ s3 }) => s3.send(new PutObjectCommand({ Bucket: TICKETS, Key: "x", Body: "x" }))],
  ["s3:DeleteObject", ({ s3 }) => s3.send(new DeleteObjectCommand({ Bucket: TICKETS, Key: "x" }))],
  [
    "s3:PutObject on the ledger",
    ({ s3 }, { ledger }) =>
      s3.send(new PutObjectCommand({ Bucket: ledger, Key: "ledger/checkpoint", Body: "x" })),
  ],
  [
    "s3:DeleteBucketPolicy on the ledger",
    ({ s3 }, { ledger }) => s3.send(new DeleteBucketPolicyCommand({ Bucket: ledger })),
  ],
  [
    "s3:PutBucketPolicy on the ledger",
    ({ s3 }, { ledger }) => s3.send(new PutBucketPolicyCommand({ Bucket: ledger, Policy: OPEN })),
  ],
];

/** What an executor that may put back buckets may, and a reader may not. */
export const BUCKET_WRITES: readonly Call[] = [
  ["s3:PutBucketPolicy", ({ s3 }) => s3.send(new PutBucketPolicyCommand({ Bucket: TICKETS, Policy: OPEN }))],
  [
    "s3:PutBucketTagging",
    ({ s3 }) =>
      s3.send(
        new PutBucketTaggingCommand({ Bucket: TICKETS, Tagging: { TagSet: [{ Key: "a", Value: "b" }] } }),
      ),
  ],
  [
    "s3:PutBucketVersioning",
    ({ s3 }) =>
      s3.send(
        new PutBucketVersioningCommand({ Bucket: TICKETS, VersioningConfiguration: { Status: "Enabled" } }),
      ),
  ],
];

export const CONTENT: readonly Call[] = [
  [
    "secretsmanager:GetSecretValue",
    ({ secrets }) => secrets.send(new GetSecretValueCommand({ SecretId: "pier-mail" })),
  ],
  [
    "ssm:GetParameter",
    ({ ssm }) => ssm.send(new GetParameterCommand({ Name: "/pier/password", WithDecryption: true })),
  ],
  ["ssm:GetParametersByPath", ({ ssm }) => ssm.send(new GetParametersByPathCommand({ Path: "/pier" }))],
  ["s3:GetObject", ({ s3 }) => s3.send(new GetObjectCommand({ Bucket: TICKETS, Key: "letter" }))],
  [
    "s3:GetObject on the ledger",
    ({ s3 }, { ledger }) => s3.send(new GetObjectCommand({ Bucket: ledger, Key: "ledger/checkpoint" })),
  ],
  [
    "dynamodb:GetItem",
    ({ dynamodb }) =>
      dynamodb.send(new GetItemCommand({ TableName: "pier-bookings", Key: { id: { S: "1" } } })),
  ],
  ["dynamodb:Scan", ({ dynamodb }) => dynamodb.send(new ScanCommand({ TableName: "pier-bookings" }))],
  [
    "kms:Decrypt",
    ({ kms }, { key }) => kms.send(new DecryptCommand({ KeyId: key, CiphertextBlob: new Uint8Array(32) })),
  ],
  [
    "logs:GetLogEvents",
    ({ logs }) => logs.send(new GetLogEventsCommand({ logGroupName: "/pier/web", logStreamName: "x" })),
  ],
  ["lambda:GetFunction", ({ lambda }) => lambda.send(new GetFunctionCommand({ FunctionName: "x" }))],
  ["lambda:InvokeFunction", ({ lambda }) => lambda.send(new InvokeCommand({ FunctionName: "x" }))],
  [
    "ec2:GetPasswordData",
    ({ ec2 }) => ec2.send(new GetPasswordDataCommand({ InstanceId: "i-00000000000000000" })),
  ],
  ["ecr:GetAuthorizationToken", ({ ecr }) => ecr.send(new GetAuthorizationTokenCommand({}))],
  [
    "sqs:ReceiveMessage of another queue",
    ({ sqs }, { deadLetters }) => sqs.send(new ReceiveMessageCommand({ QueueUrl: deadLetters })),
  ],
];

/** What not even whoever writes the ledger may do to it. */
export const LEDGER_DELETIONS: readonly Call[] = [
  [
    "s3:DeleteObject",
    ({ s3 }, { ledger }) => s3.send(new DeleteObjectCommand({ Bucket: ledger, Key: "ledger/checkpoint" })),
  ],
  [
    "s3:DeleteObjectVersion",
    ({ s3 }, { ledger }) =>
      s3.send(new DeleteObjectCommand({ Bucket: ledger, Key: "ledger/checkpoint", VersionId: "x" })),
  ],
  ["s3:DeleteBucket", ({ s3 }, { ledger }) => s3.send(new DeleteBucketCommand({ Bucket: ledger }))],
  [
    "s3:PutBucketPolicy",
    ({ s3 }, { ledger }) => s3.send(new PutBucketPolicyCommand({ Bucket: ledger, Policy: OPEN })),
  ],
  [
    "s3:PutObject beside the ledger",
    ({ s3 }, { ledger }) => s3.send(new PutObjectCommand({ Bucket: ledger, Key: "other/x", Body: "x" })),
  ],
];

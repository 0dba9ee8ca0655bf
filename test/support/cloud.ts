import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ECRClient } from "@aws-sdk/client-ecr";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { Route53Client } from "@aws-sdk/client-route-53";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient, type SQSClientConfig } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";

/** The cloud's own API, as somebody at a console uses it: behind Terraform's back. */
export interface Cloud {
  readonly region: string;
  readonly alarms: CloudWatchClient;
  readonly logs: CloudWatchLogsClient;
  readonly dynamodb: DynamoDBClient;
  readonly ec2: EC2Client;
  readonly ecr: ECRClient;
  readonly events: EventBridgeClient;
  readonly iam: IAMClient;
  readonly kms: KMSClient;
  readonly lambda: LambdaClient;
  readonly route53: Route53Client;
  readonly s3: S3Client;
  readonly secrets: SecretsManagerClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  readonly ssm: SSMClient;
  /** The same account in another region. */
  inRegion(region: string): Cloud;
}

/** Who works with the clients, and what they say of themselves. */
export interface CloudUser {
  readonly credentials: NonNullable<SQSClientConfig["credentials"]>;
  /** Added to what the SDK says of itself. */
  readonly customUserAgent?: string;
}

const ANYBODY: CloudUser = { credentials: { accessKeyId: "test", secretAccessKey: "test" } };

/** Clients of a simulated cloud. They hold no connection that keeps the process alive. */
export function cloudAt(endpoint: string, region: string, user: CloudUser = ANYBODY): Cloud {
  const options = {
    ...user,
    endpoint,
    region,
    maxAttempts: 1, // A mock that fails once fails again; a retry only hides which call it was.
  };
  return {
    region,
    alarms: new CloudWatchClient(options),
    logs: new CloudWatchLogsClient(options),
    dynamodb: new DynamoDBClient(options),
    ec2: new EC2Client(options),
    ecr: new ECRClient(options),
    events: new EventBridgeClient(options),
    iam: new IAMClient(options),
    kms: new KMSClient(options),
    lambda: new LambdaClient(options),
    route53: new Route53Client(options),
    s3: new S3Client({ ...options, forcePathStyle: true }),
    secrets: new SecretsManagerClient(options),
    sns: new SNSClient(options),
    sqs: new SQSClient(options),
    ssm: new SSMClient(options),
    inRegion: (other) => cloudAt(endpoint, other, user),
  };
}

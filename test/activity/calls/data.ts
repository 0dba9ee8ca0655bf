import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as kms from "@aws-sdk/client-kms";
import * as lambda from "@aws-sdk/client-lambda";
import * as secrets from "@aws-sdk/client-secrets-manager";
import * as ssm from "@aws-sdk/client-ssm";
import type { Cloud } from "../../support/cloud.ts";
import { type Act, act } from "./act.ts";

/** DynamoDB, KMS, Lambda, CloudWatch Logs, parameters and secrets. */
export async function* dataCalls(cloud: Cloud): AsyncGenerator<Act> {
  yield* tables(cloud);
  yield* keys(cloud);
  yield* functions(cloud);
  yield* groups(cloud);
  yield* settings(cloud);
}

async function* tables({ dynamodb: client }: Cloud): AsyncGenerator<Act> {
  const TableName = "orders";
  await client.send(
    new dynamodb.CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "order_key", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "order_key", KeyType: "HASH" }],
    }),
  );
  yield act("dynamodb", "CreateTable", TableName);
  const TimeToLiveSpecification = { Enabled: true, AttributeName: "expires" };
  await client.send(new dynamodb.UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
  yield act("dynamodb", "UpdateTimeToLive", TableName);
  const ResourceArn = `arn:aws:dynamodb:eu-central-1:123456789012:table/${TableName}`;
  await client.send(
    new dynamodb.TagResourceCommand({ ResourceArn, Tags: [{ Key: "Owner", Value: "nobody" }] }),
  );
  yield act("dynamodb", "TagResource", TableName, ResourceArn);
}

async function* keys({ kms: client }: Cloud): AsyncGenerator<Act> {
  const { KeyMetadata } = await client.send(new kms.CreateKeyCommand({ Description: "Orders" }));
  const KeyId = KeyMetadata?.KeyId;
  yield act("kms", "CreateKey", KeyId, KeyMetadata?.Arn);
  await client.send(new kms.CreateAliasCommand({ AliasName: "alias/orders", TargetKeyId: KeyId }));
  yield act("kms", "CreateAlias", "alias/orders", KeyId);
  await client.send(new kms.EnableKeyRotationCommand({ KeyId }));
  yield act("kms", "EnableKeyRotation", KeyId);
}

async function* functions({ lambda: client, iam }: Cloud): AsyncGenerator<Act> {
  const { CreateRoleCommand } = await import("@aws-sdk/client-iam");
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: "runner", AssumeRolePolicyDocument: "{}" }),
  );
  yield act("iam", "CreateRole", "runner");
  const FunctionName = "resize";
  const Code = { ImageUri: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/resize:1" };
  await client.send(
    new lambda.CreateFunctionCommand({ FunctionName, Role: Role?.Arn, Code, PackageType: "Image" }),
  );
  yield act("lambda", "CreateFunction20150331", FunctionName);
  const Environment = { Variables: { TOKEN: "canary-of-a-function" } };
  await client.send(new lambda.UpdateFunctionConfigurationCommand({ FunctionName, Environment }));
  yield act("lambda", "UpdateFunctionConfiguration20150331v2", FunctionName);
  await client.send(
    new lambda.AddPermissionCommand({
      FunctionName,
      StatementId: "everybody",
      Action: "lambda:InvokeFunction",
      Principal: "*",
    }),
  );
  yield act("lambda", "AddPermission20150331v2", FunctionName, "everybody");
}

async function* groups({ logs: client }: Cloud): AsyncGenerator<Act> {
  const logGroupName = "/acme/orders";
  await client.send(new logs.CreateLogGroupCommand({ logGroupName }));
  yield act("logs", "CreateLogGroup", logGroupName);
  await client.send(new logs.PutRetentionPolicyCommand({ logGroupName, retentionInDays: 1 }));
  yield act("logs", "PutRetentionPolicy", logGroupName);
  const resourceArn = `arn:aws:logs:eu-central-1:123456789012:log-group:${logGroupName}`;
  await client.send(new logs.TagResourceCommand({ resourceArn, tags: { Owner: "nobody" } }));
  yield act("logs", "TagResource", logGroupName);
}

async function* settings({ ssm: parameters, secrets: vault }: Cloud): AsyncGenerator<Act> {
  const parameter = { Name: "/acme/flags", Value: "canary-of-a-parameter", Type: "SecureString" as const };
  await parameters.send(new ssm.PutParameterCommand(parameter));
  yield act("ssm", "PutParameter", "/acme/flags");
  const { ARN } = await vault.send(
    new secrets.CreateSecretCommand({ Name: "acme/db", SecretString: "canary-of-a-secret" }),
  );
  yield act("secretsmanager", "CreateSecret", ARN);
  await vault.send(new secrets.PutSecretValueCommand({ SecretId: ARN, SecretString: "canary-of-a-secret" }));
  yield act("secretsmanager", "PutSecretValue", ARN);
  await parameters.send(new ssm.DeleteParameterCommand({ Name: "/acme/flags" }));
  yield act("ssm", "DeleteParameter", "/acme/flags");
}

import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  ListAliasesCommand,
  PutKeyPolicyCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
} from "@aws-sdk/client-kms";
import {
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  UpdateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import { DeleteParameterCommand, GetParameterCommand, PutParameterCommand } from "@aws-sdk/client-ssm";
import type { Cloud } from "../../support/cloud.ts";
import { type Mutation, mutation, orGone } from "./mutation.ts";

const DATA_KEY = "aws_kms_key.data";
const BACKUP_KEY = "aws_kms_key.backup";
const PAYMENT = { SecretId: "ferry-prod/payment" };
const openPolicy = (Action: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Sid: "Open", Effect: "Allow", Principal: { AWS: "*" }, Action, Resource: "*" }],
  });

/** Changes to keys, tables, parameters and secrets. */
export const DATA_MUTATIONS: readonly Mutation[] = [
  mutation({
    name: "The description of a key is changed",
    apply: ({ cloud, recorded }) =>
      cloud.kms.send(new UpdateKeyDescriptionCommand({ KeyId: recorded(DATA_KEY), Description: "unused" })),
    observe: async ({ cloud, recorded }) =>
      (await cloud.kms.send(new DescribeKeyCommand({ KeyId: recorded(DATA_KEY) }))).KeyMetadata?.Description,
    changed: { [DATA_KEY]: "description" },
  }),
  mutation({
    name: "Everybody may use a key whose policy is not declared",
    apply: ({ cloud, recorded }) =>
      cloud.kms.send(
        new PutKeyPolicyCommand({
          KeyId: recorded(BACKUP_KEY),
          PolicyName: "default",
          Policy: openPolicy("kms:*"),
        }),
      ),
    observe: async ({ cloud, recorded }) =>
      (await cloud.kms.send(new GetKeyPolicyCommand({ KeyId: recorded(BACKUP_KEY), PolicyName: "default" })))
        .Policy,
    unplanned: { [BACKUP_KEY]: "policy" },
  }),
  mutation({
    name: "An alias points to another key",
    apply: ({ cloud, recorded }) =>
      cloud.kms.send(
        new UpdateAliasCommand({ AliasName: "alias/ferry-prod-data", TargetKeyId: recorded(BACKUP_KEY) }),
      ),
    observe: async ({ cloud }) =>
      (await cloud.kms.send(new ListAliasesCommand({ Limit: 100 }))).Aliases?.find(
        (alias) => alias.AliasName === "alias/ferry-prod-data",
      )?.TargetKeyId,
    changed: { "aws_kms_alias.data": "target_key_id" },
  }),
  mutation({
    name: "Old rows of a table are kept",
    apply: ({ cloud }) =>
      cloud.dynamodb.send(
        new UpdateTimeToLiveCommand({
          TableName: "ferry-prod-bookings",
          TimeToLiveSpecification: { AttributeName: "expires", Enabled: false },
        }),
      ),
    observe: async ({ cloud }) =>
      (await cloud.dynamodb.send(new DescribeTimeToLiveCommand({ TableName: "ferry-prod-bookings" })))
        .TimeToLiveDescription,
    changed: { "aws_dynamodb_table.bookings": "ttl" },
  }),
  mutation({
    name: "A table is scaled by the program that its code leaves this to",
    apply: ({ cloud }) =>
      cloud.dynamodb.send(
        new UpdateTableCommand({
          TableName: "ferry-prod-cabins",
          ProvisionedThroughput: { ReadCapacityUnits: 40, WriteCapacityUnits: 10 },
        }),
      ),
    observe: async ({ cloud }) =>
      (await cloud.dynamodb.send(new DescribeTableCommand({ TableName: "ferry-prod-cabins" }))).Table
        ?.ProvisionedThroughput?.ReadCapacityUnits,
    ignored: { "aws_dynamodb_table.cabins": "read_capacity" },
  }),
  mutation({
    name: "A parameter gets another value",
    apply: ({ cloud }) => overwrite(cloud, "/ferry/prod/kiel/sailings", "13"),
    observe: ({ cloud }) => parameter(cloud, "/ferry/prod/kiel/sailings"),
    changed: { 'aws_ssm_parameter.setting["kiel"]': "value" },
  }),
  mutation({
    name: "A parameter is deleted",
    apply: ({ cloud }) => cloud.ssm.send(new DeleteParameterCommand({ Name: "/ferry/prod/oslo/sailings" })),
    observe: ({ cloud }) => orGone(parameter(cloud, "/ferry/prod/oslo/sailings")),
    deleted: ['aws_ssm_parameter.setting["oslo"]'],
  }),
  mutation({
    name: "An encrypted parameter gets another value",
    apply: ({ cloud }) => overwrite(cloud, "/ferry/prod/database/password", "letmein-5678"),
    observe: ({ cloud }) => parameter(cloud, "/ferry/prod/database/password"),
    changed: { "aws_ssm_parameter.database_password": "value" },
  }),
  mutation({
    name: "The release job writes a parameter whose value the code ignores",
    apply: ({ cloud }) => overwrite(cloud, "/ferry/prod/release", "2025.4"),
    observe: ({ cloud }) => parameter(cloud, "/ferry/prod/release"),
    ignored: { "aws_ssm_parameter.release": "value" },
  }),
  mutation({
    name: "The description of a secret is changed",
    apply: ({ cloud }) => cloud.secrets.send(new UpdateSecretCommand({ ...PAYMENT, Description: "old" })),
    observe: async ({ cloud }) => (await cloud.secrets.send(new DescribeSecretCommand(PAYMENT))).Description,
    changed: { "aws_secretsmanager_secret.payment": "description" },
  }),
  mutation({
    name: "A secret gets another value",
    apply: ({ cloud }) =>
      cloud.secrets.send(new PutSecretValueCommand({ ...PAYMENT, SecretString: '{"key":"letmein-9012"}' })),
    observe: async ({ cloud }) => (await cloud.secrets.send(new GetSecretValueCommand(PAYMENT))).SecretString,
    unplanned: { "aws_secretsmanager_secret_version.payment": "version_stages" },
  }),
  mutation({
    name: "Everybody may read a secret whose policy is declared",
    apply: ({ cloud }) =>
      cloud.secrets.send(
        new PutResourcePolicyCommand({
          ...PAYMENT,
          ResourcePolicy: openPolicy("secretsmanager:GetSecretValue"),
        }),
      ),
    observe: async ({ cloud }) =>
      (await cloud.secrets.send(new GetResourcePolicyCommand(PAYMENT))).ResourcePolicy,
    changed: { "aws_secretsmanager_secret_policy.payment": "policy" },
    mirrored: { "aws_secretsmanager_secret.payment": "policy" },
  }),
];

function overwrite(cloud: Cloud, Name: string, Value: string): Promise<unknown> {
  return cloud.ssm.send(new PutParameterCommand({ Name, Value, Overwrite: true }));
}

async function parameter(cloud: Cloud, Name: string): Promise<unknown> {
  return (await cloud.ssm.send(new GetParameterCommand({ Name, WithDecryption: true }))).Parameter?.Value;
}

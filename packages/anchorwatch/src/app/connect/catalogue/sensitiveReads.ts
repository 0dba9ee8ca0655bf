import type { SensitiveService } from "./service.ts";

/** Reads that some resources cannot be compared without, and that hand out content. Nobody gets them unasked. */
export const SENSITIVE_READS: readonly SensitiveService[] = [
  {
    id: "lambda-code",
    title: "Code of functions",
    actions: ["lambda:GetFunction", "lambda:GetLayerVersion"],
    why: "aws_lambda_function, aws_lambda_layer_version",
    reveals: "an address from which the code of every function can be downloaded",
  },
  {
    id: "secret-values",
    title: "Values of secrets",
    actions: ["secretsmanager:GetSecretValue"],
    why: "aws_secretsmanager_secret_version",
    reveals: "every secret in Secrets Manager whose key lets it be decrypted",
  },
  {
    id: "ssm-parameters",
    title: "Values of parameters",
    actions: ["ssm:GetParameter", "ssm:GetParameters"],
    why: "aws_ssm_parameter",
    reveals: "every parameter, also SecureString under the account's default key",
  },
  {
    id: "s3-objects",
    title: "Content of objects",
    actions: ["s3:GetObject", "s3:GetObjectAttributes", "s3:GetObjectTagging", "s3:GetObjectAcl"],
    why: "aws_s3_object",
    reveals: "every object of every bucket of the account",
  },
  {
    id: "dynamodb-items",
    title: "Items of tables",
    actions: ["dynamodb:GetItem"],
    why: "aws_dynamodb_table_item",
    reveals: "every item of every table",
  },
  {
    id: "cognito",
    title: "Cognito",
    actions: [
      "cognito-idp:DescribeIdentityProvider",
      "cognito-idp:DescribeResourceServer",
      "cognito-idp:DescribeUserPool*",
      "cognito-idp:GetUserPoolMfaConfig",
      "cognito-idp:ListTagsForResource",
    ],
    why: "aws_cognito_user_pool, its clients and identity providers",
    reveals: "the secrets of clients and identity providers",
  },
  {
    id: "glue-connections",
    title: "Connections of Glue",
    actions: ["glue:GetConnection", "glue:GetConnections"],
    why: "aws_glue_connection",
    reveals: "user names and passwords of databases",
  },
];

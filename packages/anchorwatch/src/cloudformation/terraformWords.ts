/**
 * The built-in rules speak of resources as Terraform's AWS provider calls them. Where CloudFormation's types have the same attributes by
 * other names, a change is told in these words, too, so that the same rules see it. What is not here, no built-in rule sees.
 */
import { plannedDifferences } from "../compare/plannedDifferences.ts";
import type { JsonObject, JsonValue } from "../domain/jsonValue.ts";
import type { PlannedAction, PlannedChange } from "../domain/plannedChange.ts";
import type { Value } from "../domain/value.ts";

/** Empty: nobody knows other words for it. */
export function inTerraformsWords(change: PlannedChange): readonly PlannedChange[] {
  return (WORDS[change.type] ?? []).flatMap((words) => {
    const [before, after] = [side(words, change.before), side(words, change.after)];
    const action = actionOf(words, change.action, { before, after });
    if (action === undefined) return [];
    const isGone = action === "delete" || action === "forget";
    return [
      {
        ...change,
        type: words.type,
        action,
        before: before ?? {},
        after: after ?? {},
        changes: isGone ? [] : plannedDifferences((before ?? {}) as Value, (after ?? {}) as Value),
      },
    ];
  });
}

interface Words {
  readonly type: string;
  /** A property that Terraform has as a resource of its own. */
  readonly part?: string;
  /** Properties whose attribute is called something else. */
  readonly names?: Readonly<Record<string, string>>;
  /** Properties that are policies: with Terraform these are texts. */
  readonly documents?: Readonly<Record<string, string>>;
  readonly more?: (properties: JsonObject) => JsonObject;
}

const POLICY = { PolicyDocument: "policy" };
const RULES = { SecurityGroupIngress: "ingress", SecurityGroupEgress: "egress" };

const WORDS: Readonly<Record<string, readonly Words[]>> = {
  "AWS::EC2::SecurityGroup": [{ type: "aws_security_group", more: groupRules }],
  "AWS::EC2::SecurityGroupIngress": [
    { type: "aws_vpc_security_group_ingress_rule", names: { CidrIp: "cidr_ipv4", CidrIpv6: "cidr_ipv6" } },
  ],
  "AWS::EC2::Instance": [{ type: "aws_instance" }],
  "AWS::EC2::Volume": [{ type: "aws_ebs_volume" }],
  "AWS::RDS::DBInstance": [{ type: "aws_db_instance" }],
  "AWS::RDS::DBCluster": [{ type: "aws_rds_cluster" }],
  "AWS::EFS::FileSystem": [{ type: "aws_efs_file_system" }],
  "AWS::DynamoDB::Table": [
    { type: "aws_dynamodb_table", names: { DeletionProtectionEnabled: "deletion_protection_enabled" } },
  ],
  "AWS::KMS::Key": [
    { type: "aws_kms_key", names: { Enabled: "is_enabled" }, documents: { KeyPolicy: "policy" } },
  ],
  "AWS::S3::Bucket": [
    { type: "aws_s3_bucket" },
    { type: "aws_s3_bucket_public_access_block", part: "PublicAccessBlockConfiguration" },
  ],
  "AWS::S3::BucketPolicy": [{ type: "aws_s3_bucket_policy", documents: POLICY }],
  "AWS::SQS::QueuePolicy": [{ type: "aws_sqs_queue_policy", documents: POLICY }],
  "AWS::SNS::TopicPolicy": [{ type: "aws_sns_topic_policy", documents: POLICY }],
  "AWS::IAM::ManagedPolicy": [{ type: "aws_iam_policy", documents: POLICY }],
  "AWS::IAM::Policy": [{ type: "aws_iam_role_policy", documents: POLICY }],
  "AWS::IAM::Role": [{ type: "aws_iam_role", documents: { AssumeRolePolicyDocument: "assume_role_policy" } }],
  "AWS::CloudTrail::Trail": [
    {
      type: "aws_cloudtrail",
      names: { IsLogging: "enable_logging", EnableLogFileValidation: "enable_log_file_validation" },
    },
  ],
  "AWS::Logs::LogGroup": [{ type: "aws_cloudwatch_log_group" }],
  "AWS::Lambda::Function": [{ type: "aws_lambda_function" }],
};

/** Undefined: there is none, of what only some have. */
function side({ part, names = {}, documents = {}, more }: Words, all: JsonObject): JsonObject | undefined {
  const properties = part === undefined ? all : all[part];
  if (!isObject(properties)) return undefined;
  const attributes = Object.entries(properties).flatMap(([name, value]): (readonly [string, JsonValue])[] => {
    if (value === undefined) return [];
    const document = documents[name];
    if (document !== undefined)
      return [[document, typeof value === "string" ? value : JSON.stringify(value)]];
    return [[names[name] ?? snakeCase(name), plain(value)]];
  });
  return { ...Object.fromEntries(attributes), ...more?.(properties) };
}

/** A part may come or go while the rest stays; with the rest it goes without a word. */
function actionOf(
  { part }: Words,
  action: PlannedAction,
  { before, after }: { readonly before: JsonObject | undefined; readonly after: JsonObject | undefined },
): PlannedAction | undefined {
  if (part === undefined) return action;
  if (action === "delete" || action === "forget" || (before === undefined && after === undefined))
    return undefined;
  if (after === undefined) return "delete";
  return before === undefined ? "create" : action;
}

/** Rules of a group, each as the block that Terraform has for it. */
function groupRules(properties: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(RULES).flatMap(([property, attribute]) => {
      const rules = properties[property];
      return Array.isArray(rules) ? [[attribute, rules.filter(isObject).map(groupRule)]] : [];
    }),
  );
}

function groupRule(rule: JsonObject): JsonObject {
  const { IpProtocol, FromPort, ToPort, CidrIp, CidrIpv6, Description = "" } = rule;
  const protocol = String(IpProtocol ?? "-1");
  // Every port, where the protocol is every one: Terraform has 0 for that.
  const port = (given: JsonValue | undefined) => (given === undefined ? 0 : plain(given));
  return {
    protocol,
    from_port: port(FromPort),
    to_port: port(ToPort),
    cidr_blocks: CidrIp === undefined ? [] : [CidrIp],
    ipv6_cidr_blocks: CidrIpv6 === undefined ? [] : [CidrIpv6],
    description: Description,
  };
}

/** Change sets have every value as a text. */
function plain(value: JsonValue): JsonValue {
  if (value === "true" || value === "false") return value === "true";
  if (typeof value === "string") return /^-?[0-9]{1,15}$/.test(value) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      member === undefined ? [] : [[snakeCase(name), plain(member)]],
    ),
  );
}

/** `MultiAZ` is `multi_az`, `DBClusterIdentifier` `db_cluster_identifier`. */
function snakeCase(name: string): string {
  return name
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase();
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

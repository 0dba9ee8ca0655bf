/** What a state of Terraform and a CloudFormation template describe, in one form: by kind and name, with whole policies. */
import { parse } from "yaml";

export type Described = ReadonlyMap<string, unknown>;

interface State {
  readonly resources: readonly {
    readonly module?: string;
    readonly mode: string;
    readonly type: string;
    readonly name: string;
    readonly instances: readonly { readonly attributes: Readonly<Record<string, unknown>> }[];
  }[];
}

type Attributes = Readonly<Record<string, unknown>>;

const ACCOUNT = "123456789012";
const REGION = "eu-central-1";

export function comparableState(text: string, module: string): Described {
  const all = (JSON.parse(text) as State).resources
    .filter((resource) => resource.module === module && resource.mode === "managed")
    .map(({ type, name, instances }) => ({ type, name, attributes: instances[0]?.attributes ?? {} }));
  const of = (type: string) => all.filter((resource) => resource.type === type);
  const described = new Map<string, unknown>();
  for (const { attributes: a } of of("aws_sqs_queue")) {
    described.set(`queue ${a["name"]}`, {
      retention: a["message_retention_seconds"],
      visibility: a["visibility_timeout_seconds"],
      encrypted: a["sqs_managed_sse_enabled"],
      redrive: jsonOf(a["redrive_policy"]),
      policy: jsonOf(a["policy"]),
    });
  }
  const [rule] = of("aws_cloudwatch_event_rule");
  const [target] = of("aws_cloudwatch_event_target");
  described.set(`rule ${rule?.attributes["name"]}`, {
    pattern: jsonOf(rule?.attributes["event_pattern"]),
    state: rule?.attributes["state"],
    target: [
      target?.attributes["target_id"],
      target?.attributes["arn"],
      first(target?.attributes["dead_letter_config"])["arn"],
    ],
  });
  for (const { name, attributes: a } of of("aws_s3_bucket")) {
    const part = (type: string) =>
      all.find((other) => other.type === type && other.name === name)?.attributes ?? {};
    const access = part("aws_s3_bucket_public_access_block");
    const encryption = first(part("aws_s3_bucket_server_side_encryption_configuration")["rule"]);
    const rules = (part("aws_s3_bucket_lifecycle_configuration")["rule"] ?? []) as readonly Attributes[];
    described.set(`bucket ${a["bucket"]}`, {
      lock: a["object_lock_enabled"],
      versioning: first(part("aws_s3_bucket_versioning")["versioning_configuration"])["status"],
      closed: [
        "block_public_acls",
        "block_public_policy",
        "ignore_public_acls",
        "restrict_public_buckets",
      ].map((one) => access[one]),
      ownership: first(part("aws_s3_bucket_ownership_controls")["rule"])["object_ownership"],
      encryption: first(encryption["apply_server_side_encryption_by_default"])["sse_algorithm"],
      policy: jsonOf(part("aws_s3_bucket_policy")["policy"]),
      lifecycle: rules.map((one) => [
        one["id"],
        first(one["filter"])["prefix"],
        first(one["expiration"])["days"],
        first(one["noncurrent_version_expiration"])["noncurrent_days"],
      ]),
    });
  }
  for (const { attributes: a } of of("aws_cloudtrail")) {
    described.set(`trail ${a["name"]}`, [
      a["s3_bucket_name"],
      a["is_multi_region_trail"],
      a["include_global_service_events"],
      a["enable_log_file_validation"],
    ]);
  }
  for (const { attributes: a } of of("aws_iam_policy"))
    described.set(`policy ${a["arn"]}`, jsonOf(a["policy"]));
  for (const { attributes: a } of of("aws_iam_role")) {
    const attached = of("aws_iam_role_policy_attachment").filter(
      ({ attributes }) => attributes["role"] === a["name"],
    );
    described.set(`role ${a["name"]}`, {
      trust: jsonOf(a["assume_role_policy"]),
      boundary: a["permissions_boundary"] === "" ? undefined : a["permissions_boundary"],
      seconds: a["max_session_duration"],
      policies: attached.map(({ attributes }) => attributes["policy_arn"]).sort(),
    });
  }
  return described;
}

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Attributes }>>;
}

export function comparableTemplate(text: string): Described {
  const shortForms = ["!Ref", "!GetAtt", "!Sub"].map((tag) => ({
    tag,
    resolve: (written: string) => ({ [tag]: written }),
  }));
  const { Resources } = parse(text, { customTags: shortForms }) as Template;
  const resolved = Object.values(Resources).map(({ Type, Properties }) => ({
    type: Type,
    p: resolve(Properties, Resources) as Attributes,
  }));
  const of = (type: string) => resolved.filter((resource) => resource.type === type).map(({ p }) => p);
  const described = new Map<string, unknown>();
  for (const p of of("AWS::SQS::Queue")) {
    const url = queueUrl(p);
    described.set(`queue ${p["QueueName"]}`, {
      retention: p["MessageRetentionPeriod"],
      visibility: p["VisibilityTimeout"],
      encrypted: p["SqsManagedSseEnabled"],
      redrive: p["RedrivePolicy"],
      policy: of("AWS::SQS::QueuePolicy").find(({ Queues }) => (Queues as readonly string[]).includes(url))?.[
        "PolicyDocument"
      ],
    });
  }
  for (const p of of("AWS::Events::Rule")) {
    const target = first(p["Targets"]);
    described.set(`rule ${p["Name"]}`, {
      pattern: p["EventPattern"],
      state: p["State"],
      target: [target["Id"], target["Arn"], (target["DeadLetterConfig"] as Attributes)["Arn"]],
    });
  }
  for (const p of of("AWS::S3::Bucket"))
    described.set(`bucket ${p["BucketName"]}`, bucketOf(p, of("AWS::S3::BucketPolicy")));
  for (const p of of("AWS::CloudTrail::Trail")) {
    described.set(`trail ${p["TrailName"]}`, [
      p["S3BucketName"],
      p["IsMultiRegionTrail"],
      p["IncludeGlobalServiceEvents"],
      p["EnableLogFileValidation"],
    ]);
  }
  for (const p of of("AWS::IAM::ManagedPolicy")) described.set(`policy ${policyArn(p)}`, p["PolicyDocument"]);
  for (const p of of("AWS::IAM::Role")) {
    described.set(`role ${p["RoleName"]}`, {
      trust: p["AssumeRolePolicyDocument"],
      boundary: p["PermissionsBoundary"],
      seconds: p["MaxSessionDuration"],
      policies: [...(p["ManagedPolicyArns"] as readonly string[])].sort(),
    });
  }
  return described;
}

function bucketOf(p: Attributes, policies: readonly Attributes[]): unknown {
  const access = p["PublicAccessBlockConfiguration"] as Attributes;
  const encryption = first((p["BucketEncryption"] as Attributes)["ServerSideEncryptionConfiguration"]);
  const rules = ((p["LifecycleConfiguration"] as Attributes | undefined)?.["Rules"] ??
    []) as readonly Attributes[];
  return {
    lock: p["ObjectLockEnabled"] ?? false,
    versioning: (p["VersioningConfiguration"] as Attributes)["Status"],
    closed: ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"].map(
      (one) => access[one],
    ),
    ownership: first((p["OwnershipControls"] as Attributes)["Rules"])["ObjectOwnership"],
    encryption: (encryption["ServerSideEncryptionByDefault"] as Attributes)["SSEAlgorithm"],
    policy: policies.find(({ Bucket }) => Bucket === p["BucketName"])?.["PolicyDocument"],
    lifecycle: rules.map((one) => [
      one["Id"],
      one["Prefix"],
      one["ExpirationInDays"],
      (one["NoncurrentVersionExpiration"] as Attributes)["NoncurrentDays"],
    ]),
  };
}

/** Short forms as CloudFormation would have them. */
function resolve(value: unknown, resources: Template["Resources"]): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, resources));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value);
  const [only] = members;
  if (members.length === 1 && only !== undefined && /^!/.test(only[0])) {
    return referenced(String(only[1]), only[0], resources);
  }
  return Object.fromEntries(members.map(([name, item]) => [name, resolve(item, resources)]));
}

function referenced(text: string, tag: string, resources: Template["Resources"]): string {
  const [id = "", attribute] = text.split(".");
  const { Type: type = "", Properties: p = {} } = resources[id] ?? {};
  switch (type) {
    case "AWS::SQS::Queue":
      return attribute === "Arn" ? `arn:aws:sqs:${REGION}:${ACCOUNT}:${p["QueueName"]}` : queueUrl(p);
    case "AWS::Events::Rule":
      return `arn:aws:events:${REGION}:${ACCOUNT}:rule/${p["Name"]}`;
    case "AWS::S3::Bucket":
      return String(p["BucketName"]);
    case "AWS::IAM::ManagedPolicy":
      return policyArn(p);
    default:
      throw new TypeError(`${tag} ${text}: the template has no such resource`);
  }
}

const queueUrl = (p: Attributes) => `https://sqs/${p["QueueName"]}`;
const policyArn = (p: Attributes) => `arn:aws:iam::${ACCOUNT}:policy/${p["ManagedPolicyName"]}`;

function jsonOf(text: unknown): unknown {
  return typeof text === "string" && text !== "" ? JSON.parse(text) : undefined;
}

function first(list: unknown): Attributes {
  return (Array.isArray(list) ? (list[0] as Attributes | undefined) : undefined) ?? {};
}

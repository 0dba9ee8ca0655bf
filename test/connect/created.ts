/**
 * What moto makes of a CloudFormation template, in the form of sameThing.ts. In templates moto knows no trails and no policies of buckets
 * and queues, keeps of buckets the encryption alone, and attaches no policies to roles.
 */
import { DescribeRuleCommand, ListTargetsByRuleCommand } from "@aws-sdk/client-eventbridge";
import { GetPolicyVersionCommand, GetRoleCommand, ListPoliciesCommand } from "@aws-sdk/client-iam";
import { GetBucketEncryptionCommand, ListBucketsCommand } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, ListQueuesCommand } from "@aws-sdk/client-sqs";
import type { Cloud } from "../support/cloud.ts";
import { SupportError } from "../support/error.ts";
import type { Described } from "./sameThing.ts";

/** Of these properties moto keeps nothing. */
const DROPPED: Readonly<Record<string, readonly string[]>> = {
  queue: ["policy"],
  bucket: ["lock", "versioning", "closed", "ownership", "policy", "lifecycle"],
  role: ["policies"],
};

/** What a template describes, without what moto drops. */
export function kept(described: Described): Described {
  const left = [...described].flatMap(([name, thing]) => {
    const kind = name.split(" ")[0] ?? "";
    if (kind === "trail") return [];
    const members = Object.entries(thing as object).filter(([member]) => !DROPPED[kind]?.includes(member));
    return [[name, kind === "policy" ? thing : Object.fromEntries(members)] as const];
  });
  return new Map(left);
}

/** @throws SupportError with what moto says */
export async function createStack(endpoint: string, region: string, template: string): Promise<void> {
  const form = {
    Action: "CreateStack",
    Version: "2010-05-15",
    StackName: "connection",
    TemplateBody: template,
  };
  const scope = `test/20260101/${region}/cloudformation/aws4_request`;
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=x` },
    body: new URLSearchParams({ ...form, "Capabilities.member.1": "CAPABILITY_NAMED_IAM" }),
  });
  const answer = await response.text();
  if (!response.ok) throw new SupportError("unexpected_output", `moto refuses the template: ${answer}`);
}

/** All that begins with the name. */
export async function describedLive(cloud: Cloud, name: string): Promise<Described> {
  const described = new Map<string, unknown>();
  await describeQueues(cloud, name, described);
  const rule = await cloud.events.send(new DescribeRuleCommand({ Name: `${name}-changes` }));
  const { Targets = [] } = await cloud.events.send(new ListTargetsByRuleCommand({ Rule: rule.Name ?? "" }));
  const [target] = Targets;
  described.set(`rule ${rule.Name}`, {
    pattern: JSON.parse(rule.EventPattern ?? "{}") as unknown,
    state: rule.State,
    target: [target?.Id, target?.Arn, target?.DeadLetterConfig?.Arn],
  });
  const { Buckets = [] } = await cloud.s3.send(new ListBucketsCommand());
  for (const { Name: Bucket = "" } of Buckets.filter((bucket) => bucket.Name?.startsWith(`${name}-`))) {
    const { ServerSideEncryptionConfiguration } = await cloud.s3.send(
      new GetBucketEncryptionCommand({ Bucket }),
    );
    const [first] = ServerSideEncryptionConfiguration?.Rules ?? [];
    described.set(`bucket ${Bucket}`, {
      encryption: first?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
    });
  }
  await describeIam(cloud, name, described);
  return described;
}

async function describeQueues({ sqs }: Cloud, name: string, described: Map<string, unknown>): Promise<void> {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: `${name}-` }));
  for (const QueueUrl of QueueUrls) {
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] });
    const { Attributes: a = {} } = await sqs.send(command);
    const redrive = a["RedrivePolicy"];
    described.set(`queue ${a["QueueArn"]?.split(":").at(-1)}`, {
      retention: Number(a["MessageRetentionPeriod"]),
      visibility: Number(a["VisibilityTimeout"]),
      encrypted: a["SqsManagedSseEnabled"]?.toLowerCase() === "true",
      redrive: redrive === undefined ? undefined : (JSON.parse(redrive) as unknown),
    });
  }
}

async function describeIam({ iam }: Cloud, name: string, described: Map<string, unknown>): Promise<void> {
  const { Policies = [] } = await iam.send(new ListPoliciesCommand({ Scope: "Local", MaxItems: 1000 }));
  for (const { Arn: PolicyArn = "", DefaultVersionId: VersionId } of Policies) {
    if (!PolicyArn.includes(`:policy/${name}-`)) continue;
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
    described.set(`policy ${PolicyArn}`, decoded(PolicyVersion?.Document));
  }
  for (const RoleName of [`${name}-read`, `${name}-executor`]) {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    described.set(`role ${RoleName}`, {
      trust: decoded(Role?.AssumeRolePolicyDocument),
      boundary: Role?.PermissionsBoundary?.PermissionsBoundaryArn,
      seconds: Role?.MaxSessionDuration,
    });
  }
}

function decoded(document: string | undefined): unknown {
  return JSON.parse(decodeURIComponent(document ?? "null"));
}

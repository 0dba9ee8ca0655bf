/** What the read role may: managed policies, each within IAM's limit. */
import { DENIED_READS } from "./catalogue/deniedReads.ts";
import type { ReadService } from "./catalogue/service.ts";
import { chosenReads, chosenSensitive, overlap } from "./catalogue/services.ts";
import { type ConnectOptions, namesOf } from "./connectOptions.ts";
import { policySize, type Statement } from "./documents/statement.ts";

/** Of one managed policy, without white space. */
export const POLICY_LIMIT = 6144;
/** Of policies of one role, unless AWS was asked for more. */
export const POLICIES_PER_ROLE = 10;

export interface NamedPolicy {
  /** What follows the name of the connection: `read-1`. */
  readonly id: string;
  readonly description: string;
  readonly statements: readonly Statement[];
}

/** What both roles read: how resources are configured. The last policy denies what would hand out content. */
export function readPolicies(options: ConnectOptions): readonly NamedPolicy[] {
  const statements = [TAGS, ...readStatements(options)];
  const packed = pack(statements).map((part, at) => ({
    id: `read-${at + 1}`,
    description: "Anchorwatch reads how resources are configured",
    statements: part,
  }));
  const denied = {
    id: "no-content",
    description: "Anchorwatch reads no content and no credentials",
    statements: deniedStatements(options),
  };
  return [...packed, denied];
}

const TAGS: Statement = {
  sid: "Tags",
  effect: "Allow",
  actions: ["tag:GetResources", "tag:GetTagKeys", "tag:GetTagValues"],
  resources: ["*"],
  why: "Which resources there are, to find those that no code knows.",
  without: "unmanaged resources are not found",
};

function readStatements({ services }: ConnectOptions): readonly Statement[] {
  const plain = chosenReads(services).map((service) => readStatement(service, service.note));
  const sensitive = chosenSensitive(services).map((service) =>
    readStatement(service, `It was asked for, and hands out ${service.reveals}.`),
  );
  return [...plain, ...sensitive];
}

function readStatement({ id, title, actions, why }: ReadService, note: string | undefined): Statement {
  return {
    sid: sidOf(id),
    effect: "Allow",
    actions,
    resources: ["*"],
    why: `${title}: ${why}.${note === undefined ? "" : ` ${note}`}`,
    without: "these are unknown, and never called in sync",
  };
}

/** `lambda-code` → `LambdaCode`. */
export function sidOf(id: string): string {
  return id.replace(/(?:^|-)([a-z0-9])/g, (_, first: string) => first.toUpperCase());
}

function deniedStatements({ services, partition }: ConnectOptions): readonly Statement[] {
  const allowed = chosenSensitive(services).flatMap(({ actions }) => actions);
  const denied = DENIED_READS.filter((action) => !allowed.some((other) => overlap(action, other)));
  return [
    {
      sid: "NoContent",
      effect: "Deny",
      actions: denied,
      resources: ["*"],
      why: "Content, credentials and ways in stay out of reach, also when somebody attaches a broader policy later.",
      without: "AWS's own ReadOnlyAccess, attached by habit, would open all of it",
    },
    {
      sid: "NoApiKeys",
      effect: "Deny",
      actions: ["apigateway:GET"],
      resources: [`arn:${partition}:apigateway:*::/apikeys*`],
      why: "API keys are credentials.",
      without: "reading APIs would hand them out",
    },
  ];
}

/** What the read role may besides: hear of changes, and look at the connection itself. */
export function feedPolicy(options: ConnectOptions): NamedPolicy {
  return {
    id: "feed",
    description: "Anchorwatch hears of changes from its queue and its trail",
    statements: [...queueStatements(), ...trailStatements(options)],
  };
}

function queueStatements(): readonly Statement[] {
  return [
    {
      sid: "Queue",
      effect: "Allow",
      actions: [
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
      ],
      resources: ["${queue.arn}"],
      why: "Takes messages about changes out of its own queue, and of no other.",
      without: "changes are seen by sweeps alone, after minutes",
    },
    {
      sid: "Rule",
      effect: "Allow",
      actions: ["events:DescribeRule", "events:ListTargetsByRule"],
      resources: ["${rule.arn}"],
      why: "Looks whether its own rule is on and leads to the queue.",
      without: "“connect aws --check” cannot tell",
    },
  ];
}

function trailStatements(options: ConnectOptions): readonly Statement[] {
  const { trail, partition } = options;
  const bucket = `arn:${partition}:s3:::${namesOf(options).trailBucket}`;
  const folder = trail.kind === "existing" && trail.prefix !== "" ? `${trail.prefix}/AWSLogs` : "AWSLogs";
  const files: Statement[] = [
    {
      sid: "TrailFiles",
      effect: "Allow",
      actions: ["s3:GetObject"],
      resources: [`${bucket}/${folder}/*`],
      why: "Reads the trail's own files, and no other object.",
      without:
        "drifts that no event told of have no author, and nobody notices a trail that was tampered with",
    },
    {
      sid: "TrailBucket",
      effect: "Allow",
      actions: ["s3:GetBucketLocation", "s3:ListBucket"],
      resources: [bucket],
      why: "Finds the trail's files by date.",
      without: "they cannot be found",
    },
    {
      sid: "TrailState",
      effect: "Allow",
      actions: ["cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:ListPublicKeys"],
      resources: ["*"],
      why: "Whether trails write, and the public keys of their digests.",
      without: "the chain of digests cannot be verified",
    },
  ];
  if (trail.kind === "existing" && trail.key !== undefined) {
    files.push({
      sid: "TrailKey",
      effect: "Allow",
      actions: ["kms:Decrypt"],
      resources: [trail.key],
      why: "Decrypts the trail's files, which are encrypted with this key.",
      without: "they cannot be read",
    });
  }
  return files;
}

/** In their order, as many in a policy as fit. */
function pack(statements: readonly Statement[]): readonly (readonly Statement[])[] {
  const packed: Statement[][] = [];
  for (const statement of statements) {
    const last = packed.at(-1);
    if (last !== undefined && policySize([...last, statement]) <= POLICY_LIMIT) last.push(statement);
    else packed.push([statement]);
  }
  return packed;
}

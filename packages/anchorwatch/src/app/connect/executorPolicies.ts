/** What the executor may write, what it may never, and the boundary that no policy attached later gets past. */
import { chosenWrites } from "./catalogue/services.ts";
import { type ConnectOptions, GRANT_PREFIX, namesOf } from "./connectOptions.ts";
import type { Statement } from "./documents/statement.ts";
import { type NamedPolicy, readPolicies, sidOf } from "./readPolicies.ts";

export function executorPolicies(options: ConnectOptions): readonly NamedPolicy[] {
  if (options.executor.kind === "none") return [];
  const writes = writeStatements(options);
  const guard = {
    id: "executor-guard",
    description: "What the executor of Anchorwatch may never do",
    statements: guardStatements(options),
  };
  const written = {
    id: "executor-writes",
    description: "What the executor of Anchorwatch may put back",
    statements: writes,
  };
  return [...(writes.length === 0 ? [] : [written]), guard];
}

function writeStatements({ executor }: ConnectOptions): readonly Statement[] {
  if (executor.kind !== "services") return [];
  return chosenWrites(executor.services).map(({ id, title, actions }) => ({
    sid: `Put${sidOf(id)}`,
    effect: "Allow",
    actions,
    resources: ["*"],
    why: `Puts back ${title}.`,
    without: "drift of these is found, and has to be put right by hand",
  }));
}

const OWN_WRITES = [
  "iam:Add*",
  "iam:Attach*",
  "iam:Create*",
  "iam:Delete*",
  "iam:Detach*",
  "iam:Put*",
  "iam:Remove*",
  "iam:Set*",
  "iam:Tag*",
  "iam:Untag*",
  "iam:Update*",
];

/** Whoever gets hold of the executor must not be able to give himself more, or to blind Anchorwatch. */
function guardStatements(options: ConnectOptions): readonly Statement[] {
  const { partition, account, name, principal } = options;
  const { trailBucket, ledgerBucket } = namesOf(options);
  const iam = `arn:${partition}:iam::${account}`;
  const buckets = [trailBucket, ledgerBucket].map((bucket) => `arn:${partition}:s3:::${bucket}`);
  return [
    {
      sid: "NoNewWaysIn",
      effect: "Deny",
      actions: [
        "iam:CreateAccessKey",
        "iam:CreateLoginProfile",
        "iam:CreateOpenIDConnectProvider",
        "iam:CreateSAMLProvider",
        "iam:CreateServiceSpecificCredential",
        "iam:CreateUser",
        "iam:DeleteRolePermissionsBoundary",
        "iam:DeleteUserPermissionsBoundary",
        "iam:PassRole",
        "iam:PutRolePermissionsBoundary",
        "iam:PutUserPermissionsBoundary",
        "iam:UpdateLoginProfile",
        "sts:AssumeRole*",
        "sts:GetFederationToken",
        "sts:GetSessionToken",
      ],
      resources: ["*"],
      why: "No new credentials, no other role, no wider boundary.",
      without: "a stolen session could stay",
    },
    {
      sid: "NotItself",
      effect: "Deny",
      actions: OWN_WRITES,
      resources: [
        `${iam}:role/${name}-*`,
        `${iam}:policy/${name}-*`,
        ...(principal.endsWith(":root") ? [] : [principal]),
      ],
      why: "The connection's own roles and policies, and whoever runs Anchorwatch.",
      without: "the executor could widen its rights",
    },
    {
      sid: "NotItsWitnesses",
      effect: "Deny",
      actions: [
        "cloudtrail:DeleteTrail",
        "cloudtrail:PutEventSelectors",
        "cloudtrail:StopLogging",
        "cloudtrail:UpdateTrail",
      ],
      resources: ["*"],
      why: "What is written down about the executor.",
      without: "a stolen session could work unseen",
    },
    {
      sid: "NotItsRecords",
      effect: "Deny",
      actions: [
        "s3:BypassGovernanceRetention",
        "s3:Delete*",
        "s3:ObjectOwnerOverrideToBucketOwner",
        "s3:Put*",
        "s3:Replicate*",
      ],
      resources: buckets.flatMap((bucket) => [bucket, `${bucket}/*`]),
      why: "The trail's files and the ledger.",
      without: "evidence could be hidden",
    },
    {
      sid: "NotItsEars",
      effect: "Deny",
      actions: ["events:*", "sqs:*"],
      resources: ["${rule.arn}", "${queue.arn}"],
      why: "The rule and the queue that tell of changes.",
      without: "Anchorwatch could be made deaf",
    },
  ];
}

/** The most that the executor can ever be given. */
export function boundaryStatements(options: ConnectOptions): readonly Statement[] {
  const { executor } = options;
  const reads = readPolicies(options)
    .flatMap(({ statements }) => statements)
    .filter(({ effect }) => effect === "Allow")
    .flatMap(({ actions }) => actions)
    .map((action) => action.replace(/^([a-z0-9-]+:[A-Z][a-z0-9]+)(?:[A-Z].*|\*)$/, "$1*"));
  const writes = writeStatements(options).flatMap(({ actions }) =>
    actions.map((action) => action.split(":")[0]),
  );
  const most =
    executor.kind === "policy" ? ["*"] : [...new Set([...writes.map((service) => `${service}:*`), ...reads])];
  return [
    {
      sid: "Most",
      effect: "Allow",
      actions: most.filter((action) => !most.some((other) => other !== action && covers(other, action))),
      resources: ["*"],
      why: "A boundary allows nothing by itself: it is the most that policies of the role can.",
      without: "whoever attaches a policy to the executor could give it anything",
    },
    ...guardStatements(options),
  ];
}

function covers(pattern: string, action: string): boolean {
  return pattern.endsWith(":*") && action.startsWith(pattern.slice(0, -1));
}

/** Who may become the executor: nobody without a name for the grant that he acts on. */
export function executorTrust(principal: string, externalId: string): readonly Statement[] {
  const named = { StringLike: { "sts:SourceIdentity": `${GRANT_PREFIX}*` } };
  return [
    {
      sid: "ForOneGrant",
      effect: "Allow",
      principal: { AWS: principal },
      actions: ["sts:AssumeRole"],
      condition: {
        StringEquals: { "sts:ExternalId": externalId },
        StringLike: { "sts:RoleSessionName": `${GRANT_PREFIX}*`, "sts:SourceIdentity": `${GRANT_PREFIX}*` },
      },
      why: "Only with the external id, and only with the grant as session name and source identity: both are in CloudTrail's record of every call.",
      without: "nothing can be put back",
    },
    {
      sid: "NamesItsGrant",
      effect: "Allow",
      principal: { AWS: principal },
      actions: ["sts:SetSourceIdentity"],
      condition: named,
      why: "The source identity stays for the whole session, through every role, and cannot be changed.",
      without: "no session of the executor can begin",
    },
  ];
}

/** Who may read. */
export function readTrust(principal: string, externalId: string): readonly Statement[] {
  return [
    {
      sid: "ReadsForAnchorwatch",
      effect: "Allow",
      principal: { AWS: principal },
      actions: ["sts:AssumeRole"],
      condition: { StringEquals: { "sts:ExternalId": externalId } },
      why: "Whoever Anchorwatch runs as, and only with the external id.",
      without: "nothing is read",
    },
  ];
}

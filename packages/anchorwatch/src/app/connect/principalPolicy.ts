/** What whoever Anchorwatch runs as has to be allowed: the connection's roles, the ledger, and a test event. */
import {
  CHECK_PREFIX,
  type ConnectOptions,
  isForeign,
  LEDGER_PREFIX,
  namesOf,
  roleArn,
  TEST_SOURCE,
} from "./connectOptions.ts";
import { policyTree, type Statement } from "./documents/statement.ts";
import { COMMENT, type Tree } from "./documents/tree.ts";

const LEDGER_LOOKS = [
  "s3:GetBucketObjectLockConfiguration",
  "s3:GetBucketOwnershipControls",
  "s3:GetBucketPolicy",
  "s3:GetBucketPublicAccessBlock",
  "s3:GetBucketVersioning",
  "s3:GetLifecycleConfiguration",
  "s3:ListBucket",
  "s3:ListBucketVersions",
];

const LEDGER_WRITES = [
  "s3:GetObject",
  "s3:GetObjectRetention",
  "s3:GetObjectVersion",
  "s3:PutObject",
  "s3:PutObjectRetention",
];

/** Exactly the calls that a ledger in S3 makes. None of them deletes. */
export function ledgerStatements(options: ConnectOptions): readonly Statement[] {
  const bucket = `arn:${options.partition}:s3:::${namesOf(options).ledgerBucket}`;
  return [
    {
      sid: "LedgerLooks",
      effect: "Allow",
      actions: LEDGER_LOOKS,
      resources: [bucket],
      why: "Whether the bucket can keep a ledger, and whether what was written is still there.",
      without: "no ledger is opened",
    },
    {
      sid: "LedgerWrites",
      effect: "Allow",
      actions: LEDGER_WRITES,
      resources: [`${bucket}/${LEDGER_PREFIX}/*`, `${bucket}/${CHECK_PREFIX}/*`],
      why: "Appends entries, locks them and makes locks longer; it cannot delete.",
      without: "nothing that is found is written down",
    },
  ];
}

export function principalStatements(options: ConnectOptions): readonly Statement[] {
  const { partition, region, account, executor } = options;
  const { readRole, executorRole } = namesOf(options);
  const executorArn = roleArn(options, executorRole);
  const executes: Statement[] = [
    {
      sid: "Execute",
      effect: "Allow",
      actions: ["sts:AssumeRole", "sts:SetSourceIdentity"],
      resources: [executorArn],
      why: "Becomes the executor for one grant.",
      without: "nothing can be put back",
    },
  ];
  // Onto another account's bus nobody sends without a policy of that bus.
  const tries: Statement[] = [
    {
      sid: "TestEvent",
      effect: "Allow",
      actions: ["events:PutEvents"],
      resources: [`arn:${partition}:events:${region}:${account}:event-bus/default`],
      condition: { StringEquals: { "events:source": TEST_SOURCE } },
      why: "Sends the test event of “connect aws --check”, and no other event.",
      without: "the way of events cannot be tried",
    },
  ];
  return [
    {
      sid: "Read",
      effect: "Allow",
      actions: ["sts:AssumeRole"],
      resources: [roleArn(options, readRole)],
      why: "Becomes the reader.",
      without: "nothing is read",
    },
    ...(executor.kind === "none" ? [] : executes),
    ...ledgerStatements(options),
    ...(isForeign(options) ? [] : tries),
  ];
}

/** `principal-policy.json`: a policy as IAM takes it, where comments have no place. */
export function principalPolicyJson(options: ConnectOptions): string {
  const tree = policyTree(principalStatements(options));
  const plain = JSON.stringify(tree, (name, value: Tree) => (name === COMMENT ? undefined : value), 2);
  return `${plain}\n`;
}

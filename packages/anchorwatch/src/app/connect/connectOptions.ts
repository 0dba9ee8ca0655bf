/** What `anchorwatch connect aws` was asked for, whole and checked. */
export interface ConnectOptions {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
  /** ARN of the role or user that Anchorwatch runs as: nobody else may assume the roles. */
  readonly principal: string;
  /** What every name begins with. */
  readonly name: string;
  /** Ids of services whose resources are read; in the order of the catalogue, each once. */
  readonly services: readonly string[];
  readonly executor: ExecutorOptions;
  readonly trail: TrailOptions;
  readonly ledger: LedgerOptions;
}

/** What the executor may write. With `services` and none of them: nothing yet. */
export type ExecutorOptions =
  | { readonly kind: "none" }
  | { readonly kind: "services"; readonly services: readonly string[] }
  | { readonly kind: "policy"; readonly arn: string };

export type TrailOptions =
  | { readonly kind: "new" }
  /** Empty, or what comes before `AWSLogs/`, without a slash at either end. */
  | { readonly kind: "existing"; readonly bucket: string; readonly prefix: string; readonly key?: string };

export interface LedgerOptions {
  /**
   * What S3 locks everything in the bucket with by itself. `own`: nothing; Anchorwatch locks each object that has to last, always in
   * COMPLIANCE, and its small working object is not kept for years at each of its changes.
   */
  readonly lock: "own" | "compliance" | "governance";
  readonly retentionDays: number;
}

/** What the parts are called in the cloud. */
export interface ConnectNames {
  readonly readRole: string;
  readonly executorRole: string;
  readonly queue: string;
  readonly deadLetters: string;
  readonly rule: string;
  readonly trail: string;
  readonly trailBucket: string;
  readonly ledgerBucket: string;
}

/** Folder of the ledger in its bucket; beside it the check of the connection writes. */
export const LEDGER_PREFIX = "ledger";
export const CHECK_PREFIX = "connection-check";
/** Session names and source identities of the executor begin so; the grant follows. */
export const GRANT_PREFIX = "anchorwatch-";
/** What a test event says of itself. Nobody but AWS can say that it is AWS. */
export const TEST_SOURCE = "anchorwatch.connect";
export const TEST_DETAIL_TYPE = "Anchorwatch Connection Test";

export function namesOf({ name, account, region, trail }: ConnectOptions): ConnectNames {
  return {
    readRole: `${name}-read`,
    executorRole: `${name}-executor`,
    queue: `${name}-events`,
    deadLetters: `${name}-events-dead`,
    rule: `${name}-changes`,
    trail: name,
    trailBucket: trail.kind === "existing" ? trail.bucket : `${name}-trail-${account}-${region}`,
    ledgerBucket: `${name}-ledger-${account}-${region}`,
  };
}

/** Whether Anchorwatch runs in another account than the one that is connected. */
export function isForeign({ principal, account }: ConnectOptions): boolean {
  return principal.split(":")[4] !== account;
}

export function roleArn({ partition, account }: ConnectOptions, name: string): string {
  return `arn:${partition}:iam::${account}:role/${name}`;
}

export function queueUrl(options: ConnectOptions): string {
  const domain = options.partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  return `https://sqs.${options.region}.${domain}/${options.account}/${namesOf(options).queue}`;
}

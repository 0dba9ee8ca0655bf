/** `arn:aws:ec2:eu-central-1:123456789012:security-group/sg-1`, taken apart. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  /** Empty where it has none. */
  readonly region: string;
  readonly account: string;
  /** `security-group`; empty where the rest is a name alone, as of a bucket. */
  readonly kind: string;
  /** What comes after the kind, or all of it. */
  readonly name: string;
}

const ARN = /^arn:([a-z-]+):([a-z0-9-]+):([a-z0-9-]*):([0-9]*|aws):(.+)$/s;

/** Undefined when it is none. */
export function parseArn(text: string): Arn | undefined {
  const [, partition, service, region, account, rest] = ARN.exec(text) ?? [];
  if (partition === undefined || service === undefined || rest === undefined) return undefined;
  const base = { partition, service, region: region ?? "", account: account ?? "" };
  // API Gateway's begin with a slash: /restapis/ID
  const plain = rest.replace(/^\//, "");
  const end = plain.search(/[:/]/);
  if (end < 0 || service === "s3" || service === "sns" || service === "sqs")
    return { ...base, kind: "", name: plain };
  return { ...base, kind: plain.slice(0, end), name: plain.slice(end + 1) };
}

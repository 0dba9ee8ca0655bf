/** What people gave, checked and completed. Nothing is asked of a cloud: the same flags always mean the same. */
import { AnchorwatchError } from "../../domain/errors.ts";
import { parseDays } from "../configuration/duration.ts";
import { nearest } from "../configuration/nearest.ts";
import { DEFAULT_READS, READ_IDS, WRITE_IDS } from "./catalogue/services.ts";
import type { ConnectOptions, ExecutorOptions, LedgerOptions, TrailOptions } from "./connectOptions.ts";
import {
  ACCOUNT_PATTERN,
  BUCKET_PATTERN,
  KEY_PATTERN,
  NAME_PATTERN,
  POLICY_PATTERN,
  PREFIX_PATTERN,
  PRINCIPAL_PATTERN,
  REGION_PATTERN,
} from "./forms.ts";

/** As they stand on the command line. */
export interface GivenOptions {
  readonly account?: string;
  readonly region?: string;
  readonly principal?: string;
  readonly name?: string;
  readonly services?: string;
  /** False: `--no-executor`. */
  readonly executor: boolean;
  readonly executorServices?: string;
  readonly executorPolicy?: string;
  readonly trail?: string;
  readonly trailKey?: string;
  readonly ledgerLock?: string;
  readonly ledgerRetention?: string;
}

const DEFAULT_NAME = "anchorwatch";
const DEFAULT_RETENTION = "400d";

/** @throws AnchorwatchError `connection_invalid` naming the flag */
export function readOptions(given: GivenOptions): ConnectOptions {
  const principal = expected(given.principal, PRINCIPAL_PATTERN, "--principal", {
    what: "the ARN of the role or user that Anchorwatch runs as",
    example: "arn:aws:iam::123456789012:role/anchorwatch",
  });
  const [, partition = "", , , ownAccount = ""] = principal.split(":");
  const region = expected(given.region, REGION_PATTERN, "--region", {
    what: "the region of the queue and the buckets (AWS_REGION counts too)",
    example: "eu-central-1",
  });
  if (partitionOf(region) !== partition) {
    const hint = `Expected a region of ${partition}, where ${principal} lives.`;
    throw wrong("--region", `${quoted(region)} belongs to ${partitionOf(region)}`, hint);
  }
  return {
    account: expected(given.account ?? ownAccount, ACCOUNT_PATTERN, "--account", {
      what: "twelve digits",
      example: "123456789012",
    }),
    region,
    partition,
    principal,
    name: expected(given.name ?? DEFAULT_NAME, NAME_PATTERN, "--name", {
      what: "3 to 25 small letters, digits and hyphens",
      example: DEFAULT_NAME,
    }),
    services: servicesOf(given.services),
    executor: executorOf(given),
    trail: trailOf(given),
    ledger: ledgerOf(given),
  };
}

function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

function servicesOf(text = "default"): readonly string[] {
  const defaults = DEFAULT_READS.map(({ id }) => id);
  const chosen = words(text).flatMap((word) =>
    word === "default" ? defaults : [known(word, READ_IDS, "--services")],
  );
  if (chosen.length === 0)
    throw wrong("--services", "it names nothing", "Give default, or ids such as ec2,s3,iam.");
  return READ_IDS.filter((id) => chosen.includes(id));
}

function executorOf({ executor, executorServices, executorPolicy }: GivenOptions): ExecutorOptions {
  if (!executor && (executorServices !== undefined || executorPolicy !== undefined)) {
    throw wrong("--no-executor", "it contradicts what the executor is given", "Leave one of the two out.");
  }
  if (executorServices !== undefined && executorPolicy !== undefined) {
    throw wrong("--executor-policy", "--executor-services is given as well", "Leave one of the two out.");
  }
  if (!executor) return { kind: "none" };
  if (executorPolicy !== undefined) {
    const arn = expected(executorPolicy, POLICY_PATTERN, "--executor-policy", {
      what: "the ARN of a managed policy",
      example: "arn:aws:iam::123456789012:policy/put-back",
    });
    return { kind: "policy", arn };
  }
  const chosen = words(executorServices ?? "").map((word) => known(word, WRITE_IDS, "--executor-services"));
  return { kind: "services", services: WRITE_IDS.filter((id) => chosen.includes(id)) };
}

function trailOf({ trail, trailKey }: GivenOptions): TrailOptions {
  if (trail === undefined) {
    if (trailKey !== undefined)
      throw wrong("--trail-key", "it is for a trail that exists", "Add --trail s3://BUCKET.");
    return { kind: "new" };
  }
  const [, bucket = "", path = ""] = /^s3:\/\/([^/]+)(?:\/(.*?))?\/*$/.exec(trail) ?? [];
  const prefix = path.replace(/(?:^|\/)AWSLogs$/, "");
  if (!BUCKET_PATTERN.test(bucket) || !PREFIX_PATTERN.test(prefix)) {
    throw wrong(
      "--trail",
      `${quoted(trail)} is no place of a trail`,
      "Expected s3://BUCKET or s3://BUCKET/PREFIX.",
    );
  }
  if (trailKey === undefined) return { kind: "existing", bucket, prefix };
  const key = expected(trailKey, KEY_PATTERN, "--trail-key", {
    what: "the ARN of the key that the trail's files are encrypted with",
    example: "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  });
  return { kind: "existing", bucket, prefix, key };
}

function ledgerOf({ ledgerLock = "own", ledgerRetention = DEFAULT_RETENTION }: GivenOptions): LedgerOptions {
  const lock = (["own", "compliance", "governance"] as const).find((mode) => mode === ledgerLock);
  if (lock === undefined) {
    throw wrong(
      "--ledger-lock",
      `${quoted(ledgerLock)} is no mode`,
      "Expected own, compliance or governance.",
    );
  }
  const retentionDays = parseDays(ledgerRetention);
  if (retentionDays === undefined || retentionDays < 2 || retentionDays > 36_500) {
    const hint =
      "Expected days from 2d to 36500d, such as 400d. Nothing can be deleted before: to try, begin with 2d.";
    throw wrong("--ledger-retention", `${quoted(ledgerRetention)} is no retention`, hint);
  }
  return { lock, retentionDays };
}

function words(text: string): readonly string[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

function known(word: string, ids: readonly string[], flag: string): string {
  if (ids.includes(word)) return word;
  const meant = nearest(word, ids);
  const hint = `${meant === undefined ? "" : `Did you mean ${meant}? `}There are ${ids.join(", ")}.`;
  throw wrong(flag, `there is no service ${quoted(word)}`, hint);
}

function expected(
  text: string | undefined,
  pattern: RegExp,
  flag: string,
  { what, example }: { readonly what: string; readonly example: string },
): string {
  const hint = `Expected ${what}, such as ${example}.`;
  if (text === undefined || text === "") throw wrong(flag, "it is needed", hint);
  if (!pattern.test(text)) throw wrong(flag, `${quoted(text)} cannot be used`, hint);
  return text;
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}

function wrong(flag: string, why: string, hint: string): AnchorwatchError {
  return new AnchorwatchError("connection_invalid", `${flag}: ${why}`, { hint });
}

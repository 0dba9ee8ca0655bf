/** What parts call each other, in the words of each language. */
import { sidOf } from "../readPolicies.ts";
import { terraformName } from "./part.ts";

const TERRAFORM: Readonly<Record<string, string>> = {
  "queue.arn": "aws_sqs_queue.events.arn",
  "queue.url": "aws_sqs_queue.events.url",
  "deadLetters.arn": "aws_sqs_queue.dead_letters.arn",
  "rule.arn": "aws_cloudwatch_event_rule.changes.arn",
  "readRole.arn": "aws_iam_role.read.arn",
  "executorRole.arn": "aws_iam_role.executor.arn",
  "trail.bucket": "aws_s3_bucket.trail.id",
  "ledger.bucket": "aws_s3_bucket.ledger.id",
};

const CLOUD_FORMATION: Readonly<Record<string, string>> = {
  "queue.arn": "EventsQueue.Arn",
  "queue.url": "EventsQueue",
  "events.url": "EventsQueue",
  "dead_letters.url": "EventsDeadLetters",
  "deadLetters.arn": "EventsDeadLetters.Arn",
  "rule.arn": "ChangesRule.Arn",
  "readRole.arn": "ReadRole.Arn",
  "executorRole.arn": "ExecutorRole.Arn",
  "trail.bucket": "TrailBucket",
  "ledger.bucket": "LedgerBucket",
};

const POLICY = "policy.";

/** A policy's ARN is `policy.` and its id: `policy.read-1`. */
export function inTerraform(reference: string): string {
  return reference.startsWith(POLICY)
    ? `aws_iam_policy.${terraformName(reference.slice(POLICY.length))}.arn`
    : (TERRAFORM[reference] ?? reference);
}

export function inCloudFormation(reference: string): string {
  return reference.startsWith(POLICY)
    ? policyLogicalId(reference.slice(POLICY.length))
    : (CLOUD_FORMATION[reference] ?? reference);
}

export function policyLogicalId(id: string): string {
  return `${sidOf(id)}Policy`;
}

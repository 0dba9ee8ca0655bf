/** A check result for tests: a small network in which people changed things by hand. */
import type { ResourceAddress } from "../../domain/address.ts";
import type { Change, CheckResult, Coverage, PendingChange, ResourceResult } from "../../domain/check.ts";
import { objectOf } from "../../domain/value.ts";

const AWS = "registry.terraform.io/hashicorp/aws";

export function resource(
  address: string,
  given: Partial<Omit<ResourceResult, "address">> = {},
): ResourceResult {
  const type = address.replace(/^(?:module\.[^.]+\.)*/, "").split(".")[0] ?? "";
  return { address: address as ResourceAddress, type, provider: AWS, verdict: "in_sync", ...given };
}

export function change(given: Partial<Change> & Pick<Change, "path">): Change {
  return { op: "replace", settable: true, ...given };
}

export function checkResult(
  resources: readonly ResourceResult[],
  given: Partial<Omit<CheckResult, "resources" | "coverage">> = {},
): CheckResult {
  const pending = given.pending ?? [];
  return {
    stack: {
      name: "network",
      kind: "terraform",
      workspace: "default",
      path: "infra/network",
      lineage: "6f1c",
      serial: 42,
    },
    startedAt: new Date("2026-01-02T03:04:05.000Z"),
    finishedAt: new Date("2026-01-02T03:04:06.200Z"),
    trigger: "manual",
    coverage: coverageOf(resources, pending),
    resources,
    pending,
    identities: [{ provider: AWS, description: "profile audit" }],
    warnings: [],
    ...given,
  };
}

export const SSH_RULE = objectOf([
  ["cidr_blocks", ["0.0.0.0/0"]],
  ["description", ""],
  ["from_port", 22],
  ["ipv6_cidr_blocks", []],
  ["protocol", "tcp"],
  ["self", false],
  ["to_port", 22],
]);

/** One of everything. */
export function driftedNetwork(): CheckResult {
  const policy = ["policy", { json: ["Statement", 0, "Action"] }] as const;
  return checkResult(
    [
      resource("aws_vpc.main", { id: "vpc-1" }),
      resource("aws_security_group.web", {
        id: "sg-1",
        verdict: "changed",
        source: { file: "main.tf", line: 12 },
        changes: [
          change({ path: ["ingress"], op: "add", element: SSH_RULE, settable: false }),
          change({ path: ["tags", "Owner"], recorded: "platform", live: "tmp" }),
          change({ path: ["tags", "Temp"], op: "add", live: "yes" }),
        ],
      }),
      resource("aws_iam_policy.deploy", {
        id: "arn:aws:iam::123456789012:policy/deploy",
        verdict: "changed",
        source: { file: "iam.tf", line: 3 },
        changes: [
          change({
            path: policy,
            recorded: "s3:GetObject",
            live: "s3:*",
            recordedJson: "{}",
            liveJson: "{}",
          }),
          change({ path: ["attachment_count"], recorded: 1, live: 2, settable: false, informational: true }),
        ],
      }),
      resource("aws_db_instance.main", {
        verdict: "changed",
        changes: [change({ path: ["password"], sensitive: true })],
      }),
      resource("aws_sns_topic.alerts", {
        id: "arn:aws:sns:eu-west-1:123456789012:alerts",
        verdict: "deleted",
        source: { file: "main.tf", line: 40 },
      }),
      resource("aws_sns_topic.audit", {
        verdict: "unknown",
        source: { file: "main.tf", line: 52 },
        reason: {
          code: "provider_read_failed",
          message: "AccessDenied: sns:GetTopicAttributes is not allowed\nAllow it to the profile audit.",
        },
      }),
      resource("aws_autoscaling_group.app", {
        verdict: "ignored",
        changes: [
          change({ path: ["desired_capacity"], recorded: 2, live: 5, ignoredBy: "anchorwatch.yaml:12" }),
        ],
      }),
      resource("terraform_data.marker", {
        verdict: "not_checked",
        reason: { code: "nothing_to_read", message: "terraform_data exists only in the state" },
      }),
    ],
    { pending: [queuePending()] },
  );
}

export function queuePending(): PendingChange {
  return {
    address: "aws_sqs_queue.jobs" as ResourceAddress,
    action: "update",
    source: { file: "main.tf", line: 60 },
    changes: [{ path: ["delay_seconds"], recorded: 0, declared: 30 }],
    alreadyLive: false,
  };
}

function coverageOf(resources: readonly ResourceResult[], pending: readonly PendingChange[]): Coverage {
  const count = (verdict: ResourceResult["verdict"]) => resources.filter((r) => r.verdict === verdict).length;
  return {
    resources: resources.length,
    inSync: count("in_sync"),
    changed: count("changed"),
    deleted: count("deleted"),
    unmanaged: count("unmanaged"),
    absorbed: count("absorbed"),
    ignored: count("ignored"),
    unknown: count("unknown"),
    notChecked: count("not_checked"),
    pending: pending.length,
  };
}

/** Entries for tests: one of every kind. */
import type { JsonObject } from "../../domain/jsonValue.ts";
import type { EntryInput } from "./form.ts";
import type { KINDS } from "./kinds/registry.ts";

const DIGEST = `sha256:${"ab".repeat(32)}`;
const TIME = "2026-01-02T03:04:05.678Z";
const RESOURCE = { type: "aws_security_group", provider: "registry.terraform.io/hashicorp/aws", id: "sg-1" };
const DRIFTED = {
  resource: RESOURCE,
  verdict: "changed",
  changes: [
    { path: ["tags", "Owner"], op: "replace", settable: true },
    { path: ["policy", { json: ["Statement", 0] }], op: "replace", settable: true },
    { path: ["password"], op: "replace", settable: true, sensitive: true },
  ],
  digest: DIGEST,
  serial: 42,
};

export const EXAMPLE_DATA: Readonly<Record<keyof typeof KINDS, JsonObject>> = {
  "check.completed": {
    trigger: "ci",
    startedAt: TIME,
    finishedAt: TIME,
    coverage: {
      resources: 3,
      inSync: 1,
      changed: 1,
      deleted: 0,
      unmanaged: 0,
      absorbed: 0,
      ignored: 0,
      unknown: 1,
      notChecked: 0,
      pending: 0,
    },
    unseen: { access_denied: 1 },
    identities: [{ provider: "registry.terraform.io/hashicorp/aws", description: "profile audit" }],
    warnings: 0,
  },
  "check.failed": {
    trigger: "schedule",
    startedAt: TIME,
    code: "state_missing",
    message: "There is no state.",
  },
  "detector.dead": { detector: "cloudtrail", reason: "No event for 20 minutes.", lastSeenAt: TIME },
  "detector.revived": { detector: "cloudtrail", deadSince: TIME },
  "trail.broken": {
    source: "logs",
    chain: "123456789012_CloudTrail-Digest_eu-central-1_main_eu-central-1_",
    finding: "missing",
    file: "s3://trail/AWSLogs/123456789012/CloudTrail/eu-central-1/2026/01/02/a.json.gz",
    reason: "it is not in the bucket",
  },
  "deployment.found": {
    lineage: "l",
    serial: 43,
    finding: "foreign_writer",
    writer: "arn:aws:iam::1:user/a",
  },
  "stack.added": { origin: "/srv/infra/dns", labels: "team=network" },
  "stack.gone": { how: "undeclared", origin: "/srv/infra/dns" },
  "stack.returned": { origin: "/srv/infra/dns" },
  "claim.found": {
    stacks: ["network", "legacy"],
    count: 1,
    resources: [{ type: "aws_vpc", id: "vpc-0a1b2c3d", addresses: ["aws_vpc.main", "aws_vpc.old"] }],
  },
  "claim.ended": { stacks: ["network", "legacy"], count: 0, resources: [] },
  "baseline.accepted": {
    account: "prod",
    count: 1,
    things: [{ type: "aws_iam_user", id: "legacy", region: "global", digest: DIGEST }],
    reason: "It was there before us.",
  },
  "baseline.withdrawn": { account: "prod", count: 0, things: [], reason: "" },
  "event.malformed": { source: "trail", digest: DIGEST, reason: "it has no eventID" },
  "drift.opened": DRIFTED,
  "drift.updated": DRIFTED,
  "drift.resolved": { resource: RESOURCE, how: "reverted", serial: 42, lastSerial: 42 },
  "drift.attributed": {
    resource: RESOURCE,
    attributions: [
      {
        eventId: "e-1",
        eventName: "AuthorizeSecurityGroupIngress",
        service: "ec2.amazonaws.com",
        time: TIME,
        actor: { principal: "arn:aws:iam::1:user/a", kind: "user", channel: "console" },
        person: { name: "Ann", rule: "anchorwatch.server.yaml:12" },
        isDelivery: false,
      },
    ],
  },
  "drift.classified": {
    classification: "security",
    severity: "critical",
    rules: [{ name: "open-to-the-world", reason: "0.0.0.0/0 may reach port 22" }],
    controls: ["CIS AWS 5.2"],
  },
  "alert.sent": { channel: "slack", recipient: "#on-call", outcome: "sent" },
  "alert.acknowledged": { alert: "alert-1", severity: "high", reason: "on it" },
  "alert.snoozed": { alert: "alert-1", severity: "high", until: "2026-03-02T00:00:00.000Z" },
  "alert.resent": { deadLetters: 2, channel: "oncall" },
  "channel.tested": { channel: "slack", recipient: "oncall", outcome: "failed", message: "It answered 503." },
  "exception.granted": { reason: "Until the migration is done.", until: TIME, paths: [["tags"]] },
  "exception.expired": { cause: "time" },
  "freeze.added": { freeze: "freeze-1", reason: "Someone opened port 22.", until: TIME, run: "run-1" },
  "freeze.ended": { freeze: "freeze-1", cause: "thawed", reason: "It is closed again." },
  "playbook.started": { playbook: "exposed", run: "run-1", event: "opened", steps: ["confirm", "freeze"] },
  "playbook.step": {
    ...{ playbook: "exposed", run: "run-1", step: 1, kind: "confirm", outcome: "done", attempts: 1 },
    message: "It is still there.",
  },
  "playbook.ended": { playbook: "exposed", run: "run-1", outcome: "done" },
  "evidence.shared": { evidence: DIGEST, recipient: "auditor@example.com", expiresAt: TIME },
  "evidence.opened": { evidence: DIGEST },
  "plan.made": { plan: DIGEST, remediation: "rollback", changes: [{ path: ["ingress"] }] },
  "request.opened": { plan: DIGEST, reviewsNeeded: 2, owners: ["team-network"] },
  "review.given": { plan: DIGEST, answer: "approve", comment: "Looks right." },
  "grant.given": { plan: DIGEST, origin: "reviews" },
  "execution.started": { plan: DIGEST },
  "execution.finished": { plan: DIGEST, outcome: "failed", message: "The provider refused." },
  "verification.finished": { plan: DIGEST, verdict: "in_sync" },
  "session.started": { method: "passkey" },
  "session.failed": { method: "password", reason: "wrong password", account: "root" },
  "session.ended": { cause: "signed_out" },
  "session.proven": { method: "passkey" },
  "user.added": { user: "u-2", name: "ann@example.com", how: "invited" },
  "user.changed": { user: "u-2", name: "ann@example.com", changes: ["status: disabled"] },
  "user.removed": { user: "u-2", name: "ann@example.com" },
  "credential.added": { user: "u-2", name: "ann@example.com", credential: "passkey", label: "Phone" },
  "credential.removed": { user: "u-2", name: "ann@example.com", credential: "password" },
  "token.created": { token: "t-1", name: "backup", owner: "u-2", expiresAt: TIME, roles: ["viewer"] },
  "token.revoked": { token: "t-1", name: "backup", owner: "u-2" },
  "access.refused": { action: "access.manage", target: "POST /api/v1/users", repeats: 12 },
  "access.read": { target: "GET /api/v1/drifts" },
  "permission.changed": { user: "u-2", change: "assigned", role: "approver" },
  "configuration.changed": { name: "anchorwatch.server.yaml", afterDigest: DIGEST },
  "ledger.created": { origin: "anchorwatch.local/abc", keys: ["anchorwatch.local/abc+01020304+AQID"] },
  "ledger.key_rotated": { added: ["b+01020304+AQID"], retired: ["a+01020304+AQID"] },
  "ledger.checkpoint_anchored": { anchor: "bucket", size: 10, root: `${"A".repeat(43)}=` },
  "ledger.anchor_failed": { anchor: "witness", size: 10, message: "It did not answer." },
  "ledger.retention_renewed": { objects: 120, until: TIME },
  "ledger.entry_refused": { kind: "drift.opened", reason: "it has 70,000 bytes" },
};

/** A valid entry; what is given stands instead. */
export function entry(given: Partial<EntryInput> = {}): EntryInput {
  const kind = given.kind ?? "drift.opened";
  return {
    id: "entry-1",
    kind,
    time: TIME,
    actor: { type: "system", id: "anchorwatch/check" },
    data: EXAMPLE_DATA[kind as keyof typeof EXAMPLE_DATA] ?? {},
    ...given,
  };
}

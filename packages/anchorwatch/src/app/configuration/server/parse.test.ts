import { formatVerifierKey, verifierKey } from "tlog";
import { describe, expect, it } from "vitest";
import { DEFAULT_ACCESS } from "../../access/accessSettings.ts";
import { DEFAULT_ALERTS } from "../../alerts/alertSettings.ts";
import { DEFAULT_GATE } from "../../gate/gateSettings.ts";
import type { LedgerSettings } from "../../ledger/ledgerSettings.ts";
import { DEFAULT_POLICY } from "../../policy/rules/policySettings.ts";
import { formatProblem } from "../problems.ts";
import { DEFAULT_EGRESS } from "./egressSection.ts";
import { DEFAULT_LISTEN } from "./listenSettings.ts";
import { parseServerConfiguration } from "./parse.ts";
import { DEFAULT_WATCH } from "./watchSection.ts";

const FILE = "anchorwatch.server.yaml";
const key = (type?: "cosignature-ed25519") =>
  verifierKey("witness.example.com", new Uint8Array(32).fill(7), type);
const witnessKey = await key("cosignature-ed25519");
const logKey = await key();

async function ledgerOf(lines: string): Promise<LedgerSettings | undefined> {
  const parsed = await parseServerConfiguration(`version: 1\nledger:\n${lines}`, FILE, "/etc/aw");
  expect(parsed.ok ? [] : parsed.problems.map(formatProblem)).toEqual([]);
  return parsed.ok ? parsed.configuration.ledger : undefined;
}

async function problems(text: string): Promise<readonly string[]> {
  const parsed = await parseServerConfiguration(text, FILE, "/etc/aw");
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

describe("the operator's file", () => {
  it("names a ledger in a folder beside it, with its key file in the private folder", async () => {
    expect(await ledgerOf("  place: ./audit\n")).toEqual({
      place: { kind: "folder", name: "/etc/aw/audit", path: "/etc/aw/audit" },
      privateFolder: "/etc/aw/audit.private",
      aws: {},
      anchors: [],
    });
  });

  it("names a ledger in S3, a key in KMS and every kind of anchor", async () => {
    const text = `  place: s3://audit-log/prod
  private: /var/lib/aw.private
  key: { kms: "arn:aws:kms:eu-west-1:111122223333:key/1" }
  retention: 400d
  aws: { region: eu-west-1, profile: audit }
  anchors:
    - folder: ../share
    - s3: s3://other-bucket/anchors
      aws: { region: us-east-1 }
    - witness: https://witness.example/
      keys: ["${formatVerifierKey(witnessKey)}"]
    - webhook: https://chat.example/hook
    - webhook: https://chat.example/hook
      secretFile: hook.secret
`;
    expect(await ledgerOf(text)).toEqual({
      place: {
        kind: "s3",
        name: "s3://audit-log/prod",
        bucket: "audit-log",
        prefix: "prod",
        retention: { days: 400, renewBeforeDays: 100 },
      },
      privateFolder: "/var/lib/aw.private",
      kms: "arn:aws:kms:eu-west-1:111122223333:key/1",
      aws: { region: "eu-west-1", profile: "audit" },
      anchors: [
        { kind: "folder", path: "/etc/share" },
        { kind: "s3", bucket: "other-bucket", prefix: "anchors", aws: { region: "us-east-1" } },
        { kind: "witness", url: "https://witness.example/", keys: [witnessKey] },
        { kind: "webhook", url: "https://chat.example/hook" },
        { kind: "webhook", url: "https://chat.example/hook", secretFile: "/etc/aw/hook.secret" },
      ],
    });
  });

  it("may name no ledger yet", async () => {
    expect(await parseServerConfiguration("version: 1", FILE, "/etc/aw")).toEqual({
      ok: true,
      configuration: {
        file: FILE,
        watch: DEFAULT_WATCH,
        listen: DEFAULT_LISTEN,
        access: DEFAULT_ACCESS,
        egress: DEFAULT_EGRESS,
        gate: DEFAULT_GATE,
        alerts: DEFAULT_ALERTS,
        playbooks: [],
        policy: DEFAULT_POLICY,
        exceptions: [],
        variables: [],
        warnings: [],
      },
    });
  });

  it.each([
    ["", `${FILE}:1:1: the file: expected keys and values, found nothing`],
    ["version: 1\nlegder: {}", `${FILE}:2:1: the file has the unknown key “legder”. Did you mean “ledger”?`],
    ["version: 1\nledger: { plce: x }", "ledger has the unknown key “plce”. Did you mean “place”?"],
    [
      "version: 1\nledger: { place: x, anchors: [{ foldr: x }] }",
      "ledger.anchors[0] has the unknown key “foldr”. Did you mean “folder”?",
    ],
    [
      "version: 1\nledger:\n  place: https://example.com/x",
      `${FILE}:3:10: ledger.place: nothing can be written to https://example.com/x/`,
    ],
    [
      "version: 1\nledger:\n  place: a\n  retention: 4d",
      `${FILE}:4:3: ledger.retention is for a ledger in S3`,
    ],
    [
      "version: 1\nledger:\n  place: s3://bucket/a\n  private: p",
      "ledger has no “retention”, which a ledger in S3 needs",
    ],
    [
      "version: 1\nledger:\n  place: s3://bucket/a\n  private: p\n  retention: 1 year",
      'ledger.retention: expected days such as 400d, found "1 year"',
    ],
    [
      "version: 1\nledger:\n  place: s3://bucket/a\n  private: p\n  retention: 1d",
      `${FILE}:5:14: ledger.retention: The ledger's retention is wrong: expected a whole number of days from 2 to 36500, found 1`,
    ],
    [
      "version: 1\nledger:\n  place: s3://bucket/a\n  private: p\n  retention: 9d\n  renewBefore: 9d",
      `${FILE}:6:16: ledger.renewBefore: The ledger's retention is wrong: a retention of 9 days cannot be renewed 9 days before its end`,
    ],
    ["version: 1\nledger:\n  place: s3://bucket/a\n  retention: 40d", "ledger has no “private”"],
    ["version: 1\nledger:\n  place: s3://B/a\n  private: p\n  retention: 40d", "names no bucket"],
    [
      "version: 1\nledger:\n  place: a\n  private: a/p",
      "ledger.private lies in the ledger's own folder, which is served",
    ],
    [
      "version: 1\nledger: { place: a, anchors: [{}] }",
      "ledger.anchors[0]: expected one of folder, s3, witness, webhook, found nothing",
    ],
    [
      "version: 1\nledger: { place: a, anchors: [{ folder: b, webhook: 'https://x/' }] }",
      "found folder and webhook",
    ],
    [
      "version: 1\nledger: { place: a, anchors: [{ folder: b, keys: [k] }] }",
      "ledger.anchors[0].keys is nothing that a folder anchor has",
    ],
    [
      "version: 1\nledger: { place: a, anchors: [{ folder: a/b }] }",
      "ledger.anchors[0].folder and the ledger lie in one another",
    ],
    [
      "version: 1\nledger: { place: a, anchors: [{ folder: 's3://bucket/a' }] }",
      "is an address, not a folder",
    ],
    ["version: 1\nledger: { place: a, anchors: [{ s3: b }] }", "ledger.anchors[0].s3 is no place in S3"],
    [
      "version: 1\nledger: { place: 's3://bucket/a', private: p, retention: 9d, anchors: [{ s3: 's3://bucket/b' }] }",
      "ledger.anchors[0].s3 is the ledger's own bucket",
    ],
    [
      "version: 1\nledger: { place: a, anchors: [{ witness: 'https://w/' }] }",
      "ledger.anchors[0] has no “keys”",
    ],
    [
      "version: 1\nledger: { place: a, anchors: [{ witness: 'https://w/', keys: [k] }] }",
      "ledger.anchors[0].keys[0] is no verifier key",
    ],
    [
      `version: 1\nledger: { place: a, anchors: [{ witness: 'https://w/', keys: ['${formatVerifierKey(logKey)}'] }] }`,
      "is a key of a log, not of a witness",
    ],
    [
      "version: 1\nledger: { place: a, anchors: [{ webhook: 'ftp://x/' }] }",
      "ledger.anchors[0].webhook is no address that can be posted to",
    ],
  ])("%j is refused where it is wrong", async (text, words) => {
    expect((await problems(text)).join("\n")).toContain(words);
  });

  it.each([
    "ledger: { place: a, anchors: [{ webhook: https//chat.example/hunter2 }] }",
    "ledger: { place: a, anchors: [{ webhook: 'https://ada:hunter2@chat.example/' }] }",
    "ledger: { place: a, anchors: [{ webhook: ['https://chat.example/hunter2'] }] }",
    "ledger: { place: a, anchors: ['https://chat.example/hunter2'] }",
    "ledger: { place: a, anchors: 'https://chat.example/hunter2' }",
    "ledger: { place: a, anchors: [{ webhook: 'https://x/', secret: hunter2 }] }",
    "ledger: { place: a, anchors: [{ webhook:https://chat.example/hunter2 }] }",
    "ledger: { place: a, anchors: [{ folder: b, https://chat.example/hunter2 }] }",
    "ledger: { place: a, anchors: [{ a: b, 'https://x/hunter2': c, 'https://x/hunter2': d }] }",
    "ledger: { place: a, anchors: [{ webhook: *hunter2 }] }",
    "ledger: { place: a, anchors: [{ webhook: !hunter2 x }] }",
    'ledger: { place: a, anchors: [{ webhook: "https://chat.example/\\xhunter2" }] }',
    'ledger: { place: a, anchors: [{ webhook: "https://chat.example/\\Uhunter2" }] }',
    "ledger: { place: a, anchors: [{ webhook: 'https://x/', secretFile: whsec_hunter2 }] }",
    "ledger: { place: a, anchors: [{ s3: 'https://chat.example/hunter2' }] }",
    "ledger:\n  place: a\n  anchors:\n    - webhook: https://chat.example/hunter2\n   hunter2",
    "ledger:\n  place: a\n  anchors:\n    - webhook: |hunter2\n        x",
    'ledger:\n  place: a\n  anchors:\n    - webhook: "https://chat.example/hunter2\n',
    "ledger:\n  anchors:\n  - webhook: 'https://chat.example/' hunter2",
  ])("a secret in the wrong place is not repeated: %j", async (lines) => {
    const found = await problems(`version: 1\n${lines}`);
    expect(found.length).toBeGreaterThan(0);
    expect(found.join("\n")).not.toContain("hunter2");
  });
});

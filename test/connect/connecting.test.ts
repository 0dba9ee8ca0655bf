/** A connection as the command writes it: applied by the real AWS provider on moto, then used with IAM in force. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DisableRuleCommand, EnableRuleCommand, RemoveTargetsCommand } from "@aws-sdk/client-eventbridge";
import {
  GetBucketPolicyCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { isRefusal } from "../../packages/anchorwatch/src/app/connect/checking/refusal.ts";
import type { AwsSettings } from "../../packages/anchorwatch/src/app/ledger/ledgerMachine.ts";
import { thisWatchMachine } from "../../packages/anchorwatch/src/cli/service/thisWatch.ts";
import { topic, workbench } from "../check/workbench.ts";
import { cloudMachine, inspectMachine } from "../support/machine.ts";
import { type ConnectBench, connectBench, type Keys, REGION } from "./connectBench.ts";
import { kept } from "./created.ts";
import { BUCKET_WRITES, CONTENT, type Estate, LEDGER_DELETIONS, WRITES } from "./refusals.ts";
import { comparableState, comparableTemplate } from "./sameThing.ts";

const found = cloudMachine(inspectMachine(process.env));
if (!found.ok) console.info(found.skipped.join("\n"));

describe.skipIf(!found.ok)("a connected account", { timeout: 90_000 }, () => {
  let bench: ConnectBench;
  let estate: Estate;
  let reader: Keys;
  beforeAll(async () => {
    if (!found.ok) return;
    bench = await connectBench(found.machine, process.env);
    const { recorded } = bench;
    estate = {
      group: recorded("aws_security_group.web"),
      topic: recorded("aws_sns_topic.sailings", "arn"),
      key: recorded("aws_kms_key.data", "key_id"),
      queue: recorded("module.connection.aws_sqs_queue.events", "url"),
      deadLetters: recorded("module.connection.aws_sqs_queue.dead_letters", "url"),
      ledger: recorded("module.connection.aws_s3_bucket.ledger", "bucket"),
    };
    // The SDK of AWS looks there itself.
    for (const [name, value] of Object.entries(bench.env)) vi.stubEnv(name, value);
    reader = await assume("read", { ExternalId: bench.record.externalId });
  }, 300_000);
  afterAll(async () => {
    vi.unstubAllEnvs();
    await bench?.close();
  }, 60_000);

  async function assume(
    role: "read" | "executor",
    more: { readonly ExternalId?: string; readonly SourceIdentity?: string },
    RoleSessionName = "anchorwatch-grant-1",
  ): Promise<Keys> {
    const sts = new STSClient({
      region: REGION,
      endpoint: bench.gate.endpoint,
      credentials: bench.principal,
    });
    const RoleArn = bench.recorded(`module.connection.aws_iam_role.${role}`, "arn");
    try {
      const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName, ...more }));
      return {
        accessKeyId: Credentials?.AccessKeyId ?? "",
        secretAccessKey: Credentials?.SecretAccessKey ?? "",
        sessionToken: Credentials?.SessionToken ?? "",
      };
    } finally {
      sts.destroy();
    }
  }

  it("is the same by Terraform and by CloudFormation, resource by resource and statement by statement", () => {
    const state = readFileSync(join(bench.deployment.folder, "terraform.tfstate"), "utf8");
    const template = readFileSync(join(bench.folder, "template.yaml"), "utf8");
    const byTerraform = comparableState(state, "module.connection");
    expect(byTerraform.size).toBe(15);
    expect(comparableTemplate(template)).toEqual(byTerraform);
  });

  it("is made of the template, as far as moto makes it", () => {
    const { template, live } = bench.created;
    const described = kept(comparableTemplate(template));
    expect(described.size).toBe(14);
    expect(live).toEqual(described);
  });

  it("has a template that CloudFormation's own schemas allow", ({ skip }) => {
    if (bench.lint === undefined) return skip("cfn-lint is not on PATH (pip install cfn-lint)");
    expect(bench.lint).toMatchObject({ status: 0, stdout: "" });
  });

  it("is seen whole by a check with the read role, the connection itself included", async () => {
    const role = bench.recorded("module.connection.aws_iam_role.read", "arn");
    const env = { TF_CLI_CONFIG_FILE: bench.deployment.terraform.env["TF_CLI_CONFIG_FILE"] ?? "" };
    const read = ["--read-role", role, "--external-id", bench.record.externalId];
    const checked = await bench.apart(["check", bench.deployment.folder, ...read, "--format", "json"], env);
    const { coverage, resources } = JSON.parse(checked.stdout) as {
      coverage: Readonly<Record<string, number>>;
      resources: unknown;
    };
    expect(coverage, JSON.stringify(resources)).toMatchObject({
      unknown: 0,
      notChecked: 0,
      changed: 0,
      deleted: 0,
    });
    expect(checked.status, checked.stderr).toBe(0);
  });

  it("has an operator's file that is right", async () => {
    const ran = await bench.run([
      "config",
      "validate",
      "--server",
      join(bench.folder, "anchorwatch.server.yaml"),
    ]);
    expect(ran).toMatchObject({ status: 0, stdout: expect.stringContaining("2 event sources") });
  });

  it("refuses the read role without its external id, and the executor without a source identity", async () => {
    const { externalId: ExternalId } = bench.record;
    await expect(assume("read", {})).rejects.toThrow(/not authorized/);
    await expect(assume("read", { ExternalId: "another-external-id" })).rejects.toThrow(/not authorized/);
    await expect(assume("executor", { ExternalId })).rejects.toThrow(/not authorized/);
    await expect(assume("executor", { SourceIdentity: "anchorwatch-1" })).rejects.toThrow(/not authorized/);
    await expect(assume("executor", { ExternalId, SourceIdentity: "ada" })).rejects.toThrow(/not authorized/);
    const other = assume("executor", { ExternalId, SourceIdentity: "anchorwatch-1" }, "ada");
    await expect(other).rejects.toThrow(/not authorized/);
  });

  it.each([...WRITES, ...BUCKET_WRITES, ...CONTENT])("refuses the read role %s", async (_name, call) => {
    await expect(call(bench.cloudOf(reader), estate)).rejects.toSatisfy(isRefusal);
  });

  it("lets the executor put back what it was given, and nothing else", async () => {
    const { externalId: ExternalId } = bench.record;
    const executor = bench.cloudOf(
      await assume("executor", { ExternalId, SourceIdentity: "anchorwatch-grant-1" }),
    );
    for (const [, call] of BUCKET_WRITES) await call(executor, estate);
    for (const [name, call] of [...WRITES, ...CONTENT]) {
      await expect(call(executor, estate), name).rejects.toSatisfy(isRefusal);
    }
  });

  const steps = async (...more: readonly string[]) => {
    const ran = await bench.run(["connect", "aws", bench.folder, "--check", "--format", "json", ...more]);
    expect(ran.stdout, ran.stderr).toContain("anchorwatch.connect-check/v1");
    const report = JSON.parse(ran.stdout) as {
      readonly steps: readonly {
        readonly id: string;
        readonly status: string;
        readonly found: string;
        readonly todo?: string;
      }[];
    };
    return { status: ran.status, ...report, by: new Map(report.steps.map((step) => [step.id, step])) };
  };

  /** moto evaluates no condition of a bucket's policy, and refuses every object that a statement with one covers. */
  async function dropConditions(Bucket: string): Promise<void> {
    const { s3 } = bench.admin;
    const { Policy = "" } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
    const policy = JSON.parse(Policy) as { readonly Statement: readonly { readonly Condition?: unknown }[] };
    const Statement = policy.Statement.filter(({ Condition }) => Condition === undefined);
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ ...policy, Statement }) }));
  }

  describe("whose buckets ask for nothing that moto cannot evaluate", () => {
    beforeAll(async () => {
      const Bucket = bench.recorded("module.connection.aws_s3_bucket.trail", "bucket");
      await dropConditions(Bucket);
      await dropConditions(estate.ledger);
      // As CloudTrail does, and moto never.
      for (const kind of ["CloudTrail", "CloudTrail-Digest"]) {
        const Key = `AWSLogs/123456789012/${kind}/${REGION}/2026/01/01/1.json.gz`;
        await bench.admin.s3.send(new PutObjectCommand({ Bucket, Key, Body: "{}" }));
      }
    });

    it("is well at every step, and says so", async () => {
      const { steps: all, status } = await steps();
      expect(all.filter((step) => step.status !== "ok")).toEqual([]);
      expect(all).toHaveLength(19);
      expect(status).toBe(0);
      expect(JSON.stringify(all)).not.toContain(bench.principal.secretAccessKey);
    });

    it("keeps a ledger with exactly what principal-policy.json allows, and gives nobody a way to delete from it", async () => {
      const desk = workbench();
      const stack = await desk.stack({ resources: [topic("orders")] });
      const fragment = readFileSync(join(bench.folder, "anchorwatch.server.yaml"), "utf8");
      const server = desk.write("server.yaml", fragment.replace("/var/lib/anchorwatch/", ""));
      const env = { ...bench.env };
      for (const entries of [2, 3]) {
        const checked = await desk.check([stack.dir, "--server", server], { env });
        expect(checked).toMatchObject({ status: 0, stderr: "" });
        expect(checked.stdout).toContain(`checkpoint: ${entries} entries`);
      }
      const verified = await bench.run(["ledger", "verify", "--server", server]);
      expect(verified).toMatchObject({ status: 0, stderr: "" });
      expect(verified.stdout).toContain("3 entries, authenticated and whole");
      const renewed = await bench.run(["ledger", "renew", "--server", server]);
      expect(renewed).toMatchObject({ status: 0, stderr: "" });
      for (const [name, call] of LEDGER_DELETIONS) {
        const tried = call(bench.cloudOf(bench.principal), estate);
        await expect(tried, name).rejects.toSatisfy(isRefusal);
      }
    });
  });

  it("lets the server's own clients read its queue and its trail with the role that its file names, and with nothing less", async () => {
    const file = readFileSync(join(bench.folder, "anchorwatch.server.yaml"), "utf8");
    const { events } = parse(file) as { readonly events: readonly { readonly aws: AwsSettings }[] };
    const { newSqsClient, newS3Client } = thisWatchMachine();
    const read = async (more: AwsSettings) => {
      const [queue, trail] = events.map(({ aws }) => ({ region: REGION, ...aws, ...more }));
      const [sqs, s3] = [await newSqsClient(queue), await newS3Client(trail)];
      try {
        const command = { QueueUrl: estate.queue, AttributeNames: ["QueueArn" as const] };
        const { Attributes } = await sqs.send(new GetQueueAttributesCommand(command));
        const Bucket = bench.recorded("module.connection.aws_s3_bucket.trail", "bucket");
        const listed = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "AWSLogs/" }));
        return [Attributes?.["QueueArn"], listed.Prefix];
      } finally {
        sqs.destroy();
        s3.destroy();
      }
    };
    const arn = `arn:aws:sqs:${REGION}:123456789012:anchorwatch-events`;
    expect(await read({})).toEqual([arn, "AWSLogs/"]);
    await expect(read({ externalId: "another-external-id" })).rejects.toThrow(/not authorized/);
    // The principal's own keys may not.
    await expect(read({ role: "", externalId: "" })).rejects.toSatisfy(isRefusal);
  });

  it("names a rule that was switched off and a target that is gone, and checks nothing that depends on them", async () => {
    const { events } = bench.admin;
    const Name = "anchorwatch-changes";
    await events.send(new DisableRuleCommand({ Name }));
    const off = (await steps()).by;
    expect(off.get("rule")).toMatchObject({ status: "failed", found: expect.stringContaining("DISABLED") });
    expect([off.get("target")?.status, off.get("event")?.status]).toEqual(["not_checked", "not_checked"]);
    await events.send(new EnableRuleCommand({ Name }));
    await events.send(new RemoveTargetsCommand({ Rule: Name, Ids: ["queue"] }));
    const gone = (await steps()).by;
    expect(gone.get("target")).toMatchObject({ status: "failed", found: "it has no target" });
    expect(gone.get("event")?.status).toBe("not_checked");
  });

  it("is not well with another external id, and says what to do", async () => {
    const copy = join(bench.deployment.folder, "copy");
    cpSync(bench.folder, copy, { recursive: true });
    const record = join(copy, "connection.json");
    const text = readFileSync(record, "utf8").replace(
      bench.record.externalId,
      "another-external-id-0123456789",
    );
    writeFileSync(record, text);
    const ran = await bench.run(["connect", "aws", copy, "--check", "--no-color"]);
    expect(ran.status).toBe(1);
    expect(ran.stdout).toMatch(/✗ read role: .*\n {4}found: AccessDenied.*\n {4}do: Apply main\.tf/);
    expect(ran.stdout).toMatch(/– reading: .*\n {4}found: not checked: it needs “read role”/);
  });
});

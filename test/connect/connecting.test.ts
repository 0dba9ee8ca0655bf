/** A connection as the command writes it: applied by the real AWS provider on moto, then used with IAM in force. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DisableRuleCommand, EnableRuleCommand, RemoveTargetsCommand } from "@aws-sdk/client-eventbridge";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isRefusal } from "../../packages/anchorwatch/src/app/connect/checking/refusal.ts";
import { cloudMachine, inspectMachine } from "../support/machine.ts";
import { type ConnectBench, connectBench, type Keys, REGION } from "./connectBench.ts";
import { BUCKET_WRITES, CONTENT, type Estate, WRITES } from "./refusals.ts";
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
    reader = await assume("read", { ExternalId: bench.record.externalId });
  }, 300_000);
  afterAll(() => bench?.close(), 60_000);

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

  it("is seen whole by a check with the read role, the connection itself included", async () => {
    const role = bench.recorded("module.connection.aws_iam_role.read", "arn");
    const env = { TF_CLI_CONFIG_FILE: bench.deployment.terraform.env["TF_CLI_CONFIG_FILE"] ?? "" };
    const read = ["--read-role", role, "--external-id", bench.record.externalId];
    const checked = await bench.run(["check", bench.deployment.folder, ...read, "--format", "json"], env);
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

  it("is checked step by step, up to what could not be seen on moto: a listing with a slash, and the locked write", async () => {
    const { steps: all, status } = await steps();
    const unseen = ["trail_files", "digests", "ledger_write"];
    const seen = all.filter(({ id }) => !unseen.includes(id));
    expect(seen.length).toBe(16);
    expect(seen.filter((step) => step.status !== "ok")).toEqual([]);
    expect(status).toBe(1);
    expect(JSON.stringify(all)).not.toContain(bench.principal.secretAccessKey);
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

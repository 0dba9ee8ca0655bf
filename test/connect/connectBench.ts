/** A connection as the command writes it, applied by the real provider on moto, with IAM in force. All of it in one folder. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { connectionFiles } from "../../packages/anchorwatch/src/app/connect/connection.ts";
import type { ConnectionRecord } from "../../packages/anchorwatch/src/app/connect/record.ts";
import { readRecord } from "../../packages/anchorwatch/src/app/connect/record.ts";
import { runProgram } from "../../packages/anchorwatch/src/cli/program.ts";
import {
  memoryStream,
  stillSurroundings,
} from "../../packages/anchorwatch/src/cli/testSurroundings.fixture.ts";
import { type Checked, type Workbench, workbench } from "../check/workbench.ts";
import { anchorwatch } from "../ledger/ledgerBench.ts";
import { type Cloud, cloudAt } from "../support/cloud.ts";
import { type Deployment, prepareDeployment } from "../support/deployment.ts";
import { type Environment, findExecutable } from "../support/executable.ts";
import type { CloudMachine } from "../support/machine.ts";
import { type Ran, run } from "../support/run.ts";
import { CONNECTED_ESTATE } from "./connectedEstate.ts";
import { createStack, describedLive } from "./created.ts";
import type { Described } from "./sameThing.ts";
import { type TrustGate, type TrustPolicy, trustGate } from "./trustGate.ts";

export const REGION = "eu-central-1";
const ACCOUNT = "123456789012";
const PRINCIPAL = `arn:aws:iam::${ACCOUNT}:user/harbourmaster`;

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface ConnectBench {
  readonly deployment: Deployment;
  readonly gate: TrustGate;
  readonly record: ConnectionRecord;
  /** Folder of the written connection. */
  readonly folder: string;
  /** Whoever runs Anchorwatch: allowed what `principal-policy.json` says. */
  readonly principal: Keys;
  /** Allowed everything. */
  readonly admin: Cloud;
  readonly cloudOf: (keys: Keys) => Cloud;
  /** What the principal's processes are given. */
  readonly env: Readonly<Record<string, string>>;
  /** `anchorwatch ARGS` as a process of its own, as the principal. */
  readonly apart: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Checked>;
  /** The same in this process, which is quicker, once it has `env`. */
  readonly run: (args: readonly string[]) => Promise<Checked>;
  /** What cfn-lint says of the template; undefined where it is not installed. */
  readonly lint: Ran | undefined;
  /** What moto made of the template of another connection, and that template. */
  readonly created: { readonly template: string; readonly live: Described };
  readonly recorded: (address: string, attribute?: string) => string;
  readonly close: () => Promise<void>;
}

export async function connectBench(machine: CloudMachine, env: Environment): Promise<ConnectBench> {
  const written = mkdtempSync(join(tmpdir(), "awn-"));
  const ends: (() => unknown)[] = [() => rmSync(written, { recursive: true, force: true })];
  const close = async () => {
    for (const end of ends.reverse()) await end();
  };
  try {
    const bench = workbench((clean) => ends.push(clean));
    const flags = [
      "--principal",
      PRINCIPAL,
      "--region",
      REGION,
      "--executor-services",
      "s3",
      "--ledger-retention",
      "2d",
    ];
    const made = await runHere(["connect", "aws", written, ...flags], {}, bench.folder);
    if (made.status !== 0) throw new TypeError(made.stderr);
    const linting = lint(written, env);
    const code = join(written, "code");
    mkdirSync(join(code, "connection"), { recursive: true });
    writeFileSync(join(code, "main.tf"), CONNECTED_ESTATE);
    copyFileSync(join(written, "main.tf"), join(code, "connection/main.tf"));
    const deployment = await prepareDeployment({ machine, env, region: REGION, code });
    ends.push(() => deployment.close());
    // Most of the time the provider waits for queues and lifecycle rules to settle.
    const [applied, linted] = await Promise.all([apply(deployment, written, bench, ends), linting]);
    return { ...applied, lint: linted, folder: written, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function lint(folder: string, env: Environment): Promise<Ran | undefined> {
  const program = findExecutable("cfn-lint", env);
  const args = ["--regions", REGION, "--", join(folder, "template.yaml")];
  return program === undefined ? undefined : await run(program, args, { cwd: folder, env });
}

async function apply(
  deployment: Deployment,
  written: string,
  bench: Workbench,
  ends: (() => unknown)[],
): Promise<Omit<ConnectBench, "folder" | "lint" | "close">> {
  const { endpoint } = deployment.moto;
  const gate = await trustGate(endpoint);
  ends.push(() => gate.close());
  const root = cloudAt(endpoint, REGION);
  const record = readRecord(readFileSync(join(written, "connection.json"), "utf8"), "connection.json");
  const creating = created(endpoint, root, record);
  Object.assign(deployment.terraform.env, {
    AWS_ENDPOINT_URL: gate.endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
  await deployment.terraform.apply({ parallelism: 30 });
  const own = JSON.parse(readFileSync(join(written, "principal-policy.json"), "utf8")) as Policy;
  const principal = await newUser(root, "harbourmaster", {
    ...own,
    Statement: [...own.Statement, MOTOS_WAYS],
  });
  const everything: Policy = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
  };
  const adminKeys = await newUser(root, "root-of-all", everything);
  for (const role of ["read", "executor"]) {
    const at = `module.connection.aws_iam_role.${role}`;
    const policy = JSON.parse(deployment.recorded(at, "assume_role_policy")) as TrustPolicy;
    gate.trust.set(deployment.recorded(at, "arn"), policy);
  }
  const byTemplate = await creating;
  await fetch(`${endpoint}/moto-api/reset-auth`, { method: "POST", body: "0" });
  const cloudOf = (credentials: Keys) => cloudAt(gate.endpoint, REGION, { credentials });
  for (const { accessKeyId, secretAccessKey } of [principal, adminKeys])
    gate.keys.set(accessKeyId, secretAccessKey);
  const principalEnv = {
    AWS_ENDPOINT_URL: gate.endpoint,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: principal.accessKeyId,
    AWS_SECRET_ACCESS_KEY: principal.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: "true",
  };
  return {
    deployment,
    gate,
    record,
    principal,
    admin: cloudOf(adminKeys),
    cloudOf,
    recorded: deployment.recorded,
    env: principalEnv,
    apart: (args, more = {}) => anchorwatch(bench, args, { env: { ...principalEnv, ...more } }),
    run: (args) => runHere(args, principalEnv, bench.folder),
    created: byTemplate,
  };
}

async function runHere(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  workingDirectory: string,
): Promise<Checked> {
  const [stdout, stderr] = [memoryStream(), memoryStream()];
  const surroundings = { ...stillSurroundings(), stdout, stderr, environment, workingDirectory };
  const status = await runProgram(args, surroundings);
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}

/** The template of a connection with another name, so that both can be in one account. */
async function created(
  endpoint: string,
  root: Cloud,
  { options, externalId }: ConnectionRecord,
): Promise<ConnectBench["created"]> {
  const files = connectionFiles({ ...options, name: CREATED }, externalId);
  const template = files.find(({ name }) => name === "template.yaml")?.text ?? "";
  await createStack(endpoint, REGION, template);
  return { template, live: await describedLive(root, CREATED) };
}

interface Policy {
  readonly Version: string;
  readonly Statement: readonly object[];
}

const CREATED = "by-template";

/** moto knows no resources of EventBridge: it asks for all of them. */
const MOTOS_WAYS = { Effect: "Allow", Action: "events:PutEvents", Resource: "*" };
async function newUser({ iam }: Cloud, UserName: string, policy: Policy): Promise<Keys> {
  await iam.send(new CreateUserCommand({ UserName }));
  const PolicyDocument = JSON.stringify(policy);
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "own", PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
}

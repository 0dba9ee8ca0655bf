/** Backends as the real Terraform leaves them behind, read without it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findExecutable } from "../../../../../../test/support/executable.ts";
import { type Moto, startMoto } from "../../../../../../test/support/moto.ts";
import { runCommand } from "../source/command.ts";
import { loadState } from "../source/loadState.ts";
import type { StateFile } from "../stateFile.ts";
import { surroundings } from "../testing.fixture.ts";
import { backendOf } from "./backendOf.ts";

const terraform = findExecutable("terraform", process.env);
const program = findExecutable("moto_server", process.env);
if (terraform === undefined) console.log("terraform is not on the PATH: its backends were not tried");

const dirs: string[] = [];
afterAll(() => {
  for (const dir of dirs) rmSync(dir, { recursive: true });
});

/** Deploys one resource with this backend, in this workspace, and reads the state without Terraform. */
async function deployAndRead(
  backend: string,
  environment: Record<string, string>,
  workspace?: string,
): Promise<StateFile> {
  const dir = mkdtempSync(join(tmpdir(), "anchorwatch-real-"));
  dirs.push(dir);
  writeFileSync(
    join(dir, "main.tf"),
    `terraform {\n  backend ${backend}\n}\nresource "terraform_data" "x" {}\n`,
  );
  const env = {
    PATH: process.env["PATH"],
    HOME: dir,
    TF_CLI_CONFIG_FILE: "/dev/null",
    CHECKPOINT_DISABLE: "1",
    ...environment,
  };
  const commands = [
    ["init", "-input=false"],
    ...(workspace === undefined ? [] : [["workspace", "new", workspace]]),
    ["apply", "-auto-approve", "-input=false"],
  ];
  for (const args of commands) {
    const call = {
      command: terraform ?? "",
      args,
      cwd: dir,
      environment: env,
      signal: AbortSignal.timeout(60_000),
    };
    const outcome = await runCommand(call);
    expect(outcome, "stderr" in outcome ? outcome.stderr : "").toMatchObject({ kind: "ended", status: 0 });
  }
  const { source } = await backendOf(dir, { environment });
  return loadState(source, surroundings({ environment }));
}

describe.skipIf(terraform === undefined)("the HTTP backend", () => {
  let server: Server;
  let stored = "";

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.headers.authorization !== `Basic ${btoa("ada:hunter2")}`) response.writeHead(401).end();
      else if (request.method === "GET") response.writeHead(stored === "" ? 404 : 200).end(stored);
      else {
        const parts: Buffer[] = [];
        request.on("data", (part: Buffer) => parts.push(part));
        request.on("end", () => {
          stored = Buffer.concat(parts).toString();
          response.end();
        });
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test("is read as Terraform wrote it, with the password of the environment", async () => {
    const { port } = server.address() as AddressInfo;
    const backend = `"http" {\n    address = "http://127.0.0.1:${port}/net"\n    username = "ada"\n  }`;
    const state = await deployAndRead(backend, { TF_HTTP_PASSWORD: "hunter2" });
    expect(state.instances.map(({ address }) => address)).toEqual(["terraform_data.x"]);
    expect(state.lineage).toBe((JSON.parse(stored) as { lineage: string }).lineage);
  });
});

describe.skipIf(terraform === undefined || program === undefined)("the S3 backend", () => {
  let moto: Moto;

  beforeAll(async () => {
    moto = await startMoto(program ?? "", process.env);
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const store = new S3Client({
      endpoint: moto.endpoint,
      region: "us-east-1",
      credentials,
      forcePathStyle: true,
    });
    await store.send(new CreateBucketCommand({ Bucket: "states" }));
    store.destroy();
  });

  afterAll(() => moto.stop());

  test.each([undefined, "prod"])("is read as Terraform wrote it, in workspace %s", async (workspace) => {
    const backend = `"s3" {
    bucket = "states"
    key = "net/terraform.tfstate"
    region = "us-east-1"
    endpoints = { s3 = "${moto.endpoint}", sts = "${moto.endpoint}" }
    use_path_style = true
    skip_credentials_validation = true
    skip_requesting_account_id = true
    assume_role = { role_arn = "arn:aws:iam::123456789012:role/state", external_id = "ours" }
  }`;
    const environment = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
    const state = await deployAndRead(backend, environment, workspace);
    expect(state.instances.map(({ address }) => address)).toEqual(["terraform_data.x"]);
    expect(state.origin).toBe(
      `s3://states/${workspace === undefined ? "" : "env:/prod/"}net/terraform.tfstate`,
    );
  });
});

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findExecutable } from "../../../../../../test/support/executable.ts";
import { objectOf, type ValueObject } from "../../../domain/value.ts";
import { type Backend, type BackendOptions, backendOf } from "./backendOf.ts";

const mkfifo = findExecutable("mkfifo", process.env);
let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "anchorwatch-backend-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

function resolveBackend(options: Partial<BackendOptions> = {}): Promise<Backend> {
  return backendOf(dir, { environment: {}, ...options });
}

/** What `terraform init` leaves behind. */
function initialised(type: string, config: object, folder = ".terraform"): void {
  mkdirSync(join(dir, folder), { recursive: true });
  const content = { version: 3, terraform_version: "1.11.4", backend: { type, config, hash: 1 } };
  writeFileSync(join(dir, folder, "terraform.tfstate"), JSON.stringify(content));
}

function declared(type: string, config: ValueObject): Partial<BackendOptions> {
  return { declared: { type, config } };
}

test("without any backend the state lies in the folder", async () => {
  expect(await resolveBackend()).toEqual({
    source: { kind: "file", path: join(dir, "terraform.tfstate") },
    type: "local",
    workspace: "default",
  });
});

test("the local backend's path and workspace folder are taken from the folder of the code", async () => {
  initialised("local", { path: "states/a.tfstate", workspace_dir: null });
  expect(await resolveBackend()).toMatchObject({ source: { path: join(dir, "states/a.tfstate") } });
  expect(await resolveBackend({ environment: { TF_WORKSPACE: "prod" } })).toMatchObject({
    workspace: "prod",
    source: { path: join(dir, "terraform.tfstate.d/prod/terraform.tfstate") },
  });
  initialised("local", { path: null, workspace_dir: "ws" });
  expect(await resolveBackend({ workspace: "x" })).toMatchObject({
    source: { path: join(dir, "ws/x/terraform.tfstate") },
  });
});

test("the workspace is the one asked for, then TF_WORKSPACE, then the folder's own", async () => {
  mkdirSync(join(dir, ".terraform"));
  writeFileSync(join(dir, ".terraform", "environment"), "chosen\n");
  expect((await resolveBackend()).workspace).toBe("chosen");
  expect((await resolveBackend({ environment: { TF_WORKSPACE: "env" } })).workspace).toBe("env");
  expect((await resolveBackend({ workspace: "asked", environment: { TF_WORKSPACE: "env" } })).workspace).toBe(
    "asked",
  );
  writeFileSync(join(dir, ".terraform", "environment"), "");
  expect((await resolveBackend()).workspace).toBe("default");
});

test.each(["../../etc", "..", ".", "a/b", "a\\b", "a b", "é"])("%j can be no workspace", async (name) => {
  mkdirSync(join(dir, ".terraform"));
  writeFileSync(join(dir, ".terraform", "environment"), name);
  await expect(resolveBackend()).rejects.toMatchObject({
    code: "state_workspace_invalid",
    location: { file: join(dir, ".terraform", "environment") },
  });
  await expect(resolveBackend({ workspace: name })).rejects.toMatchObject({
    code: "state_workspace_invalid",
  });
});

test("TF_DATA_DIR says where `terraform init` wrote", async () => {
  initialised("local", { path: "elsewhere.tfstate" }, "data");
  expect(await resolveBackend({ environment: { TF_DATA_DIR: "data" } })).toMatchObject({
    source: { path: join(dir, "elsewhere.tfstate") },
  });
});

test("S3 settings of today are understood", async () => {
  initialised("s3", {
    bucket: "states",
    key: "net.tfstate",
    region: "eu-west-1",
    workspace_key_prefix: "ws",
    endpoints: { s3: "http://127.0.0.1:1", sts: "http://127.0.0.1:2", iam: null },
    use_path_style: true,
    sse_customer_key: "k",
    insecure: null,
    profile: "",
    encrypt: true,
    assume_role: {
      role_arn: "arn:role",
      session_name: "s",
      external_id: "e",
      duration: "1h30m",
      policy_arns: ["arn:p"],
      tags: { team: "net" },
      transitive_tag_keys: null,
    },
  });
  expect(await resolveBackend({ workspace: "prod" })).toEqual({
    type: "s3",
    workspace: "prod",
    source: {
      kind: "s3",
      bucket: "states",
      key: "net.tfstate",
      workspace: "prod",
      workspaceKeyPrefix: "ws",
      region: "eu-west-1",
      endpoint: "http://127.0.0.1:1",
      stsEndpoint: "http://127.0.0.1:2",
      forcePathStyle: true,
      sseCustomerKey: "k",
      credentials: {
        assumeRole: {
          roleArn: "arn:role",
          sessionName: "s",
          externalId: "e",
          durationSeconds: 5400,
          policyArns: ["arn:p"],
          tags: Object.assign(Object.create(null), { team: "net" }),
        },
      },
    },
  });
});

test("S3 settings of Terraform before 1.6 are understood", async () => {
  initialised("s3", {
    bucket: "states",
    key: "k",
    endpoint: "http://old",
    force_path_style: "true",
    access_key: "a",
    secret_key: "b",
    token: "c",
    shared_credentials_file: "/c",
    role_arn: "arn:role",
    external_id: "e",
    assume_role_duration_seconds: 900,
    assume_role_policy: "{}",
    assume_role_tags: { a: "b" },
  });
  const { source } = await resolveBackend();
  expect(source).toMatchObject({
    endpoint: "http://old",
    forcePathStyle: true,
    credentials: {
      accessKey: "a",
      secretKey: "b",
      token: "c",
      credentialsFile: "/c",
      assumeRole: {
        roleArn: "arn:role",
        externalId: "e",
        durationSeconds: 900,
        policy: "{}",
        tags: { a: "b" },
      },
    },
  });
});

test("a web identity's token may come from the environment", async () => {
  initialised("s3", { bucket: "b", key: "k", assume_role_with_web_identity: { role_arn: "arn:w" } });
  expect(await resolveBackend({ environment: { AWS_WEB_IDENTITY_TOKEN_FILE: "/t" } })).toMatchObject({
    source: { credentials: { webIdentity: { roleArn: "arn:w", tokenFile: "/t" } } },
  });
  await expect(resolveBackend()).rejects.toMatchObject({
    message: expect.stringContaining("assume_role_with_web_identity.web_identity_token_file to be set"),
  });
});

test("HTTP settings are completed by TF_HTTP variables, and count more than they", async () => {
  initialised("http", {
    address: "https://x/s",
    username: "ada",
    skip_cert_verification: true,
    retry_max: 0,
    retry_wait_min: 2,
  });
  const environment = { TF_HTTP_USERNAME: "eve", TF_HTTP_PASSWORD: "p", TF_HTTP_ADDRESS: "https://y" };
  expect((await resolveBackend({ environment })).source).toEqual({
    kind: "http",
    address: "https://x/s",
    username: "ada",
    password: "p",
    skipCertVerification: true,
    retries: 0,
    retryWaitMs: 2000,
  });
  await expect(resolveBackend({ workspace: "prod" })).rejects.toMatchObject({
    code: "state_workspace_invalid",
  });
});

test("other backends are left to terraform, and named where there is none", async () => {
  initialised("azurerm", { container_name: "c" });
  expect(await resolveBackend({ terraform: "/bin/terraform", workspace: "prod" })).toEqual({
    source: { kind: "pull", dir, workspace: "prod" },
    type: "azurerm",
    workspace: "prod",
  });
  await expect(resolveBackend()).rejects.toMatchObject({
    code: "state_backend_unsupported",
    message: expect.stringContaining('the backend "azurerm"'),
    hint: expect.stringContaining("--state"),
  });
  initialised("cloud", { organization: "o" });
  await expect(resolveBackend()).rejects.toMatchObject({ message: expect.stringContaining("HCP Terraform") });
});

test("the workspace that was asked for is told to terraform, also where it is the default and another one is selected", async () => {
  initialised("azurerm", { container_name: "c" });
  const terraform = "/bin/terraform";
  expect((await resolveBackend({ terraform })).source).toEqual({ kind: "pull", dir });
  writeFileSync(join(dir, ".terraform", "environment"), "prod");
  const environment = { TF_WORKSPACE: "prod" };
  expect((await resolveBackend({ terraform, environment, workspace: "default" })).source).toEqual({
    kind: "pull",
    dir,
    workspace: "default",
  });
});

test.skipIf(mkfifo === undefined).each([
  ["terraform.tfstate", "state_backend_invalid"],
  ["environment", "state_unreadable"],
])("a pipe called %s, as a stranger's repository may have, keeps nobody waiting", async (name, code) => {
  mkdirSync(join(dir, ".terraform"));
  const file = join(dir, ".terraform", name);
  execFileSync(mkfifo ?? "", [file]);
  await expect(resolveBackend()).rejects.toMatchObject({
    code,
    message: expect.stringContaining("it is not a regular file"),
    location: { file },
  });
});

test("a huge record of `terraform init` is refused before it is read", async () => {
  mkdirSync(join(dir, ".terraform"));
  const file = join(dir, ".terraform", "terraform.tfstate");
  writeFileSync(file, "");
  truncateSync(file, 2 ** 32); // Sparse: it takes no room on the disk.
  await expect(resolveBackend()).rejects.toMatchObject({
    code: "state_backend_invalid",
    message: expect.stringContaining("larger than 8 MB"),
  });
});

test("the code's own block counts where `terraform init` was not run", async () => {
  const block = declared(
    "s3",
    objectOf([
      ["bucket", "b"],
      ["key", "k"],
      ["region", null],
    ]),
  );
  expect(await resolveBackend(block)).toMatchObject({ type: "s3", source: { bucket: "b", key: "k" } });
  initialised("local", { path: null });
  expect(await resolveBackend(block)).toMatchObject({ type: "local" });
});

test.each([
  ["s3", { key: "k" }, "bucket to be set"],
  ["s3", { bucket: "", key: "k" }, "bucket to be set"],
  ["s3", { bucket: ["hunter2"], key: "k" }, "bucket to be a string"],
  ["s3", { bucket: "b", key: "k", insecure: "hunter2" }, "insecure to be true or false"],
  ["s3", { bucket: "b", key: "k", assume_role: "hunter2" }, "assume_role to be an object"],
  [
    "s3",
    { bucket: "b", key: "k", assume_role: { role_arn: "r", duration: "hunter2" } },
    "assume_role.duration to be a duration",
  ],
  ["http", {}, "address to be set"],
  ["http", { address: "https://x", retry_max: "hunter2" }, "retry_max to be a whole number"],
])("%s with %j names what is wrong, and never the value", async (type, config, message) => {
  initialised(type, config);
  await expect(resolveBackend()).rejects.toMatchObject({
    code: "state_backend_invalid",
    message: expect.stringMatching(
      new RegExp(`\\.terraform/terraform\\.tfstate: the backend "${type}" wants ${message}`),
    ),
  });
  await expect(resolveBackend()).rejects.not.toMatchObject({ message: expect.stringContaining("hunter2") });
});

test.each(["", "{", "[1]", '{"backend": "s3"}', '{"backend": {"type": "s3", "config": 1}}'])(
  "a damaged record of `terraform init` is named: %j",
  async (content) => {
    mkdirSync(join(dir, ".terraform"));
    const file = join(dir, ".terraform", "terraform.tfstate");
    writeFileSync(file, content);
    if (content === "[1]") expect((await resolveBackend()).type).toBe("local");
    else
      await expect(resolveBackend()).rejects.toMatchObject({
        code: "state_backend_invalid",
        location: { file },
      });
  },
);

/** Repositories are untrusted: one hostile repository for each rule. Each ends in a clear error or in a harmless result. */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { StackRequest } from "../../packages/anchorwatch/src/app/stackAccess.ts";
import type { UntrustedFolder } from "../../packages/anchorwatch/src/app/watch/stacks/trust.ts";
import type { CheckResult } from "../../packages/anchorwatch/src/domain/check.ts";
import { editLive, topic } from "../check/workbench.ts";
import { lockCode } from "../reference-provider/fixtures/hcl.ts";
import type { StackFixture, WrittenStack } from "../reference-provider/fixtures.ts";
import { installReferenceProvider } from "../reference-provider/install.ts";
import { PROVIDER_SOURCE } from "../reference-provider/types/provider.ts";
import { found, type StackBench, stackBench } from "./stackBench.ts";

interface Clone {
  readonly bench: StackBench;
  /** The whole of what the stranger wrote. */
  readonly root: string;
  readonly stack: WrittenStack;
  readonly trust: UntrustedFolder;
  /** Writes a file of the stranger's, by its path in the clone. */
  write(name: string, text: string): string;
  append(text: string): void;
  check(trust?: Partial<UntrustedFolder>, request?: Partial<StackRequest>): Promise<CheckResult>;
}

const ROLE = { readCredentials: { environment: [] } } as const;

/** A repository with a stack that is in sync, and an operator who allows its provider. */
async function clone(fixture: Partial<StackFixture> = {}): Promise<Clone> {
  const bench = stackBench();
  const root = join(bench.folder, "clone");
  const stack = await bench.stack({ resources: [topic("a")], ...fixture }, "clone/stack");
  const mirror = join(bench.folder, "mirror");
  const { h1 } = await installReferenceProvider(mirror);
  const emptyHome = join(bench.folder, "empty");
  mkdirSync(emptyHome);
  const trust: UntrustedFolder = {
    kind: "untrusted",
    root,
    environment: { ...bench.environment, DATABASE_URL: "postgres://db", MY_TOKEN: "hunter2-hunter2" },
    emptyHome,
    allowedProviders: [{ source: PROVIDER_SOURCE, hashes: [h1], mirror }],
    ...ROLE,
    providerArguments: new Map([[PROVIDER_SOURCE, new Map([["path", stack.storePath]])]]),
  };
  const pool = bench.pool();
  return {
    bench,
    root,
    stack,
    trust,
    write(name, text) {
      const path = join(root, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      return path;
    },
    append(text) {
      writeFileSync(
        join(stack.dir, "main.tf"),
        `${readFileSync(join(stack.dir, "main.tf"), "utf8")}\n${text}\n`,
      );
    },
    async check(more = {}, request = {}) {
      const spec = { request: bench.request(stack.dir, request), trust: { ...trust, ...more } };
      const hot = await bench.hot(pool, spec);
      return await hot.check({ trigger: "manual", signal: bench.signal });
    },
  };
}

/** A program that notes that it was run, and with which environment. */
function program(path: string, note: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\nexport -p > '${note}'\nexit 1\n`);
  chmodSync(path, 0o755);
}

function reasonsOf({ resources }: CheckResult) {
  return resources.map(({ reason }) => reason);
}

test("a repository that does nothing bad is checked with the operator's provider", async () => {
  const hostile = await clone();
  expect(found(await hostile.check())).toEqual({});
});

test("a provider that the operator does not list is not run", async () => {
  const hostile = await clone();
  for (const allowedProviders of [
    undefined,
    [],
    [{ source: "registry.terraform.io/hashicorp/aws", hashes: ["h1:x"] }],
  ]) {
    const result = await hostile.check({ allowedProviders });
    expect(reasonsOf(result)).toMatchObject([
      { code: "provider_not_allowed", message: expect.stringContaining(PROVIDER_SOURCE) },
    ]);
  }
  expect(hostile.bench.providers()).toEqual([]);
});

test("a provider without a hash of its package on the list is not run", async () => {
  const hostile = await clone();
  const allowedProviders = [{ source: PROVIDER_SOURCE, hashes: ["zh:0123"] }];
  expect(reasonsOf(await hostile.check({ allowedProviders }))).toMatchObject([
    { code: "provider_not_allowed", message: expect.stringContaining("h1:") },
  ]);
});

test("a program that the repository brings is not run, wherever it lies and whatever its lock file says", async () => {
  const hostile = await clone();
  const note = join(hostile.bench.folder, "was-run");
  const own = join(hostile.stack.dir, ".terraform", "providers");
  const { executable } = await installReferenceProvider(own);
  program(executable, note);
  for (const place of ["terraform.d/plugins", "plugins", ".terraform/plugins"]) {
    program((await installReferenceProvider(join(hostile.stack.dir, place))).executable, note);
  }
  hostile.write("stack/.terraformrc", `plugin_cache_dir = "${join(hostile.root, "plugins")}"\n`);
  expect(found(await hostile.check())).toEqual({});
  // Also where the operator names no mirror, and his settings are relative to a folder.
  const { mirror: _, ...listed } = hostile.trust.allowedProviders?.[0] ?? expect.unreachable();
  const environment = {
    ...hostile.trust.environment,
    TF_DATA_DIR: ".terraform",
    TF_CLI_CONFIG_FILE: ".terraformrc",
    TF_PLUGIN_CACHE_DIR: "plugins",
  };
  const result = await hostile.check({ allowedProviders: [listed], environment });
  expect(reasonsOf(result)).toMatchObject([{ code: "find_not_installed" }]);
  expect(existsSync(note)).toBe(false);
});

test("a program with another hash than the operator's is not run, though it lies in his mirror and is locked", async () => {
  const hostile = await clone();
  const note = join(hostile.bench.folder, "was-run");
  const mirror = join(hostile.bench.folder, "other");
  const { executable } = await installReferenceProvider(mirror);
  program(executable, note);
  const [listed] = hostile.trust.allowedProviders ?? [];
  const hashes = listed?.hashes ?? [];
  const result = await hostile.check({ allowedProviders: [{ source: PROVIDER_SOURCE, hashes, mirror }] });
  expect(reasonsOf(result)).toMatchObject([{ code: "find_hash_not_allowed" }]);
  expect(existsSync(note)).toBe(false);
});

test("a lock file narrows what the operator allows, and never widens it", async () => {
  const hostile = await clone();
  const lock = join(hostile.stack.dir, ".terraform.lock.hcl");
  writeFileSync(lock, lockCode("h1:another"));
  expect(reasonsOf(await hostile.check())).toMatchObject([{ code: "lock_hash_mismatch" }]);
  writeFileSync(lock, lockCode("h1:another").replace("1.0.0", "9.9.9"));
  expect(reasonsOf(await hostile.check())).toMatchObject([{ code: "find_not_installed" }]);
  rmSync(lock);
  expect(found(await hostile.check())).toEqual({});
});

test("files outside the clone are not read, by paths or through links", async () => {
  const hostile = await clone();
  const secret = join(hostile.bench.folder, "secret.txt");
  writeFileSync(secret, "hunter2-outside");
  symlinkSync(secret, join(hostile.stack.dir, "link.txt"));
  symlinkSync(hostile.bench.folder, join(hostile.stack.dir, "linked"));
  hostile.append(
    ['"../../secret.txt"', `"${secret}"`, '"link.txt"', '"linked/secret.txt"', 'pathexpand("~/x")']
      .map((path, index) => `resource "reference_topic" "f${index}" {\n  name = file(${path})\n}`)
      .join("\n"),
  );
  const result = await hostile.check();
  expect(found(result)).toEqual({});
  expect(JSON.stringify(result)).not.toContain("hunter2");
});

test("a region that is to be read from a file outside is not known, and no provider is started with it", async () => {
  const hostile = await clone();
  const secret = join(hostile.bench.folder, "secret.txt");
  writeFileSync(secret, "hunter2-outside");
  const code = join(hostile.stack.dir, "main.tf");
  const text = readFileSync(code, "utf8");
  writeFileSync(
    code,
    text.replace('provider "reference" {', `provider "reference" {\n  region = file("${secret}")`),
  );
  const result = await hostile.check();
  expect(reasonsOf(result)).toMatchObject([
    { code: "provider_config_unknown", message: expect.stringMatching(/main\.tf.*leads out/s) },
  ]);
  expect(JSON.stringify(result)).not.toContain("hunter2");
});

test("modules come from the clone alone: others are named and not fetched, and those that init left do not count", async () => {
  const hostile = await clone();
  hostile.write(
    "stack/.terraform/modules/modules.json",
    JSON.stringify({ Modules: [{ Key: "registry", Dir: "../planted" }] }),
  );
  hostile.write("planted/main.tf", 'resource "reference_topic" "planted" {\n  name = "x"\n}\n');
  hostile.write("beside/main.tf", "");
  const outside = join(hostile.bench.folder, "outside");
  mkdirSync(outside);
  hostile.append(
    [
      ["registry", "terraform-aws-modules/vpc/aws"],
      ["git", "git::https://example.com/modules.git"],
      ["outside", "../../outside"],
      ["beside", "../beside"],
    ]
      .map(([name, source]) => `module "${name}" {\n  source = "${source}"\n}`)
      .join("\n"),
  );
  const result = await hostile.check();
  expect(found(result)).toEqual({});
  expect(result.warnings.map(({ code, location }) => [code, location?.address])).toEqual([
    ["code_module_remote", "module.registry"],
    ["code_module_remote", "module.git"],
    ["code_module_refused", "module.outside"],
  ]);
  expect(result.warnings[1]?.message).toContain("git::https://example.com/modules.git");
});

test.each([
  ["remote", 'backend "remote" {\n  hostname = "evil.example"\n}'],
  ["pg", 'backend "pg" {\n  conn_str = "postgres://evil.example"\n}'],
  ["cloud", 'cloud {\n  organization = "evil"\n}'],
  ["http", 'backend "http" {\n  address = "http://169.254.169.254/latest"\n}'],
  ["local", 'backend "local" {\n  path = "../../outside.tfstate"\n}'],
  ["local", 'backend "local" {\n  path = "link.tfstate"\n}'],
  [
    "s3",
    'backend "s3" {\n  bucket = "b"\n  key = "k"\n  region = "r"\n  endpoints = { s3 = "http://evil.example" }\n}',
  ],
  ["s3", 'backend "s3" {\n  bucket = "b"\n  key = "k"\n  region = "evil.example/#"\n}'],
  ["s3", 'backend "s3" {\n  bucket = "b"\n  key = "k"\n  region = "r"\n  insecure = true\n}'],
  ["s3", 'backend "s3" {\n  bucket = "b"\n  key = "k"\n  region = "r"\n  custom_ca_bundle = "ca.pem"\n}'],
  ["s3", 'backend "s3" {\n  bucket = "b"\n  key = "k"\n  region = "r"\n  something_new = "x"\n}'],
])("a backend that would reach out is refused, and terraform is never run: %s %#", async (type, backend) => {
  const hostile = await clone();
  const note = join(hostile.bench.folder, "was-run");
  program(join(hostile.bench.folder, "bin", "terraform"), note);
  writeFileSync(join(hostile.bench.folder, "outside.tfstate"), readFileSync(hostile.stack.statePath));
  symlinkSync(join(hostile.bench.folder, "outside.tfstate"), join(hostile.stack.dir, "link.tfstate"));
  hostile.append(`terraform {\n  ${backend}\n}`);
  const environment = { ...hostile.trust.environment, PATH: join(hostile.bench.folder, "bin") };
  await expect(hostile.check({ environment }, { pending: "plan" })).rejects.toMatchObject({
    code: "stack_backend_refused",
    message: expect.stringContaining(`"${type}"`),
    hint: expect.any(String),
  });
  expect(existsSync(note)).toBe(false);
});

test("what `terraform init` seems to have left in the clone does not say where the state lies", async () => {
  const hostile = await clone();
  const note = { version: 3, backend: { type: "http", config: { address: "http://169.254.169.254/" } } };
  hostile.write("stack/.terraform/terraform.tfstate", JSON.stringify(note));
  hostile.write("stack/.terraform/environment", "elsewhere");
  expect(found(await hostile.check())).toEqual({});
});

test("a local state lies in the clone, or in a folder that the operator names", async () => {
  const hostile = await clone();
  const states = join(hostile.bench.folder, "states");
  mkdirSync(states);
  writeFileSync(join(states, "a.tfstate"), readFileSync(hostile.stack.statePath));
  hostile.append(`terraform {\n  backend "local" {\n    path = "${join(states, "a.tfstate")}"\n  }\n}`);
  await expect(hostile.check()).rejects.toMatchObject({ code: "stack_backend_refused" });
  expect(found(await hostile.check({ stateFolders: [states] }))).toEqual({});
  const stateFile = join(states, "a.tfstate");
  await expect(hostile.check({}, { stateFile })).rejects.toMatchObject({ code: "stack_backend_refused" });
});

/** A store that hands out a state and notes who asked. */
async function store(state: Buffer) {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    if (request.method === "POST") response.writeHead(200, { "content-type": "text/xml" }).end(ASSUMED);
    else response.end(state);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const ASSUMED = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>ASSUMED</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;

test("a state in S3 is read from where the code says, by the operator and over his address alone", async () => {
  const hostile = await clone();
  const [good, evil] = [await store(readFileSync(hostile.stack.statePath)), await store(Buffer.from("{}"))];
  hostile.append(`terraform {
  backend "s3" {
    bucket                   = "states"
    key                      = "network/terraform.tfstate"
    region                   = "eu-west-1"
    use_path_style           = true
    access_key               = "EVILKEY"
    secret_key               = "evil"
    profile                  = "deploy"
    role_arn                 = "arn:aws:iam::1:role/deploy"
    shared_credentials_files = ["../../../credentials"]
    endpoint                 = "${evil.endpoint}"
    sts_endpoint             = "${evil.endpoint}"
  }
}`);
  const environment = {
    ...hostile.trust.environment,
    AWS_ACCESS_KEY_ID: "OPERATOR",
    AWS_SECRET_ACCESS_KEY: "s",
    AWS_ENDPOINT_URL: good.endpoint,
  };
  const names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"];
  const asKeys = { environment, readCredentials: { environment: names } };
  expect(found(await hostile.check(asKeys))).toEqual({});
  const asRole = { environment, readCredentials: { environment: names, role: "arn:aws:iam::2:role/reader" } };
  expect(found(await hostile.check({ ...asRole }))).toEqual({});
  const keys = good.asked.map(({ method, headers }) => [
    method,
    /Credential=([A-Z]+)/.exec(headers.authorization ?? "")?.[1],
  ]);
  // Once when the stack is opened, and once when it is swept; the role is assumed once for both.
  expect(keys).toEqual([
    ["GET", "OPERATOR"],
    ["GET", "OPERATOR"],
    ["POST", "OPERATOR"],
    ["GET", "ASSUMED"],
    ["GET", "ASSUMED"],
  ]);
  expect(good.asked[0]?.url).toMatch(/^\/states\/network\/terraform\.tfstate/);
  expect(evil.asked).toEqual([]);
});

test.each([
  ["endpoint", '"http://evil.example"'],
  ["exec", '{ command = "sh" }'],
  // It would be a part of the host's name: https://sts.evil.example/#.amazonaws.com
  ["region", '"evil.example/#"'],
  ["custom_ca_bundle", '"ca.pem"'],
  ["whatever_is_new", "true"],
])("a provider block may not set %s", async (name, value) => {
  const hostile = await clone();
  const code = join(hostile.stack.dir, "main.tf");
  const text = readFileSync(code, "utf8");
  writeFileSync(code, text.replace('provider "reference" {', `provider "reference" {\n  ${name} = ${value}`));
  expect(reasonsOf(await hostile.check())).toMatchObject([
    {
      code: "stack_provider_refused",
      message: expect.stringMatching(new RegExp(`main\\.tf:\\d+.*sets ${name},`, "s")),
    },
  ]);
  expect(hostile.bench.providers()).toEqual([]);
});

test("nor may anchorwatch.yaml of the repository", async () => {
  const hostile = await clone();
  const values = new Map([["endpoint", "http://evil.example"]]);
  const providerValues = new Map([["reference", { values, origin: "anchorwatch.yaml:3" }]]);
  expect(reasonsOf(await hostile.check({}, { providerValues }))).toMatchObject([
    { code: "stack_provider_refused", message: expect.stringContaining("endpoint") },
  ]);
});

test("who reads is the operator's to say: credentials and roles of a provider block are replaced by his", async () => {
  const hostile = await clone({
    provider: {
      token: "repository-token",
      profile: "deploy",
      assume_role: [{ role_arn: "arn:role/deploy", session_name: "s" }],
    },
  });
  const access = (readers: readonly string[]) =>
    hostile.stack.edit((content) => Object.assign(content, { access: { readers } }));
  access(["arn:role/reader"]);
  const result = await hostile.check({ readCredentials: { environment: [], role: "arn:role/reader" } });
  expect(found(result)).toEqual({});
  expect(result.identities).toEqual([{ provider: PROVIDER_SOURCE, description: "role arn:role/reader" }]);
});

test("credentials that the code cannot tell matter no more: they are replaced", async () => {
  const hostile = await clone();
  const code = join(hostile.stack.dir, "main.tf");
  const text = readFileSync(code, "utf8");
  const unknown = 'provider "reference" {\n  token = var.nobody_gives_it';
  writeFileSync(code, `${text.replace('provider "reference" {', unknown)}\nvariable "nobody_gives_it" {}\n`);
  expect(found(await hostile.check())).toEqual({});
});

test("a provider gets a home that is empty, and of the environment what is listed: no database, no token, no path", async () => {
  const hostile = await clone();
  const note = join(hostile.bench.folder, "environment");
  const mirror = join(hostile.bench.folder, "noting");
  const { packageDir, executable } = await installReferenceProvider(mirror);
  program(executable, note);
  const { hashPackage } = await import("../../packages/tfprovider/src/find/packageHash.ts");
  const { h1 } = await hashPackage(packageDir);
  rmSync(join(hostile.stack.dir, ".terraform.lock.hcl"));
  const environment = {
    ...hostile.trust.environment,
    TZ: "UTC",
    MY_REGION: "eu",
    TF_CLI_ARGS: "-x",
    SSH_AUTH_SOCK: "/s",
  };
  await hostile.check({
    environment,
    allowedProviders: [{ source: PROVIDER_SOURCE, hashes: [h1], mirror }],
    readCredentials: { environment: ["MY_REGION"], profile: "reader" },
  });
  const names = readFileSync(note, "utf8").match(/(?<=^(?:export|declare -x) )\w+/gm) ?? [];
  const ofTheShell = ["PWD", "OLDPWD", "SHLVL", "_"];
  expect(names.filter((name) => !ofTheShell.includes(name)).sort()).toEqual(
    [
      "AWS_CONFIG_FILE",
      "AWS_SHARED_CREDENTIALS_FILE",
      "HOME",
      "MY_REGION",
      "PLUGIN_PROTOCOL_VERSIONS",
      "PLUGIN_UNIX_SOCKET_DIR",
      "TF_LOG_PROVIDER_REFERENCE",
      "TF_LOG_SDK",
      "TF_PLUGIN_MAGIC_COOKIE",
      "TMPDIR",
      "TZ",
    ].sort(),
  );
  expect(readFileSync(note, "utf8")).toContain(hostile.trust.emptyHome);
});

test("variables of the server's environment mean nothing in the code unless the operator lists them", async () => {
  const hostile = await clone();
  const code = join(hostile.stack.dir, "main.tf");
  const text = readFileSync(code, "utf8");
  const region = 'provider "reference" {\n  region = var.region';
  writeFileSync(code, `${text.replace('provider "reference" {', region)}\nvariable "region" {}\n`);
  const environment = { ...hostile.trust.environment, TF_VAR_region: "eu-1" };
  expect(reasonsOf(await hostile.check({ environment }))).toMatchObject([
    { code: "provider_config_unknown" },
  ]);
  const listed = { environment, readCredentials: { environment: ["TF_VAR_region"] } };
  expect(found(await hostile.check(listed))).toEqual({});
});

test("a file of rules that is a link out of the clone is not read", async () => {
  const hostile = await clone();
  const secret = join(hostile.bench.folder, "secret.txt");
  writeFileSync(secret, "hunter2 outside");
  const rules = join(hostile.stack.dir, ".driftignore");
  symlinkSync(secret, rules);
  await expect(hostile.check({}, { ignoreFiles: [rules] })).rejects.toMatchObject({
    code: "driftignore_invalid",
    message: expect.not.stringContaining("hunter2"),
  });
});

test("what the operator lets nobody ignore is drift, whatever the rules and the code of the repository say", async () => {
  const resources = ["a", "b", "c"].map((name) => topic(name, { set: { name, display_name: "Before" } }));
  const hostile = await clone({ resources });
  const main = join(hostile.stack.dir, "main.tf");
  const code = readFileSync(main, "utf8");
  writeFileSync(
    main,
    code.replace(/(resource "reference_topic" "b" \{)/, "$1\n  lifecycle {\n    ignore_changes = all\n  }"),
  );
  const ignoreFiles = [hostile.write("stack/.driftignore", "reference_topic.*\n")];
  for (const name of ["a", "b"])
    editLive(hostile.stack, `reference_topic.${name}`, (live) => ({ ...live, display_name: "by hand" }));
  editLive(hostile.stack, "reference_topic.c", () => undefined);
  const foundWith = async (neverIgnored: UntrustedFolder["neverIgnored"]) =>
    found(await hostile.check(neverIgnored === undefined ? {} : { neverIgnored }, { ignoreFiles }));
  const [a, b, c] = ["reference_topic.a", "reference_topic.b", "reference_topic.c"] as const;
  expect(await foundWith(undefined)).toEqual({ [a]: "ignored", [b]: "ignored", [c]: "ignored" });
  const origin = "anchorwatch.server.yaml:3";
  expect(await foundWith([{ negate: true, origin }])).toEqual({
    [a]: "changed",
    [b]: "changed",
    [c]: "deleted",
  });
  // A path alone says nothing of a resource that is gone.
  const path = { type: "reference_topic", path: "display_name", negate: true, origin };
  expect(await foundWith([path])).toEqual({ [a]: "changed", [b]: "changed", [c]: "ignored" });
  expect(await foundWith([{ ...path, path: "other" }])).toEqual({
    [a]: "ignored",
    [b]: "ignored",
    [c]: "ignored",
  });
});

/** `anchorwatch connect aws` up to what it writes and prints; what AWS says of it is in test/connect. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { run } from "../testSurroundings.fixture.ts";

const PRINCIPAL = "arn:aws:iam::123456789012:role/anchorwatch";
const GIVEN = ["--principal", PRINCIPAL, "--region", "eu-central-1"];
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "awc-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const connect = (...args: readonly string[]) =>
  run(["connect", "aws", ...args], { workingDirectory: folder });
const bytes = (name: string, place = "anchorwatch-aws") => readFileSync(join(folder, place, name), "utf8");

test("it writes five files, says what each is, and what follows", async () => {
  const { status, stdout, stderr } = await connect(...GIVEN);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(readdirSync(join(folder, "anchorwatch-aws")).sort()).toEqual([
    "anchorwatch.server.yaml",
    "connection.json",
    "main.tf",
    "principal-policy.json",
    "template.yaml",
  ]);
  expect(stdout).toMatch(/^A connection to the account 123456789012, region eu-central-1, for arn:aws:iam/);
  expect(stdout).toMatch(/ {2}anchorwatch-aws\/main\.tf +written +everything, for Terraform or OpenTofu\n/);
  expect(stdout).toContain(
    "terraform -chdir=anchorwatch-aws init && terraform -chdir=anchorwatch-aws apply\n",
  );
  expect(stdout).toContain("The executor may write nothing yet");
});

test("the same flags give the same bytes, and no flags at all give them too", async () => {
  await connect(...GIVEN);
  const before = bytes("main.tf");
  for (const again of [GIVEN, []]) {
    const { status, stdout } = await connect(...again);
    expect(status).toBe(0);
    expect(stdout.match(/ unchanged /g)).toHaveLength(5);
    expect(bytes("main.tf")).toBe(before);
  }
});

test("what would change is named and left alone, until --force; the external id stays", async () => {
  await connect(...GIVEN);
  const [before, record] = [bytes("main.tf"), bytes("connection.json")];
  const refused = await connect(...GIVEN, "--no-executor");
  expect(refused).toMatchObject({ status: 1, stdout: "" });
  expect(refused.stderr).toContain("(connection_exists)");
  expect(refused.stderr).toMatch(
    /Nothing was written: anchorwatch-aws\/main\.tf, .*are there and would change/,
  );
  expect(bytes("main.tf")).toBe(before);
  const forced = await connect(...GIVEN, "--no-executor", "--force");
  expect(forced.status).toBe(0);
  expect(forced.stdout).toMatch(/main\.tf +replaced/);
  expect(bytes("main.tf")).not.toContain("executor");
  const externalId = (text: string) => (JSON.parse(text) as { readonly externalId: string }).externalId;
  expect(externalId(bytes("connection.json"))).toBe(externalId(record));
});

test("the operator's file is right, also with what is commented out of it", async () => {
  await connect(...GIVEN);
  const [, search = ""] = bytes("anchorwatch.server.yaml").split(/^(?=# unmanaged:)/m);
  const file = join(folder, "server.yaml");
  const text = bytes("anchorwatch.server.yaml").replace(search, search.replace(/^# /gm, ""));
  expect(text).toMatch(/^unmanaged:$/m);
  writeFileSync(file, text);
  const validated = await run(["config", "validate", "--server", file], { workingDirectory: folder });
  expect(validated).toMatchObject({ status: 0, stderr: "" });
});

test("another external id is taken without the other flags", async () => {
  await connect(...GIVEN);
  const other = ["--external-id", "another-external-id-0123"];
  expect((await connect(...other)).stderr).toContain("(connection_exists)");
  expect((await connect(...other, "--force")).status).toBe(0);
  expect(bytes("main.tf")).toContain('"another-external-id-0123"');
});

test("a file that somebody edited is not replaced unasked", async () => {
  await connect(...GIVEN);
  writeFileSync(join(folder, "anchorwatch-aws", "template.yaml"), "mine");
  const { status, stderr } = await connect(...GIVEN);
  expect(status).toBe(1);
  expect(stderr).toContain("anchorwatch-aws/template.yaml is there and would change");
  expect(bytes("template.yaml")).toBe("mine");
});

test.each([
  ["my cloud", "'my cloud'"],
  ["a;b$(c)", "'a;b$(c)'"],
  ["it's", "'it'\\''s'"],
  ["~x", "'~x'"],
])("a folder called %s can be pasted from what follows", async (name, word) => {
  const { status, stdout } = await connect(name, ...GIVEN);
  expect(status).toBe(0);
  expect(stdout).toContain(`anchorwatch connect aws ${word} --check\n`);
  expect(stdout).toContain(`terraform -chdir=${word} init && terraform -chdir=${word} apply\n`);
  expect(stdout).toContain(`--template-file ${word.slice(0, -1)}/template.yaml' --capabilities`);
});

test("--explain shows who may what, why, and what happens without it, and writes nothing", async () => {
  const { status, stdout, stderr } = await connect(...GIVEN, "--executor-services", "s3", "--explain");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^READ ROLE +WHY +WITHOUT IT\n/);
  expect(stdout).toMatch(/^EXECUTOR ROLE +WHY/m);
  expect(stdout).toMatch(/^WHOEVER RUNS ANCHORWATCH +WHY/m);
  expect(stdout).toMatch(/^LEFT OUT +IT WOULD HAND OUT/m);
  expect(stdout).toMatch(/^tag:GetResources,.* {3}Which resources there are/m);
  expect(stdout.split("\n").filter((line) => line.length > 160)).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test("--explain of a connection that is there is as JSON what the documents hold", async () => {
  await connect(...GIVEN, "--no-executor");
  const { stdout } = await connect("--explain", "--format", "json");
  const { schema, permissions, leftOut } = JSON.parse(stdout) as {
    readonly schema: string;
    readonly permissions: readonly { readonly who: string; readonly actions: readonly string[] }[];
    readonly leftOut: readonly { readonly id: string }[];
  };
  expect(schema).toBe("anchorwatch.connect-permissions/v1");
  expect(new Set(permissions.map(({ who }) => who))).toEqual(
    new Set(["read role", "whoever runs Anchorwatch"]),
  );
  expect(leftOut.map(({ id }) => id)).toContain("secret-values");
  const written = `${bytes("main.tf")}${bytes("principal-policy.json")}`;
  for (const action of permissions.flatMap(({ actions }) => actions))
    expect(written).toContain(`"${action}"`);
});

test.each(["--explain", "--check"])("%s without a connection says how to write one", async (flag) => {
  const { status, stderr } = await connect(flag);
  expect(status).toBe(1);
  expect(stderr).toContain("(connection_missing)");
  expect(stderr).toContain("anchorwatch connect aws --principal ARN");
});

test.each(["0s", "2h", "soon"])("--wait %s is no time to wait", async (wait) => {
  await connect(...GIVEN);
  const { status, stderr } = await connect("--check", "--wait", wait);
  expect(status).toBe(1);
  expect(stderr).toContain("Expected a duration of at most 1h");
});

/** The tarball that is published, installed in an empty folder elsewhere, on a Node that knows nothing of this repository. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { everyType } from "../reference-provider/everyType.ts";
import { writeStack } from "../reference-provider/fixtures.ts";
import { type Ran, run } from "../support/run.ts";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "aw-pack-"));
const elsewhere = join(folder, "elsewhere");
// This very Node first: `#!/usr/bin/env node` must find it, and npm's own is too old on some machines.
const PATH = [dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter);
const env = { ...process.env, PATH };
/** npm fetches every dependency, while other tests have the processors. */
const MINUTES_8 = 480_000;
/** How npm says that there is no network, or no registry behind it. */
const UNREACHABLE =
  /E(NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|HOSTUNREACH|NETUNREACH|TIMEDOUT)|ERR_SOCKET_TIMEOUT/;

let files: readonly string[] = [];
let installed: Ran;

beforeAll(async () => {
  const packed = await run(process.execPath, ["scripts/pack.ts", folder], { cwd: REPOSITORY, env });
  expect(packed.status, packed.stderr).toBe(0);
  const tarball = readdirSync(folder).find((name) => /^anchorwatch-.*\.tgz$/.test(name)) ?? "";
  const listed = await run("tar", ["tzf", join(folder, tarball)], { cwd: folder, env });
  files = listed.stdout.split("\n");
  mkdirSync(elsewhere);
  const install = ["install", "--no-audit", "--no-fund", "--prefix", elsewhere, join(folder, tarball)];
  installed = await run("npm", install, { cwd: elsewhere, env });
  // Anything else, such as a dependency that does not exist, is a fault of the tarball.
  if (installed.status !== 0) expect(installed.stderr).toMatch(UNREACHABLE);
  if (installed.status !== 0)
    console.warn("skipped: the packed tarball, because the registry of npm cannot be reached");
}, MINUTES_8);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the tarball holds compiled code with its types, licence and README, and nothing of the tests", () => {
  for (const name of [
    "LICENSE",
    "README.md",
    "lib/cli/main.js",
    "lib/client/api.d.ts",
    "lib/client/index.js",
    "node_modules/tfprovider/lib/index.js",
  ]) {
    expect(files).toContain(`package/${name}`);
  }
  const ofTests = /\.test\.|\.fixture\.|^package\/test|(example|arbitrary)Shapes|writeSchemas|\/src\//;
  expect(files.filter((name) => ofTests.test(name))).toEqual([]);
  expect(files.filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))).toEqual([]);
});

test.each(["anchorwatch", "tfprovider"])("publint has nothing to say about %s", async (name) => {
  const linted = await publint({ pkgDir: join(folder, "stage", name), pack: false, strict: true });
  expect(linted.messages).toEqual([]);
});

describe("installed elsewhere", () => {
  const anchorwatch = (...args: readonly string[]) =>
    run(join(elsewhere, "node_modules", ".bin", "anchorwatch"), args, {
      cwd: elsewhere,
      env: { PATH, HOME: folder, ANCHORWATCH_CACHE_DIR: join(folder, "cache") },
    });

  test("it tells its version and its help", async ({ skip }) => {
    if (installed.status !== 0) skip();
    expect(await anchorwatch("--version")).toEqual({ status: 0, stdout: "0.1.0\n", stderr: "" });
    const help = await anchorwatch("check", "--help");
    expect({ status: help.status, stderr: help.stderr }).toEqual({ status: 0, stderr: "" });
    expect(help.stdout).toContain("--read-role");
  });

  test("its client can be imported, and says what is no server", async ({ skip }) => {
    if (installed.status !== 0) skip();
    const script =
      'import { connectTo } from "anchorwatch/client"; try { connectTo({ server: "http://example.com" }) } catch ({ code }) { console.log(code) }';
    const args = ["--input-type=module", "--eval", script];
    const imported = await run(process.execPath, args, { cwd: elsewhere, env: { PATH, HOME: folder } });
    expect(imported).toMatchObject({ status: 0, stdout: "server_url_invalid\n" });
  });

  test("it checks a stack with its code: 0 in sync, 2 with drift, 1 for what is not there", async ({
    skip,
  }) => {
    if (installed.status !== 0) skip();
    const stack = await writeStack(join(folder, "stack"), everyType);
    const clean = await anchorwatch("check", stack.dir);
    expect(clean.stdout).toContain("No drift.\n12 resources: 12 in sync");
    stack.edit(({ resources }) => {
      delete resources["reference_topic"];
    });
    const drifted = await anchorwatch("check", stack.dir, "--format", "json");
    expect(JSON.parse(drifted.stdout)).toMatchObject({ coverage: { deleted: 1, inSync: 11 } });
    const missing = await anchorwatch("check", "nowhere");
    expect(missing.stderr).toContain("nowhere does not exist");
    expect([clean, drifted, missing].map(({ status }) => status)).toEqual([0, 2, 1]);
  });
});

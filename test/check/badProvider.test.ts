/** Providers that are missing, changed, or do not start. */
import { appendFileSync, chmodSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { WrittenStack } from "../reference-provider/fixtures.ts";
import { resourceIn, verdictsOf } from "./report.ts";
import { topic, type Workbench, workbench } from "./workbench.ts";

const two = { resources: [topic("a"), topic("b")] };

/** Both resources are unknown, for the reason that is looked for, which is told once. */
async function expectAllUnknown(bench: Workbench, stack: WrittenStack, code: string, message: RegExp) {
  const { status, stdout } = await bench.run([stack.dir, "--format", "json"]);
  const report = JSON.parse(stdout) as Parameters<typeof verdictsOf>[0];
  expect({ status, verdicts: verdictsOf(report) }).toEqual({
    status: 1,
    verdicts: { "reference_topic.a": "unknown", "reference_topic.b": "unknown" },
  });
  expect(resourceIn(report, "reference_topic.a")?.reason).toEqual({
    code,
    message: expect.stringMatching(message),
  });
}

test("a provider that is not installed: what, where it was looked for, and terraform init", async () => {
  const bench = workbench();
  const stack = await bench.stack(two);
  rmSync(join(stack.dir, ".terraform"), { recursive: true });
  await expectAllUnknown(bench, stack, "find_not_installed", /anchorwatch\/reference.*terraform init/s);
});

test("a provider of another version than the lock file selects", async () => {
  const bench = workbench();
  const stack = await bench.stack(two);
  const lock = readFileSync(join(stack.dir, ".terraform.lock.hcl"), "utf8");
  bench.write("stack/.terraform.lock.hcl", lock.replace('"1.0.0"', '"2.3.4"'));
  await expectAllUnknown(bench, stack, "find_not_installed", /2\.3\.4.*1\.0\.0.*terraform init/s);
});

test("a provider that is none of the checksums in the lock file is never started", async () => {
  const bench = workbench();
  const stack = await bench.stack(two);
  const witness = join(bench.folder, "started");
  appendFileSync(executableOf(stack), `\n# changed\n`);
  const text = readFileSync(executableOf(stack), "utf8");
  bench.write(
    relativeTo(bench, executableOf(stack)),
    text.replace("#!/bin/sh", `#!/bin/sh\ntouch ${witness}`),
  );
  await expectAllUnknown(
    bench,
    stack,
    "lock_hash_mismatch",
    /\.terraform\.lock\.hcl.*terraform providers lock/s,
  );
  expect(readdirSync(bench.folder)).not.toContain("started");
});

test("a provider file that may not be run", async () => {
  const bench = workbench();
  const stack = await bench.stack(two);
  chmodSync(executableOf(stack), 0o644);
  await expectAllUnknown(bench, stack, "find_executable_missing", /terraform init/);
});

test("the text report tells a reason that many resources share once", async () => {
  const bench = workbench();
  const stack = await bench.stack(two);
  rmSync(join(stack.dir, ".terraform"), { recursive: true });
  const { stdout } = await bench.run([stack.dir]);
  expect(stdout.match(/not installed/g)).toHaveLength(1);
  for (const name of ["a", "b"]) expect(stdout).toContain(`reference_topic.${name}`);
});

describe("a provider that does not start says why, with what it printed, and leaves nothing running", () => {
  test.each([
    ["exit_at_start", "provider_spawn_failed", /terraform-provider-reference.*exit status/s],
    ["handshake_garbage", "provider_handshake_failed", /no plugin handshake/],
    ["handshake_wrong_protocol", "provider_protocol_unsupported", /protocol/],
  ] as const)("%s", async (fault, code, message) => {
    const bench = workbench();
    await expectAllUnknown(bench, await bench.stack(two, { startFaults: [fault] }), code, message);
  });

  test("handshake_hang: --timeout ends the waiting, and the resources say so", async () => {
    const bench = workbench();
    const stack = await bench.stack(two, { startFaults: ["handshake_hang"] });
    const { status, stdout } = await bench.run([stack.dir, "--timeout", "1s"]);
    expect(status).toBe(1);
    expect(stdout).toContain("time was up");
    expect(stdout).toContain("--timeout");
  });
});

test("a provider that ignores being asked to end is ended all the same", async () => {
  const bench = workbench();
  const stack = await bench.stack(two, { startFaults: ["ignore_shutdown", "ignore_sigterm"] });
  const { status, stdout } = await bench.run([stack.dir]);
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining("No drift.") });
});

test("a provider that floods both its outputs holds up nothing", async () => {
  const bench = workbench();
  const stack = await bench.stack(two, { startFaults: ["stderr_flood", "stdout_flood"] });
  const { status, stdout, stderr } = await bench.run([stack.dir]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain("No drift.");
});

test("one provider that does not start leaves the resources of others to be reported", async () => {
  const bench = workbench();
  const stack = await bench.stack(two);
  const state = JSON.parse(readFileSync(stack.statePath, "utf8")) as { resources: object[] };
  state.resources.push({
    mode: "managed",
    type: "elsewhere_thing",
    name: "c",
    provider: 'provider["registry.terraform.io/somebody/elsewhere"]',
    instances: [{ schema_version: 0, attributes: { id: "c" } }],
  });
  bench.write("stack/terraform.tfstate", JSON.stringify(state));
  const { status, report } = await bench.report([stack.dir, "--all"]);
  expect(verdictsOf(report)).toEqual({
    "reference_topic.a": "in_sync",
    "reference_topic.b": "in_sync",
    "elsewhere_thing.c": "unknown",
  });
  expect(status).toBe(1);
});

describe("a cache folder that cannot be used", () => {
  test("a file in its place: the check works without a cache", async () => {
    const bench = workbench();
    const stack = await bench.stack(two);
    bench.write("cache", "not a folder");
    const { status, stdout } = await bench.run([stack.dir]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining("No drift.") });
  });

  test("one that others may write to could hold forged hashes: it is refused, by name, and nothing is started", async () => {
    const bench = workbench();
    const stack = await bench.stack(two);
    mkdirSync(bench.cache);
    chmodSync(bench.cache, 0o777);
    await expectAllUnknown(bench, stack, "find_cache_unsafe", new RegExp(bench.cache));
    expect(readdirSync(bench.cache)).toEqual([]);
  });
});

function executableOf(stack: WrittenStack): string {
  const folder = join(stack.dir, ".terraform", "providers");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return join(folder, names.find((name) => /terraform-provider-reference[^/]*$/.test(name)) ?? "");
}

function relativeTo(bench: Workbench, path: string): string {
  return path.slice(bench.folder.length + 1);
}

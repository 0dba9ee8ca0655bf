import { once } from "node:events";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import * as rpc from "../../packages/tfprovider/src/wire/rpc.ts";
import { startProgram, startProvider, testFolder } from "./testProvider.ts";

test.each([
  ["handshake_garbage", "Hello! This is no plugin handshake.\n"],
  ["handshake_wrong_protocol", /^1\|4\|unix\|.*\|grpc\|\n$/],
  ["stdout_flood", /^1\|6\|unix\|.*\|grpc\|\n/],
] as const)("the fault %s shows on standard output", async (fault, expected) => {
  const { child } = await startProgram(testFolder(), [fault]);
  expect(String(await once(child.stdout, "data"))).toMatch(expected);
});

test("the fault exit_at_start ends the process with an error", async () => {
  const { child, exited } = await startProgram(testFolder(), ["exit_at_start"]);
  expect(String(await once(child.stderr, "data"))).toContain("licence has expired");
  expect(await exited).toBe(3);
});

test("the fault stderr_secret prints secrets of the environment, as careless providers do", async () => {
  const { child } = await startProgram(testFolder(), ["stderr_secret"], { API_TOKEN: "hunter2" });
  expect(String(await once(child.stderr, "data"))).toContain("API_TOKEN=hunter2");
});

test.each([
  [{ TF_PLUGIN_MAGIC_COOKIE: "other" }, "they start it, people do not"],
  [{ PLUGIN_PROTOCOL_VERSIONS: "4,5" }, "speaks protocol 6; the client offers 4, 5"],
  [{ PLUGIN_CLIENT_CERT: "-----BEGIN" }, "TF_DISABLE_PLUGIN_TLS=1"],
])("a client with %o is told why it is refused", async (environment, words) => {
  const { child, exited } = await startProgram(testFolder(), [], environment);
  expect(String(await once(child.stderr, "data"))).toContain(words);
  expect(await exited).toBe(1);
});

test("SIGTERM ends the provider and removes its socket", async () => {
  const { child, exited, socket } = await startProvider(testFolder());
  expect(existsSync(socket)).toBe(true);
  child.kill("SIGTERM");
  expect(await exited).toBe(0);
  expect(existsSync(socket)).toBe(false);
});

test("the fault ignore_sigterm leaves only SIGKILL, and a flood on standard error needs a reader", async () => {
  const { child, exited, stderr, call } = await startProvider(testFolder(), [
    "ignore_sigterm",
    "stderr_flood",
  ]);
  child.kill("SIGTERM");
  await expect.poll(() => stderr().length, { timeout: 20_000 }).toBeGreaterThan(16 * 1024 * 1024);
  await call("/grpc.health.v1.Health/Check", rpc.Empty, {}, rpc.Empty);
  child.kill("SIGKILL");
  expect(await exited).toBeNull();
});

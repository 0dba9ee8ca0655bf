import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { launch } from "./launch.ts";

const environment = { PATH: process.env["PATH"] ?? "" };
const here = dirname(fileURLToPath(import.meta.url));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "launch-test-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, script: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return file;
}

const READY = 'echo "1|6|unix|$PLUGIN_UNIX_SOCKET_DIR/p|grpc|"';

test("a program that says where it listens is launched, and its folder goes when it ends", async () => {
  const executable = program("good", `${READY}; touch "$PLUGIN_UNIX_SOCKET_DIR/p"; exec sleep 60`);
  const launched = await launch({ executable, environment });
  expect(launched.protocol).toBe(6);
  const { path } = launched.address as { path: string };
  expect(existsSync(dirname(path))).toBe(true);
  launched.kill();
  expect(await launched.exited).toMatch(/^signal/);
  expect(existsSync(dirname(path))).toBe(false);
});

test.each([
  ["rubbish", "echo hello; exec sleep 60", "provider_handshake_failed", "no plugin handshake"],
  ["endless rubbish", "exec tr '\\0' 'x' </dev/zero", "provider_handshake_failed", "no plugin handshake"],
  ["tls", 'echo "1|6|unix|/x|grpc|MIIB"; exec sleep 60', "provider_handshake_failed", "TLS"],
  [
    "remote",
    'echo "1|6|tcp|10.0.0.1:80|grpc|"; exec sleep 60',
    "provider_handshake_failed",
    "neither a unix socket",
  ],
  ["old", 'echo "1|4|unix|/x|grpc|"; exec sleep 60', "provider_protocol_unsupported", "plugin protocol 4"],
  ["ends", "echo no licence >&2; exit 7", "provider_spawn_failed", "exit status 7"],
  ["hangs", "exec sleep 60", "provider_handshake_failed", "did not say within 0.3 s"],
])("a program that answers with %s is refused, ended and named", async (name, script, code, words) => {
  const executable = program(name.replace(" ", "-"), script);
  const refused = launch({ executable, environment, handshakeDeadlineMs: name === "hangs" ? 300 : 20_000 });
  await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
  await expect(refused).rejects.toMatchObject({ message: expect.stringContaining(executable) });
});

test("what the program printed is told with secrets masked", async () => {
  const executable = program("talkative", "echo token=hunter2 >&2; exit 1");
  const mask = (text: string) => text.replaceAll("hunter2", "(sensitive)");
  await expect(launch({ executable, environment, mask })).rejects.toMatchObject({
    hint: expect.stringContaining("token=(sensitive)"),
  });
});

test("a provider logs errors alone, unless its environment asks for more", async () => {
  const executable = program(
    "terraform-provider-my-cloud_v1.2.3_x5",
    'echo "sdk=$TF_LOG_SDK own=$TF_LOG_PROVIDER_MY_CLOUD" >&2; exit 1',
  );
  const told = (more: object) => launch({ executable, environment: { ...environment, ...more } });
  await expect(told({})).rejects.toMatchObject({ hint: expect.stringContaining("sdk=ERROR own=ERROR") });
  await expect(told({ TF_LOG_SDK: "TRACE", TF_LOG_PROVIDER_MY_CLOUD: "INFO" })).rejects.toMatchObject({
    hint: expect.stringContaining("sdk=TRACE own=INFO"),
  });
});

test("a file that is not there is a clear error", async () => {
  const executable = join(folder, "absent");
  await expect(launch({ executable, environment })).rejects.toMatchObject({ code: "provider_spawn_failed" });
});

test("a flood of output blocks nothing", async () => {
  const flood =
    "i=0; while [ $i -lt 20000 ]; do echo a long line of log output $i; echo error $i >&2; i=$((i+1)); done";
  const executable = program("flood", `${READY}; ${flood}; exit 3`);
  const launched = await launch({ executable, environment });
  expect(await launched.exited).toBe("exit status 3");
});

test("when our own process is killed outright, provider and folder are gone", async () => {
  const note = join(folder, "pid");
  const executable = program("orphan", `echo $$ > ${note}; ${READY}; exec sleep 300`);
  const script = join(folder, "parent.ts");
  writeFileSync(
    script,
    `import { launch } from ${JSON.stringify(join(here, "launch.ts"))};
     const launched = await launch({ executable: ${JSON.stringify(executable)}, environment: process.env });
     console.log(launched.address.path);
     setInterval(() => {}, 1000);`,
  );
  const parent = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  const socket = await new Promise<string>((resolve) =>
    parent.stdout.once("data", (d) => resolve(String(d).trim())),
  );
  const provider = Number(readFileSync(note, "utf8"));
  expect(isAlive(provider)).toBe(true);
  parent.kill("SIGKILL");
  await until(() => !isAlive(provider) && !existsSync(dirname(socket)));
});

test("when our own process ends right after it killed the program, its folder is gone too", async () => {
  const executable = program("killed", `${READY}; touch "$PLUGIN_UNIX_SOCKET_DIR/p"; exec sleep 300`);
  const script = join(folder, "kills.ts");
  writeFileSync(
    script,
    `import { launch } from ${JSON.stringify(join(here, "launch.ts"))};
     const launched = await launch({ executable: ${JSON.stringify(executable)}, environment: process.env });
     launched.kill();
     console.log(launched.address.path);
     process.exit();`,
  );
  const socket = execFileSync(process.execPath, [script], { encoding: "utf8" }).trim();
  expect(existsSync(dirname(socket))).toBe(false);
});

test("a program that cannot even be tried leaves no folder behind", async () => {
  const count = () => readdirSync(tmpdir()).filter((name) => name.startsWith("tfprovider-")).length;
  vi.stubEnv("TMPDIR", folder);
  try {
    // No system passes on an environment with a zero byte in it.
    const launched = launch({ executable: join(folder, "x"), environment: { BAD: "a\0b" } });
    await expect(launched).rejects.toMatchObject({ code: "provider_spawn_failed" });
    expect(count()).toBe(0);
  } finally {
    vi.unstubAllEnvs();
  }
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!condition()) {
    expect(Date.now(), "waited 10 s").toBeLessThan(end);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

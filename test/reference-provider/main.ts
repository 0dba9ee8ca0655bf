/** The reference provider as a program: Terraform, OpenTofu and Anchorwatch start it as any other provider. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { Session } from "./calls/session.ts";
import { announcement, expectClient } from "./plugin/announce.ts";
import { serveProvider } from "./plugin/server.ts";
import { flood, parseStartFaults, type StartFault } from "./plugin/startFault.ts";

const environment = process.env;

async function main(): Promise<void> {
  const { faults, unknown } = parseStartFaults(environment["REFERENCE_FAULT"]);
  if (unknown.length > 0) process.stderr.write(`REFERENCE_FAULT: unknown ${unknown.join(", ")}\n`);
  expectClient(environment);
  if (failAtStart(faults)) return;
  const folder = mkdtempSync(join(environment["PLUGIN_UNIX_SOCKET_DIR"] ?? tmpdir(), "reference-"));
  const socket = join(folder, "plugin");
  const end = () => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  };
  await serveProvider(socket, new Session(crash), () => {
    // The client waits for its answer, which is still to be sent.
    if (!faults.has("ignore_shutdown")) setTimeout(end, 20);
  });
  process.on("SIGTERM", () => {
    if (!faults.has("ignore_sigterm")) end();
  });
  // Terraform passes Ctrl-C to its whole process group, and then asks its providers to stop by StopProvider.
  process.on("SIGINT", () => undefined);
  process.stdout.write(announcement(socket, faults.has("handshake_wrong_protocol") ? "4" : undefined));
  makeNoise(faults);
}

/** True when the provider must not serve. */
function failAtStart(faults: ReadonlySet<StartFault>): boolean {
  if (faults.has("exit_at_start")) {
    process.stderr.write("fatal error: the licence has expired\n");
    process.exitCode = 3;
    return true;
  }
  if (faults.has("handshake_garbage")) process.stdout.write("Hello! This is no plugin handshake.\n");
  const hangs = faults.has("handshake_garbage") || faults.has("handshake_hang");
  if (hangs) setInterval(() => undefined, 60_000);
  return hangs;
}

function makeNoise(faults: ReadonlySet<StartFault>): void {
  if (faults.has("stdout_flood")) Readable.from(flood()).pipe(process.stdout, { end: false });
  if (faults.has("stderr_flood")) Readable.from(flood()).pipe(process.stderr, { end: false });
  if (!faults.has("stderr_secret")) return;
  // A provider that logs its own environment, as some do at debug level.
  for (const [name, value] of Object.entries(environment)) {
    if (/SECRET|TOKEN|PASSWORD/.test(name)) process.stderr.write(`[DEBUG] ${name}=${value}\n`);
  }
}

function crash(): void {
  process.stderr.write(
    "panic: runtime error: invalid memory address or nil pointer dereference\n\ngoroutine 1 [running]:\n",
  );
  process.exit(2);
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

/** `npm run bench`: how fast and how small, side by side with Terraform where it is on the machine. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { inspectMachine } from "../support/machine.ts";
import { BenchError } from "./error.ts";
import { parseOptions } from "./options.ts";
import { runBench } from "./runBench.ts";

const LIMIT_MS = 90 * 60_000;
const PAGE = fileURLToPath(new URL("../../docs/benchmarks.md", import.meta.url));

// Whatever a part or a program that it starts leaves behind lies in here.
const folder = mkdtempSync(join(tmpdir(), "anchorwatch-bench-"));
// Root runs the embedded database as another account, which has to get to its own folder in here.
chmodSync(folder, 0o711);
process.env["TMPDIR"] = folder;

const stop = new AbortController();
const interrupted = new Promise<never>((_, reject) => {
  stop.signal.addEventListener("abort", () => reject(stop.signal.reason));
});
const limit = setTimeout(() => end(`not done within ${LIMIT_MS / 60_000} minutes`), LIMIT_MS);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => end(signal));

let status = 0;
try {
  const options = parseOptions(process.argv.slice(2));
  const started = performance.now();
  const say = (line: string) => {
    process.stderr.write(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${line}\n`);
  };
  const env = process.env;
  const machine = inspectMachine(env);
  const bench = { machine, env, folder, options, page: PAGE, signal: stop.signal, say };
  await Promise.race([runBench({ ...bench, print: (text) => process.stdout.write(text) }), interrupted]);
} catch (error) {
  status = stop.signal.aborted ? 130 : 1;
  process.stderr.write(`${error instanceof BenchError ? error.message : String(error)}\n`);
} finally {
  clearTimeout(limit);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
// Every program that still runs is guarded and ends with this process.
process.exit(status);

function end(why: string): void {
  stop.abort(new BenchError("interrupted", `stopped: ${why}`));
}

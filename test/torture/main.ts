/** `npm run torture [-- NAME…] [--quick]`: the long form of the tests that try to break the ledger and the watch. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { TortureError } from "./error.ts";
import { TORTURES, type Torture, type TortureName } from "./torture.ts";

const folder = mkdtempSync(join(tmpdir(), "anchorwatch-torture-"));
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => stop.abort(new TortureError("interrupted", `stopped: ${signal}`)));
}

let failures = 0;
try {
  const args = process.argv.slice(2);
  const quick = args.includes("--quick");
  for (const name of chosen(args.filter((arg) => arg !== "--quick"))) {
    if (!(await endure(name, TORTURES[name], quick))) failures++;
  }
  print(failures === 0 ? "RESULT: nothing broke" : `RESULT: ${failures} BROKE`);
} catch (error) {
  failures++;
  print(error instanceof TortureError ? error.message : String(error));
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
process.exit(failures === 0 ? 0 : 1);

async function endure(name: TortureName, { about, run }: Torture, quick: boolean): Promise<boolean> {
  print(`${name}: ${about}`);
  const started = performance.now();
  const since = () => `${((performance.now() - started) / 1000).toFixed(0).padStart(5)} s`;
  const place = join(folder, name);
  mkdirSync(place);
  const say = (line: string) => void process.stderr.write(`${since()}  ${line}\n`);
  try {
    const result = await run({ folder: place, env: process.env, quick, signal: stop.signal, say });
    print(`${since()}  ${typeof result === "string" ? result : `SKIPPED: ${result.skipped}`}\n`);
    return true;
  } catch (error) {
    stop.signal.throwIfAborted();
    print(`${since()}  BROKE: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return false;
  }
}

function chosen(names: readonly string[]): readonly TortureName[] {
  const all = Object.keys(TORTURES) as TortureName[];
  const unknown = names.filter((name) => !Object.hasOwn(TORTURES, name));
  if (unknown.length > 0) {
    const list = all.map((name) => `  ${name.padEnd(10)}${TORTURES[name].about}`).join("\n");
    throw new TortureError("usage", `npm run torture -- [NAME…] [--quick]\n\n${list}`);
  }
  return names.length === 0 ? all : all.filter((name) => names.includes(name));
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

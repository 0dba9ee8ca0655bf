import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Environment } from "../../support/executable.ts";
import { BenchError } from "../error.ts";
import type { CloudWorkplace } from "../workplace.ts";
import { until } from "./steps.ts";

const MAIN = fileURLToPath(new URL("../../../packages/anchorwatch/src/cli/main.ts", import.meta.url));
const SAMPLE_MS = 100;

/** Starts it, waits until each of the stacks was swept, and stops it. @returns the most bytes that it took */
export async function memoryOfServe(
  place: CloudWorkplace,
  stacks: string,
  expected: number,
  env: Environment,
): Promise<number> {
  const base = join(place.folder, "serve");
  mkdirSync(join(base, "database"), { recursive: true });
  for (const folder of [place.folder, base, join(base, "database")]) chmodSync(folder, 0o755);
  const file = join(base, "anchorwatch.server.yaml");
  writeFileSync(
    file,
    `version: 1
database: { folder: database/postgres }
ledger: { place: ledger }
watch: { folder: work, sweepEvery: 1d, stacks: [{ folder: ${JSON.stringify(stacks)} }] }
`,
  );
  const child = spawn(process.execPath, [MAIN, "serve", "--server", file, "--port", "0"], {
    cwd: base,
    env: { ...env, ANCHORWATCH_CACHE_DIR: join(base, "cache") },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  let most = 0;
  const sampling = setInterval(() => {
    most = Math.max(most, residentBytes(child.pid));
  }, SAMPLE_MS);
  try {
    const address = await addressOf(child.stdout, ended);
    await until(async () => {
      place.signal.throwIfAborted();
      return (await sweptStacks(address)) >= expected;
    }, 200);
    return most;
  } finally {
    clearInterval(sampling);
    child.kill("SIGTERM");
    await ended;
  }
}

function residentBytes(pid: number | undefined): number {
  const [, kilobytes = "0"] =
    /^VmRSS:\s+([0-9]+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}

async function addressOf(stdout: NodeJS.ReadableStream, ended: Promise<unknown>): Promise<string> {
  let text = "";
  const found = new Promise<string>((resolve) => {
    stdout.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      const [address] = /http:\/\/localhost:[0-9]+/.exec(text) ?? [];
      if (address !== undefined) resolve(address);
    });
  });
  const over = ended.then(() => {
    throw new BenchError("reports_differ", `the server ended: ${text}`);
  });
  return await Promise.race([found, over]);
}

async function sweptStacks(address: string): Promise<number> {
  let total = 0;
  let next = `${address}/api/v1/stacks?limit=100`;
  while (next !== "") {
    const page = (await (await fetch(next)).json()) as {
      readonly stacks: readonly { readonly health: string }[];
      readonly next?: string;
    };
    total += page.stacks.filter(({ health }) => health === "ok").length;
    next =
      page.next === undefined
        ? ""
        : `${address}/api/v1/stacks?limit=100&cursor=${encodeURIComponent(page.next)}`;
  }
  return total;
}

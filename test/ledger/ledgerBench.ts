/** A place to run `anchorwatch ledger` in, on what `anchorwatch check --ledger` wrote of a stack of the reference provider. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProgram } from "../../packages/anchorwatch/src/cli/program.ts";
import {
  memoryStream,
  stillSurroundings,
} from "../../packages/anchorwatch/src/cli/testSurroundings.fixture.ts";
import { type Checked, topic, type Workbench, workbench } from "../check/workbench.ts";
import type { WrittenStack } from "../reference-provider/fixtures.ts";

export interface LedgerBench {
  readonly bench: Workbench;
  readonly stack: WrittenStack;
  /** Folder of the ledger. */
  readonly ledger: string;
  /** `anchorwatch check STACK --ledger LEDGER ARGS` as a process of its own. */
  check(...args: readonly string[]): Promise<Checked>;
  /** `anchorwatch ledger ARGS` as a process of its own. */
  run(...args: readonly string[]): Promise<Checked>;
  /** The same inside this process, which is quicker. */
  here(...args: readonly string[]): Promise<Checked>;
  /** The verifier key, as `ledger key` prints it. */
  key(): Promise<string>;
}

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
const MAIN = join(REPOSITORY, "packages/anchorwatch/src/cli/main.ts");

/** With two topics, of which nothing has drifted. */
export async function ledgerBench(finished?: (clean: () => void) => void): Promise<LedgerBench> {
  const bench = workbench(finished);
  const stack = await bench.stack({ resources: [topic("orders"), topic("invoices")] });
  const ledger = join(bench.folder, "audit");
  const run = (...args: readonly string[]) => anchorwatch(bench, ["ledger", ...args]);
  const here = async (...args: readonly string[]) => {
    const [stdout, stderr] = [memoryStream(), memoryStream()];
    const surroundings = { ...stillSurroundings(), stdout, stderr, workingDirectory: bench.folder };
    const status = await runProgram(["ledger", ...args], surroundings);
    return { status, stdout: stdout.text(), stderr: stderr.text() };
  };
  return {
    bench,
    stack,
    ledger,
    check: (...args) => bench.run([stack.dir, "--ledger", ledger, ...args]),
    run,
    here,
    key: async () => (await here("key", ledger)).stdout.trim(),
  };
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Goes away after so many lines, as `| head` does. */
  readonly readLines?: number;
  /** Told of how many whole lines have been printed, after each. */
  readonly onLine?: (lines: number, child: ChildProcess) => void;
}

/** Any command, as a process of its own. */
export function anchorwatch(
  { folder }: Workbench,
  args: readonly string[],
  { env: more = {}, readLines = Number.POSITIVE_INFINITY, onLine }: RunOptions = {},
): Promise<Checked> {
  const env = {
    PATH: "/usr/bin:/bin",
    HOME: join(folder, "home"),
    TMPDIR: join(folder, "tmp"),
    NODE_COMPILE_CACHE: join(REPOSITORY, "node_modules/.cache/check-tests"),
    ...more,
  };
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const before = stdout.split("\n").length;
    stdout += text;
    for (let line = before; line < stdout.split("\n").length; line++) onLine?.(line, child);
    if (stdout.split("\n").length > readLines) child.stdout.destroy();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, stdout, stderr }));
  });
}

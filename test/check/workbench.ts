/** A place to run `anchorwatch check` in: folders of its own, nothing of this machine's user, and nothing left behind. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished } from "vitest";
import { createCheckStack } from "../../packages/anchorwatch/src/app/checkStack.ts";
import { runProgram } from "../../packages/anchorwatch/src/cli/program.ts";
import {
  memoryStream,
  stillSurroundings,
} from "../../packages/anchorwatch/src/cli/testSurroundings.fixture.ts";
import { thisMachine } from "../../packages/anchorwatch/src/cli/thisMachine.ts";
import {
  type ResourceFixture,
  type StackFixture,
  type WriteOptions,
  type WrittenStack,
  writeStack,
} from "../reference-provider/fixtures.ts";
import { leftovers } from "./leftovers.ts";
import { parseReport, type Report } from "./report.ts";

export interface Checked {
  /** Null when a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CheckOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Gets the process as soon as it runs. */
  readonly onStart?: (child: ChildProcess) => void;
}

export interface Workbench {
  /** Holds everything. The check stands here when a test says nothing else. */
  readonly folder: string;
  readonly cache: string;
  /** Writes a stack into a folder of its own, `stack` when no name is given. */
  stack(fixture: StackFixture, options?: WriteOptions & { readonly name?: string }): Promise<WrittenStack>;
  /** Writes a file, and the folders that it lies in. Returns its path. */
  write(name: string, text: string | Uint8Array): string;
  /** `anchorwatch check ARGS` as a process of its own. Fails the test when anything is left running or lying about. */
  run(args: readonly string[], options?: CheckOptions): Promise<Checked>;
  /** The same inside this process, which is quicker. */
  check(args: readonly string[], options?: Omit<CheckOptions, "onStart">): Promise<Checked>;
  /** {@link check} with `--format json`. */
  report(
    args: readonly string[],
    options?: Omit<CheckOptions, "onStart">,
  ): Promise<Checked & { readonly report: Report }>;
}

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
const MAIN = join(REPOSITORY, "packages/anchorwatch/src/cli/main.ts");
const CODE_CACHE = join(REPOSITORY, "node_modules/.cache/check-tests");

/** Gone when the test, or with `finished` whatever else, ends. */
export function workbench(finished: (clean: () => void) => void = onTestFinished): Workbench {
  // Short: the path of a provider's socket is made from it.
  const folder = mkdtempSync(join(tmpdir(), "aw-"));
  finished(() => rmSync(folder, { recursive: true, force: true }));
  const [temporary, cache] = [join(folder, "tmp"), join(folder, "cache")];
  mkdirSync(temporary);
  const environment = (more: Readonly<Record<string, string>> = {}) => ({
    PATH: "/usr/bin:/bin",
    HOME: join(folder, "home"),
    TMPDIR: temporary,
    ANCHORWATCH_CACHE_DIR: cache,
    ...more,
  });

  async function settled(checked: Promise<Checked>): Promise<Checked> {
    const ended = await checked;
    expect(await leftovers(folder, temporary)).toEqual([]);
    return ended;
  }

  const check: Workbench["check"] = (args, { env, cwd = folder } = {}) =>
    settled(runHere(["check", ...args], environment(env), cwd));
  return {
    folder,
    cache,
    stack: (fixture, { name = "stack", ...options } = {}) => writeStack(join(folder, name), fixture, options),
    write(name, text) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      return path;
    },
    run: (args, { env, cwd = folder, onStart } = {}) => {
      const own = { ...environment(env), NODE_COMPILE_CACHE: CODE_CACHE };
      return settled(runProcess(["check", ...args], own, cwd, onStart));
    },
    check,
    async report(args, options) {
      const checked = await check(["--format", "json", ...args], options);
      if (checked.stdout === "") expect.unreachable(`there is no report: ${checked.stderr}`);
      return { ...checked, report: parseReport(checked.stdout) };
    },
  };
}

function runProcess(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
  onStart: CheckOptions["onStart"],
): Promise<Checked> {
  const child = spawn(process.execPath, [MAIN, ...argv], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  onStart?.(child);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, stdout, stderr }));
  });
}

async function runHere(
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
  workingDirectory: string,
): Promise<Checked> {
  const [stdout, stderr] = [memoryStream(), memoryStream()];
  const status = await runProgram(argv, {
    ...stillSurroundings(),
    checkStack: createCheckStack({ ...thisMachine(), homeDir: environment["HOME"] ?? "/nowhere" }),
    stdout,
    stderr,
    environment,
    workingDirectory,
  });
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}

/** Changes one live object by hand, or deletes it where `change` returns nothing. */
export function editLive(
  stack: WrittenStack,
  address: string,
  change: (live: Readonly<Record<string, unknown>>) => object | undefined,
): void {
  const { type, id } = objectOf(stack, address);
  stack.edit(({ resources }) => {
    const byId = resources[type] ?? {};
    const changed = change((byId[id] ?? {}) as Readonly<Record<string, unknown>>);
    if (changed === undefined) delete byId[id];
    else byId[id] = changed as (typeof byId)[string];
  });
}

/** Puts an object into the cloud that no code declares. */
export function addLive(stack: WrittenStack, type: string, id: string, values: object): void {
  stack.edit(({ resources }) => {
    const byId = resources[type] ?? {};
    resources[type] = { ...byId, [id]: { ...values } };
  });
}

export function objectOf(
  stack: WrittenStack,
  address: string,
): { readonly type: string; readonly id: string } {
  const found = stack.objects.get(address);
  return found ?? expect.unreachable(`the fixture has no ${address}`);
}

/** A topic, the smallest resource there is. */
export function topic(name: string, more: Partial<ResourceFixture> = {}): ResourceFixture {
  return { type: "reference_topic", name, set: { name }, ...more };
}

/** Runs whole commands and says how long they took and how much memory they and their children held. */
import type { ChildProcess } from "node:child_process";
import { endGuarded, spawnGuarded } from "../support/guarded.ts";
import { BenchError } from "./error.ts";
import { residentBytesOf } from "./processTree.ts";

export interface Command {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Exit statuses that count as having worked. */
  readonly statuses: readonly number[];
  /** Done before each run, not counted. */
  readonly before?: () => void;
}

export interface Measurement {
  readonly seconds: number;
  /** Sum over the process and its descendants, highest of the samples; pages that two of them share count twice. */
  readonly peakBytes: number;
  readonly stdout: string;
}

const SAMPLE_MS = 50;
const LIMIT_MS = 240_000;

/**
 * Runs it once, guarded: it cannot outlive this process, and is ended after four minutes or when the signal fires.
 * @throws BenchError `command_failed` with the end of its output when it ends with another status than those expected
 */
export async function measure(command: Command, signal: AbortSignal): Promise<Measurement> {
  command.before?.();
  signal.throwIfAborted();
  const started = performance.now();
  const { file, args, cwd, environment } = command;
  const child = spawnGuarded(file, args, { cwd, env: environment, stdout: "pipe" });
  const output = gather(child);
  let peakBytes = 0;
  const sampler = setInterval(() => {
    peakBytes = Math.max(peakBytes, residentBytesOf(child.pid ?? 0));
  }, SAMPLE_MS);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  const end = () => void endGuarded(child);
  limit.addEventListener("abort", end, { once: true });
  try {
    const status = await statusOf(child);
    const seconds = (performance.now() - started) / 1000;
    signal.throwIfAborted();
    if (status === null || !command.statuses.includes(status)) throw failed(command, status, output, limit);
    return { seconds, peakBytes, stdout: output.stdout };
  } finally {
    clearInterval(sampler);
    limit.removeEventListener("abort", end);
  }
}

/** Runs the commands in turn, A B A B …, so that a machine that slows down slows down all of them. */
export async function inTurn<Name extends string>(
  commands: Readonly<Record<Name, Command>>,
  runs: number,
  signal: AbortSignal,
  onRun: (name: Name, measured: Measurement) => void,
): Promise<Readonly<Record<Name, readonly Measurement[]>>> {
  const names = Object.keys(commands) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    Measurement[]
  >;
  for (let run = 0; run < runs; run += 1) {
    for (const name of names) {
      const measured = await measure(commands[name], signal);
      onRun(name, measured);
      results[name].push(measured);
    }
  }
  return results;
}

interface Output {
  stdout: string;
  stderr: string;
}

function gather(child: ChildProcess): Output {
  const output = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output.stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    output.stderr += text;
  });
  return output;
}

function statusOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
}

function failed(command: Command, status: number | null, output: Output, limit: AbortSignal): BenchError {
  const how = limit.aborted
    ? `did not end within ${LIMIT_MS / 1000} s`
    : `ended with status ${status} where ${command.statuses.join(" or ")} was expected`;
  const said = `${output.stderr.slice(-2000)}\n${output.stdout.slice(-500)}`.trim();
  return new BenchError("command_failed", `${command.name} ${how}. Its last output:\n${said}`);
}

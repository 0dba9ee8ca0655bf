/** Runs whole commands and says how long they took and how much memory they and their children held. */
import { spawn } from "node:child_process";
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
  /** Sum over the process and its descendants, highest of the samples. */
  readonly peakBytes: number;
  readonly stdout: string;
}

const SAMPLE_MS = 50;

export async function measure(command: Command): Promise<Measurement> {
  command.before?.();
  const started = performance.now();
  const child = spawn(command.file, command.args, {
    cwd: command.cwd,
    env: command.environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  let peakBytes = 0;
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => (stderr += chunk));
  const sampler = setInterval(
    () => (peakBytes = Math.max(peakBytes, residentBytesOf(child.pid ?? 0))),
    SAMPLE_MS,
  );
  const status = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearInterval(sampler);
  const seconds = (performance.now() - started) / 1000;
  if (status === null || !command.statuses.includes(status)) {
    throw new TypeError(
      `${command.name} ended with status ${status}: ${stderr.slice(-2000)}${stdout.slice(-500)}`,
    );
  }
  return { seconds, peakBytes, stdout };
}

/** Runs the commands in turn, A B A B …, so that a machine that slows down slows down all of them. */
export async function inTurn(commands: readonly Command[], runs: number): Promise<readonly Measurement[][]> {
  const results: Measurement[][] = commands.map(() => []);
  for (let run = 0; run < runs; run += 1) {
    for (const [index, command] of commands.entries()) results[index]?.push(await measure(command));
  }
  return results;
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

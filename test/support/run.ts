import { endGuarded, spawnGuarded } from "./guarded.ts";

/** How a program ended, with all that it printed. */
export interface Ran {
  /** Exit status; null when a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Called with each piece of standard output as it comes. */
  readonly onOutput?: (text: string) => void;
  /** Ends the program, and what it started, when aborted: the result then has status null. */
  readonly signal?: AbortSignal;
}

/** Runs a program to its end, guarded. Rejects only when no shell can be started. */
export function run(program: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawnGuarded(program, args, { cwd: options.cwd, env: options.env, stdout: "pipe" });
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      options.onOutput?.(text);
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const abort = () => void endGuarded(child);
    options.signal?.addEventListener("abort", abort, { once: true });
    child.on("error", reject);
    child.on("close", (status) => {
      options.signal?.removeEventListener("abort", abort);
      resolve({ status, stdout, stderr });
    });
  });
}

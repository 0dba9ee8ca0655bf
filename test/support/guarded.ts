import { type ChildProcess, spawn } from "node:child_process";

/** How a guarded program is started; `stderr` is a pipe always. */
export interface GuardedOptions {
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: "ignore" | "pipe";
  /** So many pipes more, as file descriptors 3 and on of the program: up to four. */
  readonly pipes?: number;
}

/**
 * Starts a program that cannot outlive this process, together with everything that it starts itself (Terraform's
 * providers, for one): a shell reads a pipe that only we hold open, and kills its process group when the pipe closes,
 * which also happens when we are killed by SIGKILL. The child is the shell; it ends when the program ends, with the
 * same status. End it early with {@link endGuarded}.
 */
export function spawnGuarded(
  program: string,
  args: readonly string[],
  { stdout, pipes = 0, ...options }: GuardedOptions,
): ChildProcess {
  const more = Array.from({ length: pipes }, () => "pipe" as const);
  return spawn("/bin/sh", ["-c", GUARD, "guard", program, ...args], {
    ...options,
    detached: true, // a process group of its own, which the guard can end as a whole
    stdio: ["pipe", stdout, "pipe", ...more],
  });
}

/** Kills the program and all that it started. Resolves when the shell is gone. */
export function endGuarded(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.ref();
    child.on("exit", () => resolve());
    child.stdin?.end();
  });
}

// The reader of the pipe lives as long as the pipe: when the program ends by itself, Node closes it.
const GUARD = `
exec 9<&0
{ exec 3<&- 4<&- 5<&- 6<&-; cat <&9 >/dev/null; kill -9 0; } >/dev/null 2>&1 &
exec 9<&-
"$@" </dev/null &
wait $!`;

/**
 * A provider outlives its parent: it watches nothing. So a small shell stands between: it starts the provider, and
 * kills it when the pipe on descriptor 3 closes, which the kernel does however our own process ends, SIGKILL included.
 * What it would print itself it throws away: our end of its pipes is gone when it matters, and writing would kill it.
 * Being the provider's parent, the shell holds its process id until `wait`, so that no stranger is ever killed.
 */
import { type ChildProcess, spawn } from "node:child_process";

const SCRIPT = `
"$1" </dev/null 3<&- &
provider=$!
exec >/dev/null 2>&1
{ read -r _ <&3; kill -KILL "$provider"; } &
watcher=$!
trap 'kill -TERM "$provider" 2>/dev/null' TERM
while :; do
  wait "$provider"; status=$?
  kill -0 "$provider" 2>/dev/null || break
done
kill -KILL "$watcher" 2>/dev/null
rm -rf "$2"
exit "$status"
`;

export interface GuardedProgram {
  readonly executable: string;
  /** The whole environment of the program: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** Removed when the program has ended. */
  readonly privateFolder: string;
}

/** Starts the program under guard. On Windows, which has no such shell, it is started without. */
export function spawnGuarded({ executable, environment, privateFolder }: GuardedProgram): ChildProcess {
  if (process.platform === "win32") {
    return spawn(executable, [], { env: environment, stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
  }
  const child = spawn("/bin/sh", ["-c", SCRIPT, "provider-guard", executable, privateFolder], {
    env: environment,
    // Its own process group: Ctrl-C in a terminal reaches us, and we end the provider in order.
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  // Nothing is ever sent through it; how the guard ended is told by its exit.
  child.stdio[3]?.on("error", () => undefined);
  return child;
}

/** Ends the guard, the provider and whatever it started, at once. */
export function killGuarded(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  if (process.platform === "win32") {
    child.kill("SIGKILL");
    return;
  }
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    // The group is gone already: that is what was wanted. macOS says EPERM of one that has only ended and unawaited processes.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ESRCH" && !(code === "EPERM" && process.platform === "darwin")) throw error;
  }
}

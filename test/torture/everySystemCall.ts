/** The same as everyFault, but on the machine's own files: strace makes a system call fail, or kills the process there. */
import { join } from "node:path";
import { findExecutable } from "../support/executable.ts";
import { lookAt } from "./lookAt.ts";
import type { Place, Skipped } from "./place.ts";
import { Sayings, startWriter } from "./writerProcess.ts";

/** Those that an append makes. Files are opened and closed by Node itself too, hundreds of times before the first append. */
const CALLS = ["rmdir", "unlink", "fsync", "rename", "mkdir", "write", "pwrite64", "getdents64"] as const;
const INJECTIONS = ["signal=SIGKILL", "error=EIO", "error=ENOSPC"] as const;
/** More than any thread makes of one kind in so short a run. */
const MOST = 150;
/** Enough to fill a tile, so that partial ones are removed. */
const WRITERS = "130";
const ROUNDS = "2";
/** Runs of one kind that ended undisturbed: the call is not made more often than that. */
const UNDISTURBED = 3;

export async function everySystemCall(place: Place): Promise<string | Skipped> {
  const strace = findExecutable("strace", place.env);
  if (strace === undefined) return { skipped: "strace is not on the PATH" };
  if (!(await canTrace(strace, place))) return { skipped: "strace may not trace processes here" };
  let struck = 0;
  for (const call of CALLS) {
    for (const injection of INJECTIONS) {
      const found = await strikeEach(place, strace, { call, injection });
      place.say(`${call} ${injection}: ${found} times`);
      struck += found;
    }
  }
  return `${struck} system calls failed or were the last; nothing acknowledged was lost, nothing signed contradicted`;
}

interface Strike {
  readonly call: string;
  readonly injection: string;
}

async function strikeEach(place: Place, strace: string, strike: Strike): Promise<number> {
  let struck = 0;
  let undisturbed = 0;
  for (let when = 1; when <= MOST && undisturbed < UNDISTURBED; when += place.quick ? 12 : 1) {
    place.signal.throwIfAborted();
    const disturbed = await strikeOnce(place, strace, strike, when);
    if (disturbed) struck++;
    undisturbed = disturbed ? 0 : undisturbed + 1;
  }
  return struck;
}

/** Whether the process noticed. */
async function strikeOnce(
  place: Place,
  strace: string,
  { call, injection }: Strike,
  when: number,
): Promise<boolean> {
  const folder = join(place.folder, `${call}-${injection}-${when}`.replace("=", "-"));
  const sayings = new Sayings();
  const wrap = [strace, "-f", "-qq", "-o", "/dev/null", "-e", `trace=${call}`];
  // strace counts for each thread: with one thread for files, every call of an append is counted there.
  const env = { ...place.env, UV_THREADPOOL_SIZE: "1" };
  const inject = ["-e", `inject=${call}:${injection}:when=${when}`];
  const { child, ended } = startWriter(
    [folder, "traced", WRITERS, ROUNDS],
    sayings,
    [...wrap, ...inject],
    env,
  );
  const end = () => child.kill("SIGKILL");
  place.signal.addEventListener("abort", end, { once: true });
  const { status } = await ended;
  place.signal.removeEventListener("abort", end);
  await lookAt(folder, sayings);
  return status !== 0;
}

async function canTrace(strace: string, place: Place): Promise<boolean> {
  const wrap = [strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync"];
  const sayings = new Sayings();
  const { ended } = startWriter([join(place.folder, "trial"), "trial", "1", "1"], sayings, wrap, place.env);
  return (await ended).status === 0;
}

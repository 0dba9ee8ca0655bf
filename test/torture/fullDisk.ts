/** A real file system of two megabytes, in a mount namespace of its own, filled by the log itself. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { findExecutable } from "../support/executable.ts";
import { run } from "../support/run.ts";
import { TortureError } from "./error.ts";
import type { Place, Skipped } from "./place.ts";

const PROGRAM = fileURLToPath(new URL("./fullDiskProgram.ts", import.meta.url));
const MOUNT = 'mount -t tmpfs -o size=2m tmpfs "$1" || exit 77; exec "$2" "$3" "$1"';
const CANNOT_MOUNT = 77;

export async function fullDisk({ folder, env, signal }: Place): Promise<string | Skipped> {
  const unshare = findExecutable("unshare", env);
  if (unshare === undefined) return { skipped: "unshare is not on the PATH" };
  const place = join(folder, "full");
  mkdirSync(place);
  const args = ["-r", "-m", "sh", "-c", MOUNT, "sh", place, process.execPath, PROGRAM];
  const { status, stdout, stderr } = await run(unshare, args, { cwd: folder, env, signal });
  if (status === 0) return stdout.trim();
  // unshare itself ends with 1 where the kernel does not allow it; the program says what failed.
  if (status === CANNOT_MOUNT || stderr.startsWith("unshare:")) {
    return { skipped: `no file system can be mounted here: ${stderr.trim()}` };
  }
  throw new TortureError("log_wrong", stderr.trim());
}

/** One writer of the store at a time, over all processes: Terraform starts one provider for each provider block. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ReferenceProviderError } from "../error.ts";

const PAUSE_MS = 10;
const PATIENCE_MS = 20_000;

/** Runs `work` while this process alone holds the lock beside the file. @throws ReferenceProviderError `store_locked` */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  for (let waited = 0; !take(lock); waited += PAUSE_MS) {
    if (waited >= PATIENCE_MS) {
      throw new ReferenceProviderError(
        "store_locked",
        `${lock} is held by another process; remove it if none runs`,
      );
    }
    await sleep(PAUSE_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function take(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    if (isAbandoned(lock)) rmSync(lock, { force: true });
    return false;
  }
}

/** A provider that was killed left its lock behind. */
function isAbandoned(lock: string): boolean {
  try {
    const holder = Number(readFileSync(lock, "utf8"));
    if (!(holder > 0)) return false; // It is being written right now.
    process.kill(holder, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** What a check left behind: nothing, it should be. */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const PATIENCE_MS = 3000;
const PAUSE_MS = 25;

/**
 * Processes whose environment names the folder (a provider gets the environment of the check that starts it), and
 * providers' folders in `temporary`. The kernel may need a moment after a SIGKILL, so it is asked for a while.
 */
export async function leftovers(folder: string, temporary: string): Promise<readonly string[]> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    const found = [...processesOf(folder), ...foldersIn(temporary)];
    if (found.length === 0 || waited >= PATIENCE_MS) return found;
    await sleep(PAUSE_MS);
  }
}

/** Linux only: elsewhere nothing is found. */
export function processesOf(folder: string): readonly string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").flatMap((id) => {
    if (!/^[0-9]+$/.test(id)) return [];
    if (!textOf(`/proc/${id}/environ`).includes(folder)) return [];
    return [`process ${id}: ${textOf(`/proc/${id}/cmdline`).replaceAll("\0", " ").slice(0, 200)}`];
  });
}

function foldersIn(temporary: string): readonly string[] {
  return readdirSync(temporary).filter((name) => name.startsWith("tfprovider-"));
}

/** Empty for a process that has ended meanwhile or belongs to somebody else. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

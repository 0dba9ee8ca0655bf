/** What running processes take of the machine's memory, as Linux tells it. */
import { readFile } from "node:fs/promises";

/** Deeper, nothing that a provider starts would be of any size. */
const MAX_DEPTH = 4;

/**
 * Resident bytes of a process and of all that it has started.
 * @returns undefined where the system does not tell, or the process has ended
 */
export async function processMemory(pid: number, depth = 0): Promise<number | undefined> {
  const own = await residentBytes(pid);
  if (own === undefined || depth >= MAX_DEPTH) return own;
  const below = await Promise.all((await childrenOf(pid)).map((child) => processMemory(child, depth + 1)));
  return below.reduce<number>((sum, bytes) => sum + (bytes ?? 0), own);
}

async function residentBytes(pid: number): Promise<number | undefined> {
  const kilobytes = /^VmRSS:\s+([0-9]+) kB$/m.exec(await textOf(`/proc/${pid}/status`))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const text = await textOf(`/proc/${pid}/task/${pid}/children`);
  return text
    .split(" ")
    .filter((part) => part !== "")
    .map(Number);
}

/** Empty where there is no such file: another system, or a process that has ended meanwhile. */
async function textOf(path: string): Promise<string> {
  return await readFile(path, "latin1").catch(() => "");
}

/** Test support: what a test left running, or lying about. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect } from "vitest";

/**
 * Processes whose environment names the folder: a provider and its guard get their own folder inside of it as TMPDIR.
 * Only where there is `/proc`; elsewhere none is found.
 */
export function processesOf(folder: string): readonly { readonly pid: number; readonly command: string }[] {
  if (!existsSync("/proc")) return [];
  const pids = readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name) && name !== String(process.pid));
  return pids
    .filter((pid) => readProc(pid, "environ").includes(`=${folder}/`))
    .map((pid) => ({ pid: Number(pid), command: readProc(pid, "cmdline").replaceAll("\0", " ").trim() }));
}

/** Those among them that are the reference provider itself. */
export function providersOf(folder: string): readonly number[] {
  return processesOf(folder)
    .filter(({ command }) => !command.includes("provider-guard") && command.includes("reference-provider"))
    .map(({ pid }) => pid);
}

/** Fails unless, within some seconds, no process of that folder runs and no socket folder lies in it. */
export async function expectNothingLeft(folder: string): Promise<void> {
  await expect.poll(() => processesOf(folder), { timeout: 5000, interval: 20 }).toEqual([]);
  expect(readdirSync(folder).filter((name) => name.startsWith("tfprovider-"))).toEqual([]);
}

/** Empty for a process that has ended, or belongs to somebody else. */
function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}

/** Memory and processor time of a process and all its descendants, from /proc: what a command really takes is more than its first process. */
import { readdirSync, readFileSync } from "node:fs";

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly residentBytes: number;
  readonly processorSeconds: number;
}

const PAGE_BYTES = 4096;
const TICKS_PER_SECOND = 100;

/** Resident bytes of the process and its descendants at this moment; 0 where there is no /proc. */
export function residentBytesOf(root: number): number {
  return sumOf(root, ({ residentBytes }) => residentBytes);
}

/** Processor seconds that the process and its descendants have used so far; 0 where there is no /proc. */
export function processorSecondsOf(root: number): number {
  return sumOf(root, ({ processorSeconds }) => processorSeconds);
}

/** Of that process alone, at this moment; undefined where it or /proc is not there. */
export function processOf(
  pid: number,
): { readonly residentBytes: number; readonly processorSeconds: number } | undefined {
  return rowOf(pid)[0];
}

function sumOf(root: number, figure: (row: Row) => number): number {
  const rows = processes();
  const children = Map.groupBy(rows, (row) => row.parent);
  const byPid = new Map(rows.map((row) => [row.pid, row]));
  const sum = (pid: number): number => {
    const row = byPid.get(pid);
    const below = (children.get(pid) ?? []).reduce((total, child) => total + sum(child.pid), 0);
    return (row === undefined ? 0 : figure(row)) + below;
  };
  return sum(root);
}

function processes(): Row[] {
  let names: string[];
  try {
    names = readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name));
  } catch {
    // Not Linux: nothing to measure.
    return [];
  }
  return names.flatMap((name) => rowOf(Number(name)));
}

function rowOf(pid: number): Row[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold spaces: fields are counted from behind it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const field = (number: number) => Number(fields[number - 3]);
    const processorSeconds = (field(14) + field(15)) / TICKS_PER_SECOND;
    return [{ pid, parent: field(4), residentBytes: field(24) * PAGE_BYTES, processorSeconds }];
  } catch {
    // It ended while we looked.
    return [];
  }
}

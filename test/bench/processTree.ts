/** Memory of a process and all its descendants, from /proc: what a command really takes is more than its first process. */
import { readdirSync, readFileSync } from "node:fs";

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly residentBytes: number;
}

const PAGE_BYTES = 4096;

/** Resident bytes of the process and its descendants at this moment; 0 where there is no /proc. */
export function residentBytesOf(root: number): number {
  const rows = processes();
  const children = Map.groupBy(rows, (row) => row.parent);
  const byPid = new Map(rows.map((row) => [row.pid, row]));
  const sum = (pid: number): number =>
    (byPid.get(pid)?.residentBytes ?? 0) +
    (children.get(pid) ?? []).reduce((total, child) => total + sum(child.pid), 0);
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
    return [{ pid, parent: Number(fields[1]), residentBytes: Number(fields[21]) * PAGE_BYTES }];
  } catch {
    // It ended while we looked.
    return [];
  }
}

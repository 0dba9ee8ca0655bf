/** Loaded into a measured process before its program: writes what the process took when it ends. Linux. */
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";

/** What one process took, without its children. */
export interface Footprint {
  /** Processor time, user and system, milliseconds. */
  readonly cpuMs: number;
  /** The most memory that was resident at any moment. */
  readonly peakBytes: number;
}

process.once("exit", () => {
  const path = process.env["BENCH_FOOTPRINT"];
  if (path === undefined) return;
  const { user, system } = process.cpuUsage();
  const kilobytes = /^VmHWM:\s+([0-9]+) kB/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  const footprint: Footprint = { cpuMs: (user + system) / 1000, peakBytes: Number(kilobytes) * 1024 };
  writeFileSync(path, JSON.stringify(footprint));
});

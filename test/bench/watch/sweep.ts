/** A sweep of many stacks, beside the same reads by the provider alone. */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProviderReader } from "tfprovider";
import { inLanes } from "../../../packages/anchorwatch/src/terraform/read/lanes.ts";
import { readInstance } from "../../../packages/anchorwatch/src/terraform/read/reading.ts";
import { BenchError } from "../error.ts";
import type { BenchEstate } from "../estate.ts";
import { count, megabytes, seconds } from "../numbers.ts";
import { atMost, type Section } from "../report.ts";
import { openWarmReader, stateOf } from "../warmProvider.ts";
import type { CloudWorkplace } from "../workplace.ts";
import { type StackFolder, startBenchWatch } from "./benchWatch.ts";
import { memoryOfServe } from "./memoryOfServe.ts";
import { sweepAll } from "./steps.ts";

const RUNS = 3;
const IN_FLIGHT = 50;

/** The estate has 25 resources; each stack is a copy of its code and state that reads the same cloud. */
export async function measureSweep(place: CloudWorkplace, estate: BenchEstate): Promise<Section> {
  const stacks = copies(place, estate, place.quick ? 20 : 200);
  const names = stacks.map(({ name }) => name);
  const bench = await startBenchWatch(place, stacks, estate.terraform.env);
  try {
    place.say(`sweeping ${count(stacks.length)} stacks`);
    // The first one loads them all.
    const first = await sweepAll(bench.watch, names, place.signal);
    const swept: number[] = [];
    const read: number[] = [];
    const reader = await openWarmReader(place, estate);
    try {
      // In turn: the machine is never alone.
      for (let run = 0; run < RUNS; run += 1) {
        swept.push(await sweepAll(bench.watch, names, place.signal));
        read.push(await readAll(place, estate, reader, stacks.length));
      }
    } finally {
      await reader.close();
    }
    const statuses = await bench.watch.context.records.stacks.list();
    const resources = statuses.reduce((sum, { coverage }) => sum + (coverage?.resources ?? 0), 0);
    if (statuses.some(({ coverage }) => coverage?.inSync !== coverage?.resources))
      throw new BenchError("reports_differ", "not everything is in sync");
    const [sweeping, reading] = [Math.min(...swept), Math.min(...read)];
    return {
      title: "A sweep of many stacks",
      about: `${count(stacks.length)} stacks with ${count(resources)} resources in all, swept by one process, in turn with the same reads by a provider alone; ${IN_FLIGHT} reads in flight. Best of ${RUNS}.`,
      table: [
        ["what", "measured"],
        ["a sweep of all", seconds(sweeping / 1000)],
        ["the same reads alone", seconds(reading / 1000)],
        ["the first sweep, in which code and states are loaded", seconds(first / 1000)],
      ],
      goals: [
        atMost("our overhead under 15 %", (sweeping / reading - 1) * 100, 15, (v) => `${v.toFixed(1)} %`),
      ],
    };
  } finally {
    await bench.stop();
  }
}

/** Nothing but the reads, as a sweep makes them. */
async function readAll(
  place: CloudWorkplace,
  estate: BenchEstate,
  reader: ProviderReader,
  times: number,
): Promise<number> {
  const { instances } = await stateOf(place, estate);
  const managed = instances.filter(({ mode }) => mode === "managed");
  const all = Array.from({ length: times }, () => managed).flat();
  const limits = { deadlineMs: 60_000, signal: place.signal, sleep };
  const began = performance.now();
  const failures: string[] = [];
  await inLanes(all, IN_FLIGHT, place.signal, async (instance) => {
    try {
      await readInstance(instance, reader, limits);
    } catch (error) {
      // One that fails must not end the others in the middle: they still use the reader.
      failures.push(`${instance.address}: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  if (failures.length > 0)
    throw new BenchError("reports_differ", `reads failed: ${failures.slice(0, 3).join("; ")}`);
  return performance.now() - began;
}

/** What `anchorwatch serve` takes, with all of them swept and a provider that is warm. */
export async function measureMemory(place: CloudWorkplace, estate: BenchEstate): Promise<Section> {
  const stacks = copies(place, estate, place.quick ? 20 : 200);
  place.say(`watching ${count(stacks.length)} stacks with anchorwatch serve`);
  const bytes = await memoryOfServe(place, join(place.folder, "stacks"), stacks.length, estate.terraform.env);
  return {
    title: "Memory of the server",
    about: `\`anchorwatch serve\` on ${count(stacks.length)} stacks after its first sweep of all; providers and the database apart. The highest of samples 100 ms apart.`,
    table: [
      ["what", "measured"],
      ["resident memory of the server's process", megabytes(bytes)],
    ],
    goals: [atMost("under 300 MB", bytes, 300e6, megabytes)],
  };
}

function copies(place: CloudWorkplace, estate: BenchEstate, many: number): readonly StackFolder[] {
  const base = join(place.folder, "stacks");
  mkdirSync(base, { recursive: true });
  const state = readFileSync(join(estate.folder, "terraform.tfstate"), "utf8");
  return Array.from({ length: many }, (_, at) => {
    const name = `stack-${String(at).padStart(3, "0")}`;
    const dir = join(base, name);
    // Made once for everything that is measured on them.
    if (existsSync(dir)) return { name, dir };
    cpSync(estate.folder, dir, { recursive: true, verbatimSymlinks: true });
    const own = state.replace(/"lineage": *"[^"]*"/, `"lineage": "${name}"`);
    writeFileSync(join(dir, "terraform.tfstate"), own);
    return { name, dir };
  });
}

/** A sweep of many stacks, beside the same reads by the provider alone. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ProviderReader } from "tfprovider";
import { inLanes } from "../../../packages/anchorwatch/src/terraform/read/lanes.ts";
import { readInstance } from "../../../packages/anchorwatch/src/terraform/read/reading.ts";
import { BenchError } from "../error.ts";
import type { BenchEstate } from "../estate.ts";
import { count, seconds } from "../numbers.ts";
import { atMost, type Section } from "../report.ts";
import { openWarmReader, stateOf } from "../warmProvider.ts";
import type { CloudWorkplace } from "../workplace.ts";
import { type BenchWatch, type StackFolder, startBenchWatch } from "./benchWatch.ts";
import { stackCopies } from "./stackCopies.ts";
import { sweepAll } from "./steps.ts";

const RUNS = 5;
const QUICK_RUNS = 2;
const IN_FLIGHT = 50;

/** The estate has 25 resources, so that 200 copies of it have 5,000. */
export async function measureSweep(place: CloudWorkplace, estate: BenchEstate): Promise<Section> {
  const { stacks } = stackCopies(place, estate);
  const bench = await startBenchWatch(place, stacks, estate.terraform.env);
  try {
    const swept = await sweepBesideReads(place, estate, bench, stacks);
    const statuses = await bench.watch.context.records.stacks.list({ limit: stacks.length });
    const resources = statuses.reduce((sum, { coverage }) => sum + (coverage?.resources ?? 0), 0);
    if (statuses.some(({ coverage }) => coverage?.inSync !== coverage?.resources))
      throw new BenchError("reports_differ", "not everything is in sync");
    return section(swept, `${count(stacks.length)} stacks with ${count(resources)} resources in all`);
  } finally {
    await bench.stop();
  }
}

/** All in milliseconds. */
interface Swept {
  /** In which code and states are loaded, and the provider started. */
  readonly first: number;
  readonly sweeps: readonly { readonly taken: number; readonly reading: number }[];
  /** The same reads alone. */
  readonly reads: readonly number[];
}

async function sweepBesideReads(
  place: CloudWorkplace,
  estate: BenchEstate,
  bench: BenchWatch,
  stacks: readonly StackFolder[],
): Promise<Swept> {
  const names = stacks.map(({ name }) => name);
  const runs = place.quick ? QUICK_RUNS : RUNS;
  place.say(`sweeping ${count(stacks.length)} stacks, 1 + ${runs} times`);
  const first = await sweepAll(bench.watch, names, place.signal);
  const sweeps: { taken: number; reading: number }[] = [];
  const reads: number[] = [];
  const reader = await openWarmReader(place, estate);
  try {
    // In turn: the machine is never alone.
    for (let run = 0; run < runs; run += 1) {
      bench.providerMs();
      const taken = await sweepAll(bench.watch, names, place.signal);
      sweeps.push({ taken, reading: bench.providerMs() });
      reads.push(await readAll(place, estate, reader, stacks.length));
      place.say(`${seconds(taken / 1000)}, and ${seconds((reads.at(-1) ?? 0) / 1000)} for the reads alone`);
    }
  } finally {
    await reader.close();
  }
  return { first, sweeps, reads };
}

function section({ first, sweeps, reads }: Swept, what: string): Section {
  const best = sweeps.reduce((one, other) => (other.taken < one.taken ? other : one));
  const alone = Math.min(...reads);
  const percent = (value: number) => `${value.toFixed(1)} %`;
  return {
    title: "A sweep of many stacks",
    about: `${what}, swept by one process, in turn with the same reads by a provider alone; ${IN_FLIGHT} reads in flight. Best of ${sweeps.length}.`,
    table: [
      ["what", "measured"],
      ["a sweep of all", seconds(best.taken / 1000)],
      ["of it with a read under way", percent((best.reading / best.taken) * 100)],
      ["the same reads alone", seconds(alone / 1000)],
      ["the first sweep, in which code and states are loaded", seconds(first / 1000)],
    ],
    goals: [atMost("our overhead under 15 %", (best.taken / alone - 1) * 100, 15, percent)],
  };
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

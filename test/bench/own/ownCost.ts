/** What Anchorwatch itself takes of processor and memory, by the size of the stack: on the reference provider. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type LoadStack, writeLoadStack } from "../../reference-provider/fixtures.ts";
import { BenchError } from "../error.ts";
import { type Command, measure } from "../measure.ts";
import { count, fitLine, megabytes, milliseconds } from "../numbers.ts";
import { atMost, type Goal, type Section } from "../report.ts";
import type { Workplace } from "../workplace.ts";
import type { Footprint } from "./footprint.ts";

const SIZES = [5_000, 10_000, 20_000, 35_000, 50_000];
const QUICK_SIZES = [1_000, 2_000, 5_000];

/** Of the largest stack, whose figures are the goals': a machine that others use, too, is slower at times. */
const RUNS = 5;

interface Cost {
  readonly resources: number;
  readonly stateBytes: number;
  readonly withCode: Footprint;
  readonly stateAlone: Footprint;
  /** What Node itself takes to parse the same state. */
  readonly parsing: Footprint;
}

export async function measureOwnCost(place: Workplace): Promise<Section> {
  const scripts = {
    footprint: plainScript(place, "footprint"),
    checkState: plainScript(place, "checkState"),
    parseState: plainScript(place, "parseState"),
  };
  const costs: Cost[] = [];
  // The first one only fills the caches.
  const sizes = [100, ...(place.quick ? QUICK_SIZES : SIZES)];
  for (const size of sizes) {
    const runs = size === sizes.at(-1) && !place.quick ? RUNS : 1;
    costs.push(await costOf(place, scripts, size, runs));
  }
  return sectionOf(costs.slice(1));
}

interface Scripts {
  readonly footprint: string;
  readonly checkState: string;
  readonly parseState: string;
}

/** A module of this folder without its types: stripping them in the measured process would be measured too. */
function plainScript({ folder }: Workplace, name: string): string {
  const source = readFileSync(fileURLToPath(new URL(`${name}.ts`, import.meta.url)), "utf8");
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, stripTypeScriptTypes(source));
  return path;
}

async function costOf(place: Workplace, scripts: Scripts, resources: number, runs: number): Promise<Cost> {
  const dir = join(place.folder, `load-${resources}`);
  mkdirSync(dir);
  const stack = await writeLoadStack(dir, resources);
  const { statePath, storePath } = stack;
  const { lib, main } = place.installed;
  const best = async (what: string, args: readonly string[]) => {
    const measured: Footprint[] = [];
    for (let run = 0; run < runs; run += 1) {
      const footprint = await footprintOf(place, scripts, stack, args);
      place.say(`${count(resources)} resources${what}: ${shown(footprint)}`);
      measured.push(footprint);
    }
    return leastOf(measured);
  };
  const withCode = await best("", [main, "check", "--format", "json"]);
  const stateAlone = await best(", the state alone", [scripts.checkState, lib, dir, statePath, storePath]);
  const parsing = await best(", JSON.parse of the state", [scripts.parseState, statePath]);
  const stateBytes = statSync(statePath).size;
  rmSync(dir, { recursive: true });
  return { resources, stateBytes, withCode, stateAlone, parsing };
}

/** The least processor time, and the most memory. */
function leastOf(measured: readonly Footprint[]): Footprint {
  return {
    cpuMs: Math.min(...measured.map(({ cpuMs }) => cpuMs)),
    peakBytes: Math.max(...measured.map(({ peakBytes }) => peakBytes)),
  };
}

function shown({ cpuMs, peakBytes }: Footprint): string {
  return `${count(cpuMs)} ms of processor, ${megabytes(peakBytes)}`;
}

async function footprintOf(
  place: Workplace,
  scripts: Scripts,
  stack: LoadStack,
  args: readonly string[],
): Promise<Footprint> {
  const written = join(place.folder, "footprint.json");
  rmSync(written, { force: true });
  const command: Command = {
    name: `anchorwatch on ${stack.dir}`,
    file: process.execPath,
    args: ["--import", scripts.footprint, ...args],
    cwd: stack.dir,
    environment: {
      ...kept(place.env),
      ANCHORWATCH_CACHE_DIR: join(place.folder, "cache"),
      BENCH_FOOTPRINT: written,
    },
    statuses: [0],
  };
  const { stdout } = await measure(command, place.signal);
  const { coverage } = JSON.parse(stdout) as { coverage: { resources: number; inSync: number } };
  if (coverage.inSync !== coverage.resources || coverage.resources === 0) {
    throw new BenchError("reports_differ", `${command.name} is not in sync: ${JSON.stringify(coverage)}`);
  }
  return JSON.parse(readFileSync(written, "utf8")) as Footprint;
}

/** No credentials and no flags of Node from outside. */
function kept(env: Workplace["env"]): Readonly<Record<string, string | undefined>> {
  return { PATH: env["PATH"], HOME: env["HOME"], TMPDIR: env["TMPDIR"], LANG: env["LANG"] };
}

function sectionOf(costs: readonly Cost[]): Section {
  const rows = costs.map(({ resources, stateBytes, withCode, stateAlone, parsing }) => [
    count(resources),
    megabytes(stateBytes),
    milliseconds(withCode.cpuMs / resources),
    megabytes(withCode.peakBytes),
    milliseconds(stateAlone.cpuMs / resources),
    megabytes(stateAlone.peakBytes),
    milliseconds(parsing.cpuMs / resources),
  ]);
  return {
    title: "Anchorwatch's own cost",
    about:
      "In-sync resources of the reference provider, with nested values; the processor time and the peak memory of Node alone, start included, the provider left out. The largest stack is measured five times: the least processor time counts, and the most memory. Beside it, to tell how fast the machine was: what Node takes to start, read the same state and JSON.parse it.",
    table: [
      ["resources", "state", "per resource", "memory", "state alone: per resource", "memory", "JSON.parse"],
      ...rows,
      ...lines(costs),
    ],
    goals: goalsOf(costs),
  };
}

type Pick = (cost: Cost) => number;
const CPU: Pick = ({ withCode }) => withCode.cpuMs;
const MEMORY: Pick = ({ withCode }) => withCode.peakBytes;
const CPU_ALONE: Pick = ({ stateAlone }) => stateAlone.cpuMs;
const MEMORY_ALONE: Pick = ({ stateAlone }) => stateAlone.peakBytes;

function lineOf(costs: readonly Cost[], pick: Pick) {
  return fitLine(costs.map((cost) => [cost.resources, pick(cost)] as const));
}

/** What one resource more costs, and how straight the curve is. */
function lines(costs: readonly Cost[]): readonly (readonly string[])[] {
  const fits = [CPU, MEMORY, CPU_ALONE, MEMORY_ALONE].map((pick) => lineOf(costs, pick));
  const each = fits.map(({ slope }, index) =>
    index % 2 === 0 ? milliseconds(slope) : `${count(slope)} bytes`,
  );
  return [
    ["each more", "", ...each, ""],
    ["correlation", "", ...fits.map(({ correlation }) => correlation.toFixed(4)), ""],
  ];
}

function goalsOf(costs: readonly Cost[]): readonly Goal[] {
  const largest = costs.at(-1) as Cost;
  const straight = Math.min(...[CPU, MEMORY].map((pick) => lineOf(costs, pick).correlation));
  const perResource = (footprint: Footprint) => footprint.cpuMs / largest.resources;
  const name = `${count(largest.resources)} resources`;
  return [
    atMost(
      "at most 0.5 ms of Node for each resource in sync",
      perResource(largest.withCode),
      0.5,
      milliseconds,
    ),
    atMost("the same for a state alone", perResource(largest.stateAlone), 0.5, milliseconds),
    atMost(`under 400 MB of Node for ${name}`, largest.withCode.peakBytes, 400e6, megabytes),
    { text: "linear (correlation)", measured: straight.toFixed(4), reached: straight >= 0.98 },
  ];
}

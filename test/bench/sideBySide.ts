/** Anchorwatch and Terraform on the same stack: commands, reports that must agree, and figures of both. */
import { join } from "node:path";
import type { Deployment } from "../support/deployment.ts";
import { BenchError } from "./error.ts";
import { type Command, inTurn, type Measurement, measure } from "./measure.ts";
import { median, megabytes, seconds } from "./numbers.ts";
import type { CloudWorkplace } from "./workplace.ts";

/** A command and what it has to report, or its time counts for nothing. */
export interface Contender {
  readonly command: Command;
  /** Addresses that it names as drifted, sorted. */
  readonly driftIn: (stdout: string) => readonly string[];
  readonly expected: readonly string[];
}

/** `anchorwatch check` in the folder of the deployment, with a cache folder of its own. */
export function checkContender(
  place: CloudWorkplace,
  { folder, terraform }: Deployment,
  given: {
    readonly name: string;
    readonly args?: readonly string[];
    readonly cache: string;
    readonly expected: readonly string[];
    readonly before?: () => void;
  },
): Contender {
  const { name, args = [], cache, expected, ...rest } = given;
  const command = {
    name,
    file: process.execPath,
    args: [place.installed.main, "check", "--format", "json", ...args],
    cwd: folder,
    environment: { ...terraform.env, ANCHORWATCH_CACHE_DIR: join(place.folder, cache) },
    statuses: [expected.length === 0 ? 0 : 2],
    ...rest,
  };
  return { command, driftIn: driftOfCheck, expected };
}

/** `terraform plan -refresh-only` in the folder of the deployment. */
export function planContender(
  place: CloudWorkplace,
  { folder, terraform }: Deployment,
  given: {
    readonly name: string;
    readonly args?: readonly string[];
    readonly expected: readonly string[];
  },
): Contender {
  const { name, args = [], expected } = given;
  const command = {
    name,
    file: place.machine.terraform,
    args: ["plan", "-refresh-only", "-input=false", "-no-color", ...args],
    cwd: folder,
    environment: terraform.env,
    statuses: [0],
  };
  return { command, driftIn: driftOfPlan, expected };
}

export interface Race<Name extends string> {
  readonly contenders: Readonly<Record<Name, Contender>>;
  /** The one that is run once before, uncounted: it fills the cache. */
  readonly warmUp: NoInfer<Name>;
  readonly runs: number;
  /** When the one that warms up has ended. */
  readonly onBegin?: () => void;
  readonly onRun?: (name: NoInfer<Name>) => void;
}

/** All in turn, each report compared with what is expected. @throws BenchError `reports_differ` */
export async function race<Name extends string>(
  { say, signal }: CloudWorkplace,
  { contenders, warmUp, runs, onBegin, onRun }: Race<Name>,
): Promise<Readonly<Record<Name, Summary>>> {
  const named = Object.entries(contenders) as [Name, Contender][];
  const of = <T>(figure: (contender: Contender, name: Name) => T) =>
    Object.fromEntries(named.map(([name, contender]) => [name, figure(contender, name)])) as Record<Name, T>;
  await measure(contenders[warmUp].command, signal);
  onBegin?.();
  const results = await inTurn(
    of(({ command }) => command),
    runs,
    signal,
    (which, { seconds: time, stdout }) => {
      const { command, driftIn, expected } = contenders[which];
      say(`${command.name}: ${seconds(time)}`);
      onRun?.(which);
      expectDrift(command.name, driftIn(stdout), expected);
    },
  );
  return of((_, name) => summaryOf(results[name]));
}

interface Report {
  readonly resources: readonly { readonly address: string; readonly verdict: string }[];
}

/** Addresses that a check in JSON says have drifted, sorted. */
export function driftOfCheck(stdout: string): readonly string[] {
  const { resources } = JSON.parse(stdout) as Report;
  const drifted = resources.filter(({ verdict }) => verdict === "changed" || verdict === "deleted");
  return drifted.map(({ address }) => address).sort();
}

/** Addresses that a plan in text says have changed outside of Terraform, sorted. */
export function driftOfPlan(stdout: string): readonly string[] {
  return [...stdout.matchAll(/^ {2}# (\S.*?) has (?:changed|been deleted)$/gm)].map((m) => m[1] ?? "").sort();
}

/** What is quick and wrong is not worth measuring. @throws BenchError `reports_differ` */
export function expectDrift(name: string, found: readonly string[], wanted: readonly string[]): void {
  if (found.join() === [...wanted].sort().join()) return;
  const message = `${name} reports ${found.join(", ") || "no drift"}; expected ${wanted.join(", ") || "none"}`;
  throw new BenchError("reports_differ", message);
}

export interface Summary {
  /** Seconds. */
  readonly median: number;
  readonly best: number;
  /** Median over the runs. */
  readonly peakBytes: number;
}

function summaryOf(runs: readonly Measurement[]): Summary {
  const times = runs.map((run) => run.seconds);
  return {
    median: median(times),
    best: Math.min(...times),
    peakBytes: median(runs.map(({ peakBytes }) => peakBytes)),
  };
}

/** A row of the table, beside the one that it is measured against. */
export function rowOf({ command }: Contender, own: Summary, against: Summary | undefined): readonly string[] {
  const times = [seconds(own.median), seconds(own.best)];
  const ratios = against === undefined ? ["", ""] : [against.median / own.median, against.best / own.best];
  const shown = ratios.map((ratio) => (typeof ratio === "number" ? `${ratio.toFixed(1)} ×` : ratio));
  return [command.name, ...times, megabytes(own.peakBytes), ...shown];
}

export const HEAD = ["command", "median", "best", "peak memory", "faster (median)", "faster (best)"];

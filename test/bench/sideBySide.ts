/** Anchorwatch and Terraform on the same stack: commands, reports that must agree, and figures of both. */
import { join } from "node:path";
import type { Deployment } from "../support/deployment.ts";
import { BenchError } from "./error.ts";
import type { Command, Measurement } from "./measure.ts";
import { median, megabytes, seconds } from "./numbers.ts";
import type { CloudWorkplace } from "./workplace.ts";

/** `anchorwatch check` in the folder of the deployment, with a cache folder of its own. */
export function checkCommand(
  place: CloudWorkplace,
  { folder, terraform }: Deployment,
  given: {
    readonly name: string;
    readonly args?: readonly string[];
    readonly cache: string;
    readonly statuses: readonly number[];
    readonly before?: () => void;
  },
): Command {
  const { name, args = [], cache, ...rest } = given;
  return {
    name,
    file: process.execPath,
    args: [place.installed.main, "check", "--format", "json", ...args],
    cwd: folder,
    environment: { ...terraform.env, ANCHORWATCH_CACHE_DIR: join(place.folder, cache) },
    ...rest,
  };
}

/** `terraform plan -refresh-only` in the folder of the deployment. */
export function planCommand(
  place: CloudWorkplace,
  { folder, terraform }: Deployment,
  name: string,
  args: readonly string[] = [],
): Command {
  const environment = terraform.env;
  const flags = ["plan", "-refresh-only", "-input=false", "-no-color", ...args];
  return { name, file: place.machine.terraform, args: flags, cwd: folder, environment, statuses: [0] };
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

export function summaryOf(runs: readonly Measurement[]): Summary {
  const times = runs.map((run) => run.seconds);
  return {
    median: median(times),
    best: Math.min(...times),
    peakBytes: median(runs.map(({ peakBytes }) => peakBytes)),
  };
}

/** A row of the table, beside the one that it is measured against. */
export function rowOf(name: string, own: Summary, against: Summary | undefined): readonly string[] {
  const times = [seconds(own.median), seconds(own.best)];
  const ratios = against === undefined ? ["", ""] : [against.median / own.median, against.best / own.best];
  const shown = ratios.map((ratio) => (typeof ratio === "number" ? `${ratio.toFixed(1)} ×` : ratio));
  return [name, ...times, megabytes(own.peakBytes), ...shown];
}

export const HEAD = ["command", "median", "best", "peak memory", "faster (median)", "faster (best)"];

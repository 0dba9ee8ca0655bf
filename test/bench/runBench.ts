/** The parts of the benchmark in their order, and the page that keeps their figures. */
import { readFileSync, writeFileSync } from "node:fs";
import { cloudMachine, type Machine } from "../support/machine.ts";
import { measureAuthorization } from "./access/decisions.ts";
import { measureLists } from "./access/lists.ts";
import { measureStreams } from "./access/streams.ts";
import { measureAlerts } from "./alerts/alerts.ts";
import { changeBenchmarkEstate } from "./changes.ts";
import { type BenchEstate, deployEstate, type EstateOptions } from "./estate.ts";
import { install } from "./installed.ts";
import { measureLargeEstate, measureTarget } from "./largeEstate.ts";
import { measureLedger } from "./ledger/ledger.ts";
import { type Options, type PartName, WATCH_PARTS } from "./options.ts";
import { measureOwnCost } from "./own/ownCost.ts";
import { benchmarkPage, withSections } from "./page.ts";
import { measureClassification } from "./policy/classify.ts";
import { formatText, type Section } from "./report.ts";
import { measureSmallEstate } from "./smallEstate.ts";
import { surroundingsOf } from "./surroundings.ts";
import { measureWarmProvider } from "./warmProvider.ts";
import { measureUnmanaged } from "./watch/unmanaged.ts";
import { measureWatch } from "./watch/watch.ts";
import type { CloudWorkplace, Workplace } from "./workplace.ts";

export interface Bench extends Omit<Workplace, "installed" | "quick"> {
  readonly machine: Machine;
  readonly options: Options;
  /** Where the figures are kept, absolute. */
  readonly page: string;
  readonly print: (text: string) => void;
}

export async function runBench(bench: Bench): Promise<void> {
  const { machine, options, folder, env, signal, say, print } = bench;
  say("packing the command");
  const installed = await install(folder, env, signal);
  const place: Workplace = { folder, env, signal, say, installed, quick: options.quick };
  const surroundings = await surroundingsOf(machine, place, new Date());
  print(`${surroundings.join("\n")}\n\n`);
  const sections: Section[] = [];
  const done = (section: Section) => {
    sections.push(section);
    print(`${formatText(section)}\n`);
  };
  const cloud = cloudMachine(machine);
  if (cloud.ok) await besideTerraform({ ...place, machine: cloud.machine }, options.parts, done);
  else print(`Nothing is measured beside Terraform: ${cloud.skipped.join("; ")}.\n\n`);
  if (options.parts.has("ledger")) await measureLedger(place, done);
  if (options.parts.has("decisions")) done(await measureAuthorization(place));
  if (options.parts.has("classify")) done(measureClassification(place));
  if (options.parts.has("alerts")) done(await measureAlerts(place));
  if (options.parts.has("own")) done(await measureOwnCost(place));
  if (!options.write) return;
  const page = options.isWhole
    ? benchmarkPage(surroundings, sections)
    : withSections(readFileSync(bench.page, "utf8"), surroundings, sections);
  writeFileSync(bench.page, page);
}

type Parts = ReadonlySet<PartName>;

async function besideTerraform(
  place: CloudWorkplace,
  parts: Parts,
  done: (section: Section) => void,
): Promise<void> {
  if (parts.has("small") || parts.has("warm")) {
    await onEstate(place, 15, { networkApart: false }, async (estate) => {
      if (parts.has("warm")) done(await measureWarmProvider(place, estate));
      if (!parts.has("small")) return;
      await changeBenchmarkEstate(estate);
      done(await measureSmallEstate(place, estate));
    });
  }
  if (WATCH_PARTS.some((part) => parts.has(part)))
    await onEstate(place, 25, { networkApart: false }, (estate) => measureWatch(place, estate, parts, done));
  if (parts.has("lists") || parts.has("streams")) {
    await onEstate(place, 25, { networkApart: false }, async (estate) => {
      if (parts.has("lists")) done(await measureLists(place, estate));
      if (parts.has("streams")) done(await measureStreams(place, estate));
    });
  }
  if (parts.has("unmanaged")) done(await measureUnmanaged(place));
  if (parts.has("target") || parts.has("large")) {
    const resources = place.quick ? 200 : 1000;
    await onEstate(place, resources, { networkApart: true }, async (estate) => {
      await changeBenchmarkEstate(estate);
      if (parts.has("target")) done(await measureTarget(place, estate, resources));
      if (parts.has("large")) done(await measureLargeEstate(place, estate, resources));
    });
  }
}

async function onEstate(
  place: CloudWorkplace,
  resources: number,
  options: EstateOptions,
  work: (estate: BenchEstate) => Promise<void>,
): Promise<void> {
  const estate = await deployEstate(place, resources, options);
  try {
    await work(estate);
  } finally {
    await estate.close();
  }
}

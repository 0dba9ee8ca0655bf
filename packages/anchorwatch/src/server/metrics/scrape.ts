/** Numbers that are asked for when somebody scrapes. Where the database does not answer, they are left out, and that is a number too. */
import { Gauge, Registry } from "prom-client";
import type { DetectorStatus } from "../../watch/records.ts";
import { isAlive } from "../shapes/detector.ts";
import type { Watch, WatchTotals } from "../watch.ts";

/** Each stack has a detector: of a hundred thousand only the worst are told one by one. */
const MOST_DETECTORS = 1000;

/** In the text format of Prometheus, without what is counted elsewhere. `problem`: why the database did not answer. */
export async function scrape(
  watch: Watch,
  { now, streamReaders }: { readonly now: Date; readonly streamReaders: number },
): Promise<{ readonly text: string; readonly problem?: unknown }> {
  const numbers = new Numbers();
  numbers.set("stream_readers", "Readers of the stream.", streamReaders);
  const { providerProcesses, providerMemoryBytes } = watch.gauges();
  numbers.set("provider_processes", "Provider programs that run.", providerProcesses);
  numbers.set("provider_memory_bytes", "Memory that they take together.", providerMemoryBytes);
  const { configuration } = watch.status();
  const isRefused = configuration.refused !== undefined;
  numbers.set(
    "configuration_last_reload_successful",
    "0 while the operator's file cannot be used and what was read before is in force.",
    isRefused ? 0 : 1,
  );
  numbers.set(
    "configuration_last_reload_success_timestamp_seconds",
    "When what is in force was read.",
    configuration.inForceSince.getTime() / 1000,
  );
  let problem: unknown;
  try {
    const [totals, detectors] = await Promise.all([watch.totals(), watch.records.detectors.list()]);
    setTotals(numbers, totals, now);
    setDetectors(numbers, detectors, now);
  } catch (error) {
    problem = error;
  }
  numbers.set("database_up", "Whether the database answered this scrape.", problem === undefined ? 1 : 0);
  const text = await numbers.text();
  return problem === undefined ? { text } : { text, problem };
}

function setTotals(numbers: Numbers, { stacks, openDrifts, outbox, queues }: WatchTotals, now: Date): void {
  for (const [health, count] of Object.entries(stacks)) {
    numbers.set("stacks", "Stacks, by health.", count, { health });
  }
  numbers.set("drifts_open", "Drifts that are open.", openDrifts);
  numbers.set("outbox_entries", "Entries that wait to be written to the ledger.", outbox.entries);
  const age = outbox.oldestAt === undefined ? 0 : now.getTime() - outbox.oldestAt.getTime();
  numbers.set("outbox_oldest_age_seconds", "For how long the oldest of them has waited.", seconds(age));
  for (const [queue, count] of Object.entries(queues)) {
    numbers.set("queue_jobs", "Jobs that wait, by queue.", count, { queue });
  }
}

function setDetectors(numbers: Numbers, detectors: readonly DetectorStatus[], now: Date): void {
  const known = detectors.map((detector) => ({
    detector,
    isUp: isAlive(detector, now),
    age: now.getTime() - detector.at.getTime(),
  }));
  const dead = known.filter(({ isUp }) => !isUp).length;
  const help = "Detectors, by whether they gave a sign of life in time.";
  numbers.set("detectors", help, known.length - dead, { state: "alive" });
  numbers.set("detectors", help, dead, { state: "dead" });
  const worst = known.sort((a, b) => Number(a.isUp) - Number(b.isUp) || b.age - a.age);
  for (const { detector, isUp, age } of worst.slice(0, MOST_DETECTORS)) {
    const labels = { detector: detector.name };
    numbers.set("detector_up", "0: the detector is dead.", isUp ? 1 : 0, labels);
    numbers.set("detector_age_seconds", "Since the detector's last sign of life.", seconds(age), labels);
    if (detector.problem !== undefined)
      numbers.set("detector_failing", "1: the detector lives and tells of a problem.", 1, labels);
  }
}

function seconds(milliseconds: number): number {
  return Math.max(0, milliseconds) / 1000;
}

/** A registry of one scrape. */
class Numbers {
  readonly #registry = new Registry();
  readonly #gauges = new Map<string, Gauge>();

  set(name: string, help: string, value: number, labels: Readonly<Record<string, string>> = {}): void {
    let gauge = this.#gauges.get(name);
    if (gauge === undefined) {
      const labelNames = Object.keys(labels);
      gauge = new Gauge({ name: `anchorwatch_${name}`, help, labelNames, registers: [this.#registry] });
      this.#gauges.set(name, gauge);
    }
    gauge.set(labels, value);
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

/** Numbers that are asked for when somebody scrapes. Where the database does not answer, they are left out, and that is a number too. */
import { Gauge, Registry } from "prom-client";
import type { WatchTotals } from "../../app/watch/health.ts";
import type { DetectorStatus } from "../../watch/records.ts";
import { isAlive } from "../shapes/detector.ts";
import type { Watch } from "../watch.ts";

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
    const [totals, unmanaged, worst, channels] = await Promise.all([
      watch.totals(),
      watch.records.unmanaged.totals(),
      watch.records.detectors.worst(now, MOST_DETECTORS),
      watch.alerts.deliveries.totals(),
    ]);
    setTotals(numbers, totals, now);
    for (const { account, open } of unmanaged)
      numbers.set("unmanaged_open", "What runs in an account and no stack has.", open, { account });
    setDetectors(numbers, totals.detectors, worst, now);
    for (const { channel, failing, dead } of channels) {
      numbers.set("alerts_failing", "Alerts that a channel could not be told of yet.", failing, { channel });
      numbers.set("alerts_dead", "Dead letters: alerts that a channel could not be told of.", dead, {
        channel,
      });
    }
  } catch (error) {
    problem = error;
  }
  numbers.set("database_up", "Whether the database answered this scrape.", problem === undefined ? 1 : 0);
  const text = await numbers.text();
  return problem === undefined ? { text } : { text, problem };
}

function setTotals(
  numbers: Numbers,
  { stacks, openDrifts, drifts, openClaims, outbox, queues, deadJobs }: WatchTotals,
  now: Date,
): void {
  for (const [health, count] of Object.entries(stacks)) {
    numbers.set("stacks", "Stacks, by health.", count, { health });
  }
  numbers.set("drifts_open", "Drifts that are open.", openDrifts);
  const { classes, severities, unclassified, excepted } = drifts;
  const told = "Drifts that are open and that no exception silences";
  for (const [name, count] of Object.entries(severities))
    numbers.set("drifts_open_by_severity", `${told}, by severity.`, count, { severity: name });
  for (const [name, count] of Object.entries(classes))
    numbers.set("drifts_open_by_class", `${told}, by class.`, count, { class: name });
  numbers.set("drifts_open_unclassified", "Open drifts that nobody has classified yet.", unclassified);
  numbers.set("drifts_open_excepted", "Open drifts that an exception silences.", excepted);
  numbers.set("claims_open", "Pairs of stacks that have the same resources.", openClaims);
  numbers.set("outbox_entries", "Entries that wait to be written to the ledger.", outbox.entries);
  const age = outbox.oldestAt === undefined ? 0 : now.getTime() - outbox.oldestAt.getTime();
  numbers.set("outbox_oldest_age_seconds", "For how long the oldest of them has waited.", seconds(age));
  for (const [queue, count] of Object.entries(queues)) {
    numbers.set("queue_jobs", "Jobs that wait, by queue.", count, { queue });
  }
  for (const [queue, count] of Object.entries(deadJobs)) {
    numbers.set("queue_dead_jobs", "Jobs that failed for good, by queue.", count, { queue });
  }
}

function setDetectors(
  numbers: Numbers,
  { alive, dead }: WatchTotals["detectors"],
  worst: readonly DetectorStatus[],
  now: Date,
): void {
  const help = "Detectors, by whether they gave a sign of life in time.";
  numbers.set("detectors", help, alive, { state: "alive" });
  numbers.set("detectors", help, dead, { state: "dead" });
  for (const detector of worst) {
    const labels = { detector: detector.name };
    numbers.set("detector_up", "0: the detector is dead.", isAlive(detector, now) ? 1 : 0, labels);
    const age = now.getTime() - detector.at.getTime();
    numbers.set("detector_age_seconds", "Since the detector's last sign of life.", seconds(age), labels);
    setReach(numbers, detector, now);
    if (detector.problem !== undefined)
      numbers.set("detector_failing", "1: the detector lives and tells of a problem.", 1, labels);
  }
}

/** How late it sees what happens, and for how long it has seen nothing. */
function setReach(numbers: Numbers, { name, lagMs, heardAt }: DetectorStatus, now: Date): void {
  const labels = { detector: name };
  if (lagMs !== undefined) {
    const help = "From what a detector saw last happening until it was seen.";
    numbers.set("detector_lag_seconds", help, seconds(lagMs), labels);
  }
  if (heardAt === undefined) return;
  const silent = now.getTime() - heardAt.getTime();
  numbers.set(
    "event_source_silent_seconds",
    "Since an event source told of anything.",
    seconds(silent),
    labels,
  );
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

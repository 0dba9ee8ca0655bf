/** Numbers for Prometheus: what the watch counts, what the server counts, and what is asked for at each scrape. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { WatchMeter } from "../../watch/meter.ts";

export interface ServerMetrics {
  readonly registry: Registry;
  /** For the watch. */
  readonly meter: WatchMeter;
  readonly answered: (answer: {
    readonly method: string;
    /** Pattern of the route: addresses themselves would make numbers without end. */
    readonly route: string;
    readonly status: number;
    readonly durationMs: number;
  }) => void;
  readonly streamCutOff: () => void;
}

/** Seconds. A change should be a verdict within one. */
const FAST = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const SLOW = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
/** Trails deliver after seconds on a bus, and after a quarter of an hour in log files. */
const LAG = [0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600];

/** @param process false: without the numbers of Node itself, which tests cannot foretell */
export function createServerMetrics({
  version,
  process = true,
}: {
  readonly version: string;
  readonly process?: boolean;
}): ServerMetrics {
  const registry = new Registry();
  if (process) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  new Gauge({
    name: "anchorwatch_build_info",
    help: "Always 1; the version is a label.",
    labelNames: ["version"],
    registers,
  }).set({ version }, 1);
  const requests = new Histogram({
    name: "anchorwatch_http_request_duration_seconds",
    help: "Time until a request was answered, by pattern of its route.",
    labelNames: ["method", "route", "status"],
    buckets: FAST,
    registers,
  });
  const cutOff = new Counter({
    name: "anchorwatch_stream_cut_off_total",
    help: "Readers of the stream that were too slow.",
    registers,
  });
  return {
    registry,
    meter: createMeter(registers),
    answered: ({ method, route, status, durationMs }) =>
      requests.observe({ method, route, status: String(status) }, durationMs / 1000),
    streamCutOff: () => cutOff.inc(),
  };
}

function createMeter(registers: Registry[]): WatchMeter {
  const checks = new Histogram({
    name: "anchorwatch_check_duration_seconds",
    help: "How long checks took; its count is how many there were.",
    labelNames: ["trigger", "outcome"],
    buckets: SLOW,
    registers,
  });
  const verdicts = new Counter({
    name: "anchorwatch_verdicts_total",
    help: "Verdicts on resources.",
    labelNames: ["verdict"],
    registers,
  });
  const events = new Counter({
    name: "anchorwatch_events_received_total",
    help: "Records that came from event sources: change, no_change, malformed, or duplicate of a change.",
    labelNames: ["source", "kind"],
    registers,
  });
  const refused = new Counter({
    name: "anchorwatch_event_posts_refused_total",
    help: "Posts to event sources that were not taken: forged, too late, told before, or no events.",
    labelNames: ["source", "code"],
    registers,
  });
  const lag = new Histogram({
    name: "anchorwatch_event_lag_seconds",
    help: "From the time of a change until its event was received.",
    labelNames: ["source"],
    buckets: LAG,
    registers,
  });
  const waits = new Histogram({
    name: "anchorwatch_ledger_wait_seconds",
    help: "From storing an entry until it was in the ledger.",
    buckets: FAST,
    registers,
  });
  const trailFiles = new Counter({
    name: "anchorwatch_trail_files_checked_total",
    help: "Digests and log files of trails that are what CloudTrail wrote.",
    labelNames: ["source", "kind"],
    registers,
  });
  const trailFindings = new Counter({
    name: "anchorwatch_trail_findings_total",
    help: "What is not as digests say: missing, moved or invalid files, and gaps.",
    labelNames: ["source", "kind"],
    registers,
  });
  const steps = new Counter({
    name: "anchorwatch_drift_steps_total",
    help: "Drifts that were opened, updated, absorbed, attributed, closed or reopened.",
    labelNames: ["kind"],
    registers,
  });
  const detection = new Histogram({
    name: "anchorwatch_drift_detection_seconds",
    help: "From receiving the event of a drift until the drift was stored.",
    buckets: FAST,
    registers,
  });
  return {
    checked: ({ trigger, outcome, durationMs, verdicts: counts }) => {
      checks.observe({ trigger, outcome }, durationMs / 1000);
      for (const [verdict, count] of Object.entries(counts)) verdicts.inc({ verdict }, count);
    },
    received: ({ source, changes, noChanges, malformed, duplicates, lagsMs }) => {
      const kinds = {
        change: Math.max(0, changes - duplicates),
        duplicate: duplicates,
        no_change: noChanges,
        malformed,
      };
      for (const [kind, count] of Object.entries(kinds)) events.inc({ source, kind }, count);
      for (const lagMs of lagsMs) lag.observe({ source }, Math.max(0, lagMs) / 1000);
    },
    refused: ({ source, code }) => refused.inc({ source, code }),
    recorded: (waitedMs) => waits.observe(Math.max(0, waitedMs) / 1000),
    trailChecked: ({ source, digests, logFiles, findings }) => {
      trailFiles.inc({ source, kind: "digest" }, digests);
      trailFiles.inc({ source, kind: "log" }, logFiles);
      for (const kind of findings) trailFindings.inc({ source, kind });
    },
    stepped: ({ kind, sinceReceivedMs }) => {
      steps.inc({ kind });
      if (sinceReceivedMs !== undefined) detection.observe(sinceReceivedMs / 1000);
    },
  };
}

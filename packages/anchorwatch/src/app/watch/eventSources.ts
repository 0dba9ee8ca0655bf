/** The event sources of the operator's file, running. */
import type { SQSClient } from "@aws-sdk/client-sqs";
import { queueSource } from "../../activity/sources/queue/queueSource.ts";
import type { EventSink, EventSource, SourceBeat } from "../../activity/sources/source.ts";
import { trailSource } from "../../activity/sources/trail/trailSource.ts";
import { messageOf, type Warning } from "../../domain/errors.ts";
import { whileElected } from "../../jobs/election.ts";
import type { Database } from "../../store/connect.ts";
import type { WatchRecords } from "../../watch/records.ts";
import type { AwsSettings, LedgerMachine } from "../ledger/ledgerMachine.ts";
import type { EventSourceSettings, TrailSettings } from "./watchSettings.ts";

export interface SourceMachine extends Pick<LedgerMachine, "now" | "sleep" | "newS3Client"> {
  readonly newSqsClient: (settings?: AwsSettings) => Promise<SQSClient>;
}

export interface SourcesOptions {
  readonly database: Database;
  readonly records: Pick<WatchRecords, "detectors" | "trails">;
  readonly machine: SourceMachine;
  readonly sink: EventSink;
  readonly onWarning: (warning: Warning) => void;
  readonly signal: AbortSignal;
}

/** A sign of life is kept so often; one that tells of a problem, at once. */
const BEAT_EVERY_MS = 5_000;
const RETRY_MS = 5_000;

/** Until the signal aborts. Sources that are posted to have nothing to run: their beats alone are kept. */
export async function runSource(settings: EventSourceSettings, options: SourcesOptions): Promise<void> {
  const { machine, signal } = options;
  const tell = beatsOf(settings, options);
  while (!signal.aborted) {
    try {
      return await openAndRun(settings, options);
    } catch (error) {
      if (signal.aborted) return;
      // Credentials that cannot be found, progress that cannot be kept: one source must not end the others, or itself for good.
      tell({ at: machine.now(), problem: messageOf(error) });
      await machine.sleep(RETRY_MS, signal);
    }
  }
}

async function openAndRun(settings: EventSourceSettings, options: SourcesOptions): Promise<void> {
  const clients: Client[] = [];
  try {
    const source = await openSource(settings, options, clients);
    if (source !== undefined) await runOpened(source, settings, options);
  } finally {
    for (const client of clients) client.destroy();
  }
}

interface Client {
  destroy(): void;
}

async function runOpened(
  source: EventSource,
  settings: EventSourceSettings,
  { database, sink, signal, onWarning }: SourcesOptions,
): Promise<void> {
  // A queue gives each message to one of many; a trail has one reader, or everything would be read twice.
  if (settings.kind === "sqs") return await source.run(signal, sink);
  const onProblem = (problem: unknown) =>
    onWarning({ code: "database_unreachable", message: messageOf(problem) });
  await whileElected(database, `events ${settings.name}`, (elected) => source.run(elected, sink), {
    signal,
    onProblem,
  });
}

async function openSource(
  settings: EventSourceSettings,
  options: SourcesOptions,
  clients: Client[],
): Promise<EventSource | undefined> {
  const { machine } = options;
  const common = {
    name: settings.name,
    now: machine.now,
    sleep: machine.sleep,
    onBeat: beatsOf(settings, options),
  };
  switch (settings.kind) {
    case "sqs": {
      const [sqs, s3] = await Promise.all([
        machine.newSqsClient(settings.aws),
        machine.newS3Client(settings.aws),
      ]);
      clients.push(sqs, s3);
      return queueSource({ ...common, queueUrl: settings.queueUrl, sqs, s3 });
    }
    case "trail": {
      const { bucket, prefix } = settings;
      const s3 = await machine.newS3Client(settings.aws);
      clients.push(s3);
      const progress = options.records.trails.of(trailName(settings));
      return trailSource({ ...common, s3, bucket, prefix, progress });
    }
    case "http":
      return undefined;
  }
}

/** A source that is given another place has read nothing there yet. */
export function trailName({ name, bucket, prefix }: TrailSettings): string {
  return `${name} s3://${bucket}/${prefix}`;
}

export interface BeatKeeper {
  readonly records: Pick<WatchRecords, "detectors">;
  readonly onWarning: (warning: Warning) => void;
}

/** The name of its detector. */
export function sourceDetector({ name }: Pick<EventSourceSettings, "name">): string {
  return `events:${name}`;
}

/** What becomes of a source's signs of life. */
export function beatsOf(
  { name, expectedWithinMs }: EventSourceSettings,
  { records: { detectors }, onWarning }: BeatKeeper,
): (beat: SourceBeat) => void {
  let last: SourceBeat | undefined;
  // Of a busy source not every beat is kept, and an idle one has nothing to say of these.
  let heard: { readonly heardAt?: Date; readonly lagMs?: number } = {};
  return (beat) => {
    if (beat.lagMs !== undefined) heard = { heardAt: beat.at, lagMs: beat.lagMs };
    const isNews = beat.problem !== last?.problem;
    if (!isNews && last !== undefined && beat.at.getTime() - last.at.getTime() < BEAT_EVERY_MS) return;
    last = beat;
    if (isNews && beat.problem !== undefined)
      onWarning({ code: "event_source_failing", message: `The event source ${name}: ${beat.problem}` });
    detectors
      .beat({ name: sourceDetector({ name }), expectedWithinMs, ...heard, ...beat })
      // A database that is away is told by whoever needs it more.
      .catch((error: unknown) => onWarning({ code: "database_unreachable", message: messageOf(error) }));
  };
}

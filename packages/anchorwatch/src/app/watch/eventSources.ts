/** The event sources of the operator's file, running. */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { queueSource } from "../../activity/sources/queue/queueSource.ts";
import type { EventSink, EventSource, SourceBeat } from "../../activity/sources/source.ts";
import type { CursorPlace, TrailCursor } from "../../activity/sources/trail/cursor.ts";
import { trailSource } from "../../activity/sources/trail/trailSource.ts";
import { messageOf, type Warning } from "../../domain/errors.ts";
import { whileElected } from "../../jobs/election.ts";
import type { Database } from "../../store/connect.ts";
import type { DetectorRecords } from "../../watch/records.ts";
import type { AwsSettings, LedgerMachine } from "../ledger/ledgerMachine.ts";
import type { EventSourceSettings } from "./watchSettings.ts";

export interface SourceMachine extends Pick<LedgerMachine, "now" | "sleep" | "newS3Client"> {
  readonly newSqsClient: (settings?: AwsSettings) => Promise<SQSClient>;
}

export interface SourcesOptions {
  readonly database: Database;
  readonly detectors: DetectorRecords;
  readonly machine: SourceMachine;
  /** For what has to be kept between runs. */
  readonly workFolder: string;
  readonly sink: EventSink;
  readonly onWarning: (warning: Warning) => void;
  readonly signal: AbortSignal;
}

/** A sign of life is kept so often; one that tells of a problem, at once. */
const BEAT_EVERY_MS = 5_000;
const RETRY_MS = 5_000;

/** Until the signal aborts. Sources that are posted to run by themselves: their beats alone are kept. */
export async function runSources(
  settings: readonly EventSourceSettings[],
  options: SourcesOptions,
): Promise<void> {
  await Promise.all(settings.map((source) => runSource(source, options)));
}

async function runSource(settings: EventSourceSettings, options: SourcesOptions): Promise<void> {
  const { machine, signal } = options;
  const tell = beatsOf(settings, options);
  while (!signal.aborted) {
    try {
      return await openAndRun(settings, options);
    } catch (error) {
      if (signal.aborted) return;
      // Credentials that cannot be found, a cursor that cannot be kept: one source must not end the others, or itself for good.
      tell({ at: machine.now(), problem: messageOf(error) });
      await machine.sleep(RETRY_MS, signal);
    }
  }
}

async function openAndRun(settings: EventSourceSettings, options: SourcesOptions): Promise<void> {
  const { database, sink, signal, onWarning } = options;
  const source = await openSource(settings, options);
  if (source === undefined) return;
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
      return queueSource({ ...common, queueUrl: settings.queueUrl, sqs, s3 });
    }
    case "trail": {
      const { bucket, prefix } = settings;
      const s3 = await machine.newS3Client(settings.aws);
      const cursor = cursorFile(
        join(options.workFolder, "cursors", `${encodeURIComponent(settings.name)}.json`),
      );
      return trailSource({ ...common, s3, bucket, prefix, cursor });
    }
    case "http":
      return undefined;
  }
}

/** What becomes of a source's signs of life. */
export function beatsOf(
  { name, expectedWithinMs }: EventSourceSettings,
  { detectors, onWarning }: Pick<SourcesOptions, "detectors" | "onWarning">,
): (beat: SourceBeat) => void {
  let last: SourceBeat | undefined;
  return (beat) => {
    const isNews = beat.problem !== last?.problem;
    if (!isNews && last !== undefined && beat.at.getTime() - last.at.getTime() < BEAT_EVERY_MS) return;
    last = beat;
    if (isNews && beat.problem !== undefined)
      onWarning({ code: "event_source_failing", message: `The event source ${name}: ${beat.problem}` });
    detectors
      .beat({ name: `events:${name}`, expectedWithinMs, ...beat })
      // A database that is away is told by whoever needs it more.
      .catch((error: unknown) => onWarning({ code: "database_unreachable", message: messageOf(error) }));
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function cursorFile(path: string): CursorPlace {
  return {
    load: async () => {
      try {
        return JSON.parse(await readFile(path, "utf8")) as TrailCursor;
      } catch (error) {
        // None yet, or half of one: the last hour is read again, and what is known is not told twice.
        if (error instanceof SyntaxError || isMissing(error)) return undefined;
        throw error;
      }
    },
    save: async (cursor) => {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeFile(`${path}.new`, JSON.stringify(cursor), { mode: 0o600 });
      await rename(`${path}.new`, path);
    },
  };
}

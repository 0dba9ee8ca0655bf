/** Events from a trail's log files, looked for in their bucket where no queue tells of them. */
import { AnchorwatchError } from "../../../domain/errors.ts";
import { nameOf } from "../../envelope/filePlace.ts";
import { type FileLimits, recordsOfFile } from "../logFile.ts";
import { type EventSink, type EventSource, lagOf, type SourceSurroundings } from "../source.ts";
import { untilAborted } from "../untilAborted.ts";
import {
  baseOf,
  type ListedFile,
  listFiles,
  listFolders,
  type TrailFolder,
  type TrailPlace,
} from "./listing.ts";
import { OVERLAP_MS, type TrailProgress, type WrittenFile } from "./progress.ts";

export interface TrailSourceOptions extends SourceSurroundings, TrailPlace {
  readonly name: string;
  readonly progress: TrailProgress;
  /** Between two looks, in milliseconds; a minute unless told. */
  readonly everyMs?: number;
  readonly limits?: FileLimits;
}

const EVERY_MS = 60_000;
/** A new account or region shows after so many looks at the latest. */
const LOOKS_PER_DISCOVERY = 10;
/** Files that are asked for in one statement, or tried again in one look. */
const MOST_AT_ONCE = 1000;

export function trailSource(options: TrailSourceOptions): EventSource {
  return {
    name: options.name,
    run: async (signal, sink) => {
      let looks = 0;
      let folders: readonly TrailFolder[] = [];
      await untilAborted(signal, options, async () => {
        if (looks++ % LOOKS_PER_DISCOVERY === 0 || folders.length === 0) {
          folders = await listFolders(options, signal);
        }
        if (folders.length === 0) throw empty(options);
        await readNew(options, folders, signal, sink);
        await options.sleep(options.everyMs ?? EVERY_MS, signal);
      });
    },
  };
}

/** A file that cannot be read holds up no other; it is put aside, and tried again with the next look, however old it gets. */
async function readNew(
  options: TrailSourceOptions,
  folders: readonly TrailFolder[],
  signal: AbortSignal,
  sink: EventSink,
): Promise<void> {
  const { progress } = options;
  const now = options.now();
  const since = (await progress.since()) ?? new Date(now.getTime() - OVERLAP_MS);
  const failed: Error[] = [];
  for (const file of await progress.aside(MOST_AT_ONCE)) await readOne(options, file, failed, signal, sink);
  for (const folder of folders) {
    // Clocks differ: a file may be named after a minute that has not come yet.
    const window = { from: since, to: new Date(now.getTime() + OVERLAP_MS) };
    for (const files of inParts(await listFiles(options, folder, window, signal))) {
      const known = await progress.known(files.map(({ key }) => key));
      for (const file of files) if (!known.has(file.key)) await readOne(options, file, failed, signal, sink);
    }
  }
  // Only when every folder was seen may the beginning move.
  await progress.moveTo(new Date(Math.max(since.getTime(), now.getTime() - OVERLAP_MS)));
  const [first] = failed;
  if (first !== undefined) throw first;
  options.onBeat({ at: options.now() });
}

function* inParts(files: readonly ListedFile[]): Iterable<readonly ListedFile[]> {
  for (let start = 0; start < files.length; start += MOST_AT_ONCE)
    yield files.slice(start, start + MOST_AT_ONCE);
}

async function readOne(
  options: TrailSourceOptions,
  file: WrittenFile,
  failed: Error[],
  signal: AbortSignal,
  sink: EventSink,
): Promise<void> {
  try {
    await readFile(options, file, signal, sink);
  } catch (error) {
    // What the sink throws would meet the next file as well.
    if (!(error instanceof AnchorwatchError) || !error.code.startsWith("event_file_")) throw error;
    failed.push(error);
    return await options.progress.putAside(file, options.now());
  }
  // Only now: everything that it told is kept.
  await options.progress.read(file);
}

async function readFile(
  options: TrailSourceOptions,
  file: WrittenFile,
  signal: AbortSignal,
  sink: EventSink,
): Promise<void> {
  const { name, bucket, limits } = options;
  const place = { bucket, key: file.key };
  for await (const batch of recordsOfFile(options.s3, place, name, signal, limits)) {
    signal.throwIfAborted();
    const receivedAt = options.now();
    await sink(batch, { source: name, receivedAt, from: nameOf(place) });
    options.onBeat({ at: options.now(), ...lagOf(batch, receivedAt) });
  }
}

/** A wrong prefix would look like a trail in which nothing ever happens. */
function empty({ bucket, prefix }: TrailPlace): AnchorwatchError {
  const at = `s3://${bucket}/${baseOf(prefix)}`;
  return new AnchorwatchError("trail_empty", `There are no log files of CloudTrail below ${at}`, {
    hint: "Give the prefix that the trail was made with, without AWSLogs. A new trail has its first files after about 15 minutes.",
  });
}

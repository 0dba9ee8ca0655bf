/** Events from a trail's log files, looked for in their bucket where no queue tells of them. */
import { AnchorwatchError } from "../../../domain/errors.ts";
import { nameOf } from "../../envelope/filePlace.ts";
import { type FileLimits, recordsOfFile } from "../logFile.ts";
import { type EventSink, type EventSource, lagOf, type SourceSurroundings } from "../source.ts";
import { untilAborted } from "../untilAborted.ts";
import { advance, type CursorPlace, type Look, OVERLAP_MS, type TrailCursor } from "./cursor.ts";
import { type ListedFile, listFiles, listFolders, type TrailFolder, type TrailPlace } from "./listing.ts";

export interface TrailSourceOptions extends SourceSurroundings, TrailPlace {
  readonly name: string;
  readonly cursor: CursorPlace;
  /** Between two looks, in milliseconds; a minute unless told. */
  readonly everyMs?: number;
  readonly limits?: FileLimits;
}

const EVERY_MS = 60_000;
/** A new account or region shows after so many looks at the latest. */
const LOOKS_PER_DISCOVERY = 10;

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
        await readNew(options, folders, signal, sink);
        await options.sleep(options.everyMs ?? EVERY_MS, signal);
      });
    },
  };
}

/** A file that cannot be read holds up no other; it is tried again with the next look, however old it gets. */
async function readNew(
  options: TrailSourceOptions,
  folders: readonly TrailFolder[],
  signal: AbortSignal,
  sink: EventSink,
): Promise<void> {
  const now = options.now();
  const cursor = (await options.cursor.load()) ?? beginning(now);
  const look: Look = { since: cursor.since, read: new Set(cursor.read), failed: [] };
  for (const folder of folders) {
    // Clocks differ: a file may be named after a minute that has not come yet.
    const window = { from: new Date(cursor.since), to: new Date(now.getTime() + OVERLAP_MS) };
    const files = await listFiles(options, folder, window, signal);
    const fresh = files.filter(({ key }) => !look.read.has(key));
    if (fresh.length === 0) continue;
    try {
      for (const file of fresh) await readOne(options, file, look, signal, sink);
    } finally {
      await options.cursor.save({ since: look.since, read: [...look.read] });
    }
  }
  // Only when every folder was seen may the beginning move.
  const [first] = look.failed;
  await options.cursor.save(advance(look, now));
  if (first !== undefined) throw first.error;
  options.onBeat({ at: options.now() });
}

async function readOne(
  options: TrailSourceOptions,
  file: ListedFile,
  look: Look,
  signal: AbortSignal,
  sink: EventSink,
): Promise<void> {
  try {
    await readFile(options, file, signal, sink);
    look.read.add(file.key);
  } catch (error) {
    // What the sink throws would meet the next file as well.
    if (!(error instanceof AnchorwatchError) || !error.code.startsWith("event_file_")) throw error;
    look.failed.push({ time: file.time, error });
  }
}

async function readFile(
  options: TrailSourceOptions,
  file: ListedFile,
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

function beginning(now: Date): TrailCursor {
  return { since: new Date(now.getTime() - OVERLAP_MS).toISOString(), read: [] };
}

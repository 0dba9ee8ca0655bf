/**
 * Object versions in the order of their writing, however many there are. S3 lists by name: what does not fit into memory is sorted
 * in pieces, which wait in temporary files and are merged. So the bucket is listed once.
 */
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { comparePlaces, type Place } from "./renewalState.ts";

export interface SortOptions {
  /** Where pieces may wait; made and removed again in it only when they do not fit into memory. */
  readonly temporaryFolder: string;
  /** So many are kept in memory. */
  readonly inMemory: number;
}

/** Nothing is left in the temporary folder when the loop over it has ended, however that was. */
export async function* oldestFirst(
  places: AsyncIterable<Place>,
  { temporaryFolder, inMemory }: SortOptions,
): AsyncGenerator<Place> {
  let folder: string | undefined;
  try {
    const pieces: string[] = [];
    let piece: Place[] = [];
    for await (const { modified, path, version } of places) {
      piece.push({ modified, path, version });
      if (piece.length < inMemory) continue;
      folder ??= await mkdtemp(join(temporaryFolder, "renewal-"));
      pieces.push(await writePiece(join(folder, String(pieces.length)), piece.sort(comparePlaces)));
      piece = [];
    }
    piece.sort(comparePlaces);
    if (pieces.length === 0) yield* piece;
    else yield* merged([...pieces.map(readPiece), inOrder(piece)]);
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true });
  }
}

async function writePiece(file: string, piece: readonly Place[]): Promise<string> {
  await pipeline(Readable.from(linesOf(piece)), createWriteStream(file, { mode: 0o600 }));
  return file;
}

function* linesOf(piece: readonly Place[]): Generator<string> {
  for (const { modified, path, version } of piece) yield `${JSON.stringify([modified, path, version])}\n`;
}

async function* readPiece(file: string): AsyncGenerator<Place> {
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const [modified, path, version] = JSON.parse(line) as [number, string, string];
    yield { modified, path, version };
  }
}

async function* inOrder(places: readonly Place[]): AsyncGenerator<Place> {
  yield* places;
}

/** Each of the sources is in order. There are few: one for each piece that filled the memory. */
async function* merged(sources: readonly AsyncGenerator<Place>[]): AsyncGenerator<Place> {
  const heads: { next: Place; readonly source: AsyncGenerator<Place> }[] = [];
  try {
    for (const source of sources) {
      const { value, done } = await source.next();
      if (done !== true) heads.push({ next: value, source });
    }
    for (;;) {
      const [first, ...others] = heads;
      if (first === undefined) return;
      const least = others.reduce(
        (best, head) => (comparePlaces(head.next, best.next) < 0 ? head : best),
        first,
      );
      yield least.next;
      const { value, done } = await least.source.next();
      if (done === true) heads.splice(heads.indexOf(least), 1);
      else least.next = value;
    }
  } finally {
    for (const source of sources) await source.return(undefined);
  }
}

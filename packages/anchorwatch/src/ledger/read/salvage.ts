/** Entries of a damaged bundle that are themselves all right: a fault hides nothing but what it hit. */
import { type LogClient, leafHash, TILE_WIDTH, TlogError, tilePath, tileWidth } from "tlog";
import type { LogEntry } from "./openedLog.ts";

const LENGTH_BYTES = 2;

/** Undefined where the entry itself is damaged, or cannot be found behind the damage. `size` is the checkpoint's. */
export async function salvageEntry(
  client: LogClient,
  index: number,
  size: number,
): Promise<LogEntry | undefined> {
  const bundle = Math.floor(index / TILE_WIDTH);
  const bytes = readable(await readBundle(client, bundle, size)).at(index - bundle * TILE_WIDTH);
  if (bytes === undefined) return undefined;
  const { leaf } = await client.inclusionProof(index);
  return Buffer.compare(await leafHash(bytes), leaf) === 0 ? { index, bytes } : undefined;
}

/** The entries from `from` on, up to the first that is damaged, in the bundle that the error speaks of. */
export async function* salvageBefore(
  client: LogClient,
  error: unknown,
  from: number,
  size: number,
): AsyncIterable<LogEntry> {
  const damaged = error instanceof TlogError ? error.location.index : undefined;
  if (damaged === undefined) return;
  for (let index = from; index < damaged; index++) {
    const entry = await salvageEntry(client, index, size);
    if (entry === undefined) return;
    yield entry;
  }
}

async function readBundle({ source }: LogClient, index: number, size: number): Promise<Uint8Array> {
  const width = tileWidth("entries", index, size);
  const partial = await source.read(tilePath({ level: "entries", index, width }));
  // A log that has grown since may have the full one only.
  const found = partial ?? (await source.read(tilePath({ level: "entries", index, width: TILE_WIDTH })));
  return found ?? new Uint8Array();
}

/** As many entries as there are before the bundle ends in the middle of one. */
function readable(bytes: Uint8Array): readonly Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let at = 0; at + LENGTH_BYTES <= bytes.length; ) {
    const start = at + LENGTH_BYTES;
    const end = start + (bytes[at] as number) * 256 + (bytes[at + 1] as number);
    if (end > bytes.length) break;
    entries.push(bytes.subarray(start, end));
    at = end;
  }
  return entries;
}

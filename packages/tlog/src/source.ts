/** Where the files of a log are read from. What a source gives is believed by nobody: its reader checks everything. */

import { MAX_ENTRY_BYTES } from "./bundle.ts";
import { TlogError } from "./errors.ts";
import { TILE_WIDTH } from "./tile.ts";

export interface ReadOptions {
  /** Larger files are refused with `source_too_large`. `MAX_FILE_BYTES` unless told. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

export interface LogSource {
  /** For messages: an address or a folder. */
  readonly name: string;
  /** The bytes at a path inside the log, `checkpoint` or `tile/…`. Undefined: there is no such file. */
  read(path: string, options?: ReadOptions): Promise<Uint8Array | undefined>;
  /** Paths of the files that begin so, in no order. Only where the place can be listed: HTTP has no such thing. */
  list?(prefix: string): AsyncIterable<string>;
}

/** The largest file that the format knows: a bundle of 256 entries of the largest size. */
export const MAX_FILE_BYTES = TILE_WIDTH * (2 + MAX_ENTRY_BYTES);

const PATH = /^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/;
const MAX_PATH = 1000;

/** The path itself, if it is made of plain steps and cannot lead out of the log. Throws `source_path_refused` otherwise. */
export function checkLogPath(path: string): string {
  const isPlain = path.length <= MAX_PATH && PATH.test(path);
  if (isPlain && path.split("/").every((step) => step !== "." && step !== "..")) return path;
  throw new TlogError(
    "source_path_refused",
    `${JSON.stringify(path.slice(0, 100))} is no path inside a log, such as checkpoint or tile/0/x001/067`,
  );
}

/** The error of a file that is larger than asked for. */
export function tooLarge(name: string, path: string, maxBytes: number): TlogError {
  return new TlogError("source_too_large", `${path} of ${name} is larger than ${maxBytes} bytes`, {
    location: { path, byte: maxBytes },
  });
}

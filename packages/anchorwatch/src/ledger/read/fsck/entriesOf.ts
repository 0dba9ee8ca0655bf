/** Every entry of a log, as far as it can be read: a damaged place is told, and reading goes on behind it. */
import { TILE_WIDTH, TlogError } from "tlog";
import type { OpenedLog } from "../openedLog.ts";
import { damage, type Finding, withoutPath } from "./finding.ts";

export interface LookedAt {
  readonly findings: readonly Finding[];
  /** So many entries, from the first, are all right. */
  readonly readable: number;
}

export interface EntryObserver {
  readonly entry: (index: number, bytes: Uint8Array) => void;
  readonly progress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

/** So many places are told one by one; of a disk that was overwritten nobody reads more. */
const MOST = 100;

export async function lookAtEntries(log: OpenedLog, observer: EntryObserver): Promise<LookedAt> {
  const { size } = log.checkpoint;
  const faults = new Map<string, Fault>();
  let readable: number | undefined;
  let more = 0;
  let lastOfMore: string | undefined;
  for (let from = 0; from < size; from += TILE_WIDTH) {
    observer.signal.throwIfAborted();
    const to = Math.min(from + TILE_WIDTH, size);
    try {
      for await (const { index, bytes } of log.entries(from, to)) observer.entry(index, bytes);
    } catch (error) {
      const cause = error instanceof Error ? error.cause : undefined;
      if (!(cause instanceof TlogError)) throw error;
      readable ??= cause.location.index ?? from;
      const { path = "tile" } = cause.location;
      const known = faults.get(path);
      // A tile of hashes hides all that lies under it, bundle after bundle.
      if (known !== undefined) faults.set(path, { ...known, to });
      else if (faults.size < MOST) faults.set(path, { path, error: cause, from, to });
      else if (path !== lastOfMore) {
        more++;
        lastOfMore = path;
      }
    }
    observer.progress(to, size);
  }
  const rest = damage(".", `${more} more files are damaged`, "Restore the whole folder from a copy.");
  const findings = [...faults.values()].map(findingOf);
  return { findings: [...findings, ...(more > 0 ? [rest] : [])], readable: readable ?? size };
}

/** A file because of which entries, from one to before another, could not be read or proven. */
interface Fault {
  readonly path: string;
  readonly error: TlogError;
  readonly from: number;
  readonly to: number;
}

function findingOf({ path, error, from, to }: Fault): Finding {
  const { code } = error;
  const message = withoutPath(error);
  if (code === "log_root_mismatch") {
    const advice =
      "Restore the folder from a copy, or the checkpoint that belongs to these tiles. If nothing was restored here lately, ask who changed it.";
    return damage(path, message, advice);
  }
  if (path.startsWith("tile/entries/")) {
    return damage(path, message, "Restore this file from a copy of the log: its entries are nowhere else.");
  }
  const hidden = `entries ${from} to ${to - 1} cannot be proven without it`;
  const advice =
    "Restore this file from a copy of the log. What it holds is computed from entries, so nothing is lost for good.";
  return damage(path, `${message}; ${hidden}`, advice);
}

/** Damage to a log, bit by bit and file by file, and whether `verifyLog` finds it. In small in the tests, in large in the torture run. */

import { TlogError } from "./errors.ts";
import { MemoryLog } from "./memoryLog.fixture.ts";
import { verifyLog } from "./verifyLog.ts";

export interface DamageReport {
  /** How often the log was damaged. */
  readonly tried: number;
  /** What was done where it was not found. Must be empty. */
  readonly missed: readonly string[];
}

/** A log of that size with the partial tiles of a smaller one left over. */
export function logToDamage(size: number): Promise<MemoryLog> {
  return MemoryLog.publish([Math.ceil(size / 10), size]);
}

/** Flips every bit, or every n-th, of every file: tiles, bundles, left-over ones, checkpoint. */
export async function everyFlipIsFound(log: MemoryLog, every = 1): Promise<DamageReport> {
  const trial = new Trial(log);
  let bit = 0;
  for (const [path, bytes] of log.files) {
    for (let at = 0; at < bytes.length * 8; at++) {
      if (bit++ % every !== 0) continue;
      const damaged = bytes.with(at >> 3, (bytes[at >> 3] as number) ^ (1 << (at & 7)));
      await trial.run(`bit ${at} of ${path} flipped`, new Map([[path, damaged]]), path);
    }
  }
  return trial;
}

/** Cuts every file off at every length, or every n-th, and lets zeros and copies of its bytes follow it. */
export async function everyTruncationIsFound(log: MemoryLog, every = 1): Promise<DamageReport> {
  const trial = new Trial(log);
  for (const [path, bytes] of log.files) {
    for (let length = 0; length < bytes.length; length += every) {
      await trial.run(`${path} cut to ${length} bytes`, new Map([[path, bytes.slice(0, length)]]), path);
    }
    for (const more of [new Uint8Array(1), new Uint8Array(32), bytes]) {
      const longer = new Uint8Array([...bytes, ...more]);
      await trial.run(`${path} with ${more.length} bytes more`, new Map([[path, longer]]), path);
    }
  }
  return trial;
}

/** Puts every file in the place of every other one, and swaps every two. */
export async function everySwapIsFound(log: MemoryLog): Promise<DamageReport> {
  const trial = new Trial(log);
  for (const [path, bytes] of log.files) {
    for (const [other, otherBytes] of log.files) {
      if (path === other || Buffer.compare(bytes, otherBytes) === 0) continue;
      await trial.run(`${path} replaced by ${other}`, new Map([[path, otherBytes]]));
      const swapped = new Map([
        [path, otherBytes],
        [other, bytes],
      ]);
      if (path < other) await trial.run(`${path} and ${other} swapped`, swapped);
    }
  }
  return trial;
}

class Trial implements DamageReport {
  readonly #log: MemoryLog;
  readonly missed: string[] = [];
  tried = 0;

  constructor(log: MemoryLog) {
    this.#log = log;
  }

  /** `path`: the file that the error has to name, if one was damaged. */
  async run(what: string, damage: ReadonlyMap<string, Uint8Array>, path?: string): Promise<void> {
    this.tried++;
    const { files } = this.#log;
    const source = {
      name: "the damaged log",
      read: async (wanted: string) => damage.get(wanted) ?? files.get(wanted),
      list: () => listed(files.keys()),
    };
    // The signature takes longer than all the rest, and says nothing about the other files.
    const isSigned = path === undefined || path === "checkpoint";
    try {
      await verifyLog(source, isSigned ? { keys: [this.#log.signer.key] } : {});
      this.missed.push(what);
    } catch (error) {
      if (!(error instanceof TlogError)) throw error;
      const isNamed = path === undefined || path === "checkpoint" || error.location.path === path;
      if (!isNamed) this.missed.push(`${what}, but ${error.code} says ${error.message}`);
    }
  }
}

async function* listed(paths: Iterable<string>): AsyncGenerator<string> {
  for (const path of paths) if (path.startsWith("tile/")) yield path;
}

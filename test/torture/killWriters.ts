/** Kills a process of eight writers again and again, at random, and looks whether it kept what it had promised. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { TortureError } from "./error.ts";
import { lookAt } from "./lookAt.ts";
import { Sayings, startWriter } from "./writerProcess.ts";

export interface KillOptions {
  /** Logs are made in here. */
  readonly folder: string;
  readonly kills: number;
  /** 0 to below 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

export interface KillReport {
  readonly kills: number;
  readonly acknowledged: number;
  /** Asked for, in the log, but never acknowledged: the kill came in between. */
  readonly unacknowledged: number;
  readonly checkpoints: number;
}

/** Logs stay small enough to be read as a whole often. */
const KILLS_OF_LOG = 25;
/** Between, crashes come on crashes without anybody having looked. */
const KILLS_BETWEEN_LOOKS = 5;
const WRITERS = 8;

export async function killWriters(options: KillOptions): Promise<KillReport> {
  let report: KillReport = { kills: 0, acknowledged: 0, unacknowledged: 0, checkpoints: 0 };
  for (let log = 0; report.kills < options.kills; log++) {
    const kills = Math.min(KILLS_OF_LOG, options.kills - report.kills);
    const added = await tortureLog(options, join(options.folder, `killed-${log}`), kills);
    report = {
      kills: report.kills + kills,
      acknowledged: report.acknowledged + added.acknowledged,
      unacknowledged: report.unacknowledged + added.unacknowledged,
      checkpoints: report.checkpoints + added.checkpoints,
    };
    options.say(
      `${report.kills} of ${options.kills} kills, ${report.acknowledged} entries acknowledged, none lost`,
    );
  }
  return report;
}

async function tortureLog(options: KillOptions, folder: string, kills: number): Promise<KillReport> {
  const sayings = new Sayings();
  for (let kill = 1; kill <= kills; kill++) {
    options.signal.throwIfAborted();
    await killOnce(options, folder, sayings, `run-${kill}`);
    if (kill % KILLS_BETWEEN_LOOKS === 0 || kill === kills) await lookAt(folder, sayings);
  }
  const { answers, signed } = sayings;
  const unacknowledged = await lookAt(folder, sayings);
  return { kills, acknowledged: answers.size, unacknowledged, checkpoints: signed.length };
}

async function killOnce(
  { random, signal }: KillOptions,
  folder: string,
  sayings: Sayings,
  name: string,
): Promise<void> {
  const { child, opened, ended } = startWriter([folder, name, String(WRITERS)], sayings);
  const end = () => child.kill("SIGKILL");
  signal.addEventListener("abort", end, { once: true });
  // Some die while they open the log, which takes about as long as starting Node does.
  if (random() < 0.3) await Promise.race([sleep(200 + random() * 400), ended]);
  else await opened.then(() => sleep(random() * 250));
  end();
  const { status, stderr } = await ended;
  signal.removeEventListener("abort", end);
  if (status === null && sayings.failures.length === 0) return;
  throw new TortureError("program_failed", `a writer ended by itself: ${sayings.failures.join()} ${stderr}`);
}

/** How fast a large log is verified by the whole command, and how quickly it gives a proof. */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { LogClient } from "../../../packages/tlog/src/index.ts";
import { folderSource } from "../../../packages/tlog/src/node/index.ts";
import { buildLog, entryOf500 } from "../../ledger/builtLog.ts";
import { BenchError } from "../error.ts";
import { type Measurement, measure } from "../measure.ts";
import { count, median, megabytes, milliseconds, seconds } from "../numbers.ts";
import { atMost, type Section } from "../report.ts";
import type { Workplace } from "../workplace.ts";

const ENTRIES = 1_000_000;
const QUICK_ENTRIES = 100_000;
const RUNS = 5;
const PROOFS = 200;
const WANTED_SECONDS = 20;
const WANTED_BYTES = 200e6;
const WANTED_PROOF_MS = 10;

interface Proofs {
  /** Milliseconds of each, by a client that has just opened the log. */
  readonly cold: readonly number[];
  /** By one that has given proofs before. */
  readonly warm: readonly number[];
}

export async function measureReading(place: Workplace): Promise<Section> {
  const folder = await mkdtemp(join(place.folder, "reading-"));
  const entries = place.quick ? QUICK_ENTRIES : ENTRIES;
  try {
    place.say(`writing a log of ${count(entries)} entries`);
    const { key } = await buildLog(join(folder, "log"), entries, entryOf500);
    const runs: Measurement[] = [];
    for (let run = 1; run <= (place.quick ? 2 : RUNS); run++) {
      const verified = await verify(place, join(folder, "log"), key, entries);
      place.say(`verified in ${seconds(verified.seconds)}, ${megabytes(verified.peakBytes)}`);
      runs.push(verified);
    }
    return section(entries, runs, await proofs(join(folder, "log"), entries));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function verify(place: Workplace, log: string, key: string, entries: number): Promise<Measurement> {
  const { env, folder, installed, signal } = place;
  const verified = await measure(
    {
      name: `anchorwatch ledger verify of ${count(entries)} entries`,
      file: process.execPath,
      args: [installed.main, "ledger", "verify", log, "--key", key],
      cwd: folder,
      environment: { PATH: env["PATH"], HOME: env["HOME"], TMPDIR: env["TMPDIR"] },
      statuses: [0],
    },
    signal,
  );
  if (!verified.stdout.includes(`${entries.toLocaleString("en-US")} entries, authenticated and whole`)) {
    throw new BenchError("reports_differ", `the log was not verified: ${verified.stdout}`);
  }
  return verified;
}

async function proofs(log: string, entries: number): Promise<Proofs> {
  const client = new LogClient(folderSource(log));
  const timed = async (reader: LogClient, index: number) => {
    const started = performance.now();
    await reader.entry(index);
    return performance.now() - started;
  };
  // Far from each other, the same in every run.
  const indexes = Array.from({ length: PROOFS }, (_, at) => (at * 7_654_321) % entries);
  const cold: number[] = [];
  const warm: number[] = [];
  for (const index of indexes) {
    cold.push(await timed(new LogClient(folderSource(log)), index));
    warm.push(await timed(client, index));
  }
  return { cold, warm };
}

function section(entries: number, runs: readonly Measurement[], { cold, warm }: Proofs): Section {
  const times = runs.map((run) => run.seconds);
  const [best, peak] = [Math.min(...times), Math.max(...runs.map(({ peakBytes }) => peakBytes))];
  return {
    title: "Ledger: reading",
    about:
      `A log of ${count(entries)} entries of 500 bytes. The whole command \`anchorwatch ledger verify --key\`, from its start to its ` +
      `end, best of ${runs.length}; entries with their proofs, each verified, ${PROOFS} of them far from each other.`,
    table: [
      ["what", "best", "median"],
      ["verifying everything", seconds(best), seconds(median(times))],
      ["its memory, the most of all runs", megabytes(peak), ""],
      [
        "an entry with its proof, log just opened",
        milliseconds(Math.min(...cold)),
        milliseconds(median(cold)),
      ],
      ["an entry with its proof", milliseconds(Math.min(...warm)), milliseconds(median(warm))],
    ],
    goals: [
      atMost(
        `${count(entries)} entries verified in under ${WANTED_SECONDS} s`,
        best,
        WANTED_SECONDS,
        seconds,
      ),
      atMost("in under 200 MB", peak, WANTED_BYTES, megabytes),
      atMost("a proof in milliseconds (median)", median(cold), WANTED_PROOF_MS, milliseconds),
    ],
  };
}

/**
 * How fast entries become durable: many writers at once, and one alone. What the disk itself needs for one durable file is
 * measured between the runs, because that is what there is to wait for.
 */
import { mkdir, mkdtemp, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { openLedgerIndex } from "../../../packages/anchorwatch/src/ledger/index/open.ts";
import { directoryStorage } from "../../../packages/anchorwatch/src/ledger/storage/directory/directoryStorage.ts";
import {
  type LedgerWriter,
  openLedgerWriter,
} from "../../../packages/anchorwatch/src/ledger/writer/ledgerWriter.ts";
import {
  ORIGIN,
  testEntry,
  testSigner,
} from "../../../packages/anchorwatch/src/ledger/writer/writer.fixture.ts";
import { BenchError } from "../error.ts";
import { count, median, milliseconds, percentile } from "../numbers.ts";
import { atLeast, atMost, type Section } from "../report.ts";
import type { Workplace } from "../workplace.ts";

const ENTRY_BYTES = 500;
/** Each waits for its entry before it appends the next one. */
const WRITERS = 2048;
const LONELY = 300;
const RUNS = 5;
const WANTED_PER_SECOND = 10_000;
const WANTED_LONELY_MS = 100;

interface Run {
  readonly perSecond: number;
  /** Milliseconds of each lonely append. */
  readonly lonely: readonly number[];
  /** Milliseconds of each durable file without a log. */
  readonly disk: readonly number[];
}

export async function measureAppending(place: Workplace): Promise<Section> {
  const runs: Run[] = [];
  for (let run = 1; run <= (place.quick ? 2 : RUNS); run++) {
    place.signal.throwIfAborted();
    const measured = await measureOnce(place, place.quick ? 20_000 : 60_000);
    place.say(
      `${count(measured.perSecond)} entries/s, lonely p99 ${milliseconds(percentile(measured.lonely, 99))}`,
    );
    runs.push(measured);
  }
  return section(runs);
}

function section(runs: readonly Run[]): Section {
  const rates = runs.map(({ perSecond }) => perSecond);
  const p99 = runs.map(({ lonely }) => percentile(lonely, 99));
  const p50 = runs.map(({ lonely }) => median(lonely));
  const disk = runs.map((run) => median(run.disk));
  const [bestRate, bestP99] = [Math.max(...rates), Math.min(...p99)];
  return {
    title: "Ledger: appending",
    about:
      `Durable entries of ${ENTRY_BYTES} bytes, each signed for and in the search index when it is answered, best of ${runs.length}. ` +
      "The disk's own: write 128 KB, fsync, rename, fsync of the folder.",
    table: [
      ["what", "best", "median"],
      [`${count(WRITERS)} writers, entries/s`, count(bestRate), count(median(rates))],
      ["one lonely append, p99", milliseconds(bestP99), milliseconds(median(p99))],
      ["one lonely append, median", milliseconds(Math.min(...p50)), milliseconds(median(p50))],
      ["the disk's own", milliseconds(Math.min(...disk)), milliseconds(median(disk))],
    ],
    goals: [
      atLeast(`at least ${count(WANTED_PER_SECOND)} durable entries/s`, bestRate / WANTED_PER_SECOND, 1),
      atMost(`p99 of a lonely append under ${WANTED_LONELY_MS} ms`, bestP99, WANTED_LONELY_MS, milliseconds),
    ],
  };
}

async function measureOnce({ folder }: Workplace, entries: number): Promise<Run> {
  const place = await mkdtemp(join(folder, "ledger-"));
  const disk = await diskAlone(place);
  const ledger = await openLedger(join(place, "log"));
  try {
    const perSecond = await manyWriters(ledger, entries);
    const lonely = await oneWriter(ledger);
    return { perSecond, lonely, disk };
  } finally {
    await ledger.close();
    await rm(place, { recursive: true });
  }
}

async function openLedger(log: string): Promise<LedgerWriter> {
  const path = join(`${log}.private`, "index.sqlite");
  return openLedgerWriter({
    storage: directoryStorage(log),
    signers: [await testSigner()],
    origin: ORIGIN,
    anchors: [],
    openIndex: (agrees) => openLedgerIndex({ path, agrees }),
    keepEvidence: async () => log,
    clock: () => new Date(),
    onWarning: ({ message }) => {
      throw new BenchError("reports_differ", message);
    },
  });
}

async function manyWriters(ledger: LedgerWriter, entries: number): Promise<number> {
  const inputs = Array.from({ length: entries }, (_, at) => entryOf(`entry-${at}`));
  const started = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      for (let input = inputs[next++]; input !== undefined; input = inputs[next++])
        await ledger.append(input);
    }),
  );
  return entries / ((performance.now() - started) / 1000);
}

async function oneWriter(ledger: LedgerWriter): Promise<readonly number[]> {
  const times: number[] = [];
  for (let run = 0; run < LONELY; run++) {
    const input = entryOf(`lonely-${run}`);
    const started = performance.now();
    await ledger.append(input);
    times.push(performance.now() - started);
  }
  return times;
}

/** An entry that has exactly so many bytes when it is stored. */
function entryOf(id: string) {
  const entry = testEntry(id);
  const stored = JSON.stringify({ schema: "anchorwatch.entry/v1", ...entry }).length;
  const reason = `${String(entry.data["reason"])}${"x".repeat(Math.max(0, ENTRY_BYTES - stored))}`;
  return { ...entry, data: { ...entry.data, reason } };
}

async function diskAlone(place: string): Promise<readonly number[]> {
  const folder = join(place, "disk");
  await mkdir(folder);
  const bytes = new Uint8Array(128 * 1024).fill(7);
  const times: number[] = [];
  for (let run = 0; run < 40; run++) {
    const started = performance.now();
    const file = await open(join(folder, "new"), "w");
    await file.writeFile(bytes);
    await file.sync();
    await file.close();
    await rename(join(folder, "new"), join(folder, `file-${run}`));
    const names = await open(folder, "r");
    await names.sync();
    await names.close();
    times.push(performance.now() - started);
  }
  return times;
}

/** How many events a second one process takes in, by log files of CloudTrail and over HTTP, and what of its processor that takes. */
import { gzipSync } from "node:zlib";
import { readCloudTrailRecord } from "../../../packages/anchorwatch/src/activity/cloudtrail/record.ts";
import { readLogFile } from "../../../packages/anchorwatch/src/activity/envelope/logFile.ts";
import type { ReadRecord } from "../../../packages/anchorwatch/src/domain/auditEvent.ts";
import { inLanes } from "../../../packages/anchorwatch/src/terraform/read/lanes.ts";
import type { PagePosition } from "../../../packages/anchorwatch/src/watch/records.ts";
import { BenchError } from "../error.ts";
import type { BenchEstate } from "../estate.ts";
import { count, milliseconds } from "../numbers.ts";
import { processOf } from "../processTree.ts";
import { atMost, type Goal, type Section } from "../report.ts";
import { stateOf } from "../warmProvider.ts";
import type { CloudWorkplace } from "../workplace.ts";
import { type BenchWatch, startBenchWatch } from "./benchWatch.ts";
import { cloudTrailRecords, type MadeRecords } from "./cloudTrailRecords.ts";
import { startServe } from "./serveProcess.ts";
import { stackCopies } from "./stackCopies.ts";
import { sweepAll } from "./steps.ts";

const NAME = "estate";
const BATCH = 500;
const POSTS_IN_FLIGHT = 4;
const WANTED = 2_000;
const RUNS = 5;

/** Of one run. */
interface Taken {
  readonly perSecond: number;
  /** Milliseconds of the process's processor for each event. */
  readonly own: number;
}

export async function measureThroughput(place: CloudWorkplace, estate: BenchEstate): Promise<Section> {
  const { instances } = await stateOf(place, estate);
  const known = instances.flatMap(({ mode, id }) => (mode === "managed" && id !== undefined ? [id] : []));
  const runs = place.quick ? 1 : RUNS;
  const events = place.quick ? 5_000 : 20_000;
  const batches = Array.from({ length: runs }, () => cloudTrailRecords(events, known));
  place.say(`taking in ${count(events)} events from a log file, ${runs} times`);
  const byFile = await fromLogFiles(place, estate, batches);
  place.say(`taking in ${count(events)} events over HTTP, ${runs} times`);
  const byHttp = await overHttp(place, estate, batches);
  return section(events, runs, best(byFile), best(byHttp));
}

function best(taken: readonly Taken[]): Taken {
  return taken.reduce((one, other) => (other.perSecond > one.perSecond ? other : one));
}

function section(events: number, runs: number, byFile: Taken, byHttp: Taken): Section {
  const row = (how: string, { perSecond, own }: Taken) => [how, count(perSecond), milliseconds(own)];
  return {
    title: "Events a second",
    about: `${count(events)} records of CloudTrail, 1 % of which touch something managed: read, stored, matched, their looks wanted and begun; best of ${runs}. None was lost. The database and the provider run beside, and over HTTP whoever posts does too.`,
    table: [
      ["how they come", "events a second", "processor of the process for each"],
      row("in a log file", byFile),
      row(`over HTTP, ${BATCH} in a post`, byHttp),
    ],
    goals: [...goals("from log files", byFile), ...goals("over HTTP", byHttp)],
  };
}

function goals(how: string, { perSecond, own }: Taken): readonly Goal[] {
  return [
    {
      text: `${count(WANTED)} events a second ${how}`,
      measured: count(perSecond),
      reached: perSecond >= WANTED,
    },
    atMost("on one core: of it they take", (own * WANTED) / 10, 100, (value) => `${value.toFixed(0)} %`),
  ];
}

/** In this process, as the sources of log files do. */
async function fromLogFiles(
  place: CloudWorkplace,
  estate: BenchEstate,
  batches: readonly MadeRecords[],
): Promise<readonly Taken[]> {
  const bench = await startBenchWatch(place, [{ name: NAME, dir: estate.folder }], estate.terraform.env);
  try {
    await sweepAll(bench.watch, [NAME], place.signal);
    const taken: Taken[] = [];
    for (const { records } of batches) {
      const file = gzipSync(JSON.stringify({ Records: records }));
      const processor = () => processorMs(process.pid);
      taken.push(await measured(records.length, processor, () => takeLogFile(bench, file)));
    }
    expectAll(batches, await storedEvents(bench));
    return taken;
  } finally {
    await bench.stop();
  }
}

async function takeLogFile({ watch }: BenchWatch, file: Buffer): Promise<void> {
  let batch: ReadRecord[] = [];
  const take = async () => {
    await watch.take("bench", batch, new Date());
    batch = [];
  };
  for await (const records of readLogFile(file, "bench.json.gz")) {
    for (const record of records) {
      batch.push(readCloudTrailRecord(record.ok ? record.value : undefined, "bench"));
      if (batch.length === BATCH) await take();
    }
  }
  if (batch.length > 0) await take();
}

/** By `anchorwatch serve`. */
async function overHttp(
  place: CloudWorkplace,
  estate: BenchEstate,
  batches: readonly MadeRecords[],
): Promise<readonly Taken[]> {
  const { folder } = stackCopies(place, estate, 1);
  const began = new Date();
  const serve = await startServe(place, "serve-events", folder, estate.terraform.env);
  try {
    await serve.checked(1, began);
    const taken: Taken[] = [];
    for (const { records } of batches) {
      const bodies = Array.from({ length: Math.ceil(records.length / BATCH) }, (_, at) =>
        JSON.stringify({ Records: records.slice(at * BATCH, (at + 1) * BATCH) }),
      );
      const work = () => inLanes(bodies, POSTS_IN_FLIGHT, place.signal, serve.post);
      taken.push(await measured(records.length, () => processorMs(serve.pid), work));
    }
    expectAll(batches, await serve.list<Stored>("events"));
    return taken;
  } finally {
    await serve.stop();
  }
}

async function measured(
  events: number,
  processor: () => number,
  work: () => Promise<unknown>,
): Promise<Taken> {
  const before = processor();
  const began = performance.now();
  await work();
  const perSecond = (events / (performance.now() - began)) * 1000;
  return { perSecond, own: (processor() - before) / events };
}

/** NaN where there is no /proc. */
function processorMs(pid: number): number {
  return (processOf(pid)?.processorSeconds ?? Number.NaN) * 1000;
}

interface Stored {
  readonly touched: readonly unknown[];
}

async function storedEvents({ watch }: BenchWatch): Promise<readonly Stored[]> {
  const { events } = watch.context.records;
  const stored: Stored[] = [];
  let after: PagePosition | undefined;
  for (;;) {
    const page = await events.list({ limit: 1000, ...(after === undefined ? {} : { after }) });
    stored.push(...page);
    const last = page.at(-1);
    if (page.length < 1000 || last === undefined) return stored;
    after = { value: last.receivedAt.toISOString(), id: last.id };
  }
}

function expectAll(batches: readonly MadeRecords[], stored: readonly Stored[]): void {
  const sum = (pick: (batch: MadeRecords) => number) => batches.reduce((all, batch) => all + pick(batch), 0);
  const events = sum(({ records }) => records.length);
  const touching = sum((batch) => batch.touching);
  const found = stored.filter(({ touched }) => touched.length > 0).length;
  if (stored.length === events && found === touching) return;
  throw new BenchError(
    "reports_differ",
    `${stored.length} of ${events} events are stored, and ${found} of ${touching} touched something`,
  );
}

/** Whether events are taken in slower while many readers hold the stream open. */
import { readEvents } from "../../../packages/anchorwatch/src/server/stream/eventReader.fixture.ts";
import { inLanes } from "../../../packages/anchorwatch/src/terraform/read/lanes.ts";
import { BenchError } from "../error.ts";
import type { BenchEstate } from "../estate.ts";
import { count, median } from "../numbers.ts";
import { processOf } from "../processTree.ts";
import { atLeast, type Section } from "../report.ts";
import { stateOf } from "../warmProvider.ts";
import { cloudTrailRecords } from "../watch/cloudTrailRecords.ts";
import { type ServeProcess, startServe } from "../watch/serveProcess.ts";
import { stackCopies } from "../watch/stackCopies.ts";
import type { CloudWorkplace } from "../workplace.ts";

const READERS = 200;
const EVENTS = 5_000;
const BATCH = 500;
const POSTS_IN_FLIGHT = 4;
const ROUNDS = 5;
/** What noise makes of two equal measurements; below that it is slower. */
const AS_FAST = 0.9;

/** Of one run. */
interface Taken {
  readonly perSecond: number;
  readonly processorMs: number;
}

export async function measureStreams(place: CloudWorkplace, estate: BenchEstate): Promise<Section> {
  const { instances } = await stateOf(place, estate);
  const known = instances.flatMap(({ mode, id }) => (mode === "managed" && id !== undefined ? [id] : []));
  const { folder } = stackCopies(place, estate, 1);
  const began = new Date();
  const serve = await startServe(place, "serve-streams", folder, estate.terraform.env);
  try {
    await serve.checked(1, began);
    const rounds = place.quick ? 1 : ROUNDS;
    place.say(
      `taking in ${count(EVENTS)} events, alone and with ${READERS} readers of the stream, ${rounds} times each`,
    );
    await take(place, serve, known);
    const [alone, read]: [Taken[], Taken[]] = [[], []];
    let heard = 0;
    for (let round = 0; round < rounds; round++) {
      alone.push(await take(place, serve, known));
      const readers = await openReaders(serve);
      read.push(await take(place, serve, known));
      heard += await readers.close();
    }
    return section(rounds, alone, read, heard);
  } finally {
    await serve.stop();
  }
}

async function take(place: CloudWorkplace, serve: ServeProcess, known: readonly string[]): Promise<Taken> {
  const { records } = cloudTrailRecords(EVENTS, known);
  const bodies = Array.from({ length: EVENTS / BATCH }, (_, at) =>
    JSON.stringify({ Records: records.slice(at * BATCH, (at + 1) * BATCH) }),
  );
  const processor = () => (processOf(serve.pid)?.processorSeconds ?? Number.NaN) * 1000;
  const before = processor();
  const started = performance.now();
  await inLanes(bodies, POSTS_IN_FLIGHT, place.signal, serve.post);
  const perSecond = (EVENTS / (performance.now() - started)) * 1000;
  return { perSecond, processorMs: processor() - before };
}

/** All of them are connected when it resolves; each reads whatever comes. */
async function openReaders(serve: ServeProcess) {
  const { address, headers } = serve.administrator;
  const url = `${address}/api/v1/stream`;
  const readers = await Promise.all(Array.from({ length: READERS }, () => readEvents(url, { ...headers })));
  let heard = 0;
  const ends = readers.map(async ({ next }) => {
    for (;;) {
      await next();
      heard++;
    }
  });
  return {
    close: async (): Promise<number> => {
      for (const { close } of readers) close();
      await Promise.allSettled(ends);
      // Each gets at least the word that it is connected.
      if (heard < READERS) throw new BenchError("reports_differ", `${READERS} readers heard ${heard} events`);
      return heard;
    },
  };
}

function section(rounds: number, alone: readonly Taken[], read: readonly Taken[], heard: number): Section {
  const rate = (taken: readonly Taken[]) => median(taken.map(({ perSecond }) => perSecond));
  const cost = (taken: readonly Taken[]) => median(taken.map(({ processorMs }) => processorMs)) / EVENTS;
  const row = (what: string, taken: readonly Taken[]) => [
    what,
    count(rate(taken)),
    `${cost(taken).toFixed(3)} ms`,
  ];
  return {
    title: "Access: readers of the stream",
    about: `${count(EVENTS)} events over HTTP, ${rounds} times without anybody who listens and ${rounds} times with ${READERS} readers of the stream, in turns; medians. The readers got ${count(heard)} messages in all, in the process that posts, on the same machine.`,
    table: [
      ["who listens", "events a second", "processor of the server for each"],
      row("nobody", alone),
      row(`${READERS} readers`, read),
    ],
    goals: [
      atLeast(
        `${READERS} readers without a slower ingest (at least ${AS_FAST} times as fast)`,
        rate(read) / rate(alone),
        AS_FAST,
      ),
    ],
  };
}

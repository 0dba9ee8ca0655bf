/** The server on a watch in memory, for tests; `listening` is on a port of its own. */
import { Writable } from "node:stream";
import { onTestFinished } from "vitest";
import { createAccessControl } from "../app/access/accessControl.ts";
import { DEFAULT_ACCESS } from "../app/access/accessSettings.ts";
import { NOBODY_ELSEWHERE, noAccounts } from "./access/noAccounts.ts";
import type { Place } from "./access/place.ts";
import type { Api } from "./api.ts";
import { createServer } from "./createServer.ts";
import type { ServerDependencies, ServerLimits } from "./dependencies.ts";
import { listen } from "./listen.ts";
import { createLogger } from "./log.ts";
import { type MemoryAccess, memoryAccess, placeForTests } from "./memoryAccess.fixture.ts";
import { memoryAnswers } from "./memoryAnswers.fixture.ts";
import { type MemoryWatch, memoryWatch, NOW } from "./memoryWatch.fixture.ts";
import { createServerMetrics } from "./metrics/serverMetrics.ts";
import { Pages } from "./shapes/page.ts";

export interface TestServer {
  readonly api: Api;
  readonly watch: MemoryWatch;
  readonly access: MemoryAccess;
  readonly place: Place;
  readonly metrics: ServerDependencies["metrics"];
  /** What it logged so far. */
  readonly log: () => string;
  /** Fires what it does at every interval. */
  readonly tick: () => void;
}

export interface AccessForTests
  extends Pick<Partial<ServerDependencies>, "place" | "tls" | "control" | "accounts" | "answers"> {
  readonly access?: MemoryAccess;
}

const PLAIN_CONTROL = createAccessControl({
  settings: () => DEFAULT_ACCESS,
  labels: { since: async () => [] },
  report: () => {},
});

export async function testServer(
  watch: MemoryWatch = memoryWatch(),
  limits: Partial<ServerLimits> = {},
  {
    access = memoryAccess(),
    control = PLAIN_CONTROL,
    accounts = noAccounts(),
    place = placeForTests(),
    answers = memoryAnswers(),
    tls,
  }: AccessForTests = {},
): Promise<TestServer> {
  const lines: string[] = [];
  const destination = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const timers = new Set<() => void>();
  const metrics = createServerMetrics({ version: "1.2.3", process: false });
  let ids = 0;
  const api = await createServer({
    watch,
    access,
    control,
    accounts,
    elsewhere: NOBODY_ELSEWHERE,
    place,
    answers,
    pages: new Pages(Buffer.alloc(32, 7)),
    ...(tls === undefined ? {} : { tls }),
    metrics,
    logger: createLogger({ level: "debug", destination }),
    version: "1.2.3",
    now: () => NOW,
    newId: () => `id${++ids}`,
    // Hours do not pass in a test.
    every: (milliseconds, call) => {
      if (milliseconds > 60_000) return () => {};
      timers.add(call);
      return () => timers.delete(call);
    },
    limits,
  });
  onTestFinished(async () => {
    await api.close();
  });
  return {
    api,
    watch,
    access,
    place,
    metrics,
    log: () => lines.join(""),
    tick: () => {
      for (const call of timers) call();
    },
  };
}

export async function listening(
  watch?: MemoryWatch,
  limits?: Partial<ServerLimits>,
  access?: AccessForTests,
): Promise<TestServer & { readonly url: string; readonly port: number }> {
  const server = await testServer(watch, limits, access);
  const url = await listen(server.api, { port: 0, place: server.place });
  return { ...server, url, port: Number(new URL(url).port) };
}

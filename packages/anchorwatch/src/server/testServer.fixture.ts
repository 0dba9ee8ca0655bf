/** The server on a watch in memory, for tests; `listening` is on a port of its own. */
import { Writable } from "node:stream";
import { onTestFinished } from "vitest";
import type { Api } from "./api.ts";
import { createServer } from "./createServer.ts";
import type { ServerDependencies, ServerLimits } from "./dependencies.ts";
import { listen } from "./listen.ts";
import { createLogger } from "./log.ts";
import { type MemoryWatch, memoryWatch, NOW } from "./memoryWatch.fixture.ts";
import { createServerMetrics } from "./metrics/serverMetrics.ts";

export interface TestServer {
  readonly api: Api;
  readonly watch: MemoryWatch;
  readonly metrics: ServerDependencies["metrics"];
  /** What it logged so far. */
  readonly log: () => string;
  /** Fires what it does at every interval. */
  readonly tick: () => void;
}

export async function testServer(
  watch: MemoryWatch = memoryWatch(),
  limits: Partial<ServerLimits> = {},
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
    metrics,
    logger: createLogger({ level: "debug", destination }),
    version: "1.2.3",
    now: () => NOW,
    newId: () => `id${++ids}`,
    every: (_, call) => {
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
): Promise<TestServer & { readonly url: string; readonly port: number }> {
  const server = await testServer(watch, limits);
  const url = await listen(server.api, { port: 0 });
  return { ...server, url, port: Number(new URL(url).port) };
}

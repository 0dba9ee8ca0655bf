/** `anchorwatch ledger tail -f` as a process of its own, on a log that a real web server serves. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { serveLog } from "../../packages/anchorwatch/src/ledger/read/serve.ts";
import { directoryStorage } from "../../packages/anchorwatch/src/ledger/storage/directory/directoryStorage.ts";
import type { LedgerWriter } from "../../packages/anchorwatch/src/ledger/writer/ledgerWriter.ts";
import {
  testEntry,
  testLog,
  testSigner,
} from "../../packages/anchorwatch/src/ledger/writer/writer.fixture.ts";
import { formatVerifierKey } from "../../packages/tlog/src/index.ts";
import { type Workbench, workbench } from "../check/workbench.ts";
import { anchorwatch, type RunOptions } from "./ledgerBench.ts";

const MINUTE = 60_000;
let bench: Workbench;
let clean: () => void;
let writer: LedgerWriter;
let server: Server;
/** What was appended while somebody read. */
let appending: Promise<unknown>[];

beforeEach(async () => {
  bench = workbench((finished) => {
    clean = finished;
  });
  const storage = directoryStorage(join(bench.folder, "log"));
  writer = await testLog(storage).open();
  await writer.append(testEntry("first"));
  const handle = serveLog(storage, { base: "/logs/audit", onError: () => {} });
  server = createServer((request, response) => void handle(request, response)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  appending = [];
});

afterEach(async () => {
  await Promise.all(appending);
  stopServing();
  await writer.close();
  clean();
});

function stopServing(): void {
  server.closeAllConnections();
  server.close();
}

async function tail(onLine: RunOptions["onLine"]) {
  const { port } = server.address() as AddressInfo;
  const key = formatVerifierKey((await testSigner()).key);
  const args = ["ledger", "tail", "-f", `http://127.0.0.1:${port}/logs/audit`, "--key", key];
  const { stdout, ...tailed } = await anchorwatch(bench, args, onLine === undefined ? {} : { onLine });
  return { ...tailed, indexes: stdout.split("\n").slice(0, -1).map(Number.parseFloat) };
}

/** Over the end of a tile, whose partial files the writer then removes. */
function appendMany(): void {
  for (let at = 0; at < 300; at++) appending.push(writer.append(testEntry(`id-${at}`)));
}

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)(
  "goes on with what is appended, until %s, and then ends with %i",
  async (signal, status) => {
    const tailed = await tail((lines, child) => {
      if (lines === 1) appendMany();
      if (lines === 301) child.kill(signal);
    });
    expect(tailed).toEqual({ status, stderr: "", indexes: Array.from({ length: 301 }, (_, at) => at) });
  },
  MINUTE,
);

it(
  "says that the server is gone, and ends with 1",
  async () => {
    const tailed = await tail((lines) => {
      if (lines === 1) stopServing();
    });
    expect(tailed).toMatchObject({
      status: 1,
      indexes: [0],
      stderr: expect.stringMatching(
        /\/logs\/audit\/.*gave no answer in 4 attempts[\s\S]*\(ledger_unreachable\)/,
      ),
    });
  },
  MINUTE,
);

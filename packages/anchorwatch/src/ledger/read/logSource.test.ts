import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { verifyLog } from "tlog";
import { beforeAll, expect, it, onTestFinished } from "vitest";
import { startS3Server } from "../storage/s3/s3Server.fixture.ts";
import { logOf, type MemoryLog } from "./log.fixture.ts";
import { parseLogPlace } from "./logPlace.ts";
import { logSourceOf, type SourceMachine } from "./logSource.ts";
import { openLog } from "./openLog.ts";
import { serveLog } from "./serve.ts";

const machine: SourceMachine = {
  fetch: globalThis.fetch,
  newS3Client: async () => expect.unreachable("nobody asked for S3"),
};
let log: MemoryLog;

beforeAll(async () => {
  log = await logOf(300);
});

/** What has to be the same wherever a log is kept. */
async function expectTheLog(name: string, through = machine): Promise<void> {
  const source = await logSourceOf(parseLogPlace(name, "/"), through);
  expect((await verifyLog(source, { keys: [log.key] })).checkpoint.size).toBe(300);
  const opened = await openLog(source, { keys: [log.key] });
  expect((await opened.entry(299)).bytes).toEqual(log.entries[299]);
  expect(opened.note).toBe(log.note);
}

it("reads a log in a folder", async () => {
  const folder = mkdtempSync(join(tmpdir(), "aw-source-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, bytes] of log.files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  await expectTheLog(folder);
});

it("reads a log that is served, below a path too", async () => {
  const storage = { read: async (path: string) => log.files.get(path) };
  const handle = serveLog(storage, { base: "/logs/audit", onError: () => {} });
  const server = createServer((request, response) => void handle(request, response)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await expectTheLog(`http://127.0.0.1:${(server.address() as AddressInfo).port}/logs/audit`);
});

it("reads a log in a bucket", async () => {
  const server = await startS3Server();
  onTestFinished(() => server.close());
  for (const [path, Body] of log.files) {
    await server.client.send(new PutObjectCommand({ Bucket: "ledger", Key: `logs/audit/${path}`, Body }));
  }
  await expectTheLog("s3://ledger/logs/audit", { ...machine, newS3Client: async () => server.client });
});

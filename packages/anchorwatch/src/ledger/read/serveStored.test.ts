/** A log in a folder and one in a bucket look the same to any client of the format. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { httpSource, verifyLog } from "tlog";
import { afterEach, beforeEach, expect, test } from "vitest";
import { directoryStorage } from "../storage/directory/directoryStorage.ts";
import { type S3Server, startS3Server } from "../storage/s3/s3Server.fixture.ts";
import { ORIGIN, openSequencer, signer } from "../storage/s3/sequencer.fixture.ts";
import { storageOn } from "../storage/s3/storageOn.fixture.ts";
import type { LogStorage } from "../storage/storage.ts";
import { serveLog } from "./serve.ts";

let folder: string;
let s3: S3Server;
let http: Server;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "anchorwatch-serve-"));
  s3 = await startS3Server();
});
afterEach(async () => {
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
  await s3.close();
  await rm(folder, { recursive: true });
});

test.each<[string, () => LogStorage]>([
  ["folder", () => directoryStorage(join(folder, "log"))],
  ["bucket", () => storageOn(s3)],
])("a log in a %s is verified over HTTP, all of it", async (_, make) => {
  const storage = make();
  const errors: unknown[] = [];
  const { append, lease } = await openSequencer(storage);
  await append(...Array.from({ length: 255 }, (_, index) => `entry ${index}`));
  await append("one more", "and another", "and the last");
  const handler = serveLog(storage, { onError: (error) => errors.push(error) });
  http = createServer((request, response) => void handler(request, response));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const source = httpSource(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
  const verified = await verifyLog(source, { keys: [signer.key], origin: ORIGIN });
  expect(verified.checkpoint.size).toBe(258);
  expect(verified.authenticated).toBe(true);
  expect(errors).toEqual([]);
  await lease.release();
});

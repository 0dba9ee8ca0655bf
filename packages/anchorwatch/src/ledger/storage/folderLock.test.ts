import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withFolderLock } from "./folderLock.ts";
import { type S3Server, startS3Server } from "./s3/s3Server.fixture.ts";
import { openSequencer, readWholeLog } from "./s3/sequencer.fixture.ts";
import { storageOn } from "./s3/storageOn.fixture.ts";

let base: string;
let server: S3Server;
beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), "aw-folder-lock-"));
  server = await startS3Server();
});
afterEach(async () => {
  rmSync(base, { recursive: true });
  await server.close();
});

const locked = () => withFolderLock(storageOn(server), join(base, "private"));

test("a second writer waits its turn instead of taking the log away", async () => {
  const { append } = await openSequencer(locked());
  await append("a");
  server.asked.length = 0;
  await expect(locked().lock()).rejects.toMatchObject({
    code: "ledger_locked",
    message: expect.stringContaining("The ledger s3://ledger/logs/prod is being written"),
  });
  expect(server.asked).toEqual([]);
  await append("b");
  expect(await readWholeLog(locked())).toEqual(["a", "b"]);
  expect(statSync(join(base, "private")).mode & 0o777).toBe(0o700);
});

test("what could not be locked, or was given back, can be locked again", async () => {
  server.fault = () => "deny";
  await expect(locked().lock()).rejects.toMatchObject({ code: "ledger_bucket_refused" });
  server.fault = () => undefined;
  await (await locked().lock()).release();
  await (await locked().lock()).release();
});

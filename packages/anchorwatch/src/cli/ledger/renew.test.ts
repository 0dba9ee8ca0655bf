import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { addDays } from "../../ledger/storage/s3/retention.ts";
import { type S3Server, startS3Server } from "../../ledger/storage/s3/s3Server.fixture.ts";
import { openSequencer } from "../../ledger/storage/s3/sequencer.fixture.ts";
import { storageOn } from "../../ledger/storage/s3/storageOn.fixture.ts";
import { runProgram } from "../program.ts";
import { manualSignals, memoryStream, type Ran, stillSurroundings } from "../testSurroundings.fixture.ts";

const START = new Date("2030-01-01T00:00:00Z");
let folder: string;
let server: S3Server;
let now: Date;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "aw-renew-"));
  server = await startS3Server();
  now = START;
  server.now = () => now;
  writeFileSync(
    join(folder, "server.yaml"),
    "version: 1\nledger: { place: 's3://ledger/logs/prod', private: p, retention: 10d, renewBefore: 3d }\n",
  );
  const { append } = await openSequencer(storageOn(server, { clock: () => now }));
  await append("a", "b");
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await server.close();
});

async function renew(more: Partial<Parameters<typeof runProgram>[1]> = {}): Promise<Omit<Ran, "requests">> {
  const [stdout, stderr] = [memoryStream(), memoryStream()];
  const still = stillSurroundings();
  const ledgerMachine = { ...still.ledgerMachine, now: () => now, newS3Client: async () => server.client };
  const surroundings = { ...still, ledgerMachine, stdout, stderr, workingDirectory: folder, ...more };
  const status = await runProgram(["ledger", "renew", "--server", "server.yaml"], surroundings);
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}

it("says what it renewed and until when, and that nothing had to be", async () => {
  now = addDays(START, 7.5);
  expect(await renew()).toEqual({
    status: 0,
    stdout:
      "s3://ledger/logs/prod: renewed 3 objects until 2030-01-18; everything is locked at least until 2030-01-18\n",
    stderr: "",
  });
  expect(await renew()).toEqual({
    status: 0,
    stdout:
      "s3://ledger/logs/prod: nothing had to be renewed; everything is locked at least until 2030-01-18\n",
    stderr: "",
  });
});

it.each([
  [9.5, "the renewal of retentions is late"],
  [11, "the retention of 3 objects had ended before it was renewed"],
])("after %d of ten days it renews, warns and exits with 1", async (days, words) => {
  now = addDays(START, days);
  const late = await renew();
  expect(late).toMatchObject({ status: 1, stdout: expect.stringContaining("renewed 3 objects until") });
  expect(late.stderr).toContain(words);
  expect(await renew()).toMatchObject({ status: 0, stderr: "" });
});

it("ends with 130 when it is interrupted, and leaves the rest to the next run", async () => {
  now = addDays(START, 7.5);
  const signals = manualSignals();
  server.fault = () => {
    signals.send("SIGINT");
    return undefined;
  };
  expect((await renew({ onInterrupt: signals.onInterrupt })).status).toBe(130);
  server.fault = () => undefined;
  expect((await renew()).stdout).toContain("renewed 3 objects");
});

it("needs a ledger in S3, and says so", async () => {
  writeFileSync(join(folder, "server.yaml"), "version: 1\n");
  expect(await renew()).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("(ledger_not_configured)"),
  });
  writeFileSync(join(folder, "server.yaml"), "version: 1\nledger: { place: audit }\n");
  expect(await renew()).toMatchObject({ status: 1, stderr: expect.stringContaining("(ledger_not_in_s3)") });
});

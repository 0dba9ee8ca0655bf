import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type S3Server, startS3Server } from "../../ledger/storage/s3/s3Server.fixture.ts";
import { storageOn } from "../../ledger/storage/s3/storageOn.fixture.ts";
import { checkResult, resource } from "../formats/checkResult.fixture.ts";
import { runProgram } from "../program.ts";
import { memoryStream, type Ran, stillSurroundings } from "../testSurroundings.fixture.ts";

let folder: string;
let server: S3Server;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "aw-into-"));
  server = await startS3Server();
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await server.close();
});

async function checkInto(section: string): Promise<Omit<Ran, "requests">> {
  writeFileSync(join(folder, "server.yaml"), `version: 1\nledger: ${section}\n`);
  const [stdout, stderr] = [memoryStream(), memoryStream()];
  const still = stillSurroundings();
  const status = await runProgram(["check", "--server", "server.yaml"], {
    ...still,
    checkStack: async () => checkResult([resource("a.b")]),
    ledgerMachine: { ...still.ledgerMachine, newS3Client: async () => server.client },
    stdout,
    stderr,
    workingDirectory: folder,
  });
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}

const IN_S3 = "{ place: 's3://ledger/logs/prod', private: p, retention: 10d }";

it("appends again, once, when a sequencer of another machine took the log away in the middle", async () => {
  await checkInto(IN_S3);
  let taken = false;
  server.fault = async ({ method, key }) => {
    if (taken || method !== "PUT" || !key.includes("tile/entries")) return undefined;
    taken = true;
    await (await storageOn(server).lock()).release();
    return undefined;
  };
  const checked = await checkInto(IN_S3);
  expect(taken).toBe(true);
  expect(checked).toMatchObject({ status: 0, stderr: "" });
  expect(checked.stdout).toContain("entry 2; checkpoint: 3 entries");
});

it("tells a warning of the bucket once, however often it opens the ledger", async () => {
  server.bucket.ownership = "ObjectWriter";
  const { status, stderr } = await checkInto(IN_S3);
  expect(status).toBe(0);
  expect(stderr.match(/ledger_bucket_open/g)).toHaveLength(1);
});

it("refuses keys in a folder that an anchor shares with others", async () => {
  mkdirSync(join(folder, "share"));
  const checked = await checkInto("{ place: audit, private: share/keys, anchors: [{ folder: share }] }");
  expect(checked).toMatchObject({ status: 1, stderr: expect.stringContaining("(ledger_key_served)") });
});

import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, it } from "vitest";
import { thisLedgerMachine } from "../../cli/ledger/thisLedgerMachine.ts";
import type { Warning } from "../../domain/errors.ts";
import { type EntryInput, encodeEntry } from "../../ledger/entry/entry.ts";
import { addDays } from "../../ledger/storage/s3/retention.ts";
import { type S3Server, startS3Server } from "../../ledger/storage/s3/s3Server.fixture.ts";
import { S3Storage } from "../../ledger/storage/s3/s3Storage.ts";
import { openSequencer } from "../../ledger/storage/s3/sequencer.fixture.ts";
import { openTestDatabase, quickTestServer } from "../../store/postgres.fixture.ts";
import { createWatchRecords } from "../../store/watchRecords.ts";
import { renewLedger } from "../ledger/renewLedger.ts";
import { lookAtDetectors } from "./detecting.ts";
import { RETENTIONS, runRenewals } from "./renewing.ts";
import type { WatchContext } from "./watchContext.ts";

const START = new Date("2030-01-01T00:00:00Z");
const retention = { days: 10, renewBeforeDays: 3 };

let s3: S3Server;
let now: Date;

beforeEach(async () => {
  s3 = await startS3Server();
  now = START;
  s3.now = () => now;
  const storage = new S3Storage({
    ...{ client: s3.client, bucket: "ledger", retention, clock: () => now },
    ...{ newOwner: () => "owner", onWarning: () => {} },
  });
  const { append } = await openSequencer(storage);
  await append("0");
});
afterEach(() => s3.close());

/** A ledger whose retentions are renewed by processes on one database; time goes on as they sleep. */
async function renewing() {
  const server = await quickTestServer();
  const database = await openTestDatabase(await server.createDatabase());
  const records = createWatchRecords(database);
  const warnings: Warning[] = [];
  const onWarning = (warning: Warning) => void warnings.push(warning);
  const machine = {
    ...thisLedgerMachine(),
    now: () => now,
    newS3Client: async () => s3.client,
    temporaryFolder: tmpdir(),
  };
  const place = { kind: "s3", name: "s3://ledger", bucket: "ledger", prefix: "", retention } as const;
  let times = 0;
  const settings = { place, privateFolder: "/nowhere", aws: {}, anchors: [] };
  return {
    records,
    warnings,
    /** Until so many days are over, in so many processes at once. */
    async run(days: number, processes = 1) {
      const ending = new AbortController();
      const end = addDays(now, days);
      const sleep = async (milliseconds: number) => {
        now = new Date(now.getTime() + milliseconds);
        if (now >= end) ending.abort();
      };
      const { signal } = ending;
      const renew = (stop: AbortSignal) => {
        times++;
        return renewLedger(settings, machine, { signal: stop, onWarning, progress: () => {} });
      };
      const options = { database, records, renew, now: () => now, sleep, onWarning, signal };
      await Promise.all(Array.from({ length: processes }, () => runRenewals(options)));
    },
    entries: async () => (await records.outbox.next(100)).map(({ entry }) => entry as unknown as EntryInput),
    detector: () => records.detectors.byName(RETENTIONS),
    times: () => times,
    close: () => database.close(),
  };
}

it("a ledger under Object Lock never runs out, is looked after once a day by one of all processes, and tells of it", async () => {
  const renewal = await renewing();
  await renewal.run(8.5, 2);
  expect(renewal.times()).toBe(9);
  const lockedUntil = s3.bucket.objects.get("checkpoint")?.[0]?.retention?.until;
  expect(lockedUntil?.getTime()).toBeGreaterThan(addDays(now, 7).getTime());
  const entries = await renewal.entries();
  expect(entries).toMatchObject([{ kind: "ledger.retention_renewed", data: { objects: 3 } }]);
  for (const entry of entries) expect(() => encodeEntry(entry)).not.toThrow();
  expect(await renewal.detector()).not.toHaveProperty("problem");
  // Another process that starts then does not begin again.
  await renewal.run(0.25);
  expect(renewal.times()).toBe(9);
  expect(renewal.warnings).toEqual([]);
  await renewal.close();
});

it("a renewal that fails is tried again, shown at once, and after two days a dead detector", async () => {
  const renewal = await renewing();
  await renewal.run(0.99);
  s3.fault = () => "deny";
  await renewal.run(0.1);
  expect(await renewal.detector()).toMatchObject({ problem: expect.stringContaining("ledger") });
  expect(renewal.warnings.length).toBeGreaterThan(5);
  now = addDays(now, 2);
  const context = { records: renewal.records, now: () => now } as WatchContext;
  await lookAtDetectors(context);
  expect(await renewal.entries()).toMatchObject([{ kind: "detector.dead", data: { detector: RETENTIONS } }]);
  s3.fault = () => undefined;
  await renewal.run(1);
  expect(await renewal.detector()).not.toHaveProperty("problem");
  await renewal.close();
});

it("a renewal that comes too late says what may have been lost", async () => {
  const renewal = await renewing();
  now = addDays(START, 12);
  await renewal.run(0.5);
  expect(await renewal.detector()).toMatchObject({ problem: expect.stringContaining("Verify the ledger") });
  expect(renewal.warnings).toMatchObject([{ code: "ledger_retention_behind" }]);
  await renewal.close();
});

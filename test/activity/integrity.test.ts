/** Trails are compared with their digests: a mock of AWS for the bucket, a real PostgreSQL, and a stand-in that lists public keys. */
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { newKeyPair, writeTrail } from "../../packages/anchorwatch/src/activity/digest/chain.fixture.ts";
import {
  type CloudTrailServer,
  startCloudTrail,
} from "../../packages/anchorwatch/src/activity/digest/cloudTrailServer.fixture.ts";
import { nameOf } from "../../packages/anchorwatch/src/activity/envelope/filePlace.ts";
import { checkIntegrity } from "../../packages/anchorwatch/src/app/watch/integrity.ts";
import type { TrailSettings } from "../../packages/anchorwatch/src/app/watch/watchSettings.ts";
import { newListPublicKeys } from "../../packages/anchorwatch/src/cli/service/thisCloudTrail.ts";
import type { Warning } from "../../packages/anchorwatch/src/domain/errors.ts";
import { encodeEntry } from "../../packages/anchorwatch/src/ledger/entry/entry.ts";
import { openTestDatabase, quickTestServer } from "../../packages/anchorwatch/src/store/postgres.fixture.ts";
import { createWatchRecords } from "../../packages/anchorwatch/src/store/watchRecords.ts";
import { type MeteredTrail, NO_METER } from "../../packages/anchorwatch/src/watch/meter.ts";
import type { WatchRecords } from "../../packages/anchorwatch/src/watch/records.ts";
import { type Cloud, cloudAt } from "../support/cloud.ts";
import { findExecutable } from "../support/executable.ts";
import { type Moto, startMoto } from "../support/moto.ts";
import { findServiceModel, jsonFaults } from "../support/serviceModel.ts";
import { newBucket, putLog, putTrail } from "./sourceBench.ts";

const program = findExecutable("moto_server", process.env);
if (program === undefined) console.info("skipped: digests of trails, because moto_server is not on PATH");

const REGION = "eu-central-1";
const BEGIN = new Date("2026-01-02T00:00:00Z");
const at = (hours: number) => new Date(BEGIN.getTime() + hours * 3_600_000);

describe.skipIf(program === undefined)("the digests of a watched trail", () => {
  let moto: Moto;
  let cloud: Cloud;
  let keyServer: CloudTrailServer;
  let records: WatchRecords;
  let closeDatabase: () => Promise<void>;
  beforeAll(async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "watch");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "watch");
    moto = await startMoto(program ?? "", process.env);
    cloud = cloudAt(moto.endpoint, REGION);
    keyServer = await startCloudTrail();
    const server = await quickTestServer();
    const database = await openTestDatabase(await server.createDatabase());
    records = createWatchRecords(database);
    closeDatabase = async () => {
      await database.close();
      await server.leave();
    };
  }, 60_000);
  afterAll(async () => {
    await closeDatabase();
    await keyServer.close();
    await moto.stop();
    vi.unstubAllEnvs();
  });

  const pair = newKeyPair();
  const publicKey = pair.publicKey.export({ format: "der", type: "pkcs1" });
  let made = 0;

  async function bench(hours: number) {
    keyServer.keys.set(REGION, new Map([["ours", publicKey]]));
    const bucket = await newBucket(cloud);
    const trail = writeTrail(BEGIN, hours, 2, pair, bucket);
    await putTrail(cloud, trail);
    const name = `logs-${++made}`;
    const settings: TrailSettings = {
      ...{ kind: "trail", name, bucket, prefix: "", aws: {} },
      ...{ expectedWithinMs: 300_000, checkDigests: true },
    };
    const warnings: Warning[] = [];
    const metered: MeteredTrail[] = [];
    const check = async (hour: number) => {
      const machine = {
        now: () => at(hour),
        sleep: async () => {},
        newS3Client: async () => cloudAt(moto.endpoint, REGION).s3,
        newListPublicKeys: newListPublicKeys({ AWS_ENDPOINT_URL_CLOUDTRAIL: keyServer.endpoint }),
      };
      const meter = { ...NO_METER, trailChecked: (one: MeteredTrail) => void metered.push(one) };
      const signal = new AbortController().signal;
      const onWarning = (warning: Warning) => void warnings.push(warning);
      const isDone = await checkIntegrity(settings, { records, machine, meter, onWarning, signal });
      const detector = await records.detectors.byName(`digests:${name}`);
      return { isDone, lagMs: detector?.lagMs, problem: detector?.problem };
    };
    const entries = async () =>
      (await records.outbox.next(1000)).flatMap(({ entry }) => {
        const data = entry["data"] as { readonly source?: string };
        if (entry["kind"] !== "trail.broken" || data.source !== name) return [];
        // The ledger takes it.
        encodeEntry(entry as unknown as Parameters<typeof encodeEntry>[0]);
        return [data];
      });
    const remove = (Key = "") => cloud.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    return { bucket, trail, warnings, metered, check, entries, remove };
  }
  const HOUR_MS = 3_600_000;

  it("are checked as they come, each once, with keys of their region", async () => {
    const { check, metered, warnings, entries } = await bench(3);
    keyServer.asked.length = 0;
    expect(await check(3.5)).toEqual({ isDone: true, lagMs: 0.5 * HOUR_MS, problem: undefined });
    expect(await check(3.75)).toEqual({ isDone: true, lagMs: 0.75 * HOUR_MS, problem: undefined });
    // The newest one again, since the next will name it.
    expect(metered.map(({ digests, logFiles }) => [digests, logFiles])).toEqual([
      [3, 6],
      [1, 2],
    ]);
    expect(keyServer.asked.map(({ region }) => region)).toEqual([REGION, REGION]);
    expect(warnings).toEqual([]);
    expect(await entries()).toEqual([]);
  });

  it("that tell of files which are gone or changed are an alarm: told once, in the ledger, and shown for a day", async () => {
    const { bucket, trail, check, metered, warnings, entries, remove } = await bench(3);
    const [first, second] = trail.logs;
    await remove(first?.key);
    await putLog(cloud, bucket, second?.key ?? "", { Records: [] });
    const missing = `${nameOf(first ?? expect.unreachable())} is missing: it is not in the bucket; and 1 more`;
    const found = await check(3.5);
    expect(found).toMatchObject({
      isDone: true,
      problem: expect.stringContaining("; and 1 more") as unknown,
    });
    expect([found.problem]).toContain(missing);
    expect(await check(3.75)).toMatchObject({ problem: missing });
    expect(warnings).toEqual([
      {
        code: "trail_broken",
        message: expect.stringMatching(/^The trail logs-\d+ is not what CloudTrail wrote/) as unknown,
      },
    ]);
    expect(metered.flatMap(({ findings }) => findings).sort()).toEqual(["invalid", "missing"]);
    expect((await entries()).map((data) => data as unknown)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ finding: "missing", file: nameOf(first ?? expect.unreachable()) }),
        expect.objectContaining({ finding: "invalid", file: nameOf(second ?? expect.unreachable()) }),
      ]),
    );
    expect(await entries()).toHaveLength(2);
  });

  it("that do not come any more are a gap, which is one entry however long it gets", async () => {
    const { check, entries, warnings } = await bench(2);
    await check(2.5);
    expect(await check(4.5)).toMatchObject({
      problem: expect.stringContaining("no digest of that time") as unknown,
    });
    await check(5);
    expect(await entries()).toMatchObject([{ finding: "gap", from: at(2).toISOString() }]);
    expect(warnings).toHaveLength(1);
  });

  it("that are signed by a key which CloudTrail does not list are not CloudTrail's", async () => {
    const { check, entries } = await bench(1);
    keyServer.keys.set(REGION, new Map());
    expect(await check(1.5)).toMatchObject({
      problem: expect.stringContaining("the public key ours is not known") as unknown,
    });
    expect(await entries()).toMatchObject([{ finding: "invalid" }]);
  });

  it("are not said to be well while the keys cannot be had", async () => {
    const { check, entries } = await bench(1);
    await keyServer.close();
    const found = await check(1.5);
    keyServer = await startCloudTrail();
    expect(found).toMatchObject({
      isDone: false,
      problem: expect.stringMatching(
        /does not tell its public keys.*needs cloudtrail:ListPublicKeys/,
      ) as unknown,
    });
    expect(await entries()).toEqual([]);
  });

  it("are verified with what the published API has: the stand-in takes and gives what its model says", async ({
    skip,
  }) => {
    const model = findServiceModel("cloudtrail/2013-11-01", process.env);
    if (model === undefined) return skip("no Python with botocore is on PATH");
    const { check } = await bench(1);
    keyServer.asked.length = 0;
    keyServer.answers.length = 0;
    await check(1.5);
    expect(keyServer.asked.flatMap(({ body }) => jsonFaults(model, "ListPublicKeysRequest", body))).toEqual(
      [],
    );
    expect(keyServer.answers.flatMap((one) => jsonFaults(model, "ListPublicKeysResponse", one))).toEqual([]);
    expect([keyServer.asked.length, keyServer.answers.length]).toEqual([1, 1]);
  });
});

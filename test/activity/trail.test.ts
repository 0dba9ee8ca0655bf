/** Events from a trail's log files in their bucket, at a mock of AWS: looked for by date, searched, and checked with their digests. */
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aRecord } from "../../packages/anchorwatch/src/activity/cloudtrail/records.fixture.ts";
import { writeTrail } from "../../packages/anchorwatch/src/activity/digest/chain.fixture.ts";
import { checkTrail } from "../../packages/anchorwatch/src/activity/digest/checkTrail.ts";
import { nameOf } from "../../packages/anchorwatch/src/activity/envelope/filePlace.ts";
import type { TrailProgress } from "../../packages/anchorwatch/src/activity/sources/trail/progress.ts";
import { searchTrail } from "../../packages/anchorwatch/src/activity/sources/trail/searchTrail.ts";
import { trailSource } from "../../packages/anchorwatch/src/activity/sources/trail/trailSource.ts";
import type { ReadRecord } from "../../packages/anchorwatch/src/domain/auditEvent.ts";
import { type Cloud, cloudAt } from "../support/cloud.ts";
import { findExecutable } from "../support/executable.ts";
import { type Moto, startMoto } from "../support/moto.ts";
import {
  idsOf,
  logKey,
  newBucket,
  putLog,
  putTrail,
  runUntil,
  type SourceParts,
  type Watched,
} from "./sourceBench.ts";

const program = findExecutable("moto_server", process.env);
if (program === undefined) console.info("skipped: trails in a bucket, because moto_server is not on PATH");

const at = (time: string) => new Date(`2026-01-0${time}Z`);
const record = (eventID: string, time = "2T03:00:00") => aRecord({ eventID, eventTime: `2026-01-0${time}Z` });

describe.skipIf(program === undefined)("a trail in a bucket", () => {
  let moto: Moto;
  let cloud: Cloud;
  beforeAll(async () => {
    moto = await startMoto(program ?? "", process.env);
    cloud = cloudAt(moto.endpoint, "eu-central-1");
  });
  afterAll(() => moto.stop());

  function aProgress() {
    let since: Date | undefined;
    const read = new Map<string, Date>();
    const aside = new Map<string, Date>();
    const progress: TrailProgress = {
      since: async () => since,
      known: async (keys) => new Set(keys.filter((key) => read.has(key) || aside.has(key))),
      aside: async (limit) => [...aside].slice(0, limit).map(([key, time]) => ({ key, time })),
      async read({ key, time }) {
        read.set(key, time);
        aside.delete(key);
      },
      putAside: async ({ key, time }) => void aside.set(key, time),
      moveTo: async (time) => {
        since = time;
      },
    };
    return { progress, since: () => since, read, aside };
  }
  const source =
    (bucket: string, progress: TrailProgress, now: () => Date, prefix = "") =>
    (parts: SourceParts) =>
      trailSource({ ...parts, now, name: "trail", bucket, prefix, s3: cloud.s3, progress, everyMs: 0 });
  const times = (count: number) => () => count-- <= 0;
  /** When the look that found the last of them has come to its end. */
  const records =
    (count: number) =>
    ({ records: got, beats }: Watched) =>
      got.length >= count && beats.at(-1)?.lagMs === undefined;

  it("gives what is new, of each account and region, whatever the order in which it is written", async () => {
    const bucket = await newBucket(cloud);
    const { progress, since } = aProgress();
    const put = (time: string, id: string, where = {}) =>
      putLog(cloud, bucket, logKey(at(time), id, where), { Records: [record(id)] });
    await put("2T01:30:00", "long-ago");
    await put("2T02:55:00", "b");
    await put("2T03:00:00", "a", { region: "us-east-1" });
    await put("2T03:05:00", "c", { account: "210987654321" });
    const first = await runUntil(
      source(bucket, progress, () => at("2T03:10:00")),
      records(3),
    );
    expect(idsOf(first)).toEqual(["a", "b", "c"]);
    expect(since()).toEqual(at("2T02:10:00"));
    // Written late, and under a name that comes before what was read already.
    await put("2T02:55:00", "a-late-one");
    const second = await runUntil(
      source(bucket, progress, () => at("2T03:11:00")),
      records(1),
    );
    expect(idsOf(second)).toEqual(["a-late-one"]);
    const third = await runUntil(
      source(bucket, progress, () => at("2T03:12:00")),
      times(3),
    );
    expect(third.records).toEqual([]);
    // Away for a day: nothing is left out.
    await put("2T23:58:00", "e");
    await put("3T00:03:00", "f");
    const later = await runUntil(
      source(bucket, progress, () => at("3T03:12:00")),
      records(2),
    );
    expect(idsOf(later)).toEqual(["e", "f"]);
    expect(since()).toEqual(at("3T02:12:00"));
  });

  it("of an organization lies below its id, and below a prefix", async () => {
    const bucket = await newBucket(cloud);
    const key = logKey(at("2T03:05:00"), "x").replace("AWSLogs/", "audit/AWSLogs/o-abc123/");
    await putLog(cloud, bucket, key, { Records: [record("one")] });
    const found = await runUntil(
      source(bucket, aProgress().progress, () => at("2T03:10:00"), "audit"),
      records(1),
    );
    expect(idsOf(found)).toEqual(["one"]);
  });

  it("gives a file again that could not be kept, and goes on behind it", async () => {
    const bucket = await newBucket(cloud);
    const { progress, read } = aProgress();
    for (const id of ["one", "two"]) {
      await putLog(cloud, bucket, logKey(at("2T03:05:00"), id), { Records: [record(id)] });
    }
    let tries = 0;
    const keep = async () => {
      if (++tries === 2) throw new TypeError("the database is away");
    };
    const found = await runUntil(
      source(bucket, progress, () => at("2T03:10:00")),
      records(2),
      keep,
    );
    expect(idsOf(found)).toEqual(["one", "two"]);
    expect(found.beats.map(({ problem }) => problem)).toContain("the database is away");
    expect(read.size).toBe(2);
  });

  it("has files that cannot be read now: others are not held up, and these are not forgotten", async () => {
    const bucket = await newBucket(cloud);
    const { progress, since, aside } = aProgress();
    for (const id of ["one", "sealed", "two"]) {
      await putLog(cloud, bucket, logKey(at("2T03:05:00"), id), { Records: [record(id)] });
    }
    let isSealed = true;
    const s3 = cloudAt(moto.endpoint, "eu-central-1").s3;
    s3.middlewareStack.add(
      (next) => async (args) => {
        const { Key = "" } = args.input as { readonly Key?: string };
        if (isSealed && Key.includes("sealed")) throw new TypeError("the key of KMS is disabled");
        return next(args);
      },
      { step: "initialize" },
    );
    const make = (now: Date) => (parts: SourceParts) =>
      trailSource({
        ...parts,
        now: () => now,
        name: "trail",
        bucket,
        prefix: "",
        s3,
        progress,
        everyMs: 0,
      });
    const told = ({ beats }: Watched) => beats.some(({ problem }) => problem !== undefined);
    const first = await runUntil(make(at("2T03:10:00")), told);
    expect(idsOf(first)).toEqual(["one", "two"]);
    expect(first.beats.at(-1)?.problem).toMatch(/sealed.*cannot be reached: the key of KMS is disabled/);
    const hoursLater = await runUntil(make(at("2T09:00:00")), told);
    expect(hoursLater.records).toEqual([]);
    expect(since()).toEqual(at("2T08:00:00"));
    expect(aside.size).toBe(1);
    isSealed = false;
    expect(idsOf(await runUntil(make(at("2T09:01:00")), records(1)))).toEqual(["sealed"]);
    expect(aside.size).toBe(0);
  });

  it("that is not there is told, and asked for again", async () => {
    const found = await runUntil(
      source("no-such-bucket-of-anybody", aProgress().progress, () => at("2T03:10:00")),
      ({ beats }) => beats.length === 2,
    );
    expect(found.beats[1]?.problem).toMatch(/s3:\/\/no-such-bucket-of-anybody does not exist/);
  });

  it("is told to be empty where its prefix is a wrong one, not to be well", async () => {
    const bucket = await newBucket(cloud);
    await putLog(cloud, bucket, logKey(at("2T03:05:00"), "x"), { Records: [record("one")] });
    const found = await runUntil(
      source(bucket, aProgress().progress, () => at("2T03:10:00"), "AWSLogs"),
      ({ beats }) => beats.length === 2,
    );
    for (const { problem } of found.beats)
      expect(problem).toMatch(/no log files of CloudTrail below s3:.*\/AWSLogs\/AWSLogs\/\. Give the prefix/);
  });

  async function search(bucket: string, from: string, to: string, more = {}) {
    const found: ReadRecord[] = [];
    const options = { s3: cloud.s3, bucket, prefix: "", source: "trail", now: at("2T09:00:00"), ...more };
    const { signal } = new AbortController();
    const outcome = await searchTrail(
      { ...options, from: at(from), to: at(to), signal },
      async (batch) => void found.push(...batch),
    );
    return { ...outcome, found: found.map((read) => (read.kind === "change" ? read.event.id : read.kind)) };
  }

  it("is searched by the time of the events, which is before that of their files, the newest file first", async () => {
    const bucket = await newBucket(cloud);
    await putLog(cloud, bucket, logKey(at("2T03:20:00"), "late"), {
      Records: [record("before", "2T02:59:59"), record("first", "2T03:00:00"), record("last", "2T03:10:00")],
    });
    await putLog(cloud, bucket, logKey(at("2T03:12:00"), "after"), {
      Records: [record("after", "2T03:10:01"), {}],
    });
    await putLog(cloud, bucket, logKey(at("2T06:00:00"), "next"), {
      Records: [record("strange", "2T03:05:00")],
    });
    expect(await search(bucket, "2T03:00:00", "2T03:10:00")).toEqual({
      files: 2,
      leftOut: 0,
      found: ["first", "last", "malformed"],
    });
    expect(await search(bucket, "2T03:00:00", "2T03:10:00", { mostFiles: 1 })).toEqual({
      files: 1,
      leftOut: 1,
      found: ["first", "last"],
    });
  });

  it("is searched as far as it can be read, and what cannot is told", async () => {
    const bucket = await newBucket(cloud);
    for (const id of ["one", "sealed", "two"])
      await putLog(cloud, bucket, logKey(at("2T03:05:00"), id), { Records: [record(id)] });
    const { s3 } = cloudAt(moto.endpoint, "eu-central-1");
    s3.middlewareStack.add(
      (next) => async (args) => {
        const { Key = "" } = args.input as { readonly Key?: string };
        if (Key.includes("sealed")) throw new TypeError("the key of KMS is disabled");
        return next(args);
      },
      { step: "initialize" },
    );
    expect(await search(bucket, "2T03:00:00", "2T03:10:00", { s3 })).toEqual({
      files: 2,
      leftOut: 0,
      found: ["one", "two"],
      problem: expect.stringMatching(/sealed.*cannot be reached/) as unknown,
    });
  });

  describe("with digests", () => {
    const chain = "123456789012_CloudTrail-Digest_eu-central-1_main_eu-central-1_";
    async function written(hours: number, prefix = "") {
      const bucket = await newBucket(cloud);
      const trail = writeTrail(at("2T00:00:00"), hours, 2, undefined, bucket, prefix);
      await putTrail(cloud, trail);
      const check = (until: string, known = new Map<string, Date>()) =>
        checkTrail({
          ...{ s3: cloud.s3, bucket, prefix, keys: () => trail.keys, known },
          ...{ from: at("2T00:00:00"), to: at(until), signal: new AbortController().signal },
        });
      return { bucket, trail, check };
    }
    const remove = (Bucket: string, Key = "") => cloud.s3.send(new DeleteObjectCommand({ Bucket, Key }));

    it("is checked from its first digest on, also below a prefix that looks like a folder of logs", async () => {
      const { check, trail, bucket } = await written(3, "audit/CloudTrail/");
      const found = { account: "123456789012", region: "eu-central-1", chain, until: at("2T03:00:00") };
      expect(await check("2T03:10:00")).toEqual([{ ...found, digests: 3, logFiles: 6, findings: [] }]);
      const [log] = trail.logs;
      await putLog(cloud, bucket, log?.key ?? "", { Records: [] });
      expect(await check("2T03:10:00")).toMatchObject([
        {
          digests: 3,
          logFiles: 5,
          findings: [{ kind: "invalid", what: "log", file: nameOf(log ?? { bucket, key: "" }) }],
        },
      ]);
    });

    it("is checked on from where that ended, with the digest that the next one names", async () => {
      const { check } = await written(4);
      const known = new Map([[chain, at("2T02:00:00")]]);
      expect(await check("2T04:10:00", known)).toMatchObject([
        { until: at("2T04:00:00"), digests: 3, logFiles: 6, findings: [] },
      ]);
    });

    it("has a gap when no digest came for two hours, and when all of them were taken away", async () => {
      const { check, trail, bucket } = await written(2);
      const known = new Map([[chain, at("2T02:00:00")]]);
      expect(await check("2T03:50:00", known)).toMatchObject([{ until: at("2T02:00:00"), findings: [] }]);
      expect(await check("2T04:10:00", known)).toMatchObject([
        { findings: [{ kind: "gap", from: at("2T02:00:00"), why: "there is no digest of that time" }] },
      ]);
      await remove(bucket, trail.digests[0]?.key);
      expect(await check("2T02:10:00", known)).toMatchObject([
        { until: at("2T02:00:00"), findings: [{ kind: "gap", why: "there is no digest at all" }] },
      ]);
    });

    it("that has none at all says what to switch on", async () => {
      const bucket = await newBucket(cloud);
      const keys = () => async () => undefined;
      const signal = new AbortController().signal;
      const window = { from: at("2T00:00:00"), to: at("2T03:00:00"), known: new Map(), signal };
      await expect(checkTrail({ s3: cloud.s3, bucket, prefix: "", keys, ...window })).rejects.toMatchObject({
        code: "trail_without_digests",
        hint: expect.stringContaining("log file validation") as unknown,
      });
    });
  });
});

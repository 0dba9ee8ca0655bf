/** Events from a trail's log files in their bucket, at a mock of AWS: looked for by date, searched, and checked with their digests. */
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aRecord } from "../../packages/anchorwatch/src/activity/cloudtrail/records.fixture.ts";
import { writeTrail } from "../../packages/anchorwatch/src/activity/digest/chain.fixture.ts";
import { checkTrail } from "../../packages/anchorwatch/src/activity/digest/checkTrail.ts";
import { nameOf } from "../../packages/anchorwatch/src/activity/envelope/filePlace.ts";
import type {
  CursorPlace,
  TrailCursor,
} from "../../packages/anchorwatch/src/activity/sources/trail/cursor.ts";
import { searchTrail } from "../../packages/anchorwatch/src/activity/sources/trail/searchTrail.ts";
import { trailSource } from "../../packages/anchorwatch/src/activity/sources/trail/trailSource.ts";
import type { ReadRecord } from "../../packages/anchorwatch/src/domain/auditEvent.ts";
import { type Cloud, cloudAt } from "../support/cloud.ts";
import { findExecutable } from "../support/executable.ts";
import { type Moto, startMoto } from "../support/moto.ts";
import { idsOf, logKey, newBucket, putLog, runUntil, type SourceParts, type Watched } from "./sourceBench.ts";

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

  function aCursor(first?: TrailCursor) {
    const saved: TrailCursor[] = first === undefined ? [] : [first];
    const place: CursorPlace = {
      load: async () => saved.at(-1),
      save: async (cursor) => void saved.push(cursor),
    };
    return { place, last: () => saved.at(-1) };
  }
  const source =
    (bucket: string, cursor: CursorPlace, now: () => Date, prefix = "") =>
    (parts: SourceParts) =>
      trailSource({ ...parts, now, name: "trail", bucket, prefix, s3: cloud.s3, cursor, everyMs: 0 });
  const times = (count: number) => () => count-- <= 0;
  /** When the look that found the last of them has come to its end. */
  const records =
    (count: number) =>
    ({ records: got, beats }: Watched) =>
      got.length >= count && beats.at(-1)?.lagMs === undefined;

  it("gives what is new, of each account and region, whatever the order in which it is written", async () => {
    const bucket = await newBucket(cloud);
    const { place, last } = aCursor();
    const put = (time: string, id: string, where = {}) =>
      putLog(cloud, bucket, logKey(at(time), id, where), { Records: [record(id)] });
    await put("2T01:30:00", "long-ago");
    await put("2T02:55:00", "b");
    await put("2T03:00:00", "a", { region: "us-east-1" });
    await put("2T03:05:00", "c", { account: "210987654321" });
    const first = await runUntil(
      source(bucket, place, () => at("2T03:10:00")),
      records(3),
    );
    expect(idsOf(first)).toEqual(["a", "b", "c"]);
    expect(last()?.since).toBe("2026-01-02T02:10:00.000Z");
    // Written late, and under a name that comes before what was read already.
    await put("2T02:55:00", "a-late-one");
    const second = await runUntil(
      source(bucket, place, () => at("2T03:11:00")),
      records(1),
    );
    expect(idsOf(second)).toEqual(["a-late-one"]);
    const third = await runUntil(
      source(bucket, place, () => at("2T03:12:00")),
      times(3),
    );
    expect(third.records).toEqual([]);
    // Away for a day: nothing is left out.
    await put("2T23:58:00", "e");
    await put("3T00:03:00", "f");
    const later = await runUntil(
      source(bucket, place, () => at("3T03:12:00")),
      records(2),
    );
    expect(idsOf(later)).toEqual(["e", "f"]);
    expect(last()).toEqual({ since: "2026-01-03T02:12:00.000Z", read: [] });
  });

  it("of an organization lies below its id, and below a prefix", async () => {
    const bucket = await newBucket(cloud);
    const key = logKey(at("2T03:05:00"), "x").replace("AWSLogs/", "audit/AWSLogs/o-abc123/");
    await putLog(cloud, bucket, key, { Records: [record("one")] });
    const found = await runUntil(
      source(bucket, aCursor().place, () => at("2T03:10:00"), "audit"),
      records(1),
    );
    expect(idsOf(found)).toEqual(["one"]);
  });

  it("gives a file again that could not be kept, and goes on behind it", async () => {
    const bucket = await newBucket(cloud);
    const { place, last } = aCursor();
    for (const id of ["one", "two"]) {
      await putLog(cloud, bucket, logKey(at("2T03:05:00"), id), { Records: [record(id)] });
    }
    let tries = 0;
    const keep = async () => {
      if (++tries === 2) throw new TypeError("the database is away");
    };
    const found = await runUntil(
      source(bucket, place, () => at("2T03:10:00")),
      records(2),
      keep,
    );
    expect(idsOf(found)).toEqual(["one", "two"]);
    expect(found.beats.map(({ problem }) => problem)).toContain("the database is away");
    expect(last()?.read).toHaveLength(2);
  });

  it("has files that cannot be read now: others are not held up, and these are not forgotten", async () => {
    const bucket = await newBucket(cloud);
    const { place, last } = aCursor();
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
        cursor: place,
        everyMs: 0,
      });
    const told = ({ beats }: Watched) => beats.some(({ problem }) => problem !== undefined);
    const first = await runUntil(make(at("2T03:10:00")), told);
    expect(idsOf(first)).toEqual(["one", "two"]);
    expect(first.beats.at(-1)?.problem).toMatch(/sealed.*cannot be reached: the key of KMS is disabled/);
    const hoursLater = await runUntil(make(at("2T09:00:00")), told);
    expect(hoursLater.records).toEqual([]);
    expect(last()?.since).toBe("2026-01-02T03:05:00.000Z");
    isSealed = false;
    expect(idsOf(await runUntil(make(at("2T09:01:00")), records(1)))).toEqual(["sealed"]);
    expect(last()).toEqual({ since: "2026-01-02T08:01:00.000Z", read: [] });
  });

  it("that is not there is told, and asked for again", async () => {
    const found = await runUntil(
      source("no-such-bucket-of-anybody", aCursor().place, () => at("2T03:10:00")),
      ({ beats }) => beats.length === 2,
    );
    expect(found.beats[1]?.problem).toMatch(/s3:\/\/no-such-bucket-of-anybody does not exist/);
  });

  async function search(bucket: string, from: string, to: string, more = {}) {
    const found: ReadRecord[] = [];
    const options = { s3: cloud.s3, bucket, prefix: "", source: "trail", now: at("2T09:00:00"), ...more };
    const { signal } = new AbortController();
    for await (const batch of searchTrail({ ...options, from: at(from), to: at(to), signal }))
      found.push(...batch);
    return found.map((read) => (read.kind === "change" ? read.event.id : read.kind));
  }

  it("is searched by the time of the events, which is before that of their files", async () => {
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
    expect(await search(bucket, "2T03:00:00", "2T03:10:00")).toEqual(["malformed", "first", "last"]);
    expect(await search(bucket, "2T03:00:00", "2T03:10:00", { regions: ["us-east-1"] })).toEqual([]);
    await expect(search(bucket, "2T03:00:00", "2T03:10:00", { mostFiles: 1 })).rejects.toMatchObject({
      code: "trail_too_much",
    });
  });

  it("is checked with its digests", async () => {
    const bucket = await newBucket(cloud);
    const trail = writeTrail(at("2T00:00:00"), 3, 2, undefined, bucket);
    for (const { bucket: Bucket, key: Key } of [...trail.digests, ...trail.logs]) {
      const stored = trail.files.get(nameOf({ bucket: Bucket, key: Key }));
      const Metadata: Record<string, string> =
        stored?.signature === undefined ? {} : { signature: stored.signature };
      await cloud.s3.send(new PutObjectCommand({ Bucket, Key, Body: stored?.bytes ?? "", Metadata }));
    }
    const options = { s3: cloud.s3, bucket, prefix: "", keys: () => trail.keys };
    const window = { from: at("2T00:00:00"), to: at("2T03:00:00"), signal: new AbortController().signal };
    const chain = "123456789012_CloudTrail-Digest_eu-central-1_main_eu-central-1_";
    expect(await checkTrail({ ...options, ...window })).toEqual([
      { account: "123456789012", region: "eu-central-1", chain, digests: 3, logFiles: 6, findings: [] },
    ]);
    const [log] = trail.logs;
    await putLog(cloud, bucket, log?.key ?? "", { Records: [] });
    expect(await checkTrail({ ...options, ...window })).toMatchObject([
      {
        digests: 3,
        logFiles: 5,
        findings: [{ kind: "invalid", what: "log", file: nameOf(log ?? { bucket, key: "" }) }],
      },
    ]);
  });
});

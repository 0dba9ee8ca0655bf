import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Warning } from "../../../domain/errors.ts";
import { type RenewalOptions, renewRetention } from "./renewRetention.ts";
import { addDays } from "./retention.ts";
import { type S3Server, startS3Server } from "./s3Server.fixture.ts";
import { S3Storage } from "./s3Storage.ts";
import { openSequencer, readWholeLog } from "./sequencer.fixture.ts";

const START = new Date("2030-01-01T00:00:00Z");
let server: S3Server;
let now: Date;
let warnings: Warning[];
const retention = { days: 10, renewBeforeDays: 3 };

beforeEach(async () => {
  server = await startS3Server();
  now = START;
  server.now = () => now;
  warnings = [];
});
afterEach(() => server.close());

const shared = (): RenewalOptions => ({
  client: server.client,
  bucket: "ledger",
  retention,
  clock: () => now,
  onWarning: (warning) => warnings.push(warning),
  temporaryFolder: tmpdir(),
});

const storage = () => new S3Storage({ ...shared(), bucket: "ledger", newOwner: () => crypto.randomUUID() });

/** Sizes 1, 2 and 258, each a day after the other. */
async function threeDays(): Promise<void> {
  const { append } = await openSequencer(storage());
  await append("0");
  now = addDays(now, 1);
  await append("1");
  now = addDays(now, 1);
  await append(...Array.from({ length: 256 }, (_, index) => `${index + 2}`));
}

function lockedUntil(key: string): string | undefined {
  return server.bucket.objects.get(key)?.[0]?.retention?.until.toISOString();
}

const renewals = () => server.asked.filter(({ method, query }) => method === "PUT" && query.has("retention"));

test("nothing is extended before its time", async () => {
  await threeDays();
  expect(await renewRetention(shared())).toEqual({
    renewed: 0,
    renewedUntil: addDays(now, 10),
    ended: 0,
    finished: true,
    behind: false,
    lockedUntil: addDays(START, 12),
  });
  expect(warnings).toEqual([]);
});

test("every object that readers still need is extended before it runs out, and none twice", async () => {
  await threeDays();
  now = addDays(START, 9.5);
  const report = await renewRetention(shared());
  expect(report).toMatchObject({ ended: 0, finished: true });
  const renewed = addDays(now, 10).toISOString();
  for (const key of [
    "checkpoint",
    "tile/0/000",
    "tile/0/001.p/2",
    "tile/1/000.p/1",
    "tile/entries/000",
    "tile/entries/001.p/2",
  ]) {
    expect(lockedUntil(key), key).toBe(renewed);
  }
  // Part of tile/0/000 by now.
  expect(lockedUntil("tile/0/000.p/1")).toBe(addDays(START, 10).toISOString());
  expect(report.renewed).toBe(6);
  expect(await renewRetention(shared())).toMatchObject({ renewed: 0 });
});

test("a log that is looked after daily is never unlocked, for as long as it is run", async () => {
  const { append } = await openSequencer(storage());
  for (let day = 0; day < 60; day++) {
    now = addDays(START, day);
    if (day % 7 === 0) await append(`day ${day}`);
    expect(await renewRetention(shared()), `day ${day}`).toMatchObject({ ended: 0, finished: true });
    const size = Math.floor(day / 7) + 1;
    for (const key of ["checkpoint", `tile/0/000.p/${size}`]) {
      expect(new Date(lockedUntil(key) ?? 0) > addDays(now, 2), `${key} on day ${day}`).toBe(true);
    }
  }
  expect(warnings).toEqual([]);
  expect(await readWholeLog(storage())).toHaveLength(9);
});

test("a renewal that is run for the first time in the middle of a log's life loses nothing either", async () => {
  await threeDays();
  const needed = ["checkpoint", "tile/0/000", "tile/0/001.p/2", "tile/1/000.p/1", "tile/entries/000"];
  for (let day = 5; day < 40; day++) {
    now = addDays(START, day);
    expect(await renewRetention(shared()), `day ${day}`).toMatchObject({ ended: 0, finished: true });
    for (const key of needed) {
      expect(new Date(lockedUntil(key) ?? 0) > addDays(now, 2), `${key} on day ${day}`).toBe(true);
    }
  }
  expect(warnings).toEqual([]);
  // Of each object at most every third day, not every day: there is a round when something comes near its end.
  expect(renewals().length).toBeLessThan(6 * 12);
});

test("the oldest go first, and a stopped run goes on where it ended", async () => {
  await threeDays();
  now = addDays(START, 9.5);
  const stop = new AbortController();
  server.fault = ({ query }) => {
    if (query.has("retention")) stop.abort();
    return undefined;
  };
  const first = await renewRetention({ ...shared(), group: 2, signal: stop.signal });
  expect(first).toMatchObject({
    renewed: 2,
    ended: 0,
    finished: false,
    behind: true,
    lockedUntil: undefined,
  });
  server.fault = () => undefined;
  const second = await renewRetention({ ...shared(), group: 2 });
  expect(second).toMatchObject({ renewed: 4, ended: 0, finished: true, lockedUntil: addDays(now, 10) });
  const keys = renewals().map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(warnings.map(({ code }) => code)).toContain("ledger_retention_behind");
});

test("the bucket is listed once, into however many groups and pieces the work is cut", async () => {
  await threeDays();
  const listings = async (group: number) => {
    now = addDays(now, 9.5);
    server.asked.length = 0;
    const { renewed } = await renewRetention({ ...shared(), group, inMemory: group });
    expect(renewed).toBe(6);
    return server.asked.filter(({ query }) => query.has("versions")).length;
  };
  const whole = await listings(100);
  expect(await listings(1)).toBe(whole);
});

test("what is told of the earliest end is true of every object that readers need", async () => {
  await threeDays();
  for (const days of [2, 8, 9, 9.5, 14, 18]) {
    now = addDays(START, days);
    const { lockedUntil: told } = await renewRetention(shared());
    const ends = ["checkpoint", "tile/0/000", "tile/0/001.p/2", "tile/entries/000"].map(
      (key) => new Date(lockedUntil(key) ?? 0),
    );
    for (const end of ends) expect(end >= (told ?? addDays(now, 1000)), `day ${days}`).toBe(true);
  }
});

test("a run that is stopped while it lists has renewed nothing and says so", async () => {
  await threeDays();
  now = addDays(START, 9.5);
  const stop = new AbortController();
  server.fault = ({ query }) => {
    if (query.has("versions")) stop.abort();
    return undefined;
  };
  const report = await renewRetention({ ...shared(), signal: stop.signal });
  expect(report).toMatchObject({ renewed: 0, finished: false, behind: true });
  server.fault = () => undefined;
  expect(await renewRetention(shared())).toMatchObject({ renewed: 6, finished: true });
});

test("a run that dies anywhere is repeated without harm", async () => {
  await threeDays();
  now = addDays(START, 9.5);
  for (let at = 1; at <= 20; at++) {
    let count = 0;
    server.fault = () => (++count === at ? "lose_answer" : undefined);
    await renewRetention({ ...shared(), group: 2 }).catch(() => undefined);
  }
  server.fault = () => undefined;
  expect(await renewRetention(shared())).toMatchObject({ finished: true, ended: 0 });
  expect(lockedUntil("tile/0/000")).toBe(addDays(now, 10).toISOString());
});

test("being late is told, and having been too late is told louder", async () => {
  await threeDays();
  now = addDays(START, 11);
  await renewRetention(shared());
  expect(warnings).toMatchObject([
    { code: "ledger_retention_behind", message: expect.stringContaining("late") },
  ]);
  warnings.length = 0;
  now = addDays(now, 30);
  const { ended } = await renewRetention(shared());
  expect(ended).toBeGreaterThan(0);
  expect(warnings).toMatchObject([
    { code: "ledger_retention_behind", hint: expect.stringContaining("Verify") },
  ]);
});

test("a longer retention that is configured later is given to every object at once", async () => {
  await threeDays();
  await renewRetention(shared());
  const longer = { days: 100, renewBeforeDays: 30 };
  expect(await renewRetention({ ...shared(), retention: longer })).toMatchObject({ behind: false });
  expect(lockedUntil("tile/0/000")).toBe(addDays(now, 100).toISOString());
});

test("a state that was lost or spoilt costs a look at everything, no more", async () => {
  await threeDays();
  now = addDays(START, 9.5);
  await renewRetention(shared());
  const [version] = server.bucket.objects.get(".retention") ?? [];
  server.bucket.objects.set(".retention", [{ ...version, bytes: Buffer.from("{") } as never]);
  expect(await renewRetention(shared())).toMatchObject({ renewed: 0, finished: true });
  expect(warnings).toMatchObject([
    { code: "ledger_retention_behind", message: expect.stringContaining(".retention") },
  ]);
});

test("a tile that was overwritten or hidden is told; its true version is renewed all the same", async () => {
  await threeDays();
  const { objects } = server.bucket;
  const [tile] = objects.get("tile/0/000") ?? [];
  objects.set("tile/0/000", [{ ...tile, id: "forged", retention: undefined } as never, tile as never]);
  await fetch(`${server.endpoint}/ledger/tile/1/000.p/1`, { method: "DELETE" });
  now = addDays(START, 9.5);
  await renewRetention({ ...shared(), group: 3 });
  const shadowed = warnings.filter(({ code }) => code === "ledger_retention_shadowed");
  expect(shadowed.map(({ message }) => message).sort()).toEqual([
    expect.stringContaining("tile/0/000 has more than one version"),
    expect.stringContaining("tile/1/000.p/1 is hidden by a deletion marker"),
  ]);
  expect(objects.get("tile/0/000")?.[1]?.retention?.until).toEqual(addDays(now, 10));
  expect(objects.get("tile/1/000.p/1")?.[1]?.retention?.until).toEqual(addDays(now, 10));
});

test("a checkpoint that a deletion marker hides is told and kept, and so is every tile of its log", async () => {
  await threeDays();
  await fetch(`${server.endpoint}/ledger/checkpoint`, { method: "DELETE" });
  now = addDays(START, 8);
  const { renewed } = await renewRetention(shared());
  expect(warnings.map(({ message }) => message)).toEqual([
    expect.stringContaining("checkpoint is hidden by a deletion marker"),
  ]);
  const [, hidden] = server.bucket.objects.get("checkpoint") ?? [];
  expect(hidden?.retention?.until).toEqual(addDays(now, 10));
  // Without a checkpoint nobody knows which partial tiles are outgrown.
  expect(renewed).toBeGreaterThan(6);
});

test("a second version is told wherever the pages of the listing end, and whatever marker comes between", async () => {
  for (let before = 0; before < 4; before++) {
    warnings.length = 0;
    const { objects } = server.bucket;
    objects.clear();
    await openSequencer(storage()).then(({ append }) => append("0"));
    const [tile] = objects.get("tile/0/000.p/1") ?? [];
    for (let at = 0; at < before; at++)
      objects.set(`content/sha256/00/${"0".repeat(63)}${at}`, [tile as never]);
    objects.set("tile/0/000.p/1", [
      { ...tile, id: "forged" } as never,
      { ...tile, id: "marker", bytes: undefined } as never,
      tile as never,
    ]);
    await renewRetention(shared());
    expect(
      warnings.map(({ message }) => message),
      `${before} objects before it`,
    ).toContainEqual(expect.stringContaining("tile/0/000.p/1 has more than one version"));
  }
});

test.each([
  ["everything is locked for years", { until: addDays(START, 4000).getTime() }],
  ["what will be written was renewed", { through: { modified: 1e15, path: "z", version: "z" } }],
])("a state that says that %s is not believed", async (_, lie) => {
  await threeDays();
  now = addDays(START, 9.5);
  const told = {
    days: 10,
    all: false,
    through: { modified: now.getTime(), path: "z", version: "z" },
    until: addDays(now, 10).getTime(),
  };
  const [version] = server.bucket.objects.get("checkpoint") ?? [];
  const bytes = Buffer.from(JSON.stringify({ ...told, ...lie }));
  server.bucket.objects.set(".retention", [{ ...version, bytes } as never]);
  expect(await renewRetention(shared())).toMatchObject({ renewed: 6, finished: true });
  expect(warnings).toMatchObject([
    { code: "ledger_retention_behind", message: expect.stringContaining(".retention is not believed") },
  ]);
});

test("the stand-in refuses what S3 refuses and moto does not", async () => {
  await threeDays();
  const url = `${server.endpoint}/ledger/tile/0/000`;
  const [version] = server.bucket.objects.get("tile/0/000") ?? [];
  const retentionOf = (mode: string, until: Date) =>
    fetch(`${url}?retention`, {
      method: "PUT",
      body: `<Retention><Mode>${mode}</Mode><RetainUntilDate>${until.toISOString()}</RetainUntilDate></Retention>`,
    });
  expect((await retentionOf("COMPLIANCE", addDays(now, 1))).status).toBe(403);
  expect((await retentionOf("GOVERNANCE", addDays(now, 100))).status).toBe(403);
  expect((await fetch(`${url}?versionId=${version?.id}`, { method: "DELETE" })).status).toBe(403);
  const suspend = {
    method: "PUT",
    body: "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>",
  };
  expect((await fetch(`${server.endpoint}/ledger?versioning`, suspend)).status).toBe(409);
  const spoilt = { method: "PUT", body: "x", headers: { "x-amz-checksum-sha256": "AAAA" } };
  expect((await fetch(url, spoilt)).status).toBe(400);
  expect(await (await fetch(`${url}?retention`)).text()).toContain(addDays(START, 12).toISOString());
});

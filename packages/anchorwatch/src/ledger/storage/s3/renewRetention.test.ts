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
  expect(await renewRetention(shared())).toEqual({ renewed: 0, ended: 0, finished: true });
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

test("the oldest go first, and a stopped run goes on where it ended", async () => {
  await threeDays();
  now = addDays(START, 9.5);
  const stop = new AbortController();
  server.fault = ({ query }) => {
    if (query.has("retention")) stop.abort();
    return undefined;
  };
  const first = await renewRetention({ ...shared(), group: 2, signal: stop.signal });
  expect(first).toEqual({ renewed: 2, ended: 0, finished: false });
  server.fault = () => undefined;
  const second = await renewRetention({ ...shared(), group: 2 });
  expect(second).toEqual({ renewed: 4, ended: 0, finished: true });
  const keys = renewals().map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(warnings.map(({ code }) => code)).toContain("ledger_retention_behind");
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
  await renewRetention({ ...shared(), retention: longer });
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

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { contentPath } from "../servedFile.ts";
import { sha256Hex } from "./digest.ts";
import { addDays } from "./retention.ts";
import { current, type S3Server, startS3Server } from "./s3Server.fixture.ts";
import type { S3StorageOptions } from "./s3Storage.ts";
import { openSequencer, readWholeLog, treeState } from "./sequencer.fixture.ts";
import { storageOn } from "./storageOn.fixture.ts";

let server: S3Server;

beforeEach(async () => {
  server = await startS3Server();
});
afterEach(() => server.close());

const storage = (options: Partial<S3StorageOptions> = {}) => storageOn(server, options);

const numbered = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => `entry ${from + i}`);

test("a log grows over tiles, restarts and sequencers, and is whole", async () => {
  const first = await openSequencer(storage());
  expect(await first.append("entry 0")).toBe(1);
  await first.append(...numbered(1, 254));
  await first.append(...numbered(255, 3));
  await first.lease.release();
  const second = await openSequencer(storage());
  expect(await second.append(...numbered(258, 300))).toBe(558);
  expect(await readWholeLog(storage())).toEqual(numbered(0, 558));
});

test("every tile, bundle and checkpoint is locked, typed and cacheable, and checked on its way", async () => {
  const before = Date.now();
  await (await openSequencer(storage())).append("a", "b");
  for (const [key, [version]] of server.bucket.objects) {
    if (key.endsWith(".staging")) continue;
    expect(version?.retention?.mode, key).toBe("COMPLIANCE");
    expect(version?.retention?.until.getTime(), key).toBeGreaterThanOrEqual(before + 10 * 86_400_000 - 1000);
  }
  expect(server.bucket.objects.get("logs/prod/checkpoint")?.[0]?.headers).toEqual({
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "no-cache",
  });
  expect(server.bucket.objects.get("logs/prod/tile/0/000.p/2")?.[0]?.headers).toEqual({
    "content-type": "application/octet-stream",
    "cache-control": "public, max-age=31536000, immutable",
  });
});

test("a storage is taken once in a process", async () => {
  const one = storage();
  const lease = await one.lock();
  await expect(one.lock()).rejects.toMatchObject({ code: "ledger_locked" });
  await lease.release();
  await expect(lease.stage(await treeState([]), [])).rejects.toMatchObject({ code: "ledger_fenced" });
  await (await one.lock()).release();
});

test("content lies under its digest, locked, and may come twice", async () => {
  const { lease } = await openSequencer(storage());
  const bytes = Buffer.from("a long plan");
  const digest = `sha256:${sha256Hex(bytes)}`;
  await lease.writeContent(digest, bytes);
  await lease.writeContent(digest, bytes);
  expect(Buffer.from((await storage().read(contentPath(digest))) ?? [])).toEqual(bytes);
  expect(server.bucket.objects.get(`logs/prod/${contentPath(digest)}`)).toHaveLength(1);
  await expect(lease.writeContent(digest, Buffer.from("another"))).rejects.toMatchObject({
    code: "ledger_content_mismatch",
  });
  await expect(lease.writeContent("sha256:../..", bytes)).rejects.toMatchObject({
    code: "ledger_path_invalid",
  });
});

test.each([
  ["no lock", undefined],
  ["a lock that ends tomorrow", { mode: "COMPLIANCE", until: addDays(new Date(), 1) }],
  ["a lock that can be lifted", { mode: "GOVERNANCE", until: addDays(new Date(), 20) }],
])(
  "the same bytes that somebody wrote before, with %s, are locked as if they were ours",
  async (_, retention) => {
    const { append, lease } = await openSequencer(storage());
    await append("a");
    const bytes = Buffer.from("a long plan");
    const key = `logs/prod/${contentPath(sha256Hex(bytes))}`;
    const [version] = server.bucket.objects.get("logs/prod/checkpoint") ?? [];
    server.bucket.objects.set(key, [{ ...version, bytes, retention } as never]);
    await lease.writeContent(sha256Hex(bytes), bytes);
    const [now, ...others] = server.bucket.objects.get(key) ?? [];
    expect(others).toEqual([]);
    expect(now?.retention?.mode).toBe("COMPLIANCE");
    expect(now?.retention?.until.getTime()).toBeGreaterThan(addDays(new Date(), 9).getTime());
  },
);

test("other bytes under a tile's name are never overwritten", async () => {
  const { append } = await openSequencer(storage());
  await append("a");
  const stranger = {
    ...server.bucket.objects.get("logs/prod/tile/0/000.p/1")?.[0],
    bytes: Buffer.from("forged"),
  };
  server.bucket.objects.set("logs/prod/tile/0/000.p/2", [stranger as never]);
  await expect(append("b")).rejects.toMatchObject({ code: "ledger_object_conflict" });
  expect(current(server.bucket, "logs/prod/tile/0/000.p/2")?.toString()).toBe("forged");
});

test("a checkpoint that was turned back or taken away is noticed at start", async () => {
  const { append } = await openSequencer(storage());
  await append("a");
  const old = server.bucket.objects.get("logs/prod/checkpoint") ?? [];
  await append("b");
  await append("c");
  const objects = server.bucket.objects;
  objects.set("logs/prod/checkpoint", [...old, ...(objects.get("logs/prod/checkpoint") ?? [])]);
  await expect(storage().lock()).rejects.toMatchObject({ code: "ledger_object_conflict" });
  objects.set("logs/prod/checkpoint", []);
  await expect(storage().lock()).rejects.toMatchObject({ code: "ledger_object_conflict" });
});

describe("a log that was longer is not taken for what is left of it", () => {
  const objects = () => server.bucket.objects;
  const hide = (path: string) =>
    fetch(`${server.endpoint}/ledger/logs/prod/${path}`, { method: "DELETE" }).then(() => undefined);
  const rolledBack = { code: "ledger_rolled_back", message: expect.stringContaining("tile/entries/") };

  test("when deletion markers hide its checkpoint and the staging object", async () => {
    await (await openSequencer(storage())).append("a");
    await hide("checkpoint");
    await hide(".staging");
    await expect(storage().lock()).rejects.toMatchObject({
      ...rolledBack,
      message: expect.stringContaining("looks like a new log, but holds tile/entries/000.p/1"),
    });
  });

  test("when they hide all of it", async () => {
    await (await openSequencer(storage())).append(...numbered(0, 300));
    for (const key of objects().keys()) await hide(key.slice("logs/prod/".length));
    for await (const path of storage().list("")) expect.unreachable(path);
    const before = objects().size;
    await expect(storage().lock()).rejects.toMatchObject(rolledBack);
    expect(objects().size).toBe(before);
  });

  test.each([
    ["in the same tile", 3, 4],
    ["by the end of that tile", 3, 253],
    ["beyond that tile", 3, 300],
    ["from the end of a tile", 256, 1],
  ])("when its older objects were put over the newer ones: grown %s", async (_, size, more) => {
    const { append } = await openSequencer(storage());
    await append(...numbered(0, size));
    const older = new Map(objects());
    await append(...numbered(size, more));
    for (const path of ["checkpoint", ".staging"]) {
      const key = `logs/prod/${path}`;
      objects().set(key, [...(older.get(key) ?? []), ...(objects().get(key) ?? [])]);
    }
    await expect(storage().lock()).rejects.toMatchObject(rolledBack);
    // Without the staging object nothing else would tell.
    await hide(".staging");
    await expect(storage().lock()).rejects.toMatchObject(rolledBack);
    expect(objects().get("logs/prod/.staging")?.[0]?.bytes).toBeUndefined();
  });

  test("but what a crashed sequencer had staged and written is finished", async () => {
    const { append } = await openSequencer(storage());
    await append("a");
    server.fault = ({ method, key }) =>
      method === "PUT" && key.endsWith("/checkpoint") ? "drop" : undefined;
    await expect(append("b")).rejects.toMatchObject({ code: "ledger_s3_failed" });
    server.fault = () => undefined;
    await (await openSequencer(storage())).append("c");
    expect(await readWholeLog(storage())).toEqual(["a", "b", "c"]);
  });

  test("and what a live one writes at this moment is no evidence", async () => {
    const { append } = await openSequencer(storage());
    await append("a");
    server.fault = async ({ query }) => {
      if (!query.has("versions")) return undefined;
      server.fault = () => undefined;
      await append("b");
      return undefined;
    };
    await expect(storage().lock()).rejects.toMatchObject({ code: "ledger_locked" });
    expect(await readWholeLog(storage())).toEqual(["a", "b"]);
  });

  test("nor is it taken where the versions may not be listed", async () => {
    server.fault = ({ query }) => (query.has("versions") ? "deny" : undefined);
    await expect(storage().lock()).rejects.toMatchObject({
      code: "ledger_bucket_refused",
      hint: expect.stringContaining("s3:ListBucketVersions"),
    });
    expect(objects().size).toBe(0);
  });
});

test("a checkpoint that is deleted under a live sequencer is told for what it is", async () => {
  const { append } = await openSequencer(storage());
  await append("a");
  await fetch(`${server.endpoint}/ledger/logs/prod/checkpoint`, { method: "DELETE" });
  await expect(append("b")).rejects.toMatchObject({
    code: "ledger_object_conflict",
    message: expect.stringContaining("checkpoint was deleted"),
  });
  expect(current(server.bucket, "logs/prod/checkpoint")).toBeUndefined();
});

test("a checkpoint that is none is told by its place", async () => {
  const { append, lease } = await openSequencer(storage());
  await append("a");
  await lease.release();
  const [version] = server.bucket.objects.get("logs/prod/checkpoint") ?? [];
  server.bucket.objects.set("logs/prod/checkpoint", [{ ...version, bytes: Buffer.from("hello\n") } as never]);
  await expect(storage().lock()).rejects.toMatchObject({
    code: "ledger_checkpoint_invalid",
    message: expect.stringContaining("s3://ledger/logs/prod/checkpoint"),
  });
});

test("a staging object that was lost is no loss; one that was forged is refused", async () => {
  const { append } = await openSequencer(storage());
  await append("a");
  server.bucket.objects.delete("logs/prod/.staging");
  const next = await openSequencer(storage());
  await next.append("b");
  expect(await readWholeLog(storage())).toEqual(["a", "b"]);
  const [version] = server.bucket.objects.get("logs/prod/.staging") ?? [];
  server.bucket.objects.set("logs/prod/.staging", [{ ...version, bytes: Buffer.from("{}\n") } as never]);
  await expect(storage().lock()).rejects.toMatchObject({ code: "ledger_staging_invalid" });
});

test("a batch cannot be staged before the last one was published", async () => {
  const { lease } = await openSequencer(storage());
  const [a, b] = [Buffer.from("a"), Buffer.from("b")];
  await lease.stage(await treeState([a]), [a]);
  await expect(lease.stage(await treeState([a, b]), [b])).rejects.toMatchObject({ code: "internal" });
});

test("a reader needs the objects alone, sees only files of the log, and bounds what it reads", async () => {
  await (await openSequencer(storage())).append("a");
  server.bucket.objects.set("logs/prod/notes.txt", server.bucket.objects.get("logs/prod/checkpoint") ?? []);
  server.asked.length = 0;
  const reader = storage();
  const paths: string[] = [];
  for await (const path of reader.list("")) paths.push(path);
  expect(paths.sort()).toEqual(["checkpoint", "tile/0/000.p/1", "tile/entries/000.p/1"]);
  expect(await reader.read("tile/0/001")).toBeUndefined();
  await expect(reader.read("../checkpoint")).rejects.toMatchObject({ code: "ledger_path_invalid" });
  await expect(reader.read(".staging")).rejects.toMatchObject({ code: "ledger_path_invalid" });
  await expect(reader.read("checkpoint", { maxBytes: 10 })).rejects.toMatchObject({
    code: "ledger_s3_failed",
  });
  expect(server.asked.some(({ query }) => query.has("versioning"))).toBe(false);
});

test("a bucket that does not answer in time is told, not waited for", async () => {
  server.fault = () => new Promise(() => {});
  await expect(storage({ timeoutMs: 50 }).read("checkpoint")).rejects.toMatchObject({
    code: "ledger_s3_failed",
    message: expect.stringContaining("50 ms"),
  });
});

test.each([
  [{ days: 0, renewBeforeDays: 1 }],
  [{ days: 10, renewBeforeDays: 10 }],
  [{ days: 10, renewBeforeDays: 0 }],
  [{ days: 40_000, renewBeforeDays: 1 }],
  [{ days: 1.5, renewBeforeDays: 1 }],
])("a retention of %j is refused", (retention) => {
  expect(() => storage({ retention })).toThrow(expect.objectContaining({ code: "ledger_retention_invalid" }));
});

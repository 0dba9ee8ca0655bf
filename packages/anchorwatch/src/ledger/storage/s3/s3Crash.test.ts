import { afterEach, beforeEach, expect, test } from "vitest";
import { type Fault, type S3Server, s3Client, startS3Server } from "./s3Server.fixture.ts";
import type { S3StorageOptions } from "./s3Storage.ts";
import { openSequencer, readWholeLog, signedCheckpoint, treeState } from "./sequencer.fixture.ts";
import { storageOn } from "./storageOn.fixture.ts";

let server: S3Server;

beforeEach(async () => {
  server = await startS3Server();
});
afterEach(() => server.close());

const storage = (options: Partial<S3StorageOptions> = {}) => storageOn(server, options);

test("the older of two sequencers is fenced off, and the log stays one", async () => {
  const older = await openSequencer(storage());
  await older.append("a");
  const newer = await openSequencer(storage());
  await expect(older.append("from the older")).rejects.toMatchObject({ code: "ledger_fenced" });
  await expect(older.append("again")).rejects.toMatchObject({ code: "ledger_fenced" });
  await newer.append("b");
  expect(await readWholeLog(storage())).toEqual(["a", "b"]);
});

test("of many that start at once exactly one survives", async () => {
  const starts = await Promise.allSettled(Array.from({ length: 6 }, () => openSequencer(storage())));
  const open = starts.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
  const appends = await Promise.allSettled(open.map((sequencer, index) => sequencer.append(`by ${index}`)));
  expect(appends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const refused = [...starts, ...appends].flatMap((end) =>
    end.status === "rejected" ? [end.reason.code] : [],
  );
  expect(refused.every((code) => code === "ledger_locked" || code === "ledger_fenced")).toBe(true);
  expect(await readWholeLog(storage())).toHaveLength(1);
});

test("wherever the older one is overtaken in its batch, both agree on every entry that was acknowledged", async () => {
  for (let pauseAt = 1; pauseAt <= 5; pauseAt++) {
    await server.close();
    server = await startS3Server();
    const older = await openSequencer(storage());
    await older.append("a");
    const { held, release } = holdPut(pauseAt);
    const olderEnd = older.append("b").then(
      () => true,
      (error: unknown) => error,
    );
    await Promise.race([held, olderEnd]); // the last rounds pause beyond the batch's end
    server.fault = () => undefined;
    const newer = await openSequencer(storage());
    release();
    const acknowledged = await olderEnd;
    const log = ["a", ...(await newerLog(newer))];
    if (acknowledged === true) expect(log.slice(0, 2), `paused at ${pauseAt}`).toEqual(["a", "b"]);
    else
      expect(acknowledged).toMatchObject({
        code: expect.stringMatching(/^ledger_(fenced|object_conflict)$/),
      });
    expect(log.at(-1)).toBe("c");
    expect(new Set(log).size).toBe(log.length);
  }
});

async function newerLog(newer: Awaited<ReturnType<typeof openSequencer>>): Promise<string[]> {
  await newer.append("c");
  return (await readWholeLog(storage())).slice(1);
}

/** Holds up the n-th PUT from now on, until it is released. */
function holdPut(n: number): { held: Promise<void>; release: () => void } {
  let count = 0;
  let release = () => {};
  const gate = new Promise<undefined>((resolve) => {
    release = () => resolve(undefined);
  });
  const held = new Promise<void>((resolve) => {
    server.fault = ({ method }) => {
      if (method !== "PUT" || ++count !== n) return undefined;
      resolve();
      return gate;
    };
  });
  return { held, release };
}

test.each<Exclude<Fault, undefined>>(["drop", "lose_answer", "refuse"])(
  "a sequencer that dies at any request (%s) loses nothing that was acknowledged",
  async (fault) => {
    // A batch has four: staging, tile, bundle, checkpoint.
    for (let at = 1; at <= 5; at++) {
      await server.close();
      server = await startS3Server();
      const dying = await openSequencer(storage());
      await dying.append("a");
      let count = 0;
      server.fault = () => (++count === at ? fault : undefined);
      const acknowledged = await dying.append("b").then(
        () => true,
        () => false,
      );
      server.fault = () => undefined;
      const next = await openSequencer(storage());
      await next.append("c");
      const log = await readWholeLog(storage());
      expect([["a", "b", "c"], ...(acknowledged ? [] : [["a", "c"]])], `at ${at}`).toContainEqual(log);
    }
  },
);

test.each<Exclude<Fault, undefined>>(["drop", "lose_answer"])(
  "a sequencer that dies while it finishes another's batch (%s) is followed by one that does",
  async (fault) => {
    for (let at = 1; at <= 14; at++) {
      await server.close();
      server = await startS3Server();
      const dying = await openSequencer(storage());
      await dying.append("a");
      let count = 0;
      server.fault = () => (++count > 1 ? "drop" : undefined); // staged, and no more
      await expect(dying.append("b", "c")).rejects.toMatchObject({ code: "ledger_s3_failed" });
      count = 0;
      server.fault = () => (++count === at ? fault : undefined);
      await openSequencer(storage()).then(
        () => undefined,
        () => undefined,
      );
      server.fault = () => undefined;
      await (await openSequencer(storage())).append("d");
      expect(await readWholeLog(storage()), `at ${at}`).toEqual(["a", "b", "c", "d"]);
    }
  },
);

test.each<Exclude<Fault, undefined>>(["drop", "lose_answer", "refuse", "race"])(
  "a single fault at any request (%s) is outlived by a client that tries again",
  async (fault) => {
    const client = s3Client(server.endpoint, 3);
    let count = 0;
    let at = 0;
    const sequencer = await openSequencer(storage({ client }));
    server.fault = () => (++count === at ? fault : undefined);
    for (at = 1; at <= 4; at++) {
      count = 0;
      await sequencer.append(`entry ${at}`);
    }
    client.destroy();
    expect(await readWholeLog(storage())).toHaveLength(4);
  },
);

test("a live sequencer whose checkpoint is replaced by a larger tree stops", async () => {
  const { append, lease } = await openSequencer(storage());
  await append("a");
  const larger = await signedCheckpoint(await treeState(["x", "y", "z"].map((text) => Buffer.from(text))));
  const [version] = server.bucket.objects.get("logs/prod/checkpoint") ?? [];
  server.bucket.objects.set("logs/prod/checkpoint", [
    { ...version, etag: '"x"', bytes: Buffer.from(larger) } as never,
  ]);
  await expect(append("b")).rejects.toMatchObject({ code: "ledger_fenced" });
  await expect(lease.writeCheckpoint("")).rejects.toMatchObject({ code: "ledger_fenced" });
});

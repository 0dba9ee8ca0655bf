/** The product's own writer on a bucket: everything together. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Anchor } from "../../anchors/anchor.ts";
import type { LedgerWriter } from "../../writer/ledgerWriter.ts";
import { testEntry, testLog } from "../../writer/writer.fixture.ts";
import { contentPath } from "../servedFile.ts";
import { sha256Hex } from "./digest.ts";
import { type Asked, type Fault, type S3Server, startS3Server } from "./s3Server.fixture.ts";
import { storageOn } from "./storageOn.fixture.ts";

let server: S3Server;
beforeEach(async () => {
  server = await startS3Server();
});
afterEach(() => server.close());

const open = (): Promise<LedgerWriter> => testLog(storageOn(server)).open();

test("entries get their indexes, and keep them over restarts", async () => {
  const first = await open();
  const appended = await Promise.all(
    Array.from({ length: 300 }, (_, n) => first.append(testEntry(`id-${n}`))),
  );
  expect(new Set(appended.map(({ index }) => index)).size).toBe(300);
  await first.close();
  const second = await open();
  expect(second.size).toBe(300);
  expect(await second.append(testEntry("id-7"))).toEqual({ index: appended[7]?.index, existed: true });
  expect(await second.append(testEntry("id-300"))).toEqual({ index: 300, existed: false });
  await second.close();
});

test.each<Exclude<Fault, undefined>>(["drop", "lose_answer", "refuse"])(
  "a writer that meets a fault (%s) at any request ends, and its successor has every entry that was acknowledged",
  async (fault) => {
    for (let at = 1; at <= 5; at++) {
      await server.close();
      server = await startS3Server();
      const dying = await open();
      await dying.append(testEntry("a"));
      let count = 0;
      server.fault = () => (++count === at ? fault : undefined);
      const end = await dying.append(testEntry("b")).catch((error: unknown) => error);
      server.fault = () => undefined;
      if (at < 5) expect(end).toMatchObject({ code: "ledger_writer_failed" });
      if (at < 5)
        await expect(dying.append(testEntry("c"))).rejects.toMatchObject({ code: "ledger_writer_failed" });
      const next = await open();
      expect(await next.append(testEntry("a"))).toEqual({ index: 0, existed: true });
      expect(await next.append(testEntry("b"))).toMatchObject({ index: 1 });
      expect(await next.append(testEntry("c"))).toEqual({ index: 2, existed: false });
      await next.close();
    }
  },
);

test.each<Exclude<Fault, undefined>>(["drop", "lose_answer", "refuse"])(
  "an entry is never in the log without its content, whatever request fails (%s)",
  async (fault) => {
    for (let at = 1; at <= 6; at++) {
      await server.close();
      server = await startS3Server();
      const bytes = Buffer.from("a long plan");
      const content = [{ role: "plan", mediaType: "application/json", bytes }];
      const dying = await open();
      let count = 0;
      server.fault = () => (++count === at ? fault : undefined);
      await dying.append(testEntry("a"), content).catch(() => undefined);
      server.fault = () => undefined;
      const next = await open();
      const path = contentPath(sha256Hex(bytes));
      if (next.size > 0)
        expect(await storageOn(server).read(path), `at ${at}`).toEqual(new Uint8Array(bytes));
      await next.append(testEntry("a"), content);
      expect(await storageOn(server).read(path)).toEqual(new Uint8Array(bytes));
      await next.close();
    }
  },
);

test("the older of two writers is refused, and nothing of it is in the log", async () => {
  const older = await open();
  await older.append(testEntry("a"));
  const newer = await open();
  await expect(older.append(testEntry("b"))).rejects.toMatchObject({ code: "ledger_writer_failed" });
  expect(await newer.append(testEntry("c"))).toEqual({ index: 1, existed: false });
  await older.close();
  await newer.close();
});

test("a batch that the older writer publishes after the newer one has taken the log is no contradiction", async () => {
  const older = await open();
  await older.append(testEntry("a"));
  const { sent, goOn } = holdUp(({ method, key }) => method === "PUT" && key.endsWith("checkpoint"));
  const appended = older.append(testEntry("b"));
  await sent;
  let looks = 0;
  server.fault = async ({ method, key }) => {
    // The first look is for taking the log, the second one for finding out how far it is.
    if (method === "GET" && key.endsWith("checkpoint") && ++looks === 2) {
      goOn();
      await appended;
    }
    return undefined;
  };
  const newer = await open();
  expect(await appended).toEqual({ index: 1, existed: false });
  expect(await newer.append(testEntry("b"))).toEqual({ index: 1, existed: true });
  expect(await newer.append(testEntry("c"))).toEqual({ index: 2, existed: false });
  await newer.close();
  await older.close();
});

/** Holds up the n-th request of that kind until it is told to go on. */
function holdUp(isMeant: (asked: Asked) => boolean, n = 1) {
  const [sent, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<undefined>()];
  let count = 0;
  server.fault = (asked) => {
    if (!isMeant(asked) || ++count !== n) return undefined;
    sent.resolve();
    return gate.promise;
  };
  return { sent: sent.promise, goOn: () => gate.resolve(undefined) };
}

describe("a writer that is overtaken while it starts says so", () => {
  test.each<[string, (asked: Asked) => boolean, number]>([
    [
      "before it looks at the checkpoint",
      ({ method, key }) => method === "GET" && key.endsWith("checkpoint"),
      2,
    ],
    ["before it looks for entries without one", ({ query }) => query.get("list-type") === "2", 1],
  ])("%s", async (_, isMeant, n) => {
    const { sent, goOn } = holdUp(isMeant, n);
    const opening = open();
    await sent;
    const newer = await open();
    await newer.append(testEntry("a"));
    goOn();
    await expect(opening).rejects.toMatchObject({ code: "ledger_fenced" });
    expect(await newer.append(testEntry("b"))).toEqual({ index: 1, existed: false });
    await newer.close();
  });

  test("and takes what the other one told an anchor for no evidence", async () => {
    const first = await open();
    await first.append(testEntry("a"));
    await first.close();
    const [asked, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<string>()];
    const anchor: Anchor = {
      name: "share",
      latest: () => {
        asked.resolve();
        return gate.promise;
      },
      publish: async () => {},
    };
    const log = testLog(storageOn(server));
    const opening = log.open({ anchors: [anchor] });
    await asked.promise;
    const newer = await open();
    await newer.append(testEntry("b"));
    gate.resolve(newer.checkpoint);
    await expect(opening).rejects.toMatchObject({ code: "ledger_fenced" });
    expect(log.evidence).toEqual([]);
    await newer.close();
    // Without the other one it is what it seems to be.
    const current = newer.checkpoint;
    const { objects } = server.bucket;
    const [, , ...older] = objects.get("logs/prod/checkpoint") ?? [];
    objects.set("logs/prod/checkpoint", older);
    // As a bucket that was made anew: with versions of what was there, the storage would tell by itself.
    for (const key of objects.keys()) if (!key.endsWith("/checkpoint")) objects.delete(key);
    const alone = log.open({ anchors: [{ ...anchor, latest: async () => current }] });
    await expect(alone).rejects.toMatchObject({ code: "ledger_rolled_back" });
    expect(log.evidence).toHaveLength(1);
  });
});

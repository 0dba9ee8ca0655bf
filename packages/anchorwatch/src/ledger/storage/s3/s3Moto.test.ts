/** The same log on moto, a real implementation of S3's interface by others. Where it is laxer than S3, s3Server.fixture.ts is asked. */
import { tmpdir } from "node:os";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inspectMachine } from "../../../../../../test/support/machine.ts";
import { type Moto, startMoto } from "../../../../../../test/support/moto.ts";
import type { Warning } from "../../../domain/errors.ts";
import { s3Anchor } from "../../anchors/s3Anchor.ts";
import { renewRetention } from "./renewRetention.ts";
import { addDays } from "./retention.ts";
import { s3Client } from "./s3Server.fixture.ts";
import { S3Storage } from "./s3Storage.ts";
import { openSequencer, readWholeLog, signedCheckpoint, treeState } from "./sequencer.fixture.ts";

const { moto: program } = inspectMachine(process.env);
if (program === undefined) {
  console.log(
    "skipped: the ledger on moto's S3, because moto_server is not on PATH (pip install 'moto[server]')",
  );
}

describe.skipIf(program === undefined)("on moto", () => {
  let moto: Moto;
  let client: S3Client;
  const warnings: Warning[] = [];
  const retention = { days: 10, renewBeforeDays: 3 };
  beforeAll(async () => {
    moto = await startMoto(program ?? "", process.env);
    client = s3Client(moto.endpoint, 3);
  });
  afterAll(async () => {
    client.destroy();
    await moto.stop();
  });

  async function makeBucket(Bucket: string, lock = true): Promise<void> {
    const CreateBucketConfiguration = { LocationConstraint: "eu-west-1" } as const;
    await client.send(
      new CreateBucketCommand({ Bucket, CreateBucketConfiguration, ObjectLockEnabledForBucket: lock }),
    );
  }

  const storage = (bucket: string, clock = () => new Date()) =>
    new S3Storage({
      client,
      bucket,
      retention,
      clock,
      newOwner: () => crypto.randomUUID(),
      onWarning: (warning) => warnings.push(warning),
    });

  test("a log grows, is taken over, and is whole", async () => {
    await makeBucket("whole");
    const older = await openSequencer(storage("whole"));
    await older.append(...Array.from({ length: 260 }, (_, index) => `${index}`));
    const newer = await openSequencer(storage("whole"));
    await expect(older.append("from the older")).rejects.toMatchObject({ code: "ledger_fenced" });
    await newer.append("from the newer");
    const log = await readWholeLog(storage("whole"));
    expect(log).toHaveLength(261);
    expect(log.at(-1)).toBe("from the newer");
  });

  test("of two sequencers that start at once exactly one survives", async () => {
    await makeBucket("race");
    const starts = await Promise.allSettled([1, 2].map(() => openSequencer(storage("race"))));
    const open = starts.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
    const appends = await Promise.allSettled(open.map(({ append }, index) => append(`${index}`)));
    expect(appends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await readWholeLog(storage("race"))).toHaveLength(1);
  });

  test("a locked tile cannot be deleted", async () => {
    await makeBucket("locked");
    await (await openSequencer(storage("locked"))).append("a");
    const Key = "tile/0/000.p/1";
    const listing = await client.send(new ListObjectVersionsCommand({ Bucket: "locked", Prefix: Key }));
    const VersionId = listing.Versions?.[0]?.VersionId;
    const deletion = client.send(new DeleteObjectCommand({ Bucket: "locked", Key, VersionId }));
    await expect(deletion).rejects.toMatchObject({ name: "AccessDenied" });
  });

  test("a log that deletion markers hide is not begun anew", async () => {
    await makeBucket("hidden");
    await (await openSequencer(storage("hidden"))).append("a");
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: "hidden" }));
    for (const { Key } of Contents ?? [])
      await client.send(new DeleteObjectCommand({ Bucket: "hidden", Key }));
    expect(await storage("hidden").read("checkpoint")).toBeUndefined();
    await expect(storage("hidden").lock()).rejects.toMatchObject({ code: "ledger_rolled_back" });
  });

  test("buckets that would allow deletion are refused", async () => {
    await makeBucket("open", false);
    await expect(storage("open").lock()).rejects.toMatchObject({ code: "ledger_bucket_unversioned" });
    const VersioningConfiguration = { Status: "Enabled" } as const;
    await client.send(new PutBucketVersioningCommand({ Bucket: "open", VersioningConfiguration }));
    await expect(storage("open").lock()).rejects.toMatchObject({ code: "ledger_bucket_unlocked" });
    await expect(storage("nowhere").lock()).rejects.toMatchObject({ code: "ledger_bucket_missing" });
  });

  test("retentions are renewed before they run out", async () => {
    await makeBucket("renewed");
    await (await openSequencer(storage("renewed"))).append("a");
    const later = addDays(new Date(), 8);
    const onWarning = (warning: Warning) => warnings.push(warning);
    const shared = { client, bucket: "renewed", retention, temporaryFolder: tmpdir() };
    const options = { ...shared, clock: () => later, onWarning };
    expect(await renewRetention(options)).toMatchObject({ renewed: 3, ended: 0, finished: true });
    const head = await client.send(new HeadObjectCommand({ Bucket: "renewed", Key: "tile/entries/000.p/1" }));
    expect(head.ObjectLockMode).toBe("COMPLIANCE");
    expect(
      Math.abs((head.ObjectLockRetainUntilDate?.getTime() ?? 0) - addDays(later, 10).getTime()),
    ).toBeLessThan(1000);
    expect(await renewRetention(options)).toMatchObject({ renewed: 0 });
  });

  test("an anchor in a bucket names the largest checkpoint first", async () => {
    await makeBucket("anchor");
    const anchor = s3Anchor({ client, bucket: "anchor", prefix: "prod" });
    expect(await anchor.latest()).toBeUndefined();
    const notes: string[] = [];
    for (const size of [1, 12, 2]) {
      const entries = Array.from({ length: size }, (_, index) => Buffer.from(`${index}`));
      const note = await signedCheckpoint(await treeState(entries));
      notes.push(note);
      await anchor.publish(note, async () => []);
      await anchor.publish(note, async () => []);
    }
    expect(await anchor.latest()).toBe(notes[1]);
    const fork = await signedCheckpoint(await treeState([Buffer.from("another")]));
    await expect(anchor.publish(fork, async () => [])).rejects.toMatchObject({
      code: "ledger_anchor_conflict",
    });
  });
});

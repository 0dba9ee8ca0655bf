import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { current, type S3Server, startS3Server } from "../storage/s3/s3Server.fixture.ts";
import { checkpointOf } from "./notes.fixture.ts";
import { s3Anchor } from "./s3Anchor.ts";

const none = async () => [];
let server: S3Server;

beforeEach(async () => {
  server = await startS3Server();
});
afterEach(() => server.close());

const anchor = (timeoutMs = 5000) =>
  s3Anchor({ client: server.client, bucket: "ledger", prefix: "anchors/prod", timeoutMs });

test("the largest checkpoint is the latest, in whatever order they came", async () => {
  expect(await anchor().latest()).toBeUndefined();
  for (const size of [9, 100, 12, 1]) await anchor().publish(await checkpointOf(size), none);
  expect(await anchor().latest()).toBe(await checkpointOf(100));
});

test("the empty object by which consoles show a folder is not taken for a checkpoint", async () => {
  await anchor().publish(await checkpointOf(7), none);
  const [version] = [...server.bucket.objects.values()][0] ?? [];
  server.bucket.objects.set("anchors/prod/checkpoints/", [{ ...version, bytes: Buffer.of() } as never]);
  expect(await anchor().latest()).toBe(await checkpointOf(7));
});

test("each size is written once, and a lost answer is no conflict", async () => {
  const note = await checkpointOf(5);
  server.fault = () => "lose_answer";
  await expect(anchor().publish(note, none)).rejects.toMatchObject({ code: "ledger_anchor_failed" });
  server.fault = () => undefined;
  await anchor().publish(note, none);
  const [[key, versions] = []] = [...server.bucket.objects];
  expect(versions).toHaveLength(1);
  expect(current(server.bucket, key ?? "")?.toString()).toBe(note);
});

test("another history of the same size is a conflict, and does not replace the first", async () => {
  await anchor().publish(await checkpointOf(5), none);
  const forged = anchor().publish(await checkpointOf(5, "forged"), none);
  await expect(forged).rejects.toMatchObject({ code: "ledger_anchor_conflict" });
  expect(await anchor().latest()).toBe(await checkpointOf(5));
});

test("neither a deletion marker nor a later version hides what was written first", async () => {
  const { client, bucket } = server;
  for (const size of [4, 5]) await anchor().publish(await checkpointOf(size), none);
  const Key = [...bucket.objects.keys()].find((key) => key.endsWith("-5"));
  await client.send(new DeleteObjectCommand({ Bucket: "ledger", Key }));
  expect(await anchor().latest()).toBe(await checkpointOf(5));
  await anchor().publish(await checkpointOf(5, "forged"), none);
  expect(bucket.objects.get(Key ?? "")).toHaveLength(3);
  expect(await anchor().latest()).toBe(await checkpointOf(5));
  const again = anchor().publish(await checkpointOf(5, "forged"), none);
  await expect(again).rejects.toMatchObject({ code: "ledger_anchor_conflict" });
});

test("a missing permission names itself; silence ends", async () => {
  server.fault = () => "deny";
  await expect(anchor().latest()).rejects.toMatchObject({
    code: "ledger_anchor_refused",
    hint: expect.stringContaining("s3:ListBucketVersions"),
  });
  server.fault = () => new Promise(() => {});
  await expect(anchor(50).latest()).rejects.toMatchObject({
    code: "ledger_anchor_failed",
    message: expect.stringContaining("50 ms"),
  });
});

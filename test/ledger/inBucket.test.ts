/** A log in S3, written there by the product's own writer and read by its commands as processes of their own. On the real moto. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { s3Client } from "../../packages/anchorwatch/src/ledger/storage/s3/s3Server.fixture.ts";
import { S3Storage } from "../../packages/anchorwatch/src/ledger/storage/s3/s3Storage.ts";
import type { LedgerWriter } from "../../packages/anchorwatch/src/ledger/writer/ledgerWriter.ts";
import {
  testEntry,
  testLog,
  testSigner,
} from "../../packages/anchorwatch/src/ledger/writer/writer.fixture.ts";
import { formatVerifierKey } from "../../packages/tlog/src/index.ts";
import { type Workbench, workbench } from "../check/workbench.ts";
import { inspectMachine } from "../support/machine.ts";
import { type Moto, startMoto } from "../support/moto.ts";
import { isIncluded, leafOf, openCheckpoint, verifyIndependently } from "./independentVerifier.ts";
import { anchorwatch, type RunOptions } from "./ledgerBench.ts";

const { moto: program } = inspectMachine(process.env);
if (program === undefined) {
  console.log(
    "skipped: reading a ledger in moto's S3, because moto_server is not on PATH (pip install 'moto[server]')",
  );
}

const MINUTE = 60_000;
const BUCKET = "audit-logs";
const LOG = `s3://${BUCKET}/logs/prod`;
/** Over the end of a tile. */
const SIZE = 260;

describe.skipIf(program === undefined)("a ledger in a bucket", () => {
  const cleaning: (() => void)[] = [];
  let bench: Workbench;
  let moto: Moto;
  let client: S3Client;
  let key: string;

  beforeAll(async () => {
    bench = workbench((clean) => cleaning.push(clean));
    moto = await startMoto(program ?? "", process.env);
    client = s3Client(moto.endpoint, 3);
    key = formatVerifierKey((await testSigner()).key);
    const CreateBucketConfiguration = { LocationConstraint: "eu-west-1" } as const;
    await client.send(
      new CreateBucketCommand({
        Bucket: BUCKET,
        CreateBucketConfiguration,
        ObjectLockEnabledForBucket: true,
      }),
    );
    await appended("logs/prod", SIZE);
  }, 2 * MINUTE);

  afterAll(async () => {
    client.destroy();
    await moto.stop();
    for (const clean of cleaning) clean();
  });

  function open(prefix: string): Promise<LedgerWriter> {
    const storage = new S3Storage({
      client,
      bucket: BUCKET,
      prefix,
      retention: { days: 2, renewBeforeDays: 1 },
      clock: () => new Date(),
      newOwner: () => crypto.randomUUID(),
      onWarning: ({ message }) => expect.unreachable(message),
    });
    return testLog(storage).open();
  }

  async function appended(prefix: string, count: number): Promise<void> {
    const writer = await open(prefix);
    await Promise.all(Array.from({ length: count }, (_, at) => writer.append(testEntry(`id-${at}`))));
    await writer.close();
  }

  /** `anchorwatch ledger ARGS`, which finds the bucket as every tool of AWS does. */
  function ledger(args: readonly string[], options: RunOptions = {}) {
    const env = {
      AWS_ENDPOINT_URL_S3: moto.endpoint,
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_EC2_METADATA_DISABLED: "true",
      ...options.env,
    };
    return anchorwatch(bench, ["ledger", ...args], { ...options, env });
  }

  it(
    "is verified: 0 with its key, 3 without, 1 with another",
    async () => {
      const verified = await ledger(["verify", LOG, "--key", key]);
      expect(verified).toMatchObject({ status: 0, stderr: "" });
      expect(verified.stdout).toMatch(
        /^s3:\/\/audit-logs\/logs\/prod: 260 entries, authenticated and whole\n/,
      );
      expect((await ledger(["verify", `${LOG}/`])).status).toBe(3);
      const other = formatVerifierKey((await testSigner(2)).key);
      const refused = await ledger(["verify", LOG, "--key", other]);
      expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining("(ledger_key_unknown)") });
    },
    MINUTE,
  );

  it(
    "proves an entry, offline afterwards and by the specifications alone",
    async () => {
      const args = ["prove", LOG, "257", "--key", key, "--output", "entry.tlog-proof"];
      expect(await ledger(args)).toMatchObject({ status: 0, stdout: "" });
      const offline = { AWS_ENDPOINT_URL_S3: "http://127.0.0.1:9" };
      const verified = await ledger(["verify-proof", "entry.tlog-proof", "--key", key], { env: offline });
      expect(verified.stdout).toMatch(/^entry\.tlog-proof: entry 257 among 260 entries, authenticated\n/);
      const file = readFileSync(join(bench.folder, "entry.tlog-proof"), "utf8");
      const [head = "", checkpoint = ""] = [
        file.slice(0, file.indexOf("\n\n")),
        file.slice(file.indexOf("\n\n") + 2),
      ];
      const [, extra = "", , ...hashes] = head.split("\n");
      const entry = Buffer.from(extra.slice("extra ".length), "base64");
      const { size, root } = openCheckpoint(checkpoint, key);
      const path = hashes.map((hash) => Buffer.from(hash, "base64"));
      expect(isIncluded(leafOf(entry), 257, size, path, root)).toBe(true);
    },
    MINUTE,
  );

  it(
    "is exported with proofs that hold",
    async () => {
      const exported = await ledger(["export", LOG, "--key", key, "--from", "250", "--kind", "detector"]);
      expect(exported).toMatchObject({ status: 0, stderr: "" });
      const [head = "", ...lines] = exported.stdout.trim().split("\n");
      const { size, root } = openCheckpoint((JSON.parse(head) as { checkpoint: string }).checkpoint, key);
      expect(lines).toHaveLength(SIZE - 250);
      for (const line of lines) {
        const { index, leaf, proof } = JSON.parse(line) as { index: number; leaf: string; proof: string[] };
        const path = proof.map((hash) => Buffer.from(hash, "base64"));
        expect(isIncluded(Buffer.from(leaf, "base64"), index, size, path, root)).toBe(true);
      }
    },
    MINUTE,
  );

  it("holds what any client of the format reads", async () => {
    const log = await verifyIndependently(async (path) => objectAt(`logs/prod/${path}`), key);
    expect(log.size).toBe(SIZE);
  });

  it(
    "is followed as it grows, until Ctrl-C",
    async () => {
      await appended("logs/followed", 3);
      const writer = await open("logs/followed");
      const appending: Promise<unknown>[] = [];
      const log = `s3://${BUCKET}/logs/followed`;
      const followed = await ledger(["tail", "-f", "-n", "1", log, "--key", key], {
        onLine: (lines, child) => {
          if (lines < 3) appending.push(writer.append(testEntry(`more-${lines}`)));
          else child.kill("SIGINT");
        },
      });
      await Promise.all(appending);
      await writer.close();
      expect(followed).toMatchObject({ status: 130, stderr: "" });
      expect(followed.stdout.split("\n").map((line) => line.split("  ")[0])).toEqual(["2", "3", "4", ""]);
    },
    MINUTE,
  );

  it(
    "is not believed where somebody put another object over a tile",
    async () => {
      await appended("logs/forged", 2);
      const Key = "logs/forged/tile/entries/000.p/2";
      const Body = await objectAt(Key);
      Body[20] = (Body[20] as number) ^ 1;
      await client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
      const log = `s3://${BUCKET}/logs/forged`;
      for (const args of [
        ["verify", log],
        ["prove", log, "0"],
        ["export", log],
        ["tail", log],
      ]) {
        const { status, stderr } = await ledger([...args, "--key", key]);
        expect({ status, stderr }).toMatchObject({
          status: 1,
          stderr: expect.stringContaining("(ledger_corrupt)"),
        });
        expect(stderr).toContain("tile/entries/000.p/2");
      }
    },
    MINUTE,
  );

  it.each([
    ["no log there", ["verify", `s3://${BUCKET}/nothing`], {}, "ledger_missing", "has no checkpoint"],
    [
      "no such bucket",
      ["tail", "s3://nobodys-bucket/log"],
      {},
      "ledger_bucket_missing",
      "Correct the bucket's name",
    ],
    [
      "nobody there",
      ["verify", LOG],
      { AWS_ENDPOINT_URL_S3: "http://127.0.0.1:9" },
      "ledger_s3_failed",
      "ECONNREFUSED",
    ],
    ["no credentials", ["verify", LOG], { AWS_ACCESS_KEY_ID: "" }, "ledger_s3_failed", "credentials"],
    ["no region", ["verify", LOG], { AWS_REGION: "" }, "ledger_s3_failed", "AWS_REGION"],
  ])(
    "tells by itself: %s",
    async (_, args, env, code, words) => {
      const { status, stdout, stderr } = await ledger(args, { env });
      expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
      expect(stderr).toContain(`(${code})`);
      expect(stderr).toContain(words);
    },
    MINUTE,
  );

  async function objectAt(Key: string): Promise<Buffer> {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? expect.unreachable(`${Key} is empty`));
  }
});

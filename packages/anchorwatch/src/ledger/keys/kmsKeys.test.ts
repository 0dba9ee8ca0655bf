import { randomBytes } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KMSClient } from "@aws-sdk/client-kms";
import { formatNote, parseNote, signNote, verifyNote } from "tlog";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { KeyKeeper } from "./keyPlace.ts";
import { kmsKeys, verifierKeysIn } from "./kmsKeys.ts";
import { ed25519Key, type KmsServer, startKmsServer } from "./kmsServer.fixture.ts";
import { fileKeys, type SigningKeys } from "./signingKeys.ts";

const NAME = "example.com/log";
let base: string;
let folder: string;
let keeper: KeyKeeper;
let kms: KmsServer;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "anchorwatch-kms-"));
  folder = join(base, "log.private");
  keeper = { served: [join(base, "log")], uid: process.getuid?.() };
  kms = await startKmsServer();
  for (const id of ["one", "two", "three"]) kms.keys.set(id, ed25519Key());
});
afterEach(async () => {
  await kms.close();
  await rm(base, { recursive: true });
});

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const keys = (keyId: string): SigningKeys =>
  kmsKeys({
    folder,
    keeper,
    keyId,
    newClient: async () =>
      new KMSClient({ endpoint: kms.endpoint, region: "eu-west-1", maxAttempts: 1, credentials }),
  });
const inFiles = () => fileKeys(folder, keeper, randomBytes);

test("a log's first key is named after it, and everybody who verifies needs no KMS", async () => {
  expect(await keys("one").exist()).toBe(false);
  await keys("one").create(NAME);
  expect(await keys("one").exist()).toBe(true);
  const { signers } = await keys("one").open();
  const note = parseNote(formatNote(await signNote("a\n", signers)));
  kms.asked.length = 0;
  const known = await verifierKeysIn(folder, keeper);
  expect(await verifyNote(note, known)).toEqual(known);
  expect(known.map(({ name }) => name)).toEqual([NAME]);
  expect(kms.asked).toEqual([]);
  await expect(keys("one").create(NAME)).rejects.toMatchObject({ code: "ledger_key_exists" });
});

test("a first key is noted for good before it is the one that signs", async () => {
  await mkdir(join(folder, "kms.json"), { recursive: true, mode: 0o700 });
  await expect(keys("one").create(NAME)).rejects.toMatchObject({ code: "ledger_key_exists" });
  expect(await readdir(join(folder, "keys"))).toEqual([expect.stringMatching(/^[0-9a-f]{8}\.vkey$/)]);
});

test("after each rotation the last two sign, and all are known", async () => {
  await keys("one").create(NAME);
  for (const id of ["two", "three"]) {
    await expect(keys(id).open()).rejects.toMatchObject({ code: "ledger_key_changed" });
    const { current, previous } = await keys(id).rotate();
    const { signers, known } = await keys(id).open();
    expect(signers.map(({ key }) => key)).toEqual([current, previous]);
    expect(known).toContainEqual(current);
  }
  expect((await keys("three").open()).known).toHaveLength(3);
  await expect(keys("three").rotate()).rejects.toMatchObject({ code: "ledger_key_changed" });
});

test("a key that was exchanged behind its alias signs nothing", async () => {
  await keys("one").create(NAME);
  kms.keys.set("one", ed25519Key());
  await expect(keys("one").open()).rejects.toMatchObject({ code: "ledger_key_changed" });
  await expect(keys("one").openRecorded()).rejects.toMatchObject({ code: "ledger_key_changed" });
});

test("a key file goes on signing beside the key in KMS until the next rotation, and there is no way back", async () => {
  await inFiles().create(NAME);
  await expect(keys("one").open()).rejects.toMatchObject({ code: "ledger_key_changed" });
  expect((await keys("one").openRecorded()).signers).toHaveLength(1);
  const { current, previous } = await keys("one").rotate();
  expect((await keys("one").open()).signers.map(({ key }) => key)).toEqual([current, previous]);
  await expect(inFiles().open()).rejects.toMatchObject({ code: "ledger_key_changed" });
  await expect(inFiles().rotate()).rejects.toMatchObject({ code: "ledger_key_changed" });
  expect(await inFiles().exist()).toBe(true);
  await keys("two").rotate();
  await keys("two").retire(previous);
  expect((await keys("two").open()).signers.map(({ key }) => key)).not.toContainEqual(previous);
});

test("a crash in the middle of taking over from a key file leaves no private half behind for good", async () => {
  await inFiles().create(NAME);
  const left = join(base, "left");
  await copyFile(join(folder, "signing.key"), left);
  const { previous } = await keys("one").rotate();
  await writeFile(join(folder, "signing.key"), await readFile(left), { mode: 0o600 });
  expect((await keys("one").open()).signers).toHaveLength(2);
  await keys("two").rotate();
  await keys("two").retire(previous);
  expect(await readdir(folder)).not.toContain("signing.key");
});

test.each([
  "{",
  '{"schema":"anchorwatch.kms/v2"}',
  '{"schema":"anchorwatch.kms/v1","current":{"kms":"one","key":"x"}}',
])("a record that is %s is told with its file", async (text) => {
  await keys("one").create(NAME);
  await writeFile(join(folder, "kms.json"), text);
  const opening = keys("one").open();
  await expect(opening).rejects.toMatchObject({ code: "ledger_key_invalid" });
  await expect(opening).rejects.toThrow("kms.json");
});

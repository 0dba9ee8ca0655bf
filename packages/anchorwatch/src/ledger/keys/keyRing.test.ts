import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatNote, parseNote, signNote, verifyNote } from "tlog";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createKeyFile } from "./keyFile.ts";
import type { KeyKeeper } from "./keyPlace.ts";
import { openKeyRing, retireKey, rotateKey } from "./keyRing.ts";
import { hexKeyId } from "./privateKey.ts";

const name = "example.com/log";
let base: string;
let folder: string;
let keeper: KeyKeeper;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "anchorwatch-keys-"));
  folder = join(base, "log.private");
  keeper = { served: [join(base, "log")], uid: process.getuid?.() };
  await createKeyFile(join(folder, "signing.key"), name, keeper, randomBytes);
});
afterEach(() => rm(base, { recursive: true }));

test("after a rotation both keys sign, and clients of either accept the note", async () => {
  const { previous, current, ring } = await rotateKey(folder, keeper, randomBytes);
  expect(ring.signers.map(({ key }) => key)).toEqual([current, previous]);
  const note = parseNote(formatNote(await signNote("a\nb\n", ring.signers)));
  expect(await verifyNote(note, [previous])).toEqual([previous]);
  expect(await verifyNote(note, [current])).toEqual([current]);
  expect(ring.known).toHaveLength(2);
});

test("a retired key signs no more and stays known", async () => {
  const { previous, current } = await rotateKey(folder, keeper, randomBytes);
  await retireKey(folder, previous);
  const ring = await openKeyRing(folder, keeper);
  expect(ring.signers.map(({ key }) => key)).toEqual([current]);
  expect(ring.known).toContainEqual(previous);
  await expect(retireKey(folder, previous)).rejects.toMatchObject({ code: "ledger_key_missing" });
  await expect(retireKey(folder, current)).rejects.toMatchObject({ code: "ledger_key_missing" });
});

test("several rotations keep every key until it is retired", async () => {
  for (let round = 0; round < 3; round++) await rotateKey(folder, keeper, randomBytes);
  const ring = await openKeyRing(folder, keeper);
  expect(ring.signers).toHaveLength(4);
  expect(ring.known).toHaveLength(4);
});

test("a rotation that a crash cut short leaves a ring that works, and can be done again", async () => {
  const before = await openKeyRing(folder, keeper);
  const [signer] = before.signers;
  if (signer === undefined) throw new TypeError("no signer");
  const text = await readFile(join(folder, "signing.key"), "utf8");
  await rotateKey(folder, keeper, randomBytes);
  // As it was before the last rename, with the new key half written.
  await writeFile(join(folder, "signing.key"), text, { mode: 0o600 });
  await writeFile(join(folder, "signing.key.new"), "PRIVATE+", { mode: 0o600 });
  const ring = await openKeyRing(folder, keeper);
  expect(ring.signers.map(({ key }) => hexKeyId(key))).toEqual([hexKeyId(signer.key)]);
  const { previous } = await rotateKey(folder, keeper, randomBytes);
  expect(previous).toEqual(signer.key);
  expect(await readdir(folder)).not.toContain("signing.key.new");
});

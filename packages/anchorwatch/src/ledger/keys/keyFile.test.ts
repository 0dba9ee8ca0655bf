import { execFile } from "node:child_process";
import { createPublicKey, verify } from "node:crypto";
import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createKeyFile, openKeyFile } from "./keyFile.ts";
import type { KeyKeeper } from "./keyPlace.ts";
import { parsePrivateKey } from "./privateKey.ts";

/** Test 1 of RFC 8032, section 7.1: the seed, and the public key that belongs to it. */
const SEED = Buffer.from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "hex");
const PUBLIC = Buffer.from("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "hex");
const random = () => Uint8Array.from(SEED);
const name = "example.com/log";

let folder: string;
let path: string;
let keeper: KeyKeeper;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "anchorwatch-keys-"));
  path = join(folder, "log.private", "signing.key");
  keeper = { served: [join(folder, "log")], uid: process.getuid?.() };
});
afterEach(() => rm(folder, { recursive: true }));

test("a new key lies in Go note's form in a file that only its owner can read", async () => {
  const key = await createKeyFile(path, name, keeper, random);
  expect(Buffer.from(key.publicKey)).toEqual(PUBLIC);
  const id = key.keyId.toString(16).padStart(8, "0");
  const secret = Buffer.concat([Buffer.of(1), SEED]).toString("base64");
  expect(await readFile(path, "utf8")).toBe(`PRIVATE+KEY+${name}+${id}+${secret}\n`);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(path, ".."))).mode & 0o777).toBe(0o700);
});

test("what it signs is accepted by its public key, and nothing of the secret hangs on the signer", async () => {
  const key = await createKeyFile(path, name, keeper, random);
  const signer = await openKeyFile(path, keeper);
  expect(signer.key).toEqual(key);
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), PUBLIC]);
  const publicKey = createPublicKey({ key: spki, format: "der", type: "spki" });
  const message = Buffer.from("text\n");
  expect(verify(null, message, publicKey, await signer.sign(message))).toBe(true);
  expect(Object.keys(signer).sort()).toEqual(["key", "sign"]);
});

test("a key is never overwritten", async () => {
  await createKeyFile(path, name, keeper, random);
  const before = await readFile(path, "utf8");
  const again = createKeyFile(path, name, keeper, () => new Uint8Array(32).fill(9));
  await expect(again).rejects.toMatchObject({ code: "ledger_key_exists" });
  expect(await readFile(path, "utf8")).toBe(before);
});

test.skipIf(process.platform === "win32")(
  "half a key is left nowhere when the disk takes no more",
  async () => {
    const program = `
    const { createKeyFile } = await import(${JSON.stringify(new URL("./keyFile.ts", import.meta.url).href)});
    const keeper = ${JSON.stringify(keeper)};
    await createKeyFile(${JSON.stringify(path)}, "${name}", keeper, (bytes) => new Uint8Array(bytes)).catch(
      (error) => process.stdout.write(error.code),
    );`;
    // No file may have a byte: as a full disk, but to have without one.
    const command = 'ulimit -f 0; exec "$0" --input-type=module -e "$1"';
    const { stdout } = await promisify(execFile)("sh", ["-c", command, process.execPath, program]);
    expect(stdout).toBe("ledger_key_unwritable");
    expect(await readdir(join(path, ".."))).toEqual([]);
    await createKeyFile(path, name, keeper, random);
  },
);

test.each([0o640, 0o604, 0o660, 0o620, 0o610])(
  "a key that others may touch (mode %o) is refused",
  async (mode) => {
    await createKeyFile(path, name, keeper, random);
    await chmod(path, mode);
    await expect(openKeyFile(path, keeper)).rejects.toMatchObject({
      code: "ledger_key_exposed",
      hint: expect.stringContaining("chmod 600"),
      location: { file: path },
    });
  },
);

test("a key in a folder where others may write is refused, since they could exchange it", async () => {
  await createKeyFile(path, name, keeper, random);
  await chmod(join(path, ".."), 0o770);
  await expect(openKeyFile(path, keeper)).rejects.toMatchObject({ code: "ledger_key_exposed" });
});

test("a key of another user is refused", async () => {
  await createKeyFile(path, name, keeper, random);
  const stranger = { ...keeper, uid: (keeper.uid ?? 0) + 1 };
  await expect(openKeyFile(path, stranger)).rejects.toMatchObject({ code: "ledger_key_foreign" });
});

test("a key with a second name on the disk is refused", async () => {
  await createKeyFile(path, name, keeper, random);
  await link(path, join(folder, "copy"));
  await expect(openKeyFile(path, keeper)).rejects.toMatchObject({ code: "ledger_key_exposed" });
});

test("a key under a served folder is refused, however its path is spelled", async () => {
  const served = join(folder, "log");
  const inside = join(served, "deep", "signing.key");
  await expect(createKeyFile(inside, name, keeper, random)).rejects.toMatchObject({
    code: "ledger_key_served",
  });
  await createKeyFile(inside, name, { ...keeper, served: [] }, random);
  await symlink(join(served, "deep"), join(folder, "elsewhere"));
  await symlink(served, join(folder, "public"));
  const refused = { code: "ledger_key_served" };
  await expect(openKeyFile(inside, keeper)).rejects.toMatchObject(refused);
  await expect(openKeyFile(join(folder, "elsewhere", "signing.key"), keeper)).rejects.toMatchObject(refused);
  const byLink = { ...keeper, served: [join(folder, "public")] };
  await expect(openKeyFile(inside, byLink)).rejects.toMatchObject(refused);
  const made = createKeyFile(join(folder, "elsewhere", "new.key"), name, keeper, random);
  await expect(made).rejects.toMatchObject(refused);
});

test("a link from the served folder to the key is refused as well", async () => {
  await createKeyFile(path, name, keeper, random);
  await mkdir(join(folder, "log"));
  await symlink(path, join(folder, "log", "signing.key"));
  const linked = openKeyFile(join(folder, "log", "signing.key"), keeper);
  await expect(linked).rejects.toMatchObject({ code: "ledger_key_served" });
});

test("a neighbour whose name begins alike is not the served folder", async () => {
  const neighbour = join(folder, "logbook", "signing.key");
  await createKeyFile(neighbour, name, keeper, random);
  expect((await openKeyFile(neighbour, keeper)).key.name).toBe(name);
});

test("a missing key, a folder and a pipe each have their own words", async () => {
  await expect(openKeyFile(path, keeper)).rejects.toMatchObject({ code: "ledger_key_missing" });
  await expect(openKeyFile(folder, keeper)).rejects.toMatchObject({ code: "ledger_key_unreadable" });
  const blocked = join(folder, "file");
  await writeFile(blocked, "");
  const beneath = createKeyFile(join(blocked, "private", "signing.key"), name, keeper, random);
  await expect(beneath).rejects.toMatchObject({ code: expect.stringMatching(/^ledger_key_un/) });
});

test.each([
  ["-----BEGIN PRIVATE KEY-----\n", "ledger_key_kind", "PEM"],
  [`${name}+1a2b3c4d+AQID`, "ledger_key_kind", "public half"],
  [`PRIVATE+KEY+${name}+00000000+${Buffer.of(4, ...SEED).toString("base64")}`, "ledger_key_kind", "Ed25519"],
  [
    `PRIVATE+KEY+${name}+00000000+${Buffer.of(1, ...SEED).toString("base64")}`,
    "ledger_key_invalid",
    "its ID",
  ],
  [`PRIVATE+KEY+${name}+00000000+AQID`, "ledger_key_invalid", "2 bytes"],
  [`PRIVATE+KEY+${name}+00000000+AQJ=`, "ledger_key_invalid", "base64"],
  ["", "ledger_key_invalid", "form"],
])("%j is no key, and says why", async (text, code, why) => {
  await expect(parsePrivateKey(text, "k")).rejects.toMatchObject({
    code,
    message: expect.stringContaining(why),
  });
});

test("whatever is in the file, the error is ours and repeats nothing of it", async () => {
  const secret = Buffer.from(SEED).toString("base64").slice(4, 30);
  const texts = fc.oneof(
    fc.string(),
    fc.tuple(fc.string(), fc.string()).map(([a, b]) => `PRIVATE+KEY+${a}${secret}${b}`),
  );
  const law = fc.asyncProperty(texts, async (text) => {
    const error: unknown = await parsePrivateKey(text, "k").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: expect.stringMatching(/^ledger_key_(invalid|kind)$/) });
    expect(String(error)).not.toContain(secret);
  });
  await fc.assert(law, { numRuns: 200 });
});

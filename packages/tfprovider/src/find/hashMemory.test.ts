import { chmod, chown, mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { asOrdinaryUser } from "../../../../test/support/ordinaryUser.ts";
import { type HashMemory, openHashMemory } from "./hashMemory.ts";
import { hashPackage } from "./packageHash.ts";
import { type TestFolder, testFolder } from "./testFolder.fixture.ts";

const HOUR = 3_600_000;
const userId = process.getuid?.();

/** An hour later than the files: long enough to be remembered. */
function open(folder: TestFolder, now = Date.now() + HOUR, user = userId): Promise<HashMemory> {
  const packageDir = folder.path("package");
  return openHashMemory({ cacheFolder: folder.path("cache"), packageDir, now: () => now, userId: user });
}

async function remembered(folder: TestFolder): Promise<{ memory: HashMemory; path: string; file: string }> {
  const path = await folder.put("package/terraform-provider-box", "genuine");
  const memory = await open(folder);
  await hashPackage(folder.path("package"), memory.hash);
  expect(await memory.save()).toBeUndefined();
  const [name = ""] = await readdir(folder.path("cache/file-hashes"));
  return { memory: await open(folder), path, file: folder.path("cache/file-hashes", name) };
}

/** Puts a wrong hash into the memory: whoever answers it has not read the file. */
async function forge(file: string): Promise<void> {
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace(/[0-9a-f]{64}/, "f".repeat(64)));
}

test("a file that nobody touched is not read again", async () => {
  const folder = await testFolder();
  const { path, file } = await remembered(folder);
  await forge(file);
  const memory = await open(folder);
  expect((await memory.hash(path)).sha256).toBe("f".repeat(64));
});

test("a file that was written to is read again, also when size and mtime are as before", async () => {
  const folder = await testFolder();
  const { path, file } = await remembered(folder);
  await forge(file);
  const { mtimeMs } = await stat(path);
  await writeFile(path, "forgery");
  await utimes(path, mtimeMs / 1000, mtimeMs / 1000);
  const memory = await open(folder);
  expect((await memory.hash(path)).sha256).not.toBe("f".repeat(64));
});

test.skipIf(userId === undefined)(
  "a folder that nobody can enter is told of, and stops nothing",
  async () => {
    const folder = await testFolder();
    const path = await folder.put("package/x", "new");
    const hashes = folder.path("cache/file-hashes");
    await mkdir(hashes, { recursive: true });
    await chmod(folder.root, 0o755);
    await chmod(hashes, 0o600);
    const user = await asOrdinaryUser(async () => process.geteuid?.() ?? 0);
    for (const one of [folder.path("cache"), hashes]) await chown(one, user, (await stat(one)).gid);
    await asOrdinaryUser(async () => {
      const memory = await open(folder, Date.now() + HOUR, user);
      await memory.hash(path);
      expect(await memory.save()).toContain("permission denied");
    });
  },
);

test("a file that was changed a moment ago is not remembered: its clock may be coarse", async () => {
  const folder = await testFolder();
  const path = await folder.put("package/x", "new");
  const changedAt = (await stat(path)).ctimeMs;
  for (const now of [changedAt + 1000, changedAt - HOUR]) {
    const memory = await open(folder, now);
    await memory.hash(path);
    await memory.save();
  }
  expect(await readdir(folder.path("cache/file-hashes"))).toEqual([]);
});

test("the memory is the user's alone, and leaves no drafts behind", async () => {
  const folder = await testFolder();
  const { file } = await remembered(folder);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(folder.path("cache/file-hashes"))).mode & 0o777).toBe(0o700);
  expect(await readdir(folder.path("cache/file-hashes"))).toHaveLength(1);
});

test.each(["cache", "cache/file-hashes"])(
  "when others can write to %s it is refused, with what to do",
  async (name) => {
    const folder = await testFolder();
    const cache = folder.path(name);
    await mkdir(cache, { recursive: true, mode: 0o700 });
    await chmod(cache, 0o777);
    await expect(open(folder)).rejects.toMatchObject({
      code: "find_cache_unsafe",
      hint: expect.stringContaining(`chmod go-w ${cache}`),
    });
  },
);

test("a folder of another user is refused", async () => {
  const folder = await testFolder();
  await expect(open(folder, undefined, (userId ?? 0) + 1)).rejects.toMatchObject({
    code: "find_cache_unsafe",
    message: expect.stringContaining("belongs to user"),
  });
});

test("a memory that others could have written is not believed", async () => {
  const folder = await testFolder();
  const { path, file } = await remembered(folder);
  await forge(file);
  await chmod(file, 0o666);
  const memory = await open(folder);
  expect((await memory.hash(path)).sha256).not.toBe("f".repeat(64));
});

test.each([
  ["", "nothing"],
  ["{", "half a file"],
  ["null", "no object"],
  [`{"format":2,"package":"PACKAGE","files":{}}`, "another format"],
  [`{"format":1,"package":"/other","files":{"KEY":"HASH"}}`, "another package"],
  [`{"format":1,"package":"PACKAGE","files":{"KEY":"short"}}`, "a hash that is none"],
  [`{"format":1,"package":"PACKAGE","files":7}`, "files that are none"],
])("a memory that holds %j (%s) is as good as none, and is written anew", async (content) => {
  const folder = await testFolder();
  const { path, file } = await remembered(folder);
  const genuine = await readFile(file, "utf8");
  const [key = ""] = Object.keys((JSON.parse(genuine) as { files: object }).files);
  const damaged = content
    .replace("PACKAGE", folder.path("package"))
    .replace("KEY", key)
    .replace("HASH", "f".repeat(64));
  await writeFile(file, damaged);
  const memory = await open(folder);
  expect((await memory.hash(path)).sha256).not.toBe("f".repeat(64));
  expect(await memory.save()).toBeUndefined();
  expect(await readFile(file, "utf8")).toBe(genuine);
});

test("where nothing can be written, hashing works and the reason is told", async () => {
  const folder = await testFolder();
  const path = await folder.put("package/x", "x");
  await folder.put("cache/file-hashes", "a file stands in the way");
  const memory = await open(folder);
  expect((await memory.hash(path)).sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(await memory.save()).toContain(`${folder.path("cache/file-hashes")} could not be made`);
});

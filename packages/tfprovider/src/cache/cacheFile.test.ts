import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { readCacheFile, writeCacheFile } from "./cacheFile.ts";

const MODULE = fileURLToPath(new URL("cacheFile.ts", import.meta.url));
const bytes = Buffer.from("remember");

function folderForTest(): string {
  const folder = mkdtempSync(join(tmpdir(), "cache-file-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("what was written is read, and only its owner may", () => {
  const folder = join(folderForTest(), "deep", "er");
  expect(writeCacheFile(join(folder, "file"), bytes)).toBe(true);
  expect(readCacheFile(join(folder, "file"))).toEqual(bytes);
  expect(statSync(join(folder, "file")).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test("what cannot be read is as if it were not there", () => {
  const folder = folderForTest();
  expect(readCacheFile(join(folder, "absent"))).toBeUndefined();
  expect(readCacheFile(folder)).toBeUndefined();
});

test("what cannot be written is said so, and nothing is left of it", () => {
  const folder = folderForTest();
  writeFileSync(join(folder, "file"), "");
  mkdirSync(join(folder, "folder"));
  expect(writeCacheFile(join(folder, "file", "below"), bytes)).toBe(false);
  expect(writeCacheFile(join(folder, "folder"), bytes)).toBe(false);
  expect(readdirSync(folder).sort()).toEqual(["file", "folder"]);
});

test.skipIf(process.platform === "win32")(
  "a disk that takes no more bytes is no failure, and keeps no half a file",
  () => {
    const folder = folderForTest();
    const script = join(folder, "writes.ts");
    const target = join(folder, "cache", "file");
    writeFileSync(
      script,
      `import { writeCacheFile } from ${JSON.stringify(MODULE)};
     console.log(writeCacheFile(${JSON.stringify(target)}, Buffer.alloc(100)));`,
    );
    // Files may have no bytes: the first one that is written fails, after the file was made, as when the disk is full.
    const shell = 'trap "" XFSZ; ulimit -f 0; exec "$0" "$1"';
    const said = execFileSync("/bin/sh", ["-c", shell, process.execPath, script], {
      encoding: "utf8",
      stdio: "pipe",
    });
    expect(said.trim()).toBe("false");
    expect(readdirSync(join(folder, "cache"))).toEqual([]);
  },
);

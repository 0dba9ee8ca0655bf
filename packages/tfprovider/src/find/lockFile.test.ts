import { expect, test } from "vitest";
import { parseLockFile, readLockFile } from "./lockFile.ts";
import { type TestFolder, testFolder } from "./testFolder.fixture.ts";

test("versions, constraints and hashes of every provider are read, with their lines", async () => {
  const text = `# This file is maintained automatically by "terraform init".
provider "registry.terraform.io/hashicorp/aws" {
  version     = "5.100.0"
  constraints = "~> 5.0, != 5.3.1"
  hashes = [
    "h1:edXOJWE4ORX8Fm+dpVpICzMZJat4AX0VRCAy/xkcOc0=",
    "zh:0f7a",
  ]
}

provider "registry.opentofu.org/acme/box" {
  version = "1.0.0-beta1"
}
`;
  const { providers } = await parseLockFile(text, "lock");
  expect([...providers.values()]).toEqual([
    {
      source: "registry.terraform.io/hashicorp/aws",
      version: "5.100.0",
      constraints: "~> 5.0, != 5.3.1",
      hashes: ["h1:edXOJWE4ORX8Fm+dpVpICzMZJat4AX0VRCAy/xkcOc0=", "zh:0f7a"],
      file: "lock",
      line: 2,
    },
    { source: "registry.opentofu.org/acme/box", version: "1.0.0-beta1", hashes: [], file: "lock", line: 11 },
  ]);
});

test("no lock file is no error, and an empty one locks nothing", async () => {
  const folder = await testFolder();
  expect(await readLockFile(folder.stack)).toBeUndefined();
  await folder.put("stack/.terraform.lock.hcl", "");
  expect((await readLockFile(folder.stack))?.providers.size).toBe(0);
});

const box = (body: string) => `\nprovider "registry.terraform.io/acme/box" {\n${body}\n}\n`;
test.each([
  ["a block that does not end", `provider "a/b" {\n`, "lock:"],
  ["a merge conflict", `${box(`version = "1.0.0"`)}<<<<<<< HEAD\n`, "lock:5: an unresolved merge conflict"],
  ["no version", box(""), "lock:2"],
  ["a version that climbs out of its folder", box(`version = "../../evil"`), "lock:3"],
  ["a version that is not literal", box(`version = var.v`), "lock:3"],
  ["an address that is none", `provider "../../evil" {\nversion = "1.0.0"\n}`, "lock:1"],
  ["no address", `provider {\nversion = "1.0.0"\n}`, "lock:1"],
  ["an empty list of hashes", box(`version = "1.0.0"\nhashes = []`), "lock:4"],
  ["a hash that is none", box(`version = "1.0.0"\nhashes = ["abc"]`), "lock:4"],
  ["hashes that are no list", box(`version = "1.0.0"\nhashes = "h1:x"`), "lock:4"],
  ["one provider twice", `${box(`version = "1.0.0"`)}${box(`version = "2.0.0"`)}`, "lock:6"],
])("%s is refused with file and line", async (_, text, where) => {
  const failure = parseLockFile(text, "lock");
  await expect(failure).rejects.toMatchObject({ code: "lock_file_invalid" });
  await expect(failure).rejects.toThrow(where);
});

test("a lock file that is a pipe, a device or a folder is refused at once", async () => {
  const lock = "stack/.terraform.lock.hcl";
  for (const make of [
    async (folder: TestFolder) => folder.pipe(lock),
    (folder: TestFolder) => folder.link("/dev/zero", lock),
    (folder: TestFolder) => folder.link("/", lock),
  ]) {
    const folder = await testFolder();
    await make(folder);
    await expect(readLockFile(folder.stack)).rejects.toMatchObject({ code: "lock_file_invalid" });
  }
});

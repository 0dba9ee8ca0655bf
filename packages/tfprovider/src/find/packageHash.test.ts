import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { hashFile } from "./hashFile.ts";
import { hashPackage } from "./packageHash.ts";
import { type TestFolder, testFolder } from "./testFolder.fixture.ts";

/** Made by `terraform init` 1.11.4 out of a filesystem mirror that held this package. */
test("the hash of a package is the one that Terraform writes into a lock file", async () => {
  const folder = await testFolder();
  const put = (name: string, text: string, mode?: number) => folder.put(`package/${name}`, text, mode);
  await put("terraform-provider-box_v1.0.0", "#!/bin/sh\nexit 1\n", 0o755);
  await put("README.md", "read me\n");
  await put("B", "upper case sorts before lower case\n");
  await put("docs/a.md", "a\n");
  await put("docs-more.md", "a dash sorts before a slash\n");
  await put("\u{1F600}.txt", "beyond the basic plane\n");
  await put("\uFF21.txt", "sorts after a surrogate pair in UTF-16, before it in UTF-8\n");
  await folder.link("README.md", "package/link.md");
  expect((await hashPackage(folder.path("package"))).h1).toBe(
    "h1:YfL/9ZJ1VvQ3PzKrZOtX5rEi0kOUvtxna+3TWqALDho=",
  );
});

test("an empty package has the hash of nothing", async () => {
  const nothing = createHash("sha256").digest("base64");
  const { stack } = await testFolder();
  expect((await hashPackage(stack)).h1).toBe(`h1:${nothing}`);
});

test("a file that is larger than any buffer is hashed whole", async () => {
  const content = `${"0123456".repeat(500_000)}!`;
  const folder = await testFolder();
  const { sha256, identity } = await hashFile(await folder.put("large", content));
  expect(sha256).toBe(createHash("sha256").update(content).digest("hex"));
  expect(identity.size).toBe(3_500_001n);
});

test("a link to a folder, a link that leads nowhere, a pipe and a name with a line break are refused", async () => {
  for (const make of [
    (folder: TestFolder) => folder.link("/", "stack/x"),
    (folder: TestFolder) => folder.link("nowhere", "stack/x"),
    async (folder: TestFolder) => folder.pipe("stack/x"),
    (folder: TestFolder) => folder.put("stack/x\ny", ""),
  ]) {
    const folder = await testFolder();
    await make(folder);
    await expect(hashPackage(folder.stack)).rejects.toMatchObject({ code: "find_package_unreadable" });
  }
});

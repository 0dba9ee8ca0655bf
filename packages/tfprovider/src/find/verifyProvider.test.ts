import { utimes, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { findProvider } from "./findProvider.ts";
import { hashPackage } from "./packageHash.ts";
import { type TestFolder, testFolder } from "./testFolder.fixture.ts";
import {
  ensureUnchanged,
  type VerifiedProvider,
  type VerifyOptions,
  verifyProvider,
} from "./verifyProvider.ts";

const OTHER = `h1:${"A".repeat(43)}=`;
const ZIP = `zh:${"0".repeat(64)}`;

/** Installs version 1.0.0, locks it with these hashes (`"own"` stands for the right one), finds and verifies it. */
async function verify(
  folder: TestFolder,
  hashes: readonly string[] | undefined,
  options: VerifyOptions = {},
): Promise<VerifiedProvider> {
  const packageDir = await folder.install("stack/.terraform/providers", "1.0.0");
  const { h1 } = await hashPackage(packageDir);
  if (hashes !== undefined)
    await folder.lock(
      "1.0.0",
      hashes.map((hash) => (hash === "own" ? h1 : hash)),
    );
  return verifyProvider(await findProvider(folder.request()), options);
}

test("a provider with the locked hash is verified, and its program's hash and identity are told", async () => {
  const provider = await verify(await testFolder(), [ZIP, OTHER, "own"]);
  expect(provider).toMatchObject({ verified: true, verifiedBy: "lock", warnings: [] });
  expect(provider.binaryHash).toMatch(/^[0-9a-f]{64}$/);
  expect(provider.packageHash).toMatch(/^h1:/);
});

test("a provider that matches no locked hash is refused with what was expected and found", async () => {
  const folder = await testFolder();
  await expect(verify(folder, [OTHER, ZIP])).rejects.toMatchObject({
    code: "lock_hash_mismatch",
    message: expect.stringMatching(/\.terraform\.lock\.hcl:3 locks: expected h1:A+=, found h1:/),
  });
  await expect(verify(folder, [OTHER, ZIP], { allowUnverified: true })).rejects.toMatchObject({
    code: "lock_hash_mismatch",
  });
});

test("any changed byte, also beside the program, breaks the hash", async () => {
  const folder = await testFolder();
  const provider = await verify(folder, ["own"]);
  await writeFile(`${provider.packageDir}/README.md`, "other");
  const found = await findProvider(folder.request());
  await expect(verifyProvider(found)).rejects.toMatchObject({ code: "lock_hash_mismatch" });
});

test("a lock file with hashes of archives only is refused, unless that is asked for", async () => {
  const folder = await testFolder();
  await expect(verify(folder, [ZIP])).rejects.toMatchObject({
    code: "lock_unverifiable",
    hint: expect.stringContaining("terraform providers lock"),
  });
  const provider = await verify(folder, [ZIP], { allowUnverified: true });
  expect(provider).toMatchObject({
    verified: false,
    warnings: [expect.objectContaining({ code: "unverified" })],
  });
});

test("without a lock file, or without hashes in it, a provider is usable but not verified", async () => {
  for (const hashes of [undefined, []]) {
    expect(await verify(await testFolder(), hashes)).toMatchObject({
      verified: false,
      warnings: [expect.objectContaining({ code: "unverified" })],
    });
  }
});

test("the operator's list of hashes admits only what it names, whatever the lock file says", async () => {
  const folder = await testFolder();
  const { packageHash = "" } = await verify(folder, undefined);
  expect(await verify(folder, undefined, { allowedHashes: [packageHash] })).toMatchObject({
    verified: true,
    verifiedBy: "allowed_hashes",
  });
  await expect(verify(folder, ["own"], { allowedHashes: [OTHER] })).rejects.toMatchObject({
    code: "find_hash_not_allowed",
  });
  await expect(verify(folder, [OTHER], { allowedHashes: [packageHash] })).rejects.toMatchObject({
    code: "lock_hash_mismatch",
  });
});

test("a development override is never verified, and only its program is read", async () => {
  const folder = await testFolder();
  await folder.lock("1.0.0", [OTHER]);
  await folder.put("build/terraform-provider-box", "#!/bin/sh\n", 0o755);
  await folder.link("/nowhere", "build/broken-link");
  const overrides = `dev_overrides {\n "acme/box" = "${folder.path("build")}"\n }`;
  await folder.put("home/.terraformrc", `provider_installation {\n ${overrides}\n}`);
  const provider = await verifyProvider(await findProvider(folder.request()));
  expect(provider).toMatchObject({
    verified: false,
    warnings: [expect.objectContaining({ code: "dev_override" })],
  });
  expect(provider.packageHash).toBeUndefined();
  await expect(
    verifyProvider(await findProvider(folder.request()), { allowedHashes: [OTHER] }),
  ).rejects.toThrow("broken-link");
});

test("a program that was exchanged after it was verified is noticed, also when its time is set back", async () => {
  const provider = await verify(await testFolder(), ["own"]);
  ensureUnchanged(provider);
  const seconds = Number(provider.identity.mtimeNs) / 1e9;
  await writeFile(provider.path, "#!/bin/sh\n# stack/.terraform/evil!!!!! 1.0.0\n");
  await utimes(provider.path, seconds, seconds);
  expect(() => ensureUnchanged(provider)).toThrow(expect.objectContaining({ code: "find_package_changed" }));
});

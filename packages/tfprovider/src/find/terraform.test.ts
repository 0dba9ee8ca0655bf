/**
 * Compared with the real thing: `terraform init` installs a provider out of a filesystem mirror, and we must find, hash and
 * verify what it left. Runs where the machine has both.
 */
import { execFileSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { inspectMachine } from "../../../../test/support/machine.ts";
import { findProvider } from "./findProvider.ts";
import { platformOf } from "./platform.ts";
import { type TestFolder, testFolder } from "./testFolder.fixture.ts";
import { verifyProvider } from "./verifyProvider.ts";

const { terraform, aws } = inspectMachine(process.env);
const ready = terraform !== undefined && aws !== undefined;
if (!ready)
  console.info("skipped: terraform, or a mirror of the provider hashicorp/aws, is not on this machine");

test.skipIf(!ready)("what terraform init locks is what we find, hash and verify, and remember", async () => {
  const folder = await initialised(terraform ?? "", aws?.mirror ?? "");
  const { platform: os, arch } = process;
  const request = folder.request({ source: "hashicorp/aws", platform: platformOf(os, arch) });
  const cacheFolder = folder.path("cache");

  const found = await findProvider(request);
  expect(found).toMatchObject({ origin: "data_dir", lock: { hashes: [expect.stringMatching(/^h1:/)] } });
  const provider = await verifyProvider(found, { cacheFolder });
  expect(provider).toMatchObject({ verifiedBy: "lock", packageHash: found.lock?.hashes[0] });

  const again = await verifyProvider(found, { cacheFolder });
  expect(again).toEqual(provider);
  expect(await readdir(folder.path("cache/file-hashes"))).toHaveLength(1);
});

async function initialised(program: string, mirror: string): Promise<TestFolder> {
  const folder = await testFolder();
  const rc = await folder.put(
    "rc",
    `provider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`,
  );
  const requirement = `aws = {\n      source = "hashicorp/aws"\n    }`;
  await folder.put("stack/main.tf", `terraform {\n  required_providers {\n    ${requirement}\n  }\n}\n`);
  execFileSync(program, ["init", "-input=false", "-no-color"], {
    cwd: folder.stack,
    env: { ...process.env, TF_CLI_CONFIG_FILE: rc, CHECKPOINT_DISABLE: "1" },
    stdio: "pipe",
  });
  return folder;
}

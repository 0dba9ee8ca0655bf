import { chmod, mkdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { findProvider } from "./findProvider.ts";
import { listSearched } from "./survey.ts";
import { testFolder } from "./testFolder.fixture.ts";

const DATA_DIR = "stack/.terraform/providers";

test("the provider that init installed for the root module is found", async () => {
  const folder = await testFolder();
  const packageDir = await folder.install(DATA_DIR, "1.2.0");
  await folder.lock("1.2.0", ["h1:x="]);
  expect(await findProvider(folder.request())).toMatchObject({
    source: "registry.terraform.io/acme/box",
    version: "1.2.0",
    path: `${packageDir}/terraform-provider-box_v1.2.0`,
    packageDir,
    origin: "data_dir",
    place: folder.path(DATA_DIR),
    devOverride: false,
    lock: { version: "1.2.0", hashes: ["h1:x="] },
    warnings: [],
  });
});

test("a package that is a link into a cache is found at its real place", async () => {
  const folder = await testFolder();
  const packageDir = await folder.install("cache", "1.2.0");
  await folder.link(packageDir, `${DATA_DIR}/registry.terraform.io/acme/box/1.2.0/linux_amd64`);
  const found = await findProvider(folder.request());
  expect(found).toMatchObject({ packageDir, origin: "data_dir", place: folder.path(DATA_DIR) });
});

test("TF_DATA_DIR moves the folder of initialised providers, relative to the root module", async () => {
  const folder = await testFolder();
  await folder.install(DATA_DIR, "1.0.0");
  await folder.install("stack/.data/providers", "2.0.0");
  const { env } = folder.request();
  const found = await findProvider(folder.request({ env: { ...env, TF_DATA_DIR: ".data" } }));
  expect(found).toMatchObject({ version: "2.0.0", origin: "data_dir" });
});

test("places are searched in order: initialised, cache, mirrors of the configuration", async () => {
  const folder = await testFolder();
  const rc = await folder.put(
    "rc",
    `plugin_cache_dir = "${folder.path("cache")}"
     provider_installation {
       filesystem_mirror { path = "${folder.path("mirror-a")}" }
       filesystem_mirror { path = "${folder.path("mirror-b")}" }
     }`,
  );
  const request = folder.request({ env: { TF_CLI_CONFIG_FILE: rc }, version: "1.0.0" });
  for (const [place, origin] of [
    ["mirror-b", "filesystem_mirror"],
    ["mirror-a", "filesystem_mirror"],
    ["cache", "plugin_cache"],
    [DATA_DIR, "data_dir"],
  ] as const) {
    await folder.install(place, "1.0.0");
    expect(await findProvider(request)).toMatchObject({ origin, place: folder.path(place) });
  }
});

test.each([
  ["linux", "stack/terraform.d/plugins"],
  ["linux", "home/.terraform.d/plugins"],
  ["linux", "home/.local/share/terraform/plugins"],
  ["linux", "home/.local/share/opentofu/plugins"],
  ["linux", "share/terraform/plugins"],
  ["darwin", "home/Library/Application Support/io.terraform/plugins"],
  ["windows", "home/AppData/Roaming/terraform.d/plugins"],
  ["windows", "home/AppData/Roaming/HashiCorp/Terraform/plugins"],
])("on %s the implied mirror %s is searched", async (os, place) => {
  const folder = await testFolder();
  await folder.install(place, "1.0.0");
  const platform = { os, arch: "amd64" };
  const searched = await listSearched(folder.request({ platform }), "acme/box");
  expect(searched.places).toContainEqual(
    expect.objectContaining({ origin: "implied_mirror", dir: folder.path(place) }),
  );
  if (os === "linux") {
    expect(await findProvider(folder.request())).toMatchObject({ origin: "implied_mirror" });
  }
});

test("an explicit provider_installation switches the implied mirrors off, as for Terraform", async () => {
  const folder = await testFolder();
  await folder.install("home/.terraform.d/plugins", "1.0.0");
  await folder.put("home/.terraformrc", `provider_installation {\n direct {}\n}`);
  await expect(findProvider(folder.request())).rejects.toThrow(/direct: not searched \(needs the network/);
});

test("a mirror whose patterns leave the provider out is not searched", async () => {
  const folder = await testFolder();
  await folder.install("mirror", "1.0.0");
  await folder.install("mirror", "1.0.0", "registry.terraform.io/acme/other");
  await folder.put(
    "home/.terraformrc",
    `provider_installation {
       filesystem_mirror {
         path    = "${folder.path("mirror")}"
         include = ["acme/*"]
         exclude = ["registry.terraform.io/acme/box"]
       }
     }`,
  );
  await expect(findProvider(folder.request())).rejects.toThrow(/include and exclude patterns/);
  const other = await findProvider(folder.request({ source: "acme/other" }));
  expect(other.origin).toBe("filesystem_mirror");
});

test("a development override goes before everything, without the lock file, and says so", async () => {
  const folder = await testFolder();
  await folder.install(DATA_DIR, "1.0.0");
  await folder.lock("1.0.0", ["h1:x="]);
  await folder.put("build/terraform-provider-box", "#!/bin/sh\n", 0o755);
  await folder.put(
    "home/.terraformrc",
    `provider_installation {
       dev_overrides {
         "acme/box" = "${folder.path("build")}"
       }
       direct {}
     }`,
  );
  const found = await findProvider(folder.request());
  expect(found).toMatchObject({
    devOverride: true,
    origin: "dev_override",
    path: folder.path("build/terraform-provider-box"),
    warnings: [expect.objectContaining({ code: "dev_override" })],
  });
  expect(found.version).toBeUndefined();
  expect(found.lock).toBeUndefined();
});

test("the locked version is taken, not the newest", async () => {
  const folder = await testFolder();
  for (const version of ["1.0.0", "1.1.0", "2.0.0"]) await folder.install(DATA_DIR, version);
  await folder.lock("1.1.0");
  expect(await findProvider(folder.request())).toMatchObject({ version: "1.1.0", warnings: [] });
});

test("without a lock file the newest initialised version is taken, and said", async () => {
  const folder = await testFolder();
  for (const version of ["1.9.0", "1.10.0", "2.0.0-beta1"]) await folder.install(DATA_DIR, version);
  await folder.install("home/.terraform.d/plugins", "3.0.0");
  const found = await findProvider(folder.request());
  expect(found.version).toBe("1.10.0");
  expect(found.warnings).toEqual([expect.objectContaining({ code: "several_versions" })]);
});

test("without lock file and initialisation the newest of all places is taken, within the constraint", async () => {
  const folder = await testFolder();
  await folder.install("home/.terraform.d/plugins", "1.5.0");
  await folder.install("home/.local/share/terraform/plugins", "1.6.0");
  await folder.install("share/terraform/plugins", "2.0.0");
  expect(await findProvider(folder.request())).toMatchObject({ version: "2.0.0" });
  expect(await findProvider(folder.request({ constraint: "~> 1.0" }))).toMatchObject({ version: "1.6.0" });
});

test("what is not installed is an error that names every place and what is there", async () => {
  const folder = await testFolder();
  await folder.install(DATA_DIR, "1.0.0");
  await folder.install("share/terraform/plugins", "2.0.0", "registry.opentofu.org/acme/box");
  await folder.put("home/.terraform.d/plugins/registry.terraform.io/acme/box/3.0.0/darwin_arm64/x", "");
  await folder.lock("2.0.0");
  const failure = await findProvider(folder.request()).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "find_not_installed" });
  const { message } = failure as Error;
  expect(message).toContain("registry.terraform.io/acme/box 2.0.0 for linux_amd64");
  expect(message).toContain(`${folder.path("stack/.terraform.lock.hcl")}:3`);
  expect(message).toContain(`${folder.path(DATA_DIR)}: has 1.0.0`);
  expect(message).toContain("home/.terraform.d/plugins: has 3.0.0 for darwin_arm64");
  expect(message).toContain("another provider: registry.opentofu.org/acme/box 2.0.0");
});

test("a package that is there only as an archive is an error that says to run init", async () => {
  const folder = await testFolder();
  const name = "terraform-provider-box_1.0.0_linux_amd64.zip";
  const archive = await folder.put(`home/.terraform.d/plugins/registry.terraform.io/acme/box/${name}`, "PK");
  await expect(findProvider(folder.request())).rejects.toMatchObject({
    code: "find_package_packed",
    message: expect.stringContaining(archive),
    hint: expect.stringContaining("terraform init"),
  });
});

test("a lock file that leaves the provider out is refused, as Terraform does", async () => {
  const folder = await testFolder();
  await folder.install(DATA_DIR, "1.0.0");
  await folder.put("stack/.terraform.lock.hcl", "");
  await expect(findProvider(folder.request())).rejects.toMatchObject({ code: "lock_provider_missing" });
});

test("asking for another version than the locked one is refused with both", async () => {
  const folder = await testFolder();
  await folder.install(DATA_DIR, "1.0.0");
  await folder.lock("1.0.0");
  await expect(findProvider(folder.request({ version: "2.0.0" }))).rejects.toMatchObject({
    code: "lock_version_mismatch",
    message: expect.stringMatching(/1\.0\.0.*2\.0\.0/),
  });
});

test("a root module that is not trusted brings no program of its own", async () => {
  const folder = await testFolder();
  await folder.install(DATA_DIR, "1.0.0");
  await folder.install("stack/terraform.d/plugins", "1.0.0");
  const request = folder.request({ trustRootModule: false });
  await expect(findProvider(request)).rejects.toMatchObject({
    code: "find_not_installed",
    message: expect.stringContaining("may not bring programs"),
  });
  await folder.install("home/.terraform.d/plugins", "1.0.0");
  expect(await findProvider(request)).toMatchObject({ place: folder.path("home/.terraform.d/plugins") });
});

test("a root module that is not trusted brings none either where settings name folders relative to it", async () => {
  const folder = await testFolder();
  await folder.install("stack/data/providers", "1.0.0");
  await folder.install("stack/cache", "1.0.0");
  await folder.install("stack/mirror", "1.0.0");
  const config = await folder.put(
    "home/.terraformrc",
    'plugin_cache_dir = "cache"\nprovider_installation {\n  filesystem_mirror {\n    path = "mirror"\n  }\n}\n',
  );
  const request = folder.request({ env: { TF_DATA_DIR: "data", TF_CLI_CONFIG_FILE: config } });
  expect(await findProvider(request)).toMatchObject({ origin: "data_dir" });
  await expect(findProvider({ ...request, trustRootModule: false })).rejects.toMatchObject({
    code: "find_not_installed",
  });
  const elsewhere = folder.path("elsewhere");
  await folder.install("elsewhere/providers", "1.0.0");
  const moved = { ...request, env: { TF_DATA_DIR: elsewhere }, trustRootModule: false };
  expect(await findProvider(moved)).toMatchObject({ origin: "data_dir", place: `${elsewhere}/providers` });
});

test("a stranger's folder brings none either where the root module is only a part of it", async () => {
  const folder = await testFolder();
  await folder.install("stack/mirror", "1.0.0");
  const config = await folder.put(
    "home/.terraformrc",
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(folder.path("stack/mirror"))}\n  }\n}\n`,
  );
  const dir = folder.path("stack/modules/network");
  const request = folder.request({ dir, trustRootModule: false, env: { TF_CLI_CONFIG_FILE: config } });
  expect(await findProvider(request)).toMatchObject({ origin: "filesystem_mirror" });
  const whole = { ...request, untrustedFolder: folder.path("stack") };
  await expect(findProvider(whole)).rejects.toMatchObject({ code: "find_not_installed" });
});

test("where mirrors are given nothing else is searched, and no setting of the machine is read", async () => {
  const folder = await testFolder();
  await folder.install(DATA_DIR, "2.0.0");
  await folder.install("mine", "1.0.0");
  const config = await folder.put("home/.terraformrc", "this is no configuration {");
  const env = { TF_CLI_CONFIG_FILE: config };
  const found = await findProvider(folder.request({ env, mirrors: [folder.path("mine")] }));
  expect(found).toMatchObject({ version: "1.0.0", origin: "filesystem_mirror", place: folder.path("mine") });
  const none = folder.request({ env, mirrors: [] });
  await expect(findProvider(none)).rejects.toMatchObject({ code: "find_not_installed" });
});

test("of several programs in a package Terraform's choice is taken: the first by name that fits", async () => {
  const folder = await testFolder();
  const packageDir = await folder.install(DATA_DIR, "1.0.0");
  const inside = packageDir.slice(folder.root.length + 1);
  for (const name of ["terraform-provider-boxes", "terraform-provider-box_v0", "terraform-provider-box-x"]) {
    await folder.put(`${inside}/${name}`, "", 0o755);
  }
  const { path } = await findProvider(folder.request());
  expect(path).toBe(`${packageDir}/terraform-provider-box_v0`);
});

test("a package without a program, or with one that may not be run, is named", async () => {
  const folder = await testFolder();
  const packageDir = await folder.install(DATA_DIR, "1.0.0");
  await chmod(`${packageDir}/terraform-provider-box_v1.0.0`, 0o644);
  await expect(findProvider(folder.request())).rejects.toMatchObject({
    code: "find_executable_missing",
    message: expect.stringContaining("to be executable"),
  });
  await mkdir(folder.path(DATA_DIR, "registry.terraform.io/acme/empty/1.0.0/linux_amd64"), {
    recursive: true,
  });
  await expect(findProvider(folder.request({ source: "acme/empty" }))).rejects.toMatchObject({
    code: "find_executable_missing",
  });
});

test("a provider that is built into Terraform is refused by name", async () => {
  const folder = await testFolder();
  const request = folder.request({ source: "terraform.io/builtin/terraform" });
  await expect(findProvider(request)).rejects.toMatchObject({ code: "find_provider_builtin" });
});

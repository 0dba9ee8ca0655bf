import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findExecutable } from "./executable.ts";
import { cloudMachine } from "./machine.ts";
import { findMirroredProvider, terraformPlatform } from "./mirror.ts";

const NAME = { namespace: "anchorwatch-tests", type: "pretend" };
const PLATFORM = { os: "linux", arch: "x64" } as const;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "anchorwatch-mirror-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("looking for a provider mirror", () => {
  it("finds a mirror some folders below the home folder, and takes the newest version", () => {
    install("software/terraform/mirror", "2.9.0", "linux_amd64");
    install("software/terraform/mirror", "2.10.0", "linux_amd64");
    const found = findMirroredProvider(NAME, { HOME: folder }, PLATFORM);
    expect(found).toMatchObject({ version: "2.10.0", mirror: join(folder, "software/terraform/mirror") });
  });

  it("prefers the mirror that the CLI configuration names", () => {
    install("software", "9.0.0", "linux_amd64");
    install("chosen", "1.0.0", "linux_amd64");
    const config = join(folder, "cli.tfrc");
    writeFileSync(
      config,
      `provider_installation {\n  filesystem_mirror {\n    path = "${folder}/chosen"\n  }\n}\n`,
    );
    const found = findMirroredProvider(NAME, { HOME: folder, TF_CLI_CONFIG_FILE: config }, PLATFORM);
    expect(found?.version).toBe("1.0.0");
  });

  it("leaves out binaries for other platforms", () => {
    install("software", "1.0.0", "darwin_arm64");
    expect(findMirroredProvider(NAME, { HOME: folder }, PLATFORM)).toBeUndefined();
  });

  it("survives a CLI configuration that does not exist", () => {
    const env = { HOME: folder, TF_CLI_CONFIG_FILE: join(folder, "missing.tfrc") };
    expect(findMirroredProvider(NAME, env, PLATFORM)).toBeUndefined();
  });
});

describe("looking for programs", () => {
  it("takes the first executable on PATH and passes by files that are none", () => {
    for (const place of ["first", "second"]) mkdirSync(join(folder, place));
    writeFileSync(join(folder, "first/tool"), "");
    executable(join(folder, "second/tool"));
    const PATH = `${join(folder, "first")}:${join(folder, "second")}`;
    expect(findExecutable("tool", { PATH })).toBe(join(folder, "second/tool"));
    expect(findExecutable("other", { PATH })).toBeUndefined();
  });

  it("gives one line for each thing that a simulated cloud lacks", () => {
    const bare = cloudMachine({ terraform: undefined, moto: undefined, aws: undefined });
    expect(bare.ok).toBe(false);
    if (!bare.ok) expect(bare.skipped.map((line) => line.split(", because ")[0])).toHaveLength(3);
  });

  it("names platforms as Terraform does", () => {
    expect(terraformPlatform("win32", "x64")).toBe("windows_amd64");
    expect(terraformPlatform("darwin", "arm64")).toBe("darwin_arm64");
  });
});

function install(mirror: string, version: string, platform: string): void {
  const home = join(folder, mirror, "registry.terraform.io", NAME.namespace, NAME.type, version, platform);
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "LICENSE.txt"), "");
  executable(join(home, `terraform-provider-${NAME.type}_v${version}_x5`));
}

function executable(path: string): void {
  writeFileSync(path, "");
  chmodSync(path, 0o755);
}

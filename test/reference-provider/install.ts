/** Puts the reference provider where Terraform, OpenTofu and Anchorwatch look for providers. */
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hashPackage } from "../../packages/tfprovider/src/find/packageHash.ts";
import { formatPlatform, platformOf } from "../../packages/tfprovider/src/find/platform.ts";
import type { StartFault } from "./plugin/startFault.ts";
import { PROVIDER_SOURCE, PROVIDER_VERSION } from "./types/provider.ts";

export interface InstallOptions {
  /** Faults at the start and the end of each process. */
  readonly faults?: readonly StartFault[];
}

export interface InstalledProvider {
  readonly source: string;
  readonly version: string;
  /** `…/registry.terraform.io/anchorwatch/reference/1.0.0/linux_amd64` */
  readonly packageDir: string;
  readonly executable: string;
  /** Checksum of the package as lock files record it. */
  readonly h1: string;
}

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const CODE_CACHE = fileURLToPath(new URL("../../node_modules/.cache/reference-provider", import.meta.url));
const SOURCES = [
  fileURLToPath(new URL(".", import.meta.url)),
  fileURLToPath(new URL("../../packages/tfprovider/src/cty/", import.meta.url)),
  fileURLToPath(new URL("../../packages/tfprovider/src/wire/", import.meta.url)),
];

/**
 * Writes the unpacked layout of a filesystem mirror into `mirror`, which is what a `filesystem_mirror` block names.
 * The program is a shell script that starts this very Node. With real Terraform set `TF_DISABLE_PLUGIN_TLS=1`.
 */
export async function installReferenceProvider(
  mirror: string,
  options: InstallOptions = {},
): Promise<InstalledProvider> {
  const platform = formatPlatform(platformOf(process.platform, process.arch));
  const packageDir = join(mirror, PROVIDER_SOURCE, PROVIDER_VERSION, platform);
  const executable = join(packageDir, `terraform-provider-reference_v${PROVIDER_VERSION}`);
  mkdirSync(packageDir, { recursive: true });
  writeFileSync(executable, scriptOf(options.faults ?? []));
  chmodSync(executable, 0o755);
  const { h1 } = await hashPackage(packageDir);
  return { source: PROVIDER_SOURCE, version: PROVIDER_VERSION, packageDir, executable, h1 };
}

function scriptOf(faults: readonly StartFault[]): string {
  const environment = faults.length === 0 ? [] : [`export REFERENCE_FAULT=${faults.join(",")}`];
  return [
    "#!/bin/sh",
    // Whoever caches a schema by the hash of the program must see that the provider was changed.
    `# sources ${sourceHash()}`,
    ...environment,
    // Compiling the sources anew takes half of the start. The cache must not lie in the package, whose files are hashed.
    `export NODE_COMPILE_CACHE=${quoted(CODE_CACHE)}`,
    `exec ${quoted(process.execPath)} ${quoted(MAIN)}`,
    "",
  ].join("\n");
}

function sourceHash(): string {
  const hash = createHash("sha256");
  for (const folder of SOURCES) {
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
    for (const name of names) {
      if (name.endsWith(".ts") && !name.endsWith(".test.ts")) hash.update(readFileSync(join(folder, name)));
    }
  }
  return hash.digest("hex");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

import { resolve } from "node:path";
import { type CliBody, type CliItem, invalidCliConfig, isBody } from "./cliValue.ts";
import { parsePattern, type SourcePattern } from "./sourcePattern.ts";

/** One method of a `provider_installation` block, in the block's order. */
export type InstallationMethod =
  | { readonly kind: "dev_overrides"; readonly overrides: readonly DevOverride[] }
  | {
      readonly kind: "filesystem_mirror";
      /** Absolute. */
      readonly path: string;
      readonly include: readonly SourcePattern[];
      readonly exclude: readonly SourcePattern[];
    }
  /** `direct`, `network_mirror`, `oci_mirror`: they would need the network, and this package never uses it. */
  | { readonly kind: "remote"; readonly name: string };

/** Runs a program that is being developed instead of any installed version. */
interface DevOverride {
  readonly source: SourcePattern;
  /** The folder of the program, absolute. */
  readonly path: string;
}

/**
 * @param dir relative paths start here, as Terraform's do at its working directory
 * @throws ProviderError `find_cli_config_invalid`
 * @see https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation
 */
export function readInstallation(file: string, block: CliItem, dir: string): readonly InstallationMethod[] {
  if (!isBody(block.value))
    throw invalidCliConfig(file, block.line, "expected a provider_installation block");
  return block.value.items.map((item) => readMethod(file, item, dir));
}

function readMethod(file: string, item: CliItem, dir: string): InstallationMethod {
  const { key, value, line } = item;
  if (!isBody(value)) throw invalidCliConfig(file, line, "expected a block: `direct { … }`, say");
  if (key === "dev_overrides") return { kind: key, overrides: readOverrides(file, value, dir) };
  if (key !== "filesystem_mirror") return { kind: "remote", name: key };
  const path = value.items.find((member) => member.key === "path");
  if (typeof path?.value !== "string") {
    throw invalidCliConfig(file, path?.line ?? line, "expected a filesystem_mirror to have a path");
  }
  return {
    kind: key,
    path: resolve(dir, path.value),
    include: readPatterns(file, value, "include"),
    exclude: readPatterns(file, value, "exclude"),
  };
}

function readOverrides(file: string, body: CliBody, dir: string): readonly DevOverride[] {
  return body.items.map(({ key, value, line }) => {
    if (typeof value !== "string") {
      throw invalidCliConfig(file, line, "expected a folder for each provider in dev_overrides");
    }
    return { source: readPattern(file, line, key), path: resolve(dir, value) };
  });
}

function readPatterns(file: string, body: CliBody, name: string): readonly SourcePattern[] {
  const item = body.items.find(({ key }) => key === name);
  if (item === undefined) return [];
  const { value, line } = item;
  if (!Array.isArray(value)) throw invalidCliConfig(file, line, `expected a list of patterns as ${name}`);
  return value.map((pattern) => readPattern(file, line, pattern));
}

function readPattern(file: string, line: number, pattern: unknown): SourcePattern {
  const parsed = typeof pattern === "string" ? parsePattern(pattern) : undefined;
  if (parsed !== undefined) return parsed;
  throw invalidCliConfig(file, line, "expected a pattern such as `hashicorp/*` or `example.com/*/*`");
}

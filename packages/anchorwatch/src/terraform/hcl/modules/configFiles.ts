/** The configuration files of one folder, by Terraform's rules on names. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { HclFile, HclParser } from "tfprovider/hcl";
import type { Warning } from "../../../domain/errors.ts";
import { readRepositoryFile } from "./textFile.ts";

/** Terraform reads `.tf` only; OpenTofu prefers `x.tofu` to an `x.tf` beside it. */
export type Flavour = "terraform" | "opentofu";

export interface ConfigFiles {
  readonly primary: readonly HclFile[];
  readonly overrides: readonly HclFile[];
  readonly warnings: readonly Warning[];
}

const MAX_FILES = 2000;

export interface ConfigFolder {
  /** Absolute. */
  readonly folder: string;
  /** The folder as names of files begin: relative to the root module, with forward slashes; empty in the root. */
  readonly shown: string;
  readonly flavour: Flavour;
  /** What a link in the folder may lead to. */
  readonly readable: readonly string[];
}

export function readConfigFiles(
  { folder, shown, flavour, readable }: ConfigFolder,
  parser: HclParser,
): ConfigFiles {
  const names = configNames(folder, flavour);
  const warnings: Warning[] = [];
  if (names.length > MAX_FILES)
    warnings.push({
      code: "code_too_large",
      message: `${shown || "the root module"} holds ${names.length} configuration files; the first ${MAX_FILES} were read`,
      hint: "Split the folder into modules.",
      location: { file: shown || "." },
    });
  const files = names.slice(0, MAX_FILES).flatMap((name) => {
    const file = shown === "" ? name : `${shown}/${name}`;
    const text = readRepositoryFile(readable, join(folder, name), file);
    if (typeof text !== "string") {
      warnings.push(text);
      return [];
    }
    const parsed = name.endsWith(".json") ? parser.parseJsonFile(text, file) : parser.parseFile(text, file);
    warnings.push(...parsed.errors.map(syntaxWarning));
    return [{ name, parsed }];
  });
  const of = (override: boolean): HclFile[] =>
    files.filter(({ name }) => isOverride(name) === override).map(({ parsed }) => parsed);
  return { primary: of(false), overrides: of(true), warnings };
}

function syntaxWarning({ message, file, line, column }: HclFile["errors"][number]): Warning {
  return {
    code: "code_syntax",
    message,
    hint: "Correct it; what this place declares was left out, everything else was read.",
    location: { file, line, column },
  };
}

/** Whether the folder holds any configuration; a folder that cannot be read holds none. */
export function holdsConfiguration(folder: string, flavour: Flavour): boolean {
  return configNames(folder, flavour).length > 0;
}

/** A folder with `.tofu` files is OpenTofu's, whoever else may read the rest. */
export function flavourOf(folder: string): Flavour {
  return namesIn(folder).some((name) => /\.tofu(?:\.json)?$/.test(name)) ? "opentofu" : "terraform";
}

function configNames(folder: string, flavour: Flavour): string[] {
  const names = namesIn(folder).filter((name) => !isIgnored(name));
  const plain = names.filter((name) => /\.tf(?:\.json)?$/.test(name));
  if (flavour === "terraform") return plain;
  const own = names.filter((name) => /\.tofu(?:\.json)?$/.test(name));
  const replaced = new Set(own.map((name) => name.replace(/\.tofu(?=$|\.json$)/, ".tf")));
  return [...plain.filter((name) => !replaced.has(name)), ...own].sort();
}

/** In the order of their names, which is the order in which overrides apply. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map((entry) => entry.name)
      .sort();
  } catch (cause) {
    // A missing folder is the caller's to report: here it just holds nothing.
    if (cause instanceof Error && "code" in cause) return [];
    throw cause;
  }
}

/** What editors leave behind. */
function isIgnored(name: string): boolean {
  return name.startsWith(".") || name.endsWith("~") || (name.startsWith("#") && name.endsWith("#"));
}

function isOverride(name: string): boolean {
  const base = name.replace(/\.(?:tf|tofu)(?:\.json)?$/, "");
  return base === "override" || base.endsWith("_override");
}

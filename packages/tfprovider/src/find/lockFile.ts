import { join } from "node:path";
import { ProviderError } from "../errors.ts";
import type { Attribute, Block, HclFile } from "../hcl/ast.ts";
import { literalOf, type PlainValue, parseHcl } from "../hcl/index.ts";
import { isMissing, unreadable } from "./fileErrors.ts";
import { openRegular } from "./regularFile.ts";
import { formatSource, readSource } from "./sourceAddress.ts";
import { readVersion } from "./version.ts";

/** What `.terraform.lock.hcl` selects of one provider. */
export interface LockedProvider {
  /** In full, `registry.terraform.io/hashicorp/aws`. */
  readonly source: string;
  readonly version: string;
  /** What the code allowed when it was locked, `~> 5.0`; the version has already been chosen by it. */
  readonly constraints?: string;
  /** `h1:` of an unpacked package, `zh:` of a zip archive; for any platform. May be empty. */
  readonly hashes: readonly string[];
  readonly file: string;
  /** Of the provider's block, from 1. */
  readonly line: number;
}

export interface LockFile {
  readonly file: string;
  /** By source address in full. */
  readonly providers: ReadonlyMap<string, LockedProvider>;
}

export const LOCK_FILE_NAME = ".terraform.lock.hcl";

/** A thousand providers do not fill it. It comes from a repository, and must not fill the memory. */
const MAX_BYTES = 4_000_000;

/**
 * @param dir the root module's folder
 * @returns undefined when there is no lock file
 * @throws ProviderError `lock_file_invalid` with file and line
 * @see https://developer.hashicorp.com/terraform/language/files/dependency-lock
 */
export async function readLockFile(dir: string): Promise<LockFile | undefined> {
  const file = join(dir, LOCK_FILE_NAME);
  const text = await textOf(file);
  return text === undefined ? undefined : parseLockFile(text, file);
}

/** @throws ProviderError `lock_file_invalid` with file and line */
export async function parseLockFile(text: string, file: string): Promise<LockFile> {
  const conflict = text.split("\n").findIndex((line) => /^(<<<<<<<|=======|>>>>>>>)/.test(line));
  if (conflict >= 0) throw invalid(file, conflict + 1, "an unresolved merge conflict");
  const parsed = await parseHcl(text, file);
  return { file, providers: providersOf(parsed) };
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    const { handle, stats } = await openRegular(file, "lock_file_invalid");
    await using opened = handle;
    if (stats.size > MAX_BYTES) throw invalid(file, 1, `expected a lock file, found ${stats.size} bytes`);
    return await opened.readFile("utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw unreadable("lock_file_invalid", file, error);
  }
}

function providersOf({ file, body, errors }: HclFile): ReadonlyMap<string, LockedProvider> {
  const [error] = errors;
  if (error !== undefined) {
    // The text is not quoted: the file may be a link of a stranger's to something that is not his.
    throw invalid(file, error.line, `column ${error.column} is not what \`terraform init\` writes`);
  }
  const providers = new Map<string, LockedProvider>();
  for (const block of body.blocks.filter(({ type }) => type === "provider")) {
    const locked = lockedProvider(file, block);
    const earlier = providers.get(locked.source);
    if (earlier !== undefined) {
      throw invalid(
        file,
        locked.line,
        `a second block for ${locked.source}; the first is in line ${earlier.line}`,
      );
    }
    providers.set(locked.source, locked);
  }
  return providers;
}

function lockedProvider(file: string, block: Block): LockedProvider {
  const { line } = block.range;
  const [label = ""] = block.labels;
  const source = readSource(label);
  if (source === undefined || block.labels.length !== 1) {
    throw invalid(file, line, "expected one provider address as the label of a provider block");
  }
  const version = textAttribute(file, block, "version");
  const constraints = textAttribute(file, block, "constraints");
  if (version === undefined) throw invalid(file, line, `expected a version of ${label}`);
  if (readVersion(version.text) === undefined) {
    throw invalid(
      file,
      version.line,
      `expected a version such as 5.100.0, found ${JSON.stringify(version.text)}`,
    );
  }
  return {
    source: formatSource(source),
    version: version.text,
    ...(constraints === undefined ? {} : { constraints: constraints.text }),
    hashes: hashesOf(file, block),
    file,
    line,
  };
}

function hashesOf(file: string, block: Block): readonly string[] {
  const attribute = attributeOf(block, "hashes");
  if (attribute === undefined) return [];
  const value = literalOf(attribute.expression);
  const hashes = Array.isArray(value) ? value.filter((hash) => typeof hash === "string") : [];
  const all = Array.isArray(value) && hashes.length === value.length && hashes.length > 0;
  if (all && hashes.every((hash) => /^[a-z0-9]+:./.test(hash))) return hashes;
  // An empty list would switch verification off without looking like it; Terraform refuses it too.
  throw invalid(file, attribute.range.line, 'expected hashes to be a list of one or more, such as "h1:…"');
}

function textAttribute(
  file: string,
  block: Block,
  name: string,
): { readonly text: string; readonly line: number } | undefined {
  const attribute = attributeOf(block, name);
  if (attribute === undefined) return undefined;
  const value: PlainValue | undefined = literalOf(attribute.expression);
  const { line } = attribute.range;
  if (typeof value !== "string") throw invalid(file, line, `expected ${name} to be a string`);
  return { text: value, line };
}

function attributeOf(block: Block, name: string): Attribute | undefined {
  return block.body.attributes.find((attribute) => attribute.name === name);
}

const HINT = "Restore the file from version control, or delete it and run `terraform init`.";

function invalid(file: string, line: number, problem: string): ProviderError {
  return new ProviderError("lock_file_invalid", `${file}:${line}: ${problem}`, { hint: HINT });
}

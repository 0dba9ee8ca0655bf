/** The names inside a log: which files it has, and how they are served. The same for a folder, a bucket and HTTP. */
import { parseTilePath, TlogError } from "tlog";
import { AnchorwatchError } from "../../domain/errors.ts";

/** How a file of the log is given to clients. */
export interface ServedFile {
  readonly contentType: string;
  /** True for what never changes once it is there. */
  readonly immutable: boolean;
}

const CONTENT = /^content\/sha256\/([0-9a-f]{2})\/([0-9a-f]{64})$/;
const CHECKPOINT: ServedFile = { contentType: "text/plain; charset=utf-8", immutable: false };
const WRITTEN_ONCE: ServedFile = { contentType: "application/octet-stream", immutable: true };

/**
 * The file's properties, or undefined when a log has no file of that name. The path may be an attacker's: what is accepted has
 * exactly one spelling, without `..`, empty steps, escapes or upper case.
 * @see https://c2sp.org/tlog-tiles
 */
export function servedFile(path: string): ServedFile | undefined {
  if (path === "checkpoint") return CHECKPOINT;
  const [, start, digest] = CONTENT.exec(path) ?? [];
  if (digest !== undefined && start !== undefined) {
    return digest.startsWith(start) ? WRITTEN_ONCE : undefined;
  }
  if (!path.startsWith("tile/")) return undefined;
  try {
    parseTilePath(path);
    return WRITTEN_ONCE;
  } catch (error) {
    if (error instanceof TlogError) return undefined;
    throw error;
  }
}

/** `cache-control` of a served file: clients must see a new checkpoint at once, and need never ask for a tile twice. */
export function cacheControl({ immutable }: ServedFile): string {
  return immutable ? "public, max-age=31536000, immutable" : "no-cache";
}

/**
 * Where content lies that an entry names by its SHA-256 (64 hexadecimal digits, `sha256:` before them or not).
 * @throws AnchorwatchError `ledger_path_invalid`
 */
export function contentPath(digest: string): string {
  const [, hex] = /^(?:sha256:)?([0-9a-f]{64})$/.exec(digest) ?? [];
  if (hex !== undefined) return `content/sha256/${hex.slice(0, 2)}/${hex}`;
  throw new AnchorwatchError("ledger_path_invalid", `${JSON.stringify(digest)} is no SHA-256 digest`, {
    hint: "A digest is sha256: and 64 hexadecimal digits in lower case.",
  });
}

/**
 * Remembers the hashes of package files, so that a provider of 700 MB is read once and not at every check.
 *
 * **What is believed.** A remembered hash is taken when device, inode, size, mtime and ctime of the file are still the same.
 * Whoever writes to the file changes its ctime, also when he sets mtime back; forging ctime takes root or the disk itself,
 * and root can replace this program as well. What is given up: silent corruption of the disk is noticed only where the
 * file is read anew.
 *
 * **Who can write here.** The folder and its files belong to the user alone (0700, 0600), which is checked at every use:
 * a folder that others can write to is refused, and a file of another owner is not believed. There is no keyed hash over
 * the content: its key would lie where the same user can read it, and that user can replace the provider too.
 *
 * **What is not remembered.** A file that was changed within the last two seconds: file systems have coarse clocks, and a
 * second write in the same tick would leave no trace.
 *
 * A file that is damaged, of another format or of another package is as good as none: hashes are computed again.
 */
import { createHash, randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { ProviderError } from "../errors.ts";
import { codeOf, reasonOf } from "./fileErrors.ts";
import { identityOf, identityText } from "./fileIdentity.ts";
import { type HashedFile, hashFile } from "./hashFile.ts";
import { makePrivateFolder } from "./privateFolder.ts";
import { openRegular } from "./regularFile.ts";

const FORMAT = 1;
const SETTLED_NS = 2_000_000_000n;
/** No package has so many files that this would not hold them. */
const MAX_BYTES = 4_000_000n;

export interface HashMemoryOptions {
  /** The folder of all caches; a subfolder is made in it. */
  readonly cacheFolder: string;
  /** The package's folder, without links. */
  readonly packageDir: string;
  /** Milliseconds since the epoch, by the clock that the file system uses. */
  readonly now: () => number;
  /** The user's id; undefined where there is none, as on Windows, and then owners are not checked. */
  readonly userId: number | undefined;
}

/** The hashes of one package. */
export interface HashMemory {
  /** The remembered hash of a file that was not touched since, or a new one. */
  readonly hash: (path: string) => Promise<HashedFile>;
  /** Keeps what was hashed. @returns why it could not, or undefined */
  readonly save: () => Promise<string | undefined>;
}

/** @throws ProviderError `find_cache_unsafe` */
export async function openHashMemory(options: HashMemoryOptions): Promise<HashMemory> {
  const folder = join(options.cacheFolder, "file-hashes");
  const problem =
    (await makePrivateFolder(options.cacheFolder, options.userId)) ??
    (await makePrivateFolder(folder, options.userId));
  const name = createHash("sha256").update(options.packageDir).digest("hex").slice(0, 32);
  const file = join(folder, `${name}.json`);
  const known = problem === undefined ? await load(file, options) : new Map<string, string>();
  return memoryOf(known, options, async (entries) => {
    return problem ?? (await store(file, options.packageDir, entries));
  });
}

/** From a file's path and identity to its hash. */
type Entries = Map<string, string>;

function memoryOf(
  known: Entries,
  options: HashMemoryOptions,
  keep: (entries: Entries) => Promise<string | undefined>,
): HashMemory {
  const fresh: Entries = new Map();
  let learnt = false;
  return {
    hash: async (path) => {
      const identity = await identityOf(path);
      const remembered = known.get(keyOf(path, identityText(identity)));
      const hashed = remembered === undefined ? await hashFile(path) : { sha256: remembered, identity };
      const settled = BigInt(Math.floor(options.now())) * 1_000_000n - hashed.identity.ctimeNs > SETTLED_NS;
      if (settled) fresh.set(keyOf(path, identityText(hashed.identity)), hashed.sha256);
      learnt ||= settled && remembered === undefined;
      return hashed;
    },
    save: async () => (learnt ? keep(fresh) : undefined),
  };
}

function keyOf(path: string, identity: string): string {
  return `${identity} ${path}`;
}

async function load(file: string, { packageDir, userId }: HashMemoryOptions): Promise<Entries> {
  const text = await readOwn(file, userId);
  const content = text === undefined ? undefined : parse(text);
  if (content?.["format"] !== FORMAT || content["package"] !== packageDir) return new Map();
  const files = content["files"];
  if (typeof files !== "object" || files === null) return new Map();
  return new Map(Object.entries(files).filter(isHash));
}

function isHash(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === "string" && /^[0-9a-f]{64}$/.test(entry[1]);
}

/** @returns undefined when the file is not there, cannot be read or is not this user's own */
async function readOwn(path: string, userId: number | undefined): Promise<string | undefined> {
  try {
    const { handle, stats } = await openRegular(path, "find_cache_unsafe");
    await using file = handle;
    const own = userId === undefined || (stats.uid === BigInt(userId) && (stats.mode & 0o022n) === 0n);
    return own && stats.size <= MAX_BYTES ? await file.readFile("utf8") : undefined;
  } catch (error) {
    // What cannot be read is not believed: the hashes are computed again.
    if (error instanceof ProviderError || codeOf(error) !== "") return undefined;
    throw error;
  }
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    // Damaged: as good as none.
    return undefined;
  }
}

/** Written beside and renamed, so that a crash or a second process never leaves half a file. */
async function store(file: string, packageDir: string, entries: Entries): Promise<string | undefined> {
  const content = { format: FORMAT, package: packageDir, files: Object.fromEntries(entries) };
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(JSON.stringify(content));
    } finally {
      await handle.close();
    }
    await rename(draft, file);
    return undefined;
  } catch (error) {
    // Where not even that can be done, the reason is the same.
    await rm(draft, { force: true }).catch(() => undefined);
    return `${draft} could not be written: ${reasonOf(error)}`;
  }
}

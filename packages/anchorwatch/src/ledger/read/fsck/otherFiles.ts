/** Files of a log's folder besides its tiles: content, the writer's own, and what does not belong there. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../../domain/errors.ts";
import { OWN_FILES } from "../../storage/directory/directoryStorage.ts";
import { hasCode } from "../../storage/directory/storageError.ts";
import { servedFile } from "../../storage/servedFile.ts";
import { type FoundFile, filesOf } from "../filesOf.ts";
import { damage, type Finding, note } from "./finding.ts";

const PRIVATE_KEY = "PRIVATE+KEY+";
/** Where a private key may begin: nobody hides one, it is copied here by mistake. */
const BEGINNING = 4096;

export interface OtherFiles {
  /** How many there are, those of tiles among them. */
  readonly files: number;
  /** What is no file of a log, with what is to be done about it; and folders that cannot be looked into. */
  readonly strangers: readonly Finding[];
  readonly content: {
    /** `sha256:hex` of content that is there and whole. */
    readonly whole: ReadonlySet<string>;
    readonly damaged: readonly Finding[];
  };
}

/** So many are told one by one: a log that lies in a folder with a million other files is told in a line, too. */
const MOST = 1000;

/** Looks at everything in the folder but tiles, which are counted only. */
export async function lookAtOtherFiles(folder: string, signal: AbortSignal): Promise<OtherFiles> {
  const strangers: Finding[] = [];
  const damaged: Finding[] = [];
  const whole = new Set<string>();
  let files = 0;
  let more = 0;
  const tell = (list: Finding[], finding: Finding) => {
    if (list.length < MOST) list.push(finding);
    else more++;
  };
  const onClosed = (path: string, error: unknown) => tell(strangers, closed(path, error));
  for await (const file of filesOf(folder, "", onClosed)) {
    signal.throwIfAborted();
    files++;
    const found = await lookAt(folder, file);
    switch (found.kind) {
      case "content":
        whole.add(found.digest);
        break;
      case "damaged":
        tell(damaged, found.finding);
        break;
      case "stranger":
        tell(strangers, found.finding);
        break;
      case "none":
        break;
    }
  }
  if (more > 0) strangers.push(note(".", `${more} more such files are there`, STRANGER_ADVICE));
  return { files, strangers, content: { whole, damaged } };
}

type Found =
  | { readonly kind: "content"; readonly digest: string }
  | { readonly kind: "damaged" | "stranger"; readonly finding: Finding }
  /** Nothing to say here: a file of the tree, the writer's own, or gone since the folder was listed. */
  | { readonly kind: "none" };

const NONE: Found = { kind: "none" };
const CONTENT = /^content\/sha256\/([0-9a-f]{2})\/([0-9a-f]{64})$/;

async function lookAt(folder: string, { path, isRegular }: FoundFile): Promise<Found> {
  if (isOwn(path)) return NONE;
  const [, start, digest] = CONTENT.exec(path) ?? [];
  try {
    if (digest === undefined && servedFile(path) !== undefined) {
      return isRegular || (await leadsToFile(folder, path))
        ? NONE
        : { kind: "stranger", finding: noFile(path) };
    }
    if (!isRegular) return { kind: "stranger", finding: noFile(path) };
    if (digest === undefined || start === undefined) {
      return { kind: "stranger", finding: await stranger(folder, path) };
    }
    const isWhole = digest.startsWith(start) && (await sha256Of(join(folder, path))) === digest;
    return isWhole
      ? { kind: "content", digest: `sha256:${digest}` }
      : { kind: "damaged", finding: wrongContent(path) };
  } catch (error) {
    // What is listed by a name of other bytes than UTF-8 is not found by it either, and not gone.
    if (hasCode(error, "ENOENT") && !path.includes("\uFFFD")) return NONE;
    return { kind: digest === undefined ? "stranger" : "damaged", finding: unreadable(path, digest, error) };
  }
}

/** Readers follow links that stay in the folder. One that leads nowhere is read by nobody, and would never be heard of. */
async function leadsToFile(folder: string, path: string): Promise<boolean> {
  return await stat(join(folder, path)).then(
    (found) => found.isFile(),
    () => false,
  );
}

function unreadable(path: string, digest: string | undefined, error: unknown): Finding {
  const message = `it cannot be read: ${messageOf(error)}`;
  return digest === undefined
    ? note(
        path,
        message,
        "Nobody knows whether a private key lies there. Look at it, and remove it if nobody needs it.",
      )
    : damage(path, message, "Give this user the right to read it, or restore it from a copy of the log.");
}

function closed(path: string, error: unknown): Finding {
  const advice =
    "Nobody knows what lies there. Give this user the right to read it, or look as another user.";
  return note(path, `it cannot be looked into: ${messageOf(error)}`, advice);
}

const STRANGER_ADVICE = "It is in nobody's way. Remove it if nobody knows what it is for.";

function noFile(path: string): Finding {
  return note(path, "no regular file", "No log has such a thing. Remove it if nobody knows what it is for.");
}

function isOwn(path: string): boolean {
  // SQLite may keep a journal beside the lock.
  return OWN_FILES.some((own) => path === own || path.startsWith(`${own}/`) || path.startsWith(`${own}-`));
}

function wrongContent(path: string): Finding {
  return damage(
    path,
    "the content does not have the digest that it is named by",
    "Restore this file from a copy of the log; the entries that refer to it are not touched.",
  );
}

async function stranger(folder: string, path: string): Promise<Finding> {
  if ((await beginningOf(join(folder, path))).includes(PRIVATE_KEY)) {
    const advice =
      "Everything in this folder is served. Move the key away and rotate it: `anchorwatch ledger rotate`.";
    return damage(path, "a private key lies in the folder that is served", advice);
  }
  return note(path, "no file of a log", STRANGER_ADVICE);
}

async function beginningOf(path: string): Promise<string> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(BEGINNING), 0, BEGINNING, 0);
    return buffer.toString("latin1", 0, bytesRead);
  } finally {
    await file.close();
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}

/** Files of a log's folder besides its tiles: content, the writer's own, and what does not belong there. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, open } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../../domain/errors.ts";
import { OWN_FILES } from "../../storage/directory/directoryStorage.ts";
import { hasCode } from "../../storage/directory/storageError.ts";
import { damage, type Finding, note } from "./finding.ts";

const CONTENT = /^content\/sha256\/[0-9a-f]{2}\/([0-9a-f]{64})$/;
const PRIVATE_KEY = "PRIVATE+KEY+";
/** Where a private key may begin: nobody hides one, it is copied here by mistake. */
const BEGINNING = 4096;

export interface OtherFiles {
  readonly findings: readonly Finding[];
  readonly files: number;
  /** `sha256:hex` of content that is there and whole. */
  readonly content: ReadonlySet<string>;
}

/** @param paths all files inside the folder; those of tiles are counted only */
export async function lookAtOtherFiles(
  folder: string,
  paths: AsyncIterable<string>,
  signal: AbortSignal,
): Promise<OtherFiles> {
  const findings: Finding[] = [];
  const content = new Set<string>();
  let files = 0;
  for await (const path of paths) {
    signal.throwIfAborted();
    files++;
    if (path.startsWith("tile/") || path === "checkpoint" || isOwn(path)) continue;
    const found = await lookAt(folder, path);
    if (found.kind === "content") content.add(found.digest);
    if (found.kind === "finding") findings.push(found.finding);
  }
  return { findings, files, content };
}

type Found =
  | { readonly kind: "content"; readonly digest: string }
  | { readonly kind: "finding"; readonly finding: Finding }
  /** A writer may be at work: the file was there when the folder was listed. */
  | { readonly kind: "gone" };

async function lookAt(folder: string, path: string): Promise<Found> {
  const [, digest] = CONTENT.exec(path) ?? [];
  try {
    if (!(await lstat(join(folder, path))).isFile()) return { kind: "finding", finding: noFile(path) };
    if (digest === undefined) return { kind: "finding", finding: await stranger(folder, path) };
    const isWhole =
      (await sha256Of(join(folder, path))) === digest && path.includes(`/${digest.slice(0, 2)}/`);
    return isWhole
      ? { kind: "content", digest: `sha256:${digest}` }
      : { kind: "finding", finding: wrongContent(path) };
  } catch (error) {
    if (hasCode(error, "ENOENT")) return { kind: "gone" };
    return { kind: "finding", finding: unreadable(path, digest, error) };
  }
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
  return note(path, "no file of a log", "It is in nobody's way. Remove it if nobody knows what it is for.");
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

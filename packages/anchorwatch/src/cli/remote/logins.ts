/**
 * Who the user is on which server: one file for each, in a folder that nobody else can read. So two logins at once never write the same
 * file, and a token is found by the server's origin alone.
 */
import { randomBytes } from "node:crypto";
import { chmod, lstat, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { assertToken } from "../../client/token.ts";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import type { RemoteSurroundings } from "../surroundings.ts";

export interface Login {
  /** Its origin. */
  readonly server: string;
  readonly token: string;
  /** For people; of a token that was only given, it may be missing. */
  readonly login?: string | undefined;
  /** Of the token, where this program got it for itself: it is revoked at the end. */
  readonly tokenId?: string | undefined;
  readonly expiresAt?: string | undefined;
}

type Place = Pick<RemoteSurroundings, "configFolder" | "userId">;

/** Undefined: there is none. @throws AnchorwatchError `login_unusable` also where others could read it */
export async function readLogin(server: string, place: Place): Promise<Login | undefined> {
  const folder = folderOf(place);
  if (folder === undefined) return undefined;
  const file = join(folder, fileName(server));
  const login = await readFileOf(file, place);
  // Whoever moves one server's file to another's name would have its token sent there.
  return login?.server === server ? login : undefined;
}

/** Sorted by server. Files that are none of ours are left out. */
export async function allLogins(place: Place): Promise<readonly Login[]> {
  const folder = folderOf(place);
  if (folder === undefined) return [];
  const names = await readdir(folder).catch(ifMissing([]));
  const found: Login[] = [];
  for (const name of names.filter((each) => each.endsWith(".json")).sort()) {
    const login = await readFileOf(join(folder, name), place);
    if (login !== undefined && name === fileName(login.server)) found.push(login);
  }
  return found;
}

/** Whole or not at all. @returns where it is kept. @throws AnchorwatchError `login_unusable` */
export async function keepLogin(login: Login, place: Place): Promise<string> {
  const folder = folderOf(place);
  if (folder === undefined) {
    throw unusable("this user has no folder for the settings of programs", "Set HOME or XDG_CONFIG_HOME.");
  }
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // It may be older than we are.
    await chmod(folder, 0o700);
    const file = join(folder, fileName(login.server));
    const temporary = join(folder, `.${randomBytes(8).toString("hex")}.tmp`);
    try {
      await writeWhole(temporary, `${JSON.stringify({ schema: SCHEMA, ...login }, null, 2)}\n`);
      await rename(temporary, file);
    } catch (error) {
      // A part of a token is a part too much.
      await rm(temporary, { force: true });
      throw error;
    }
    return file;
  } catch (cause) {
    throw unusable(
      `the login cannot be kept in ${folder}: ${messageOf(cause)}`,
      "Make the folder writable, or set XDG_CONFIG_HOME.",
      cause,
    );
  }
}

export async function forgetLogin(server: string, place: Place): Promise<void> {
  const folder = folderOf(place);
  if (folder === undefined) return;
  await rm(join(folder, fileName(server)), { force: true });
}

const SCHEMA = "anchorwatch.login/v1";

function folderOf({ configFolder }: Place): string | undefined {
  return configFolder === undefined ? undefined : join(configFolder, "logins");
}

/** `https_anchorwatch.example.com_8443.json`; an origin holds nothing that a file name cannot, but for its punctuation. */
function fileName(server: string): string {
  return `${server.replace("://", "_").replaceAll(/[^A-Za-z0-9._-]/g, "_")}.json`;
}

async function readFileOf(file: string, place: Place): Promise<Login | undefined> {
  const stats = await lstat(file).catch(ifMissing(undefined));
  if (stats === undefined) return undefined;
  if (
    place.userId !== undefined &&
    (!stats.isFile() || (stats.mode & 0o077) !== 0 || stats.uid !== place.userId)
  ) {
    throw unusable(
      `${file} is not this user's alone: others could read the token in it, or have written it`,
      `Log in again after \`rm ${file}\`, and revoke the token if somebody may have read it.`,
    );
  }
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw unusable(`${file} cannot be read: ${messageOf(cause)}`, "Remove it, and log in again.", cause);
  });
  return loginIn(text, file);
}

function loginIn(text: string, file: string): Login {
  try {
    const { schema, server, token, login, tokenId, expiresAt } = JSON.parse(text) as Readonly<
      Record<string, unknown>
    >;
    if (schema === SCHEMA && typeof server === "string" && typeof token === "string") {
      assertToken(token, file);
      return { server, token, login: maybe(login), tokenId: maybe(tokenId), expiresAt: maybe(expiresAt) };
    }
  } catch (error) {
    // What the parser says quotes the file, and the file holds a token.
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
  }
  throw unusable(`${file} holds no login`, "Remove it, and log in again.");
}

function maybe(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

async function writeWhole(file: string, text: string): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function ifMissing<T>(instead: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === "ENOENT") return instead;
    throw unusable(
      `the logins cannot be read: ${error.message}`,
      "Give this user the right to read them.",
      error,
    );
  };
}

function unusable(message: string, hint: string, cause?: unknown): AnchorwatchError {
  return new AnchorwatchError("login_unusable", message, { hint, ...(cause === undefined ? {} : { cause }) });
}

/**
 * The folder of the embedded database:
 *
 *     cluster/data      the database itself, complete or not there at all
 *     cluster/password  for connecting; only its owner can read it
 *     socket/           where the server listens, closed to others
 *     log/              what the server writes, seven days of it
 *     libraries/        names that the loader needs
 */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmod,
  chown,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import { ensureReachable, runAs, type ServerAccount } from "./account.ts";
import type { PostgresBinaries } from "./binaries.ts";
import { isAlive } from "./postmaster.ts";

export interface ClusterFolder {
  readonly data: string;
  readonly socket: string;
  readonly log: string;
  readonly password: string;
  /** Of every program of PostgreSQL; nothing of ours, which may hold secrets. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The name of the database's owner. */
export const OWNER = "anchorwatch";

/**
 * Makes the folder and the database in it where there is none. Several processes may do this at once: one wins.
 * @param account as which the server runs; undefined: as we do, under our `userId`
 * @throws AnchorwatchError `database_folder_closed`, `database_version_other`, `database_damaged`, `database_start_failed`
 */
export async function prepareFolder(
  folder: string,
  binaries: PostgresBinaries,
  account: ServerAccount | undefined,
  userId: number | undefined,
): Promise<ClusterFolder> {
  await makeReachable(folder).catch((cause: unknown) => {
    throw new AnchorwatchError(
      "database_folder_closed",
      `The folder ${folder} for the embedded database cannot be made: ${messageOf(cause)}`,
      { hint: "Name another one, or make it for this user.", location: { file: folder }, cause },
    );
  });
  await ensureReachable(folder, account);
  for (const program of [binaries.initdb, binaries.postgres]) await ensureReachable(program, account);
  await ensureOwner(folder, account?.uid ?? userId);
  const environment = { PATH: "/usr/bin:/bin", LC_ALL: "C", ...(await libraryPath(folder, binaries)) };
  for (const name of ["socket", "log"]) await makePrivate(join(folder, name), account);
  const cluster = join(folder, "cluster");
  if (!(await exists(cluster))) await makeCluster(cluster, binaries, account, environment);
  await ensureVersion(join(cluster, "data"), binaries, environment);
  return {
    data: join(cluster, "data"),
    socket: join(folder, "socket"),
    log: join(folder, "log"),
    password: await readPassword(join(cluster, "password")),
    environment,
  };
}

/** New folders can be entered by the server's account; those that were there stay as they are. */
async function makeReachable(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let at = folder; at.length >= first.length; at = dirname(at)) await chmod(at, 0o755);
}

/** Of what another account made, nothing is touched: not even root would leave it as it was. */
async function ensureOwner(folder: string, ours: number | undefined): Promise<void> {
  const cluster = join(folder, "cluster");
  if (ours === undefined || !(await exists(cluster))) return;
  const { uid } = await lstat(cluster);
  if (uid === ours) return;
  throw new AnchorwatchError(
    "database_folder_closed",
    `The embedded database in ${folder} belongs to the user with the number ${uid}, and this Anchorwatch would run it as ${ours}.`,
    {
      hint: "Start Anchorwatch as the user who made it, or name another folder. A copy must keep its owners, as cp -a does.",
      location: { file: cluster },
    },
  );
}

async function makePrivate(folder: string, account: ServerAccount | undefined): Promise<void> {
  await mkdir(folder, { recursive: true });
  if (account !== undefined) await chown(folder, account.uid, account.gid);
  await chmod(folder, 0o700);
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}

/** Links to libraries, where install scripts did not make them, and the variable with which the loader finds them. */
async function libraryPath(folder: string, { libraries }: PostgresBinaries): Promise<Record<string, string>> {
  if (libraries.length === 0) return {};
  const links = join(folder, "libraries");
  await mkdir(links, { recursive: true });
  await chmod(links, 0o755);
  for (const { name, target } of libraries) await linkTo(join(links, name), target);
  // A library that was found through a link looks for its own beside the link.
  const path = [links, ...new Set(libraries.map(({ target }) => dirname(target)))].join(":");
  return { LD_LIBRARY_PATH: path, DYLD_LIBRARY_PATH: path };
}

async function linkTo(link: string, target: string): Promise<void> {
  if ((await exists(link)) && (await readlink(link)) === target) return;
  const draft = `${link}.${randomName()}`;
  await symlink(target, draft);
  await rename(draft, link);
}

/** In a draft beside it, which gets its name when it is complete: a crash on the way leaves no half database. */
async function makeCluster(
  cluster: string,
  { initdb }: PostgresBinaries,
  account: ServerAccount | undefined,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  await removeAbandonedDrafts(cluster);
  const draft = `${cluster}.${process.pid}.${randomName()}`;
  const password = randomBytes(24).toString("base64url");
  try {
    await makePrivate(draft, account);
    const passwordFile = join(draft, "initial");
    await writePrivate(passwordFile, password, account);
    await promisify(execFile)(initdb, initdbArguments(join(draft, "data"), passwordFile), {
      ...runAs(account),
      cwd: "/",
      env: environment,
    });
    await rm(passwordFile);
    await writePrivate(join(draft, "password"), password, undefined);
    await moveInPlace(draft, cluster);
  } catch (error) {
    if (error instanceof AnchorwatchError) throw error;
    throw new AnchorwatchError(
      "database_start_failed",
      `The embedded database could not be made in ${cluster}: ${messageOf(error)}`,
      { location: { file: cluster }, cause: error },
    );
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

function initdbArguments(data: string, passwordFile: string): string[] {
  return [
    ...["-D", data, "-U", OWNER, "--pwfile", passwordFile, "--auth", "scram-sha-256"],
    ...["--encoding", "UTF8", "--locale", "C", "--data-checksums", "--no-instructions"],
  ];
}

async function writePrivate(file: string, text: string, owner: ServerAccount | undefined): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    await writeFile(handle, text);
    if (owner !== undefined) await handle.chown(owner.uid, owner.gid);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function moveInPlace(draft: string, cluster: string): Promise<void> {
  try {
    await rename(draft, cluster);
  } catch (error) {
    // Another process was faster; its database is as good as ours.
    if (!(await exists(cluster))) throw error;
    return;
  }
  const parent = await open(dirname(cluster));
  try {
    await parent.sync();
  } finally {
    await parent.close();
  }
}

async function removeAbandonedDrafts(cluster: string): Promise<void> {
  const folder = dirname(cluster);
  for (const name of await readdir(folder)) {
    const pid = /^cluster\.(\d+)\./.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function ensureVersion(
  data: string,
  { postgres }: PostgresBinaries,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const written = (await readOrExplain(join(data, "PG_VERSION"))).trim();
  const { stdout } = await promisify(execFile)(postgres, ["--version"], { env: environment });
  const ours = /(\d+)\.\d+/.exec(stdout)?.[1] ?? "";
  if (written === ours) return;
  throw new AnchorwatchError(
    "database_version_other",
    `The database in ${data} was made by PostgreSQL ${written}; this Anchorwatch brings PostgreSQL ${ours}.`,
    {
      hint: `Start the Anchorwatch that made it, or dump it with pg_dump of PostgreSQL ${written} and load that into a new folder; see docs/operations.md.`,
      location: { file: data },
    },
  );
}

async function readPassword(file: string): Promise<string> {
  return (await readOrExplain(file)).trim();
}

async function readOrExplain(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new AnchorwatchError(
      "database_damaged",
      `${file} belongs to the embedded database and cannot be read.`,
      {
        hint: "Restore the folder from its backup, or start Anchorwatch as the user who made it.",
        location: { file },
        cause,
      },
    );
  }
}

function randomName(): string {
  return randomBytes(6).toString("hex");
}

/** The file in which a running PostgreSQL says who and where it is. */
import { readFile, readlink, realpath } from "node:fs/promises";
import { basename, join } from "node:path";

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Folder of its socket, or address that it listens on. */
  readonly host: string;
}

/** What the file says, true or not any more; undefined when there is none, or it is being written. */
export async function readPostmaster(data: string): Promise<Postmaster | undefined> {
  let text: string;
  try {
    text = await readFile(pidFile(data), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  // Lines: pid, data folder, start time, port, socket folder, first listen address.
  const [pid, , , port, socket, address] = text.split("\n").map((line) => line.trim());
  if (pid === undefined || port === undefined || port === "" || socket === undefined) return undefined;
  const host = socket === "" ? (address ?? "") : socket;
  return host === "" ? undefined : { pid: Number(pid), port: Number(port), host };
}

export function pidFile(data: string): string {
  return join(data, "postmaster.pid");
}

/** Of its socket, by which PostgreSQL names it. */
export const SOCKET_PORT = 5432;
export const SOCKET = `.s.PGSQL.${SOCKET_PORT}`;

/** With it PostgreSQL keeps others from its socket; the first line is its number, as in the other file. */
export function socketLock(socketFolder: string): string {
  return join(socketFolder, `${SOCKET}.lock`);
}

/** Undefined when there is no such file, or no number in it. */
export async function readPid(file: string): Promise<number | undefined> {
  try {
    const pid = Number.parseInt(await readFile(file, "utf8"), 10);
    return pid > 0 ? pid : undefined;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * Whether that process is the server of this folder. After a restart of the machine or container, another program may have its
 * number. Where the system does not tell, a living process counts as the server: a wrong "no" would let two servers write one folder.
 */
export async function isServerOf(pid: number, data: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const command = await ofProcess(() => readFile(`/proc/${pid}/cmdline`, "utf8"));
  if (command === "gone") return process.platform !== "linux";
  if (command !== "hidden" && basename(command.split("\0")[0] ?? "") !== "postgres") return false;
  // A server works in its data folder.
  const folder = await ofProcess(() => readlink(`/proc/${pid}/cwd`));
  if (folder === "gone") return false;
  return folder === "hidden" || folder === (await realpath(data));
}

async function ofProcess(read: () => Promise<string>): Promise<string | "gone" | "hidden"> {
  try {
    return await read();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ESRCH") return "gone";
    if (code === "EACCES" || code === "EPERM") return "hidden";
    throw error;
  }
}

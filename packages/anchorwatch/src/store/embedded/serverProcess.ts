/** Starting and ending the server program itself. It outlives us when we crash: what others do with it goes on. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { open, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import { runAs, type ServerAccount } from "./account.ts";
import type { PostgresBinaries } from "./binaries.ts";
import type { ClusterFolder } from "./folder.ts";
import {
  isServerOf,
  pidFile,
  readPid,
  readPostmaster,
  SOCKET,
  SOCKET_PORT,
  socketLock,
} from "./postmaster.ts";

export interface StartedServer {
  readonly pid: number | undefined;
  /** Set when it ended by itself. */
  readonly ended: () => boolean;
  /** What it said before its log began. */
  readonly output: () => Promise<string>;
  /** Takes away the file with that. */
  readonly forgetOutput: () => Promise<void>;
}

/** Where it listens. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/** Of `sun_path` on the systems that give it least. */
const LONGEST_SOCKET = 103;

/** A socket in the private folder, or the loopback device where its path would be too long or there are none. */
export async function choosePlace({ socket }: ClusterFolder): Promise<Place> {
  const path = join(socket, SOCKET);
  if (process.platform !== "win32" && Buffer.byteLength(path) <= LONGEST_SOCKET)
    return { host: socket, port: SOCKET_PORT };
  return { host: "127.0.0.1", port: await freePort() };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

export async function spawnServer(
  folder: ClusterFolder,
  place: Place,
  binaries: PostgresBinaries,
  account: ServerAccount | undefined,
): Promise<StartedServer> {
  await removeStaleFiles(folder);
  // One for each: several processes may start servers of this folder, of which one will live.
  const outputFile = join(folder.log, `start-${process.pid}-${randomUUID()}.log`);
  const output = await open(outputFile, "wx", 0o600);
  try {
    const child = spawn(binaries.postgres, ["-D", folder.data, ...settings(folder, place)], {
      ...runAs(account),
      cwd: "/",
      env: { ...folder.environment },
      detached: true, // signals of our terminal are not for it
      stdio: ["ignore", output.fd, output.fd],
    });
    await started(child);
    child.unref();
    return {
      pid: child.pid,
      ended: () => child.exitCode !== null || child.signalCode !== null,
      output: async () => (await readFile(outputFile, "utf8")).slice(-2_000),
      forgetOutput: () => rm(outputFile, { force: true }),
    };
  } finally {
    await output.close();
  }
}

function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause) =>
      reject(
        new AnchorwatchError(
          "database_start_failed",
          `The embedded PostgreSQL could not be started: ${messageOf(cause)}`,
          { cause },
        ),
      ),
    );
  });
}

/**
 * What the server must be told at each start, since the folder may have moved. Errors of statements are not logged: we have them, and
 * they quote data. Seven files of a day each, so the log does not grow for ever.
 */
function settings({ socket, log }: ClusterFolder, place: Place): string[] {
  const isSocket = place.host === socket;
  const all: Record<string, string> = {
    listen_addresses: isSocket ? "" : place.host,
    port: String(place.port),
    unix_socket_directories: isSocket ? `"${socket.replaceAll('"', '""')}"` : "",
    unix_socket_permissions: "0700",
    fsync: "on",
    synchronous_commit: "on",
    max_connections: "200",
    timezone: "UTC",
    log_timezone: "UTC",
    logging_collector: "on",
    log_directory: log,
    log_filename: "server-%u.log",
    log_file_mode: "0600",
    log_rotation_age: "1d",
    log_truncate_on_rotation: "on",
    log_min_messages: "log",
    log_min_error_statement: "panic",
    log_checkpoints: "off",
  };
  return Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/**
 * PostgreSQL believes any living process of its account to be the server of which a file was left over: in its data folder, and beside
 * its socket. After a restart of a container, such a number is somebody's at once.
 */
async function removeStaleFiles({ data, socket }: ClusterFolder): Promise<void> {
  for (const file of [pidFile(data), socketLock(socket)]) {
    const pid = await readPid(file);
    if (pid !== undefined && !(await isServerOf(pid, data))) await rm(file, { force: true });
  }
}

/**
 * Ends the server cleanly: connections are closed, and what was committed is on disk.
 * @throws AnchorwatchError `database_stop_failed`
 */
export async function stopServer(
  folder: ClusterFolder,
  binaries: PostgresBinaries,
  account: ServerAccount | undefined,
): Promise<void> {
  try {
    const wanted = ["stop", "-D", folder.data, "-m", "fast", "-w", "-t", "120", "-s"];
    await promisify(execFile)(binaries.pgCtl, wanted, {
      ...runAs(account),
      cwd: "/",
      env: { ...folder.environment },
    });
  } catch (cause) {
    const left = await readPostmaster(folder.data);
    if (left === undefined || !(await isServerOf(left.pid, folder.data))) return; // It ended by itself meanwhile.
    throw new AnchorwatchError(
      "database_stop_failed",
      `The embedded PostgreSQL (process ${left.pid}) did not stop: ${messageOf(cause)}`,
      { hint: `Look at ${folder.log}.`, location: { file: folder.data }, cause },
    );
  }
}

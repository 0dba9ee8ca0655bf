/** A PostgreSQL of our own for tests: in a folder of its own, and gone with the run, however that ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import type { PostgresBinaries } from "./embedded/binaries.ts";
import { openEmbeddedServer } from "./embedded/embeddedServer.ts";
import { isAlive, readPostmaster } from "./embedded/postmaster.ts";

export interface OwnServer {
  /** Of its database `postgres`. */
  readonly url: string;
  /** Of the embedded server; absolute. */
  readonly folder: string;
  stop(): Promise<void>;
  /** Without writing down what nobody will read. */
  throwAway(): Promise<void>;
}

/**
 * @param binaries absent: those of the embedded PostgreSQL
 * @param within absent: a folder of its own; in one whose path is too long for a socket, the server is on TCP
 */
export async function startOwnServer(binaries?: PostgresBinaries, within?: string): Promise<OwnServer> {
  const base = within ?? (await makeServerFolder());
  const folder = join(base, "db");
  const guard = guardServer(base);
  const server = await openEmbeddedServer({
    folder,
    userId: process.getuid?.(),
    ...(binaries === undefined ? {} : { binaries }),
  });
  const { host, port, user, password } = server.address;
  const remove = async () => {
    await endGuard(guard);
    await rm(base, { recursive: true, force: true });
  };
  const login = `${user}:${encodeURIComponent(password)}@`;
  return {
    url: `postgresql://${login}localhost:${port}/postgres?host=${encodeURIComponent(host)}`,
    folder,
    stop: async () => {
      await server.stop();
      await remove();
    },
    throwAway: async () => {
      const running = await readPostmaster(join(folder, "cluster", "data"));
      const stopping = server.stop();
      // While it is stopping already, nobody starts it again.
      if (running !== undefined) process.kill(running.pid, "SIGQUIT");
      await stopping;
      while (running !== undefined && isAlive(running.pid)) await delay(10);
      await remove();
    },
  };
}

const DEBIAN = "/usr/lib/postgresql";

/** Of the newest version that Debian installed. */
export function debianBinaries(): (PostgresBinaries & { readonly folder: string }) | undefined {
  if (!existsSync(DEBIAN)) return undefined;
  const version = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a))[0];
  const folder = join(DEBIAN, version ?? "", "bin");
  if (!existsSync(join(folder, "initdb"))) return undefined;
  const program = (name: string) => join(folder, name);
  return {
    ...{ initdb: program("initdb"), postgres: program("postgres"), pgCtl: program("pg_ctl") },
    ...{ libraries: [], folder },
  };
}

/** A folder that the server's account can reach. Whoever runs the tests may be root. */
export async function makeServerFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "anchorwatch-pg-"));
  await chmod(folder, 0o755);
  return folder;
}

/** When the test run is killed, its pipe closes, and the server goes with it. */
export function guardServer(base: string): ChildProcess {
  const guard = spawn("/bin/sh", ["-c", GUARD, "guard", base], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  guard.unref();
  return guard;
}

const GUARD = `
cat
pid=$(head -n 1 "$1/db/cluster/data/postmaster.pid") && kill -9 "$pid"
rm -rf "$1"`;

export function endGuard(guard: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    guard.ref();
    guard.on("exit", () => resolve());
    guard.stdin?.end();
  });
}

/** The same server's database of that name. */
export function onDatabase(url: string, name: string): string {
  return url.replace(/^(postgres(?:ql)?:\/\/[^/?]*)\/[^?]*/, `$1/${name}`);
}

/** On a connection of its own. */
export async function execute(url: string, statement: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {}); // The statement fails as well.
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** Real servers for tests: the embedded one, and another where there is one. Each test file has its own, with a database of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Migration } from "kysely";
import pg from "pg";
import { afterAll, beforeAll, describe } from "vitest";
import type { WatchRecords } from "../watch/records.ts";
import { type Database, openDatabase } from "./connect.ts";
import type { PostgresBinaries } from "./embedded/binaries.ts";
import { openEmbeddedServer } from "./embedded/embeddedServer.ts";
import { createWatchRecords } from "./watchRecords.ts";

export interface TestServer {
  /** Of a new, empty database. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
}

interface Kind {
  readonly name: string;
  readonly start: () => Promise<TestServer>;
}

/** The servers of this machine; what is missing is said in one line. */
function kinds(): readonly Kind[] {
  const external = externalKind();
  if (external === undefined) {
    process.stderr.write(
      "skipped: external PostgreSQL, because neither DATABASE_URL nor /usr/lib/postgresql is there\n",
    );
    return [EMBEDDED];
  }
  return [EMBEDDED, external];
}

const EMBEDDED: Kind = { name: "embedded PostgreSQL", start: () => startServer(undefined) };

function externalKind(): Kind | undefined {
  const url = process.env["DATABASE_URL"];
  if (url !== undefined)
    return { name: "PostgreSQL of DATABASE_URL", start: () => Promise.resolve(serverAt(url)) };
  const binaries = debianBinaries();
  return binaries && { name: "external PostgreSQL", start: () => startServer(binaries) };
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

async function startServer(binaries: PostgresBinaries | undefined): Promise<TestServer> {
  const base = await makeServerFolder();
  const folder = join(base, "db");
  const server = await openEmbeddedServer({
    folder,
    userId: process.getuid?.(),
    ...(binaries === undefined ? {} : { binaries }),
  });
  const guard = guardServer(base);
  const { host, port, user, password } = server.address;
  const login = `${user}:${encodeURIComponent(password)}@`;
  return {
    ...serverAt(`postgresql://${login}localhost:${port}/postgres?host=${encodeURIComponent(host)}`),
    stop: async () => {
      await server.stop();
      await endGuard(guard);
      await rm(base, { recursive: true, force: true });
    },
  };
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

/** Databases are dropped when the server is not ours to throw away. */
function serverAt(url: string): TestServer {
  const made: string[] = [];
  return {
    createDatabase: async () => {
      const name = `anchorwatch_test_${randomBytes(6).toString("hex")}`;
      await execute(url, `CREATE DATABASE ${name} ENCODING 'UTF8' TEMPLATE template0`);
      made.push(name);
      return onDatabase(url, name);
    },
    stop: async () => {
      for (const name of made) await execute(url, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

function onDatabase(url: string, name: string): string {
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

/** What a suite works with; set when its first test begins. */
export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  readonly records: WatchRecords;
  /** Another database of the same server. */
  another(): Promise<string>;
}

/** The suite, once for each kind of server. */
export function describeOnEveryServer(name: string, suite: (on: () => TestDatabase) => void): void {
  describe.each(ALL)(`${name}, on $name`, ({ start }) => {
    let found: TestDatabase | undefined;
    let server: TestServer | undefined;
    beforeAll(async () => {
      server = await start();
      const url = await server.createDatabase();
      const database = await openTestDatabase(url);
      found = { url, database, records: createWatchRecords(database), another: server.createDatabase };
    });
    afterAll(async () => {
      await found?.database.close();
      await server?.stop();
    });
    suite(() => {
      if (found === undefined) throw new TypeError("no test has begun");
      return found;
    });
  });
}

const ALL = kinds();

export function openTestDatabase(
  url: string,
  migrations?: Readonly<Record<string, Migration>>,
): Promise<Database> {
  const options = { url, folder: "/nowhere", userId: process.getuid?.() };
  return openDatabase(migrations === undefined ? options : { ...options, migrations });
}

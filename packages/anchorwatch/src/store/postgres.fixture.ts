/** Real servers for tests: the embedded one, and another where there is one. All tests share them; each has databases of its own. */
import { randomBytes } from "node:crypto";
import type { Migration } from "kysely";
import { afterAll, beforeAll, describe, inject } from "vitest";
import type { WatchRecords } from "../watch/records.ts";
import { type Database, openDatabase } from "./connect.ts";
import { type SharedKind, WITH_TABLES } from "./sharedServers.fixture.ts";
import { debianBinaries, execute, onDatabase } from "./testServer.fixture.ts";
import { createWatchRecords } from "./watchRecords.ts";

export interface TestServer {
  /** Of a new database, with our tables where that is quicker. */
  createDatabase(): Promise<string>;
  /** Of one in which there is nothing. @param encoding in SQL; absent: UTF-8 */
  createEmptyDatabase(encoding?: string): Promise<string>;
  /** Drops the databases that were made, where the server stays. */
  leave(): Promise<void>;
}

interface Kind {
  readonly name: string;
  readonly find: () => Promise<TestServer>;
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

const EMBEDDED: Kind = { name: "embedded PostgreSQL", find: () => shared("embedded", "quick") };

function externalKind(): Kind | undefined {
  const url = process.env["DATABASE_URL"];
  if (url !== undefined)
    return {
      name: "PostgreSQL of DATABASE_URL",
      find: () => Promise.resolve(serverAt(url, "keep tidy", "template0")),
    };
  return debianBinaries() && { name: "external PostgreSQL", find: () => shared("external", "quick") };
}

/** The embedded server that all tests of the run share. */
export function embeddedTestServer(): Promise<TestServer> {
  return shared("embedded", "as it is");
}

/** The same, where nobody waits for the disk: a database of it warns of that. */
export function quickTestServer(): Promise<TestServer> {
  return EMBEDDED.find();
}

/** Empties every table of ours, which is quicker than another database. */
export async function emptyTestDatabase(url: string): Promise<void> {
  await execute(url, EMPTY);
}

const EMPTY = `DO $$ BEGIN
  EXECUTE (
    SELECT 'TRUNCATE ' || string_agg(format('%I.%I', schemaname, tablename), ', ')
    FROM pg_tables
    WHERE schemaname = 'anchorwatch' AND tablename NOT IN ('migrations', 'migrations_lock', 'label_sets')
  );
END $$`;

/** What is lost in a crash is tried with servers of their own; here nobody has to wait for the disk. */
const QUICK = `DO $$ BEGIN
  EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET synchronous_commit = off', current_database());
END $$`;

async function shared(kind: SharedKind, how: "quick" | "as it is"): Promise<TestServer> {
  const response = await fetch(`${inject("sharedServers")}/${kind}`);
  const answer = await response.text();
  if (!response.ok) throw new TypeError(`The shared ${kind} PostgreSQL did not start: ${answer}`);
  const server = serverAt(answer, "thrown away", WITH_TABLES);
  if (how === "as it is") return server;
  const quick = async (making: Promise<string>) => {
    const url = await making;
    await execute(url, QUICK);
    return url;
  };
  return {
    ...server,
    createDatabase: () => quick(server.createDatabase()),
    createEmptyDatabase: (encoding) => quick(server.createEmptyDatabase(encoding)),
  };
}

function serverAt(url: string, fate: "keep tidy" | "thrown away", template: string): TestServer {
  const made: string[] = [];
  const create = async (from: string, encoding = "ENCODING 'UTF8'") => {
    const name = `anchorwatch_test_${randomBytes(6).toString("hex")}`;
    await execute(url, `CREATE DATABASE ${name} ${encoding} TEMPLATE ${from}`);
    made.push(name);
    return onDatabase(url, name);
  };
  return {
    createDatabase: () => create(template),
    createEmptyDatabase: (encoding) => create("template0", encoding),
    leave: async () => {
      // Each costs a checkpoint.
      if (fate === "thrown away") return;
      for (const name of made) await execute(url, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** What a suite works with; set when its first test begins. */
export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  readonly records: WatchRecords;
  /** Another database of the same server. */
  another(): Promise<string>;
  /** One in which there is nothing, see {@link TestServer.createEmptyDatabase}. */
  empty(encoding?: string): Promise<string>;
}

/** The suite, once for each kind of server. */
export function describeOnEveryServer(name: string, suite: (on: () => TestDatabase) => void): void {
  describe.each(ALL)(`${name}, on $name`, ({ find }) => {
    let found: TestDatabase | undefined;
    let server: TestServer | undefined;
    beforeAll(async () => {
      server = await find();
      const url = await server.createDatabase();
      const database = await openTestDatabase(url);
      const records = createWatchRecords(database);
      found = { url, database, records, another: server.createDatabase, empty: server.createEmptyDatabase };
    });
    afterAll(async () => {
      await found?.database.close();
      await server?.leave();
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

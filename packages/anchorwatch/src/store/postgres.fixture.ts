/** Real servers for tests: the embedded one, and another where there is one. All tests share them; each has databases of its own. */
import { randomBytes } from "node:crypto";
import type { Migration } from "kysely";
import { afterAll, beforeAll, describe, inject } from "vitest";
import type { WatchRecords } from "../watch/records.ts";
import { type Database, openDatabase } from "./connect.ts";
import type { SharedKind } from "./sharedServers.fixture.ts";
import { debianBinaries, execute } from "./testServer.fixture.ts";
import { createWatchRecords } from "./watchRecords.ts";

export interface TestServer {
  /** Of a new, empty database. */
  createDatabase(): Promise<string>;
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
    return { name: "PostgreSQL of DATABASE_URL", find: () => Promise.resolve(serverAt(url, "keep tidy")) };
  return debianBinaries() && { name: "external PostgreSQL", find: () => shared("external", "quick") };
}

/** The embedded server that all tests of the run share. */
export function embeddedTestServer(): Promise<TestServer> {
  return shared("embedded", "as it is");
}

/** What is lost in a crash is tried with servers of their own; here nobody has to wait for the disk. */
const QUICK = `DO $$ BEGIN
  EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET synchronous_commit = off', current_database());
END $$`;

async function shared(kind: SharedKind, how: "quick" | "as it is"): Promise<TestServer> {
  const response = await fetch(`${inject("sharedServers")}/${kind}`);
  const answer = await response.text();
  if (!response.ok) throw new TypeError(`The shared ${kind} PostgreSQL did not start: ${answer}`);
  const server = serverAt(answer, "thrown away");
  if (how === "as it is") return server;
  return {
    ...server,
    createDatabase: async () => {
      const url = await server.createDatabase();
      await execute(url, QUICK);
      return url;
    },
  };
}

function serverAt(url: string, fate: "keep tidy" | "thrown away"): TestServer {
  const made: string[] = [];
  return {
    createDatabase: async () => {
      const name = `anchorwatch_test_${randomBytes(6).toString("hex")}`;
      await execute(url, `CREATE DATABASE ${name} ENCODING 'UTF8' TEMPLATE template0`);
      made.push(name);
      return onDatabase(url, name);
    },
    leave: async () => {
      // Each costs a checkpoint.
      if (fate === "thrown away") return;
      for (const name of made) await execute(url, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

function onDatabase(url: string, name: string): string {
  return url.replace(/^(postgres(?:ql)?:\/\/[^/?]*)\/[^?]*/, `$1/${name}`);
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
  describe.each(ALL)(`${name}, on $name`, ({ find }) => {
    let found: TestDatabase | undefined;
    let server: TestServer | undefined;
    beforeAll(async () => {
      server = await find();
      const url = await server.createDatabase();
      const database = await openTestDatabase(url);
      found = { url, database, records: createWatchRecords(database), another: server.createDatabase };
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

/**
 * One PostgreSQL of each kind for the whole run of the tests: making and starting one takes seconds, a database in it does not. The run's
 * own process starts a server when the first test asks for it, makes our tables there once, and stops it at the end.
 */
import { createServer, type Server } from "node:http";
import type { TestProject } from "vitest/node";
import { debianBinaries, execute, type OwnServer, onDatabase, startOwnServer } from "./testServer.fixture.ts";

export type SharedKind = "embedded" | "external";

declare module "vitest" {
  interface ProvidedContext {
    /** Where tests ask: `GET /embedded`, `GET /external`; the answer is the URL of the server's database `postgres`. */
    sharedServers: string;
  }
}

/** Called by vitest once for the run; gives what ends it. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const started = new Map<SharedKind, Promise<OwnServer>>();
  const desk = createServer((request, response) => {
    const kind: SharedKind = request.url === "/external" ? "external" : "embedded";
    const server = started.get(kind) ?? start(kind);
    started.set(kind, server);
    server.then(
      ({ url }) => response.end(url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  project.provide("sharedServers", await listen(desk));
  return async () => {
    desk.close();
    desk.closeAllConnections();
    const servers = await Promise.allSettled(started.values());
    for (const server of servers) if (server.status === "fulfilled") await server.value.throwAway();
  };
}

/** A database with our tables in each shared server, which others are copied from: quicker than making the tables anew. */
export const WITH_TABLES = "anchorwatch_with_tables";

async function start(kind: SharedKind): Promise<OwnServer> {
  const server = await startOwnServer(kind === "external" ? debianBinaries() : undefined);
  try {
    await makeTables(server.url);
    return server;
  } catch (error) {
    await server.throwAway();
    throw error;
  }
}

async function makeTables(server: string): Promise<void> {
  // Most runs of a few tests need no database, and nothing of this.
  const { openDatabase } = await import("./connect.ts");
  const { openJobs } = await import("../jobs/openJobs.ts");
  await execute(server, `CREATE DATABASE ${WITH_TABLES} ENCODING 'UTF8' TEMPLATE template0`);
  const url = onDatabase(server, WITH_TABLES);
  const database = await openDatabase({ url, folder: "/nowhere", userId: process.getuid?.() });
  const problems: Error[] = [];
  const jobs = await openJobs(database, {}, { onProblem: (problem) => void problems.push(problem) });
  await jobs.close(0);
  await database.close();
  if (problems[0] !== undefined) throw problems[0];
  // As where no process has looked after the jobs yet.
  await execute(url, "UPDATE anchorwatch_jobs.version SET cron_on = NULL");
}

function listen(desk: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    desk.on("error", reject);
    desk.listen(0, "127.0.0.1", () => {
      const address = desk.address();
      desk.unref();
      resolve(`http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`);
    });
  });
}

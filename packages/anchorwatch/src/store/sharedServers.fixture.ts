/**
 * One PostgreSQL of each kind for the whole run of the tests: making and starting one takes seconds, a database in it does not. The run's
 * own process starts a server when the first test asks for it, and stops it at the end.
 */
import { createServer, type Server } from "node:http";
import type { TestProject } from "vitest/node";
import { debianBinaries, type OwnServer, startOwnServer } from "./testServer.fixture.ts";

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

function start(kind: SharedKind): Promise<OwnServer> {
  return startOwnServer(kind === "external" ? debianBinaries() : undefined);
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

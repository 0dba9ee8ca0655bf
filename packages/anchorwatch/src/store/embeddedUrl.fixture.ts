import { rm } from "node:fs/promises";
import { join } from "node:path";
import { openEmbeddedServer } from "./embedded/embeddedServer.ts";
import { readPostmaster } from "./embedded/postmaster.ts";
import { endGuard, guardServer, makeServerFolder } from "./postgres.fixture.ts";

export interface EmbeddedUrl {
  readonly url: string;
  /** As a crash of the machine would; it is started again at once. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** An embedded server that can be killed. */
export async function makeEmbeddedUrl(): Promise<EmbeddedUrl> {
  const base = await makeServerFolder();
  const folder = join(base, "db");
  const server = await openEmbeddedServer({ folder, userId: process.getuid?.() });
  const guard = guardServer(base);
  const { host, port, user, password } = server.address;
  return {
    url: `postgresql://${user}:${encodeURIComponent(password)}@localhost:${port}/postgres?host=${encodeURIComponent(host)}`,
    kill: async () => {
      const running = await readPostmaster(join(folder, "cluster", "data"));
      if (running !== undefined) process.kill(running.pid, "SIGKILL");
    },
    stop: async () => {
      await server.stop();
      await endGuard(guard);
      await rm(base, { recursive: true, force: true });
    },
  };
}

import { join } from "node:path";
import { readPostmaster } from "./embedded/postmaster.ts";
import { startOwnServer } from "./testServer.fixture.ts";

export interface EmbeddedUrl {
  readonly url: string;
  /** As a crash of the machine would; it is started again at once. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** An embedded server that can be killed. */
export async function makeEmbeddedUrl(): Promise<EmbeddedUrl> {
  const { url, folder, stop } = await startOwnServer();
  return {
    url,
    kill: async () => {
      const running = await readPostmaster(join(folder, "cluster", "data"));
      if (running !== undefined) process.kill(running.pid, "SIGKILL");
    },
    stop,
  };
}

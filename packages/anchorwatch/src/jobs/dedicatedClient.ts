import pg from "pg";
import { databaseError } from "../store/databaseError.ts";
import type { Target } from "../store/pool.ts";

/**
 * A connection of its own, for what belongs to a session: locks, and messages. The server notices within half a minute when we are gone
 * without a word, and `client` emits `end` when the connection is lost.
 */
export async function connectAlone(target: Target, purpose: string): Promise<pg.Client> {
  const client = new pg.Client({ ...target.config, application_name: `anchorwatch ${purpose}` });
  client.on("error", () => {}); // "end" follows, which whoever uses it listens to.
  try {
    await client.connect();
    await client.query("SET tcp_keepalives_idle = 10");
    await client.query("SET tcp_keepalives_interval = 5");
    await client.query("SET tcp_keepalives_count = 3");
    return client;
  } catch (error) {
    await endQuietly(client);
    throw databaseError(error, target.name);
  }
}

export async function endQuietly(client: pg.Client): Promise<void> {
  await client.end().catch(() => {}); // It is lost already.
}

/**
 * A server, in a process of its own, that asks the database as often as a list does, for nothing, and answers with as many bytes as a page
 * of drifts has: how long that takes on a busy machine is what the machine takes from every answer.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { openDatabase } from "../../../packages/anchorwatch/src/store/connect.ts";
import { endGuarded, spawnGuarded } from "../../support/guarded.ts";

const BYTES = 57_000;
/** Who asks, which sets of labels there are, and the list itself. */
const QUERIES = 3;
const CONNECTIONS = 4;

export interface BareServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startBareServer(databaseUrl: string): Promise<BareServer> {
  const program = fileURLToPath(import.meta.url);
  const env = { DATABASE_URL: databaseUrl };
  const child = spawnGuarded(process.execPath, [program], { env, stdout: "pipe" });
  const stop = () => endGuarded(child);
  try {
    const port = await new Promise<string>((resolve, reject) => {
      child.stdout?.setEncoding("utf8").once("data", (text: string) => resolve(text.trim()));
      child.once("error", reject).once("exit", () => reject(new Error("the bare server ended")));
    });
    return { url: `http://localhost:${port}/`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await serve(process.env["DATABASE_URL"] ?? "");

async function serve(url: string): Promise<void> {
  const body = "x".repeat(BYTES);
  const { pool } = await openDatabase({ url, folder: "", userId: undefined, connections: CONNECTIONS });
  const ask = async () => {
    for (let asked = 0; asked < QUERIES; asked++) await pool.query("SELECT 1");
  };
  const server = createServer((_, answer) => {
    void ask().then(() => answer.end(body));
  });
  server.listen(0, "localhost", () => console.log((server.address() as AddressInfo).port));
}

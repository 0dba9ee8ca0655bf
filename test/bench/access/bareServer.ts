/**
 * A server that does nothing but answer with as many bytes as a page of drifts has, in a process of its own: how long it takes on a busy
 * machine is what the machine takes from every answer.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { endGuarded, spawnGuarded } from "../../support/guarded.ts";

const BYTES = 57_000;

export interface BareServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startBareServer(): Promise<BareServer> {
  const child = spawnGuarded(process.execPath, [fileURLToPath(import.meta.url)], { env: {}, stdout: "pipe" });
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const body = "x".repeat(BYTES);
  const server = createServer((_, answer) => answer.end(body));
  server.listen(0, "localhost", () => console.log((server.address() as AddressInfo).port));
}

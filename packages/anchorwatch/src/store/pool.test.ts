import { createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { createPool, type Target } from "./pool.ts";

/** Messages of the server: https://www.postgresql.org/docs/current/protocol-message-formats.html */
function message(type: string, ...parts: readonly (number | string)[]): Buffer {
  const body = Buffer.concat(
    parts.map((part) => (typeof part === "string" ? Buffer.from(`${part}\0`) : int32(part))),
  );
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

const WELCOME = message("R", 0);
const READY = Buffer.concat([Buffer.from("Z"), int32(5), Buffer.from("I")]);
const DYING = message(
  "E",
  "SFATAL",
  "C57P01",
  "Mterminating connection due to unexpected postmaster exit",
  "",
);

/** Lets everybody in, and dies with the same word. */
async function dyingServer(): Promise<Target> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(Buffer.concat([WELCOME, READY, DYING])));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { config: { host: "127.0.0.1", port, user: "one", database: "one", ssl: false }, name: "test" };
}

it("a server that dies in the moment in which it lets us in ends a statement, not the process", async () => {
  const pool = createPool(await dyingServer(), 2);
  onTestFinished(() => pool.end());
  await expect(pool.query("SELECT 1")).rejects.toThrow();
  const client = await pool.kysely.connect();
  await expect(client.query("SELECT 1", [])).rejects.toMatchObject({ code: "database_unreachable" });
  client.release();
});

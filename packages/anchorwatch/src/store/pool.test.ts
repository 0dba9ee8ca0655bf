import { createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { createPool, type Pool, type Target } from "./pool.ts";
import { embeddedTestServer } from "./postgres.fixture.ts";

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

async function onePool(): Promise<Pool> {
  const server = await embeddedTestServer();
  const connectionString = await server.createDatabase();
  const pool = createPool({ config: { connectionString }, name: "test" }, 1);
  onTestFinished(() => pool.end());
  return pool;
}

it("a statement with values is planned once for each connection, and of texts without end only the first are kept", async () => {
  const pool = await onePool();
  for (const one of [1, 2, 3]) await pool.query("SELECT $1::int", [one]);
  for (let text = 0; text < 400; text++) await pool.query(`SELECT $1::int AS n${text}`, [1]);
  const { rows } = await pool.query("SELECT count(*)::int AS count FROM pg_prepared_statements");
  expect(rows).toEqual([{ count: 300 }]);
});

it.each(["alone", "of a client"])(
  "a statement, %s, whose table a newer version has changed fails once, and works on the next connection",
  async (how) => {
    const pool = await onePool();
    const select = async () => {
      if (how === "alone") return (await pool.query("SELECT * FROM things WHERE a = $1", [1])).rows;
      const client = await pool.kysely.connect();
      try {
        return (await client.query("SELECT * FROM things WHERE a = $1", [1])).rows;
      } finally {
        client.release();
      }
    };
    await pool.query("CREATE TABLE things (a int); INSERT INTO things VALUES (1)");
    expect(await select()).toEqual([{ a: 1 }]);
    await pool.query("ALTER TABLE things ADD COLUMN b int");
    await expect(select()).rejects.toThrow("cached plan");
    expect(await select()).toEqual([{ a: 1, b: null }]);
  },
);

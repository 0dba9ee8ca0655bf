import { rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import pg from "pg";
import { describe, expect, it } from "vitest";
import type { AnchorwatchError } from "../domain/errors.ts";
import { openDatabase } from "./connect.ts";
import { MIGRATIONS } from "./migrations/migrations.ts";
import { describeOnEveryServer, openTestDatabase } from "./postgres.fixture.ts";
import { aStack, at } from "./records.fixture.ts";
import { execute, makeServerFolder } from "./testServer.fixture.ts";
import { createWatchRecords } from "./watchRecords.ts";

describe("DATABASE_URL", () => {
  it.each([
    "mysql://user:hunter2@host/db",
    "user:hunter2@host/db",
    "postgres://user:hunter2@host:99999999/db",
    "",
  ])("is refused without being repeated: %j", async (url) => {
    const refused = await openTestDatabase(url).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "database_url_invalid" });
    expect(JSON.stringify([refused, String(refused)])).not.toContain("hunter2");
  });

  it("to nowhere tells where it should have led, and not the password", async () => {
    const refused = await openTestDatabase("postgres://user:hunter2@127.0.0.1:1/db").catch(
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({
      code: "database_unreachable",
      message: expect.stringContaining("127.0.0.1:1/db"),
    });
    expect(JSON.stringify([refused, String(refused)])).not.toContain("hunter2");
  });
});

describeOnEveryServer("a database", (on) => {
  it("that comes late is waited for, which is told once, and not for ever", async () => {
    const folder = await makeServerFolder();
    const { host, port } = new pg.Client({ connectionString: on().url });
    const proxy = createServer((client) => {
      const server = host.startsWith("/") ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
      for (const [one, other] of [
        [client, server],
        [server, client],
      ] as const) {
        one.pipe(other);
        one.on("error", () => other.destroy());
      }
    });
    const late = `${on().url.replace(/\?.*/, "")}?host=${encodeURIComponent(folder)}`.replace(
      /:\d+\//,
      ":5432/",
    );
    const open = (onProblem: (problem: AnchorwatchError) => void, patienceMs: number) =>
      openDatabase({ url: late, folder: "/nowhere", userId: process.getuid?.(), patienceMs, onProblem });
    const problems: string[] = [];
    const inVain = open(({ code }) => problems.push(code), 1_000);
    await expect(inVain).rejects.toMatchObject({ code: "database_unreachable" });
    expect(problems).toEqual(["database_unreachable"]);
    const database = await open(() => proxy.listen(join(folder, ".s.PGSQL.5432")), 60_000);
    expect((await database.pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    await database.close();
    await new Promise((resolve) => proxy.close(resolve));
    await rm(folder, { recursive: true });
  });

  it("is refused with a wrong password or database, without repeating the password", async () => {
    const { url } = on();
    const wrong = url.replace(/:[^:@/]+@/, ":hunter2@");
    for (const bad of [wrong, url.replace(/\/anchorwatch_test_\w+/, "/no_such")]) {
      const refused = await openTestDatabase(bad).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: "database_refused" });
      expect(JSON.stringify([refused, String(refused)])).not.toContain("hunter2");
    }
  });

  it("that stores no UTF-8 is refused", async () => {
    const latin = await on().empty("ENCODING 'SQL_ASCII' LOCALE 'C'");
    await expect(openTestDatabase(latin)).rejects.toMatchObject({ code: "database_encoding" });
  });

  it("that cannot be written is refused", async () => {
    const url = await on().empty();
    await execute(url, `ALTER DATABASE ${nameOf(url)} SET default_transaction_read_only = on`);
    await expect(openTestDatabase(url)).rejects.toMatchObject({ code: "database_read_only" });
  });

  it("that may lose what it acknowledged is used with a warning", async () => {
    const url = await on().empty();
    await execute(url, `ALTER ROLE CURRENT_USER IN DATABASE ${nameOf(url)} SET synchronous_commit = off`);
    const database = await openTestDatabase(url);
    expect(database.warnings).toMatchObject([{ code: "database_not_durable" }]);
    await database.close();
    await execute(url, `ALTER ROLE CURRENT_USER IN DATABASE ${nameOf(url)} SET synchronous_commit = on`);
    const safe = await openTestDatabase(url);
    expect(safe.warnings).toEqual([]);
    await safe.close();
  });

  it("that loses all connections fails with a clear error, and works again after that", async () => {
    const { database, records, url } = on();
    const pids = (await database.pool.query("SELECT pg_backend_pid() AS pid")).rows.map(({ pid }) => pid);
    expect(pids).toHaveLength(1);
    const lost = records.transaction(async ({ stacks }) => {
      await stacks.list({ limit: 9 });
      await execute(
        url,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      );
      await stacks.list({ limit: 9 });
    });
    await expect(lost).rejects.toMatchObject({ code: "database_unreachable" });
    const stack = aStack({ declaredBy: "api" });
    await records.stacks.add(stack);
    expect((await records.stacks.byId(stack.id))?.stack).toStrictEqual(stack);
  });

  it("is brought to this version by many at once, and again without harm", async () => {
    const url = await on().empty();
    const databases = await Promise.all(Array.from({ length: 6 }, () => openTestDatabase(url)));
    const [first, ...others] = databases;
    if (first === undefined) return expect.unreachable();
    await createWatchRecords(first).stacks.declare([aStack()], at(0));
    await Promise.all(others.map((database) => database.close()));
    await first.close();
    const again = await openTestDatabase(url);
    expect(await createWatchRecords(again).stacks.list({ limit: 9 })).toHaveLength(1);
    const done = await execute(url, "SELECT name FROM anchorwatch.migrations ORDER BY name");
    expect(done.map(({ name }) => name)).toEqual(Object.keys(MIGRATIONS));
    await again.close();
  });

  it("of a newer Anchorwatch is refused, and not touched", async () => {
    const url = await on().empty();
    await (await openTestDatabase(url)).close();
    await execute(url, "INSERT INTO anchorwatch.migrations VALUES ('9999_the_future', now()::text)");
    await expect(openTestDatabase(url)).rejects.toMatchObject({
      code: "database_too_new",
      message: expect.stringContaining("9999_the_future"),
    });
  });

  it("whose tables cannot be made says why, and is as it was", async () => {
    const url = await on().empty();
    await execute(url, "CREATE SCHEMA anchorwatch");
    await execute(url, "CREATE TABLE anchorwatch.outbox ()");
    await expect(openTestDatabase(url)).rejects.toMatchObject({
      code: "database_migration_failed",
      message: expect.stringContaining('"outbox" already exists'),
    });
    expect(await execute(url, "SELECT to_regclass('anchorwatch.stacks') AS made")).toEqual([{ made: null }]);
  });
});

function nameOf(url: string): string {
  return new pg.Client({ connectionString: url }).database ?? "";
}

it("without DATABASE_URL and with a folder that cannot be made says which", async () => {
  const folder = `${import.meta.filename}/db`;
  const opening = openDatabase({ url: undefined, folder, userId: process.getuid?.() });
  await expect(opening).rejects.toMatchObject({
    code: "database_folder_closed",
    message: expect.stringContaining(folder),
  });
});

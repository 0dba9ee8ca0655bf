/** Backup and restore as `docs/operations.md` describes them. */
import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { expect, it } from "vitest";
import type { WatchRecords } from "../watch/records.ts";
import { type Database, openDatabase } from "./connect.ts";
import { columnsOf, contentOf } from "./migrations/firstVersion.fixture.ts";
import { describeOnEveryServer, openTestDatabase } from "./postgres.fixture.ts";
import { aDrift, anEvent, aStack, aStep, at } from "./records.fixture.ts";
import { debianBinaries, endGuard, guardServer, makeServerFolder } from "./testServer.fixture.ts";
import { createWatchRecords } from "./watchRecords.ts";

const run = promisify(execFile);

it("a copy of the stopped folder is a backup, and works in another place", async () => {
  const base = await makeServerFolder();
  const guard = guardServer(base);
  const open = (name: string) =>
    openDatabase({ url: undefined, folder: join(base, name), userId: process.getuid?.() });
  const original = await open("db");
  const saved = await fill(createWatchRecords(original));
  await original.close();

  await run("cp", ["-a", join(base, "db"), join(base, "backup")]);
  await rm(join(base, "db"), { recursive: true });
  await run("cp", ["-a", join(base, "backup"), join(base, "restored")]);

  const restored = await open("restored");
  expect(await contents(restored)).toEqual(saved);
  await restored.close();
  await endGuard(guard);
});

const tools = debianBinaries();

describeOnEveryServer("a dump of the database", (on) => {
  it("is a backup, and is loaded with pg_restore; a pg_dump that is too old refuses", async ({ skip }) => {
    const { url, database, records } = on();
    if (tools === undefined) return skip("no pg_dump is on this machine");
    if (!(await isOfVersion(database, tools.postgres))) {
      // That of an older server refuses, rather than leave something out.
      const older = run(join(tools.folder, "pg_dump"), ["-Fc"], { env: environment(url) });
      await expect(older).rejects.toThrow("server version mismatch");
      return;
    }
    await fill(records);
    const columns = await columnsOf(url);
    const saved = await contentOf(url, columns);
    const base = await makeServerFolder();
    const dump = join(base, "anchorwatch.dump");
    await run(join(tools.folder, "pg_dump"), ["-Fc", "-f", dump], { env: environment(url) });
    const other = await on().empty();
    await run(join(tools.folder, "pg_restore"), ["--no-owner", "-d", nameOf(other), dump], {
      env: environment(other),
    });
    const restored = await openTestDatabase(other);
    expect(await contentOf(other, columns)).toEqual(saved);
    // What is new after the restore collides with nothing that was restored.
    await fill(createWatchRecords(restored));
    await restored.close();
    await rm(base, { recursive: true });
  });
});

async function fill(records: WatchRecords) {
  const stack = aStack({ declaredBy: "api" });
  await records.stacks.add(stack);
  const drift = aDrift(stack.id);
  const event = anEvent();
  await records.transaction(async ({ drifts, events, outbox, looks }) => {
    await drifts.save(drift, aStep(drift));
    await events.receive([event], at(0));
    await events.touched([{ eventId: event.id, stackId: stack.id, address: drift.address }]);
    await looks.want([
      { stackId: stack.id, address: drift.address, dueAt: at(0), since: at(0), receivedAt: at(0), round: 0 },
    ]);
    await outbox.put([{ id: drift.entryId, entry: { a: 1 }, content: [] }]);
  });
  return contentsOf(records);
}

function contents(database: Database) {
  return contentsOf(createWatchRecords(database));
}

async function contentsOf({ stacks, drifts, events, outbox }: WatchRecords) {
  return {
    stacks: await stacks.list({ limit: 99 }),
    drifts: await drifts.list({ limit: 99 }),
    events: await events.list({ limit: 99 }),
    outbox: await outbox.next(99),
  };
}

async function isOfVersion({ pool }: Database, postgres: string): Promise<boolean> {
  const { rows } = await pool.query("SHOW server_version_num");
  const { stdout } = await run(postgres, ["--version"]);
  const major = Math.trunc(Number(rows[0]?.["server_version_num"]) / 10_000);
  return stdout.includes(` ${major}.`);
}

function nameOf(url: string): string {
  return new pg.Client({ connectionString: url }).database ?? "";
}

/** Not on the command line, where every process of the machine could read the password. */
function environment(url: string): NodeJS.ProcessEnv {
  const { host, port, user, password, database } = new pg.Client({ connectionString: url });
  return {
    ...{ PGHOST: host, PGPORT: String(port), PGUSER: user ?? "", PGPASSWORD: password ?? "" },
    ...{ PGDATABASE: database ?? "", PATH: "/usr/bin:/bin" },
  };
}

import { type Migration, sql } from "kysely";
import { expect, it } from "vitest";
import type { WatchRecords } from "../../watch/records.ts";
import { describeOnEveryServer, openTestDatabase } from "../postgres.fixture.ts";
import { aCheck, aDrift, anEvent, aStack, aStep, at } from "../records.fixture.ts";
import { execute } from "../testServer.fixture.ts";
import { createWatchRecords } from "../watchRecords.ts";
import { TRAILS_AND_CAUSES } from "./0002TrailsAndCauses.fixture.ts";
import { CHANGES_TOLD } from "./0003ChangesTold.fixture.ts";
import { MANY_STACKS } from "./0004ManyStacks.fixture.ts";
import { LOOKS_AGAIN } from "./0005LooksAgain.fixture.ts";
import { ACCESS } from "./0006Access.fixture.ts";
import { UNMANAGED } from "./0007Unmanaged.fixture.ts";
import { CLASSIFICATION } from "./0008Classification.fixture.ts";
import { ALERTS } from "./0009Alerts.fixture.ts";
import { PLAYBOOKS } from "./0010Playbooks.fixture.ts";
import { CHAT_ACCOUNTS } from "./0011ChatAccounts.fixture.ts";
import { columnsOf, contentOf, fillFirstVersion } from "./firstVersion.fixture.ts";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations.ts";

/**
 * For each migration after the first: what a full database of the version before is made with, and what must be true after it. A
 * migration without its test does not compile.
 */
const FULL: Readonly<Record<Exclude<keyof typeof MIGRATIONS, "0001_the_watch">, FullDatabase>> = {
  "0002_trails_and_causes": TRAILS_AND_CAUSES,
  "0003_changes_told": CHANGES_TOLD,
  "0004_many_stacks": MANY_STACKS,
  "0005_looks_again": LOOKS_AGAIN,
  "0006_access": ACCESS,
  "0007_unmanaged": UNMANAGED,
  "0008_classification": CLASSIFICATION,
  "0009_alerts": ALERTS,
  "0010_playbooks": PLAYBOOKS,
  "0011_chat_accounts": CHAT_ACCOUNTS,
};

interface FullDatabase {
  /** Thousands of rows, by statements of that time: the records of today know the newest tables only. */
  readonly fill: (url: string) => Promise<void>;
  readonly check: (records: WatchRecords) => Promise<void>;
}

it("migrations are in the order of their names, and never were others", () => {
  const names = Object.keys(MIGRATIONS);
  expect(names).toEqual(names.toSorted());
  expect(names[0]).toBe("0001_the_watch");
});

describeOnEveryServer("a full database", (on) => {
  it.each(Object.entries<FullDatabase>(FULL))("goes through %s", async (name, { fill, check }) => {
    const url = await on().empty();
    const before = Object.entries(MIGRATIONS).filter(([migration]) => migration < name);
    await withDatabase(url, Object.fromEntries(before), async () => {});
    await fill(url);
    await withDatabase(url, MIGRATIONS, check);
  });

  it("of the first version keeps every value through all that came later, and goes on", async () => {
    const url = await on().empty();
    const { "0001_the_watch": first } = MIGRATIONS;
    await withDatabase(url, { "0001_the_watch": first }, async () => {});
    const rows = await fillFirstVersion(url);
    const columns = await columnsOf(url);
    const before = await contentOf(url, columns);
    expect(before.map(({ table, full }) => [table, full])).toEqual(before.map(({ table }) => [table, rows]));
    expect(before).toHaveLength(12);
    await withDatabase(url, MIGRATIONS, async (records) => {
      expect(await contentOf(url, columns)).toEqual(before);
      // What is new collides with nothing that was there.
      await fillThroughRecords(records);
    });
    for (const { table, rows: now } of await contentOf(url, columns)) {
      if (table !== "detectors" && table !== "known_resources") expect(now, table).toBe(rows + ROWS);
    }
  });

  it("keeps everything through a later migration, and through one that fails", async () => {
    const { database, records, url } = on();
    await fillThroughRecords(records);
    const counts = () => countAll(url);
    const before = await counts();
    expect(Object.values(before).every((count) => count >= ROWS)).toBe(true);

    const failing: Migration = {
      up: async (db) => {
        await sql`DELETE FROM anchorwatch.drift_steps`.execute(db);
        await sql`ALTER TABLE anchorwatch.no_such_table ADD COLUMN a integer`.execute(db);
      },
    };
    await expect(
      migrate(database.kysely, database.name, { ...MIGRATIONS, "9998_failing": failing }),
    ).rejects.toMatchObject({
      code: "database_migration_failed",
      message: expect.stringMatching(/9998_failing.*no_such_table/),
    });
    expect(await counts()).toEqual(before);

    const later: Migration = {
      up: async (db) => {
        await sql`ALTER TABLE anchorwatch.drifts ADD COLUMN later integer NOT NULL DEFAULT 7`.execute(db);
      },
    };
    await migrate(database.kysely, database.name, { ...MIGRATIONS, "9999_later": later });
    expect(await counts()).toEqual(before);
    expect(await execute(url, "SELECT count(*) AS n FROM anchorwatch.drifts WHERE later = 7")).toEqual([
      { n: String(before["drifts"]) },
    ]);
  });
});

/** With the tables of these migrations. */
async function withDatabase(
  url: string,
  migrations: Readonly<Record<string, Migration>>,
  work: (records: WatchRecords) => Promise<void>,
): Promise<void> {
  const database = await openTestDatabase(url, migrations);
  await work(createWatchRecords(database));
  await database.close();
}

const ROWS = 300;

async function fillThroughRecords(records: WatchRecords): Promise<void> {
  const stacks = Array.from({ length: ROWS }, () => aStack());
  const [stack] = stacks;
  if (stack === undefined) return;
  const events = stacks.map(() => anEvent());
  await records.stacks.declare(stacks, at(0));
  await records.transaction(async ({ drifts, checks, ...all }) => {
    for (const [n, { id }] of stacks.entries()) {
      const drift = aDrift(id, { resource: `r${n}` });
      await drifts.save(drift, aStep(drift));
      await checks.add(aCheck(id));
    }
    await all.events.receive(events, at(0));
    await all.events.touched(
      events.map((event) => ({ eventId: event.id, stackId: stack.id, address: "a.b" })),
    );
    await all.looks.want(
      stacks.map(({ id }) => ({
        ...{ stackId: id, address: "a.b", round: 0 },
        ...{ dueAt: at(0), since: at(0), receivedAt: at(0) },
      })),
    );
    await all.outbox.put(
      stacks.map(({ id }) => ({
        ...{ id, entry: { id } },
        content: [{ role: "r", mediaType: "text/plain", bytes: Uint8Array.of(1) }],
      })),
    );
    await all.identifiers.replace(
      stack.id,
      stacks.map(({ id }) => ({ identifier: id, address: "a.b", kind: "own" })),
    );
  });
}

const TABLES = [
  ...["stacks", "checks", "drifts", "drift_steps", "events", "touches"],
  ...["identifiers", "looks", "outbox", "outbox_content"],
];

async function countAll(url: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of TABLES) {
    const rows = await execute(url, `SELECT count(*)::integer AS n FROM anchorwatch.${table}`);
    counts[table] = Number(rows[0]?.["n"]);
  }
  return counts;
}

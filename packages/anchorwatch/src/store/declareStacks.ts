import { sql } from "kysely";
import type { WatchedStack } from "../watch/stack.ts";
import { isDuplicate } from "./databaseError.ts";
import { given } from "./given.ts";
import { nameTaken } from "./nameTaken.ts";
import { json, type Sql } from "./sql.ts";
import { storable, stored } from "./text.ts";
import { inTransaction } from "./transaction.ts";

/** The stacks of the configuration, a few statements for all of them. What did not change is not written. */
export function declareStacks(db: Sql, stacks: readonly WatchedStack[], at: Date): Promise<void> {
  return inTransaction(db, async (transaction) => {
    await sql`SELECT pg_advisory_xact_lock(hashtextextended('anchorwatch declare', 0))`.execute(transaction);
    await refuseTakenNames(transaction, stacks);
    await sendAway(transaction, stacks);
    await update(transaction, stacks, at);
    await insert(transaction, stacks, at);
  });
}

function table(stacks: readonly WatchedStack[]) {
  return given(stacks, {
    id: ["text", ({ id }) => storable(id)],
    name: ["text", ({ name }) => storable(name)],
    engine: ["text", ({ engine }) => engine],
    origin: ["text", ({ origin }) => json(origin)],
    workspace: ["text", ({ workspace }) => (workspace === undefined ? null : storable(workspace))],
    declared_by: ["text", ({ declaredBy }) => declaredBy],
    sweep_every_ms: ["bigint", ({ sweepEveryMs }) => sweepEveryMs],
    added_at: ["timestamptz", ({ addedAt }) => addedAt],
  });
}

async function refuseTakenNames(db: Sql, stacks: readonly WatchedStack[]): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    SELECT given.name FROM ${table(stacks)} JOIN anchorwatch.stacks s ON s.name = given.name OR s.id = given.id
    WHERE s.health <> 'gone' AND s.declared_by = 'api' LIMIT 1`.execute(db);
  if (rows[0] !== undefined) throw nameTaken(stored(rows[0].name));
}

async function sendAway(db: Sql, stacks: readonly WatchedStack[]): Promise<void> {
  await sql`
    UPDATE anchorwatch.stacks SET health = 'gone', next_sweep_at = NULL
    WHERE declared_by = 'config' AND health <> 'gone'
      AND id <> ALL (${stacks.map(({ id }) => storable(id))}::text[])`.execute(db);
}

async function update(db: Sql, stacks: readonly WatchedStack[], at: Date): Promise<void> {
  // Two that exchange their names must not meet on the way.
  await sql`
    UPDATE anchorwatch.stacks s SET name = ${"\u0002"} || s.id FROM ${table(stacks)}
    WHERE s.id = given.id AND s.name <> given.name AND s.health <> 'gone'`.execute(db);
  await refusingDuplicates(
    stacks,
    sql`
      UPDATE anchorwatch.stacks s SET
        name = given.name, engine = given.engine, origin = given.origin::json, workspace = given.workspace,
        declared_by = given.declared_by, sweep_every_ms = given.sweep_every_ms,
        health = CASE s.health WHEN 'gone' THEN 'new' ELSE s.health END,
        next_sweep_at = CASE s.health WHEN 'gone' THEN ${at}::timestamptz
          ELSE least(s.next_sweep_at, ${at}::timestamptz + given.sweep_every_ms * interval '1 millisecond') END
      FROM ${table(stacks)}
      WHERE s.id = given.id AND (s.health = 'gone' OR
        (s.name, s.engine, s.origin::text, s.workspace, s.declared_by, s.sweep_every_ms) IS DISTINCT FROM
        (given.name, given.engine, given.origin, given.workspace, given.declared_by, given.sweep_every_ms))`.execute(
      db,
    ),
  );
}

async function insert(db: Sql, stacks: readonly WatchedStack[], at: Date): Promise<void> {
  await refusingDuplicates(
    stacks,
    sql`
      INSERT INTO anchorwatch.stacks
        (id, name, engine, origin, workspace, declared_by, sweep_every_ms, added_at, health, next_sweep_at)
      SELECT id, name, engine, origin::json, workspace, declared_by, sweep_every_ms, added_at, 'new', ${at}::timestamptz
      FROM ${table(stacks)}
      WHERE NOT EXISTS (SELECT FROM anchorwatch.stacks s WHERE s.id = given.id)`.execute(db),
  );
}

/** Two of the given stacks have one name, or somebody added one by API this very moment. */
async function refusingDuplicates(stacks: readonly WatchedStack[], work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isDuplicate(error, "stacks_name")) throw error;
    const names = stacks.map(({ name }) => name);
    throw nameTaken(names.find((name, index) => names.indexOf(name) !== index) ?? "one of those declared");
  }
}

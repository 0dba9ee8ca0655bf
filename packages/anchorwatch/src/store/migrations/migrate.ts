import { type Migration, Migrator, sql } from "kysely";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import type { Sql } from "../sql.ts";
import { MIGRATIONS } from "./migrations.ts";

/** Where all tables are, so that a shared database stays tidy. */
const SCHEMA = "anchorwatch";

/**
 * Brings the tables to the newest version, in one transaction under an advisory lock: of several processes that start at once, one does
 * it and the others wait. There is no way back.
 * @throws AnchorwatchError `database_too_new`, `database_migration_failed`
 */
export async function migrate(
  kysely: Sql,
  name: string,
  migrations: Readonly<Record<string, Migration>> = MIGRATIONS,
): Promise<void> {
  await refuseNewer(kysely, name, migrations);
  const migrator = new Migrator({
    db: kysely,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    migrationTableSchema: SCHEMA,
    migrationTableName: "migrations",
    migrationLockTableName: "migrations_lock",
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  if (error instanceof AnchorwatchError && error.code !== "database_failed") throw error;
  const failed = results?.find(({ status }) => status === "Error")?.migrationName;
  throw new AnchorwatchError(
    "database_migration_failed",
    `The tables of the database ${name} could not be brought to this version${failed === undefined ? "" : ` (${failed})`}: ${messageOf(error)}`,
    {
      hint: "Nothing was changed. The user of the database needs the right to create schemas in it.",
      cause: error,
    },
  );
}

async function refuseNewer(
  kysely: Sql,
  name: string,
  migrations: Readonly<Record<string, Migration>>,
): Promise<void> {
  const { rows } = await sql<{ exists: boolean }>`
    SELECT to_regclass(${`${SCHEMA}.migrations`}) IS NOT NULL AS exists`.execute(kysely);
  if (rows[0]?.exists !== true) return;
  const done = await sql<{ name: string }>`
    SELECT name FROM ${sql.table(`${SCHEMA}.migrations`)} ORDER BY name`.execute(kysely);
  const unknown = done.rows.map((row) => row.name).filter((migration) => !(migration in migrations));
  if (unknown.length === 0) return;
  throw new AnchorwatchError(
    "database_too_new",
    `The database ${name} was written by a newer Anchorwatch: this one does not know ${unknown.join(", ")}.`,
    { hint: "Start the newer version, or restore a backup from before the upgrade." },
  );
}

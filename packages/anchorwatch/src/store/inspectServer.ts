import { sql } from "kysely";
import { AnchorwatchError, type Warning } from "../domain/errors.ts";
import type { Sql } from "./sql.ts";

const OLDEST = 15;

/**
 * Sees whether a server is one that we can entrust with our records.
 * @throws AnchorwatchError `database_too_old`, `database_encoding`, `database_read_only`
 */
export async function inspectServer(kysely: Sql, name: string): Promise<readonly Warning[]> {
  const { rows } = await sql<ServerFacts>`
    SELECT current_setting('server_version_num')::integer / 10000 AS version,
           current_setting('server_version') AS "fullVersion",
           current_setting('server_encoding') AS encoding,
           pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on' AS "readOnly",
           current_setting('fsync') AS fsync,
           current_setting('synchronous_commit') AS commit`.execute(kysely);
  const facts = rows[0];
  if (facts === undefined) throw new AnchorwatchError("internal", "PostgreSQL gave no row for a SELECT.");
  refuseUnusable(facts, name);
  return durabilityWarnings(facts, name);
}

interface ServerFacts {
  readonly version: number;
  readonly fullVersion: string;
  readonly encoding: string;
  readonly readOnly: boolean;
  readonly fsync: string;
  readonly commit: string;
}

function refuseUnusable({ version, fullVersion, encoding, readOnly }: ServerFacts, name: string): void {
  if (version < OLDEST) {
    throw new AnchorwatchError(
      "database_too_old",
      `The database ${name} is PostgreSQL ${fullVersion}; Anchorwatch needs ${OLDEST} or newer.`,
    );
  }
  if (encoding !== "UTF8") {
    throw new AnchorwatchError(
      "database_encoding",
      `The database ${name} stores ${encoding}; Anchorwatch needs UTF8.`,
      { hint: "CREATE DATABASE anchorwatch ENCODING 'UTF8' TEMPLATE template0" },
    );
  }
  if (readOnly) {
    throw new AnchorwatchError(
      "database_read_only",
      `The database ${name} cannot be written: it is a standby.`,
    );
  }
}

function durabilityWarnings({ fsync, commit }: ServerFacts, name: string): Warning[] {
  const off = [fsync === "off" && "fsync", commit === "off" && "synchronous_commit"].filter(
    (x) => x !== false,
  );
  if (off.length === 0) return [];
  return [
    {
      code: "database_not_durable",
      message: `The database ${name} runs with ${off.join(" and ")} off: a crash may lose what was acknowledged.`,
      hint: "Set it to on in postgresql.conf.",
    },
  ];
}

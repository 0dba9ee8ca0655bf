import { CompiledQuery } from "kysely";
import type { Db } from "pg-boss";
import type { Pool } from "../store/pool.ts";
import type { Sql } from "../store/sql.ts";

/** pg-boss knows the driver's errors by their messages, and sends several statements at once. */
export function dbOfPool(pool: Pool): Db {
  return { executeSql: (text, values) => pool.query(text, values) };
}

/** A part of a transaction. */
export function dbOf(transaction: Sql): Db {
  return {
    executeSql: async (text, values) => {
      const { rows } = await transaction.executeQuery(CompiledQuery.raw(text, values ?? []));
      return { rows: [...rows] };
    },
  };
}

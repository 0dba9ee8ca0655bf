import { setTimeout as delay } from "node:timers/promises";
import { isCollision } from "./databaseError.ts";
import type { Sql } from "./sql.ts";

const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 10;

/** All or nothing; in a transaction already, a part of it. Done again when it collided with another. */
export async function inTransaction<Result>(
  db: Sql,
  work: (transaction: Sql) => Promise<Result>,
): Promise<Result> {
  if (db.isTransaction) return work(db);
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (!isCollision(error) || attempt === ATTEMPTS) throw error;
      // Two that collided must not meet again.
      await delay(Math.random() * FIRST_PAUSE_MS * 2 ** attempt);
    }
  }
}

import { sql } from "kysely";
import { AnchorwatchError } from "../domain/errors.ts";
import type { StackId } from "../watch/stack.ts";
import type { Sql } from "./sql.ts";
import { storable } from "./text.ts";

/** @throws AnchorwatchError `stack_unknown` */
export async function ensureKnown(db: Sql, id: StackId): Promise<void> {
  const { rows } = await sql`SELECT FROM anchorwatch.stacks WHERE id = ${storable(id)}`.execute(db);
  if (rows.length === 0) throw unknownStack(id);
}

/**
 * Whoever else wants the same stack waits until our transaction ends.
 * @throws AnchorwatchError `stack_unknown`
 */
export async function lockStack(db: Sql, id: StackId): Promise<number> {
  const { rows } = await sql<{ key: number }>`
    SELECT key FROM anchorwatch.stacks WHERE id = ${storable(id)} FOR NO KEY UPDATE`.execute(db);
  if (rows[0] === undefined) throw unknownStack(id);
  return rows[0].key;
}

function unknownStack(id: StackId): AnchorwatchError {
  return new AnchorwatchError("stack_unknown", `The database knows no stack ${id}.`, {
    hint: "It must be declared or added before anything is recorded of it.",
  });
}

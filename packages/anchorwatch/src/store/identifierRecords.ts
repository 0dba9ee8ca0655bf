import { sql } from "kysely";
import type { Identifier, IdentifierRecords } from "../watch/records.ts";
import type { StackId } from "../watch/stack.ts";
import { given } from "./given.ts";
import type { Sql } from "./sql.ts";
import { lockStack } from "./stackKey.ts";
import { digestOf, storable, stored } from "./text.ts";
import { inTransaction } from "./transaction.ts";

export function identifierRecords(db: Sql): IdentifierRecords {
  return {
    replace: (stackId, identifiers) => replace(db, stackId, identifiers),
    find: (identifiers) => find(db, identifiers),
  };
}

/** A deployment changes few of them: only what is not there any more is deleted, and only what is new is written. */
function replace(db: Sql, stackId: StackId, identifiers: readonly Identifier[]): Promise<void> {
  return inTransaction(db, async (transaction) => {
    const stack = await lockStack(transaction, stackId);
    const rows = given(withoutRepetition(identifiers), {
      digest: ["bytea", ({ identifier }) => digestOf(identifier)],
      address: ["text", ({ address }) => storable(address)],
      is_own: ["boolean", ({ kind }) => kind === "own"],
    });
    await sql`
      WITH given AS MATERIALIZED (SELECT * FROM ${rows}), gone AS (
        DELETE FROM anchorwatch.identifiers i
        WHERE i.stack = ${stack} AND NOT EXISTS (
          SELECT FROM given WHERE given.digest = i.digest AND given.address = i.address AND given.is_own = i.is_own)
      )
      INSERT INTO anchorwatch.identifiers (stack, digest, address, is_own)
      SELECT ${stack}, digest, address, is_own FROM given
      WHERE NOT EXISTS (
        SELECT FROM anchorwatch.identifiers i WHERE i.stack = ${stack}
          AND i.digest = given.digest AND i.address = given.address AND i.is_own = given.is_own)`.execute(
      transaction,
    );
  });
}

function withoutRepetition(identifiers: readonly Identifier[]): Identifier[] {
  const seen = new Map<string, Identifier>();
  for (const identifier of identifiers) {
    seen.set(`${identifier.kind}\0${identifier.identifier}\0${identifier.address}`, identifier);
  }
  return [...seen.values()];
}

interface FoundRow {
  readonly digest: Buffer;
  readonly address: string;
  readonly isOwn: boolean;
  readonly stackId: string;
}

/** Of stacks that are gone nothing is found. */
async function find(
  db: Sql,
  identifiers: readonly string[],
): Promise<readonly (Identifier & { readonly stackId: StackId })[]> {
  const byDigest = new Map(
    identifiers.map((identifier) => [digestOf(identifier).toString("hex"), identifier]),
  );
  if (byDigest.size === 0) return [];
  const { rows } = await sql<FoundRow>`
    SELECT i.digest, i.address, i.is_own AS "isOwn", s.id AS "stackId"
    FROM ${given([...byDigest.keys()], { digest: ["bytea", (digest) => Buffer.from(digest, "hex")] })}
    JOIN anchorwatch.identifiers i ON i.digest = given.digest
    JOIN anchorwatch.stacks s ON s.key = i.stack
    WHERE s.health <> 'gone'`.execute(db);
  return rows.map(({ digest, address, isOwn, stackId }) => ({
    identifier: byDigest.get(digest.toString("hex")) ?? "",
    address: stored(address),
    kind: isOwn ? "own" : "reference",
    stackId: stored(stackId) as StackId,
  }));
}

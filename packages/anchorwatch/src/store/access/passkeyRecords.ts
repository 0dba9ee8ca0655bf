import { sql } from "kysely";
import type { Passkey, PasskeyRecords } from "../../auth/records.ts";
import type { UserId } from "../../auth/user.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { type Sql, withoutNulls } from "../sql.ts";
import { storable, stored } from "../text.ts";

export function passkeyRecords(db: Sql): PasskeyRecords {
  return {
    add: (passkey) => add(db, passkey),
    byId: async (id) => (await select(db, sql`WHERE id = ${storable(id)}`))[0],
    of: (userId) => select(db, sql`WHERE user_id = ${storable(userId)} ORDER BY added_at, id`),
    used: (id, counter, isBackedUp, at) => used(db, id, counter, isBackedUp, at),
    async remove(userId, id) {
      const { numAffectedRows } = await sql`
        DELETE FROM anchorwatch.passkeys WHERE id = ${storable(id)} AND user_id = ${storable(userId)}`.execute(
        db,
      );
      return numAffectedRows === 1n;
    },
  };
}

async function add(db: Sql, passkey: Passkey): Promise<void> {
  const { numAffectedRows } = await sql`
    INSERT INTO anchorwatch.passkeys
      (id, user_id, public_key, counter, transports, is_backed_up, name, added_at, last_used_at)
    VALUES (${storable(passkey.id)}, ${storable(passkey.userId)}, ${passkey.publicKey}, ${passkey.counter},
      ${passkey.transports.map(storable)}::text[], ${passkey.isBackedUp}, ${storable(passkey.name)},
      ${passkey.addedAt}, ${passkey.lastUsedAt ?? null})
    ON CONFLICT (id) DO NOTHING`.execute(db);
  if (numAffectedRows === 1n) return;
  throw new AnchorwatchError("passkey_known", "This passkey is registered here already.", {
    hint: "Sign in with it, or register another one.",
  });
}

interface PasskeyRow extends Omit<Passkey, "publicKey" | "lastUsedAt"> {
  readonly publicKey: Buffer;
  readonly lastUsedAt: Date | null;
}

async function select(db: Sql, which: ReturnType<typeof sql>): Promise<readonly Passkey[]> {
  const { rows } = await sql<PasskeyRow>`
    SELECT id, user_id AS "userId", public_key AS "publicKey", counter, transports, is_backed_up AS "isBackedUp",
      name, added_at AS "addedAt", last_used_at AS "lastUsedAt"
    FROM anchorwatch.passkeys ${which}`.execute(db);
  return rows.map((row) => ({
    ...withoutNulls(row),
    id: stored(row.id),
    userId: stored(row.userId) as UserId,
    publicKey: new Uint8Array(row.publicKey),
    transports: row.transports.map(stored),
    name: stored(row.name),
  }));
}

/** A counter never goes back: of two uses at once, the higher one stays. */
async function used(db: Sql, id: string, counter: number, isBackedUp: boolean, at: Date): Promise<void> {
  await sql`
    UPDATE anchorwatch.passkeys SET counter = greatest(counter, ${counter}::bigint), is_backed_up = ${isBackedUp},
      last_used_at = greatest(last_used_at, ${at}::timestamptz)
    WHERE id = ${storable(id)}`.execute(db);
}

import { sql } from "kysely";
import type { AuditEvent } from "../domain/auditEvent.ts";
import type { StackId } from "../watch/stack.ts";
import type { UnmanagedRecords } from "../watch/unmanaged.ts";
import { given } from "./given.ts";
import type { Sql } from "./sql.ts";
import { digestOf, storable, stored } from "./text.ts";

type Looks = Pick<UnmanagedRecords, "wantLooks" | "dueLooks" | "waitingLooks" | "settleLooks">;

/** Events because of which an account has to be looked at. */
export function unmanagedLooks(db: Sql): Looks {
  return {
    wantLooks: async (looks, at) => {
      if (looks.length === 0) return;
      const rows = given(looks, {
        name: ["text", ({ account }) => storable(account)],
        event_digest: ["bytea", ({ event }) => digestOf(event.id)],
        event: ["text", ({ event }) => JSON.stringify(event)],
      });
      await sql`
        INSERT INTO anchorwatch.unmanaged_looks (account, event_digest, due_at, event)
        SELECT DISTINCT ON (a.key, given.event_digest) a.key, given.event_digest, ${at}::timestamptz, given.event::json
        FROM ${rows} JOIN anchorwatch.searched_accounts a ON a.name = given.name
        ORDER BY a.key, given.event_digest ON CONFLICT DO NOTHING`.execute(db);
    },
    dueLooks: async (account, now, limit) => {
      const { rows } = await sql<{ event: KeptEvent; tries: number }>`
        SELECT l.event, l.tries FROM anchorwatch.unmanaged_looks l
        JOIN anchorwatch.searched_accounts a ON a.key = l.account
        WHERE a.name = ${storable(account)} AND l.due_at <= ${now} ORDER BY l.due_at, l.event_digest LIMIT ${limit}`.execute(
        db,
      );
      return rows.map(({ event, tries }) => ({
        account,
        event: { ...event, time: new Date(event.time) },
        tries,
      }));
    },
    waitingLooks: async (now) => {
      const { rows } = await sql<{ name: string }>`
        SELECT DISTINCT a.name FROM anchorwatch.unmanaged_looks l
        JOIN anchorwatch.searched_accounts a ON a.key = l.account
        WHERE l.due_at <= ${now} AND a.is_declared ORDER BY a.name`.execute(db);
      return rows.map(({ name }) => stored(name));
    },
    settleLooks: async (account, eventIds, again) => {
      const key = sql`(SELECT key FROM anchorwatch.searched_accounts WHERE name = ${storable(account)})`;
      const which = sql`account = ${key} AND event_digest = ANY (${eventIds.map(digestOf)}::bytea[])`;
      await (again === undefined
        ? sql`DELETE FROM anchorwatch.unmanaged_looks WHERE ${which}`
        : sql`UPDATE anchorwatch.unmanaged_looks SET due_at = ${again}, tries = tries + 1 WHERE ${which}`
      ).execute(db);
    },
  };
}

type KeptEvent = Omit<AuditEvent, "time"> & { readonly time: string };

/** In which accounts and regions stacks have resources. */
export function stackPlaces(db: Sql): Pick<UnmanagedRecords, "keepPlaces" | "places"> {
  return {
    keepPlaces: async (stackId, { accounts, regions }) => {
      await sql`
        INSERT INTO anchorwatch.stack_places (stack, accounts, regions)
        SELECT key, ${[...accounts]}::text[], ${[...regions]}::text[] FROM anchorwatch.stacks WHERE id = ${storable(stackId)}
        ON CONFLICT (stack) DO UPDATE SET accounts = excluded.accounts, regions = excluded.regions`.execute(
        db,
      );
    },
    places: async (stackIds) => {
      const { rows } = await sql<{ id: string; accounts: readonly string[]; regions: readonly string[] }>`
        SELECT s.id, p.accounts, p.regions FROM anchorwatch.stack_places p
        JOIN anchorwatch.stacks s ON s.key = p.stack WHERE s.id = ANY (${stackIds.map(storable)}::text[])`.execute(
        db,
      );
      return new Map(
        rows.map(({ id, accounts, regions }) => [
          stored(id) as StackId,
          { accounts: new Set(accounts), regions: new Set(regions) },
        ]),
      );
    },
  };
}

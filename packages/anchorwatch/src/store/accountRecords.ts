import { sql } from "kysely";
import type { LabelSetKey, Labels } from "../domain/labels.ts";
import type { AccountSearch, SearchedAccount, UnmanagedRecords } from "../watch/unmanaged.ts";
import { keysOfLabels, labelsOf } from "./access/labelSets.ts";
import { given } from "./given.ts";
import { json, type Sql } from "./sql.ts";
import { storable, stored } from "./text.ts";
import { inTransaction } from "./transaction.ts";

type AccountRecords = Pick<
  UnmanagedRecords,
  "declareAccounts" | "accounts" | "dueForSearch" | "scheduleSearch" | "searched"
>;

/** Accounts that are searched for what no stack has. */
export function accountRecords(db: Sql): AccountRecords {
  return {
    declareAccounts: (accounts, at) => declare(db, accounts, at),
    accounts: async ({ visible } = {}) => {
      const { rows } = await sql<AccountRow>`
        SELECT a.name, l.labels, a.label_set AS "labelSet", a.regions, a.number, a.next_search_at AS "nextSearchAt", a.search
        FROM anchorwatch.searched_accounts a JOIN anchorwatch.label_sets l ON l.key = a.label_set
        WHERE a.is_declared ${visible === undefined ? sql`` : sql`AND a.label_set = ANY (${visible}::integer[])`}
        ORDER BY a.name`.execute(db);
      return rows.map(accountOf);
    },
    dueForSearch: async (now) => {
      const { rows } = await sql<{ name: string }>`
        SELECT name FROM anchorwatch.searched_accounts
        WHERE is_declared AND next_search_at <= ${now} ORDER BY next_search_at, name`.execute(db);
      return rows.map(({ name }) => stored(name));
    },
    scheduleSearch: async (account, at) => {
      await sql`
        UPDATE anchorwatch.searched_accounts SET next_search_at = ${at} WHERE name = ${storable(account)}`.execute(
        db,
      );
    },
    searched: async (account, number, search) => {
      await sql`
        UPDATE anchorwatch.searched_accounts SET number = ${number}, search = ${json(search)}::json
        WHERE name = ${storable(account)}`.execute(db);
    },
  };
}

interface AccountRow {
  readonly name: string;
  readonly labels: Labels;
  readonly labelSet: LabelSetKey;
  readonly regions: readonly string[];
  readonly number: string | null;
  readonly nextSearchAt: Date | null;
  readonly search:
    | (Omit<AccountSearch, "startedAt" | "finishedAt"> & {
        readonly startedAt: string;
        readonly finishedAt: string;
      })
    | null;
}

function accountOf({
  name,
  labels,
  labelSet,
  regions,
  number,
  nextSearchAt,
  search,
}: AccountRow): SearchedAccount {
  return {
    ...{ name: stored(name), labels: labelsOf(labels), labelSet, regions },
    ...(number === null ? {} : { account: number }),
    ...(nextSearchAt === null ? {} : { nextSearchAt }),
    ...(search === null
      ? {}
      : {
          search: {
            ...search,
            startedAt: new Date(search.startedAt),
            finishedAt: new Date(search.finishedAt),
          },
        }),
  };
}

/** One that is new, or comes back, is searched at once. */
function declare(
  db: Sql,
  accounts: Parameters<AccountRecords["declareAccounts"]>[0],
  at: Date,
): Promise<void> {
  return inTransaction(db, async (transaction) => {
    const keyOf = await keysOfLabels(
      transaction,
      accounts.map(({ labels }) => labels),
    );
    const rows = given(
      accounts.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
      {
        name: ["text", ({ name }) => storable(name)],
        label_set: ["integer", ({ labels }) => keyOf(labels)],
        regions: ["text", ({ regions }) => JSON.stringify(regions)],
      },
    );
    await sql`
      INSERT INTO anchorwatch.searched_accounts AS a (name, label_set, regions, is_declared, next_search_at)
      SELECT name, label_set, regions::json, true, ${at}::timestamptz FROM ${rows}
      ON CONFLICT (name) DO UPDATE SET label_set = excluded.label_set, regions = excluded.regions,
        next_search_at = CASE
          WHEN a.is_declared AND a.regions::text = excluded.regions::text THEN coalesce(a.next_search_at, excluded.next_search_at)
          ELSE excluded.next_search_at END,
        is_declared = true`.execute(transaction);
    await sql`
      UPDATE anchorwatch.searched_accounts SET is_declared = false, next_search_at = NULL
      WHERE is_declared AND name <> ALL (${accounts.map(({ name }) => storable(name))}::text[])`.execute(
      transaction,
    );
    await sql`
      DELETE FROM anchorwatch.unmanaged_looks l USING anchorwatch.searched_accounts a
      WHERE a.key = l.account AND NOT a.is_declared`.execute(transaction);
  });
}

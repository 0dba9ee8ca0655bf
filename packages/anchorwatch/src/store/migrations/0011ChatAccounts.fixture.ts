import { expect } from "vitest";
import { at } from "../records.fixture.ts";
import { execute } from "../testServer.fixture.ts";

const ROWS = 2_000;
let full = "";

const link = (id: string, account: string) =>
  execute(
    full,
    `INSERT INTO anchorwatch.chat_accounts (id, user_id, service, team, account, name, linked_at)
    VALUES ('${id}', 'u1', 'slack', 'T1', '${account}', 'ada', '${at(0).toISOString()}')`,
  );

/** A database of before, full of people, and what must be true of it afterwards: each may have accounts, and an account is one user's. */
export const CHAT_ACCOUNTS = {
  async fill(url: string): Promise<void> {
    full = url;
    await execute(
      url,
      `INSERT INTO anchorwatch.users (id, kind, login, name, status, groups, version, added_at)
      SELECT 'u' || n, 'local', 'u' || n, 'U', 'active', '{}', 1, '${at(0).toISOString()}' FROM generate_series(1, ${ROWS}) n`,
    );
  },
  async check(): Promise<void> {
    await link("one", "U1");
    await link("two", "U2");
    await expect(link("three", "U2")).rejects.toThrow();
  },
};

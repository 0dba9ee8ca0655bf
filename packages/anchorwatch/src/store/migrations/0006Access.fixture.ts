import { expect } from "vitest";
import type { WatchRecords } from "../../watch/records.ts";
import { at } from "../records.fixture.ts";
import { execute } from "../testServer.fixture.ts";

const ROWS = 2_000;

/** A database of before, full, and what must be true of it afterwards. */
export const ACCESS = {
  async fill(url: string): Promise<void> {
    const moment = `'${at(0).toISOString()}'`;
    await execute(
      url,
      `INSERT INTO anchorwatch.stacks (id, name, engine, origin, declared_by, sweep_every_ms, added_at, health)
      SELECT 's' || n, 'stack ' || n, 'terraform', '{"kind": "folder", "path": "/"}', 'config', 1, ${moment}, 'ok'
      FROM generate_series(1, ${ROWS}) n`,
    );
  },
  /** No stack has labels: only who may see all of them sees any. */
  async check({ stacks }: WatchRecords): Promise<void> {
    expect(await stacks.list({ limit: 2 * ROWS, health: "ok" })).toHaveLength(ROWS);
  },
};

import { expect } from "vitest";
import type { WatchRecords } from "../../watch/records.ts";
import type { StackId } from "../../watch/stack.ts";
import { at } from "../records.fixture.ts";
import { execute } from "../testServer.fixture.ts";

const ROWS = 2_000;

/** A database of before, full, and what must be true of it afterwards. */
export const LOOKS_AGAIN = {
  async fill(url: string): Promise<void> {
    const moment = `'${at(0).toISOString()}'`;
    await execute(
      url,
      `INSERT INTO anchorwatch.stacks (id, name, engine, origin, declared_by, sweep_every_ms, added_at, health)
      VALUES ('one', 'one', 'terraform', '{}', 'config', 1, ${moment}, 'ok')`,
    );
    await execute(
      url,
      `INSERT INTO anchorwatch.looks (stack, address_digest, address, due_at, round, since, received_at)
      SELECT key, decode(lpad(to_hex(n), 32, '0'), 'hex'), 'a.b', ${moment}, 1, ${moment}, ${moment}
      FROM anchorwatch.stacks, generate_series(1, ${ROWS}) n`,
    );
  },
  async check({ looks }: WatchRecords): Promise<void> {
    const due = await looks.due("one" as StackId, at(1));
    expect(due).toHaveLength(ROWS);
    const times = { receivedAt: at(0), newsAt: at(0), lastAt: at(0) };
    for (const look of due) expect(look).toMatchObject({ round: 1, ...times });
  },
};

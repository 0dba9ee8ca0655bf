import { expect } from "vitest";
import type { WatchRecords } from "../../watch/records.ts";
import type { StackId } from "../../watch/stack.ts";
import { at } from "../records.fixture.ts";
import { execute } from "../testServer.fixture.ts";

const ROWS = 2_000;

/** A database of before, full, and what must be true of it afterwards. */
export const UNMANAGED = {
  async fill(url: string): Promise<void> {
    const moment = `'${at(0).toISOString()}'`;
    await execute(
      url,
      `INSERT INTO anchorwatch.stacks (id, name, engine, origin, declared_by, sweep_every_ms, added_at, health)
      VALUES ('one', 'one', 'terraform', '{}', 'config', 1, ${moment}, 'ok')`,
    );
    const found = `'{"data": {"resource": {"type": "aws_vpc", "provider": "p", "id": "vpc-1"}}}'`;
    await execute(
      url,
      `INSERT INTO anchorwatch.drifts (id, stack, resource, resource_digest, address, type, status, verdict, digest, opened_at,
        updated_at, times, entry_id, found, attributions, state, marks, seen_at)
      SELECT 'd' || n, key, 'r' || n, decode(md5(n::text), 'hex'), '', 'aws_vpc', 'open',
        CASE WHEN n = 1 THEN 'unmanaged' ELSE 'changed' END, 'sha256:00', ${moment}, ${moment}, 1, 'e', ${found}, '[]', '{}', '[]',
        ${moment}
      FROM anchorwatch.stacks, generate_series(1, ${ROWS}) n`,
    );
  },
  async check({ unmanaged }: WatchRecords): Promise<void> {
    expect(await unmanaged.toldAsDrift()).toEqual([{ stackId: "one", type: "aws_vpc", id: "vpc-1" }]);
    expect(await unmanaged.accounts()).toEqual([]);
    expect(await unmanaged.places(["one" as StackId])).toEqual(new Map());
  },
};

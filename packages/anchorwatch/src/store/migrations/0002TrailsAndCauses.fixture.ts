import { expect } from "vitest";
import type { WatchRecords } from "../../watch/records.ts";
import type { StackId } from "../../watch/stack.ts";
import { at } from "../records.fixture.ts";
import { execute } from "../testServer.fixture.ts";

const ROWS = 2_000;

/** A database of before, full, and what must be true of it afterwards. */
export const TRAILS_AND_CAUSES = {
  async fill(url: string): Promise<void> {
    const moment = `'${at(0).toISOString()}'`;
    await execute(
      url,
      `INSERT INTO anchorwatch.stacks
        (id, name, engine, origin, declared_by, sweep_every_ms, added_at, health, last_complete_at)
      VALUES ('one', 'one', 'terraform', '{}', 'config', 1, ${moment}, 'ok', ${moment})`,
    );
    await execute(
      url,
      `INSERT INTO anchorwatch.drifts (id, stack, resource, resource_digest, address, type, status, verdict, digest,
        opened_at, updated_at, times, entry_id, found, attributions, state, marks, seen_at)
      SELECT 'd' || n, key, 'r' || n, decode('00', 'hex'), 'a.b', 'a', 'open', 'changed', 'd', ${moment}, ${moment}, 1, 'e',
        '{}', '[]', '{"lineage": "l", "serial": 1, "digest": "d"}', '[]', ${moment}
      FROM anchorwatch.stacks, generate_series(1, ${ROWS}) n`,
    );
    await execute(
      url,
      `INSERT INTO anchorwatch.detectors (name, at, first_at, expected_within_ms)
      SELECT 'stack:' || n, ${moment}, ${moment}, 1000 FROM generate_series(1, ${ROWS}) n`,
    );
  },
  /** Of what was there before, nobody knows since when it may have been caused, and nothing was searched. */
  async check({ stacks, drifts, trails }: WatchRecords): Promise<void> {
    const status = await stacks.byId("one" as StackId);
    expect(status).toMatchObject({ lastCompleteAt: at(0) });
    expect(status).not.toHaveProperty("completeSince");
    const open = await drifts.list({ stackId: "one" as StackId, status: "open", limit: 2 * ROWS });
    expect(open).toHaveLength(ROWS);
    for (const drift of open) {
      expect(drift).not.toHaveProperty("causesSince");
      expect(drift).not.toHaveProperty("search");
    }
    expect(await trails.of("any").since()).toBeUndefined();
  },
};

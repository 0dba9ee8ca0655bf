import { expect } from "vitest";
import type { WatchRecords } from "../../watch/records.ts";
import type { StackId } from "../../watch/stack.ts";
import { aDrift, aStep, at } from "../records.fixture.ts";
import { execute } from "../testServer.fixture.ts";

const ROWS = 2_000;

/** A database of before, full, and what must be true of it afterwards: what was known before sets nothing in motion. */
export const PLAYBOOKS = {
  async fill(url: string): Promise<void> {
    const moment = `'${at(0).toISOString()}'`;
    await execute(
      url,
      `INSERT INTO anchorwatch.stacks (id, name, engine, origin, declared_by, sweep_every_ms, added_at, health)
      VALUES ('one', 'one', 'terraform', '{}', 'config', 1, ${moment}, 'ok')`,
    );
    await execute(
      url,
      `INSERT INTO anchorwatch.drifts (id, stack, resource, resource_digest, address, type, status, verdict, digest, opened_at,
        updated_at, times, entry_id, found, attributions, state, marks, seen_at)
      SELECT 'd' || n, key, 'r' || n, decode(md5(n::text), 'hex'), '', 'aws_vpc', 'open', 'changed', 'sha256:00', ${moment},
        ${moment}, 1, 'e', '{}', '[]', '{}', '[]', ${moment}
      FROM anchorwatch.stacks, generate_series(1, ${ROWS}) n`,
    );
    await execute(
      url,
      `INSERT INTO anchorwatch.drift_steps (drift_id, at, kind, verdict, check_id, found, attributions)
      SELECT id, ${moment}, 'opened', 'changed', 'c', '{}', '[]' FROM anchorwatch.drifts`,
    );
  },
  async check({ drifts, playbooks }: WatchRecords): Promise<void> {
    expect(await playbooks.takeMoments(10)).toEqual([]);
    const fresh = aDrift("one" as StackId);
    await drifts.save(fresh, aStep(fresh));
    expect(await playbooks.takeMoments(10)).toMatchObject([{ driftId: fresh.id, kind: "opened", times: 1 }]);
  },
};

import { expect } from "vitest";
import type { WatchRecords } from "../../watch/records.ts";
import type { StackId } from "../../watch/stack.ts";
import { aDrift, aStep, at } from "../records.fixture.ts";
import { execute } from "../testServer.fixture.ts";

const ROWS = 2_000;

/** A database of before, full, and what must be true of it afterwards: nobody is told of what was known before. */
export const ALERTS = {
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
  },
  async check({ drifts }: WatchRecords): Promise<void> {
    const [known] = await drifts.list({ limit: 1 });
    expect(known?.status).toBe("open");
    const fresh = aDrift("one" as StackId);
    await drifts.save(fresh, aStep(fresh));
    expect(await drifts.byId(fresh.id)).toMatchObject({ id: fresh.id });
  },
};

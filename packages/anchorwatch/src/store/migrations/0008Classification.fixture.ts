import { expect } from "vitest";
import type { DriftId } from "../../watch/drift.ts";
import type { WatchRecords } from "../../watch/records.ts";
import type { StackId } from "../../watch/stack.ts";
import { at } from "../records.fixture.ts";
import { execute } from "../testServer.fixture.ts";

/** A database of before, with drifts and what no stack has, and what must be true of it afterwards. */
export const CLASSIFICATION = {
  async fill(url: string): Promise<void> {
    const moments = [at(0), at(1)].map((moment) => `'${moment.toISOString()}'`);
    await execute(
      url,
      `INSERT INTO anchorwatch.stacks (id, name, engine, origin, declared_by, sweep_every_ms, added_at, health)
      VALUES ('one', 'one', 'terraform', '{}', 'config', 1, ${moments[0]}, 'ok')`,
    );
    for (const [n, moment] of moments.entries())
      await execute(
        url,
        `INSERT INTO anchorwatch.drifts (id, stack, resource, resource_digest, address, type, status, verdict, digest, opened_at,
          updated_at, times, entry_id, found, attributions, state, marks, seen_at)
        SELECT 'd${n}', key, 'r${n}', 'r${n}', 'aws_vpc.v${n}', 'aws_vpc', 'open', 'changed', 'sha256:00', ${moment}, ${moment}, 1,
          'e', '{}', '[]', '{}', '[]', ${moment} FROM anchorwatch.stacks`,
      );
    await execute(
      url,
      `INSERT INTO anchorwatch.searched_accounts (name, regions, is_declared) VALUES ('prod', '[]', true)`,
    );
    for (const [n, moment] of moments.entries())
      await execute(
        url,
        `INSERT INTO anchorwatch.unmanaged (id, account, thing_digest, type, region, status, updated_at, seen_at, record)
        SELECT 'u${n}', key, 'u${n}', 'aws_vpc', 'global', 'open', ${moment}, ${moment},
          '{"importId": "vpc-${n}", "firstSeenAt": "2026-01-01T00:00:00Z", "attributions": []}'
        FROM anchorwatch.searched_accounts`,
      );
  },
  async check({ drifts, stacks, exceptions, unmanaged }: WatchRecords): Promise<void> {
    const list = await drifts.list({ limit: 10, sort: "severity" });
    expect(list.map(({ id }) => id)).toEqual(["d1", "d0"]);
    expect(list[0]?.classification).toBeUndefined();
    expect(await drifts.policies()).toEqual([{ stackId: "one", labels: {} }]);
    expect(await drifts.seenOf(["d0" as DriftId])).toEqual(new Map());
    expect((await stacks.totals()).drifts).toMatchObject({ unclassified: 2, excepted: 0 });
    const things = await unmanaged.list({ limit: 10, sort: "severity" });
    expect(things.map(({ id, classification }) => [id, classification])).toEqual([
      ["u1", undefined],
      ["u0", undefined],
    ]);
    expect(await exceptions.list({ stackId: "one" as StackId, limit: 10 })).toEqual([]);
  },
};

/** A full database of the version before {@link manyStacks}, and what must be true of it afterwards. */
import { expect } from "vitest";
import type { ClaimId } from "../../watch/claim.ts";
import type { WatchRecords } from "../../watch/records.ts";
import type { StackId } from "../../watch/stack.ts";
import { at, behind, everyPage } from "../records.fixture.ts";
import { execute } from "../testServer.fixture.ts";

const ROWS = 3_000;
const stackId = (number: number) => `s${number}` as StackId;

export const MANY_STACKS = {
  async fill(url: string): Promise<void> {
    await execute(
      url,
      `INSERT INTO anchorwatch.stacks
        (id, name, engine, origin, declared_by, sweep_every_ms, added_at, health)
      SELECT 's' || n, 'stack ' || n, 'terraform', '{"kind": "folder", "path": "/"}', 'config', 1000, now(),
        CASE WHEN n % 3 = 0 THEN 'gone' ELSE 'ok' END
      FROM generate_series(1, ${ROWS}) n`,
    );
  },
  async check({ stacks, claims, transaction }: WatchRecords): Promise<void> {
    const third = ROWS / 3;
    expect(await stacks.totals()).toMatchObject({
      stacks: { new: 0, ok: 2 * third, failed: 0, gone: third },
      ...{ openDrifts: 0, openClaims: 0 },
    });
    const ok = await everyPage(
      (page) => stacks.list({ ...page, health: "ok" }),
      700,
      ({ stack }) => ({ value: stack.name, id: stack.id }),
    );
    const seen = new Set(ok.map(({ stack }) => stack.name));
    expect(seen.size).toBe(2 * third);
    const claim = {
      id: "claim-1" as ClaimId,
      stacks: [stackId(1), stackId(2)],
      status: "open",
      resources: [{ type: "aws_vpc", id: "vpc-1", addresses: ["aws_vpc.a", "aws_vpc.\u0000"] }],
      count: 1,
      openedAt: at(0),
      updatedAt: at(0),
      entryId: "claim-1",
    } as const;
    await transaction((inside) => inside.claims.save(claim));
    for (const number of [1, 2]) expect(await claims.open(stackId(number))).toStrictEqual([claim]);
    expect(await claims.open(stackId(3))).toEqual([]);
    // One pair has one record at a time.
    await expect(claims.save({ ...claim, id: "claim-2" as ClaimId })).rejects.toMatchObject({
      code: "database_failed",
    });
    const closed = { ...claim, status: "closed", updatedAt: at(1), closedAt: at(1) } as const;
    await claims.save(closed);
    const again = { ...claim, id: "claim-2" as ClaimId, openedAt: at(2), updatedAt: at(2) };
    await claims.save(again);
    expect(await claims.list({ limit: 9 })).toStrictEqual([again, closed]);
    expect(await claims.list({ limit: 9, after: behind(again.updatedAt, again) })).toStrictEqual([closed]);
    expect(await claims.list({ limit: 9, status: "open", stackId: stackId(2) })).toStrictEqual([again]);
    expect(await claims.list({ limit: 9, stackId: stackId(3) })).toEqual([]);
  },
};

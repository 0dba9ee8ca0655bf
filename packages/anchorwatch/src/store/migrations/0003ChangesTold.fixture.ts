import { expect } from "vitest";
import type { WatchRecords } from "../../watch/records.ts";
import { at } from "../records.fixture.ts";
import { execute } from "../testServer.fixture.ts";

const ROWS = 2_000;
/** Longer than a message may be. */
const LONG = "x".repeat(9_000);

/** A database of before, full, and what must be true of it afterwards. */
export const CHANGES_TOLD = {
  async fill(url: string): Promise<void> {
    await execute(
      url,
      `INSERT INTO anchorwatch.detectors (name, at, first_at, expected_within_ms)
      SELECT CASE n WHEN 1 THEN '${LONG}' ELSE 'stack:' || n END, moment, moment, 1000
      FROM generate_series(1, ${ROWS}) n, (SELECT timestamptz '${at(0).toISOString()}' AS moment) m`,
    );
  },
  /** What was there before is told of from now on, and nothing fails since it cannot be told. */
  async check({ detectors }: WatchRecords): Promise<void> {
    expect(await detectors.buryDead(at(60))).toHaveLength(ROWS);
    expect((await detectors.byName(LONG))?.deadSince).toEqual(at(60));
  },
};

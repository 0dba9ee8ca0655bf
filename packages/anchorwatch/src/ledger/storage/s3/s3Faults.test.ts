import { describe, expect, it } from "vitest";
import {
  describeRequestSweep,
  REQUEST_SWEEPS,
  sweepRecoveries,
  sweepRequests,
  sweepTakeovers,
} from "./s3FaultSweep.fixture.ts";

// In steps that differ, so that together they come by most requests. `npm run torture -- requests` strikes at every one. A client that
// tries again waits for so long when S3 asks it to, that this is left to the long form.
const sweeps = REQUEST_SWEEPS.filter(({ fault, attempts }) => attempts === 1 || fault !== "refuse");

describe("a log in S3 loses nothing acknowledged", () => {
  it.each(sweeps.map((sweep, at) => ({ name: describeRequestSweep(sweep), sweep, at })))(
    "$name",
    async ({ sweep, at }) => {
      expect(await sweepRequests(sweep, 1 + (at % 9), 9)).toBeGreaterThan(2);
    },
  );

  it.each([0, 253])("two writers killed one after the other, in a log of %i entries", async (base) => {
    expect(await sweepRecoveries(base, 9, 9)).toBeGreaterThan(3);
  });

  it.each([0, 253])("a request that arrives after the takeover, in a log of %i entries", async (base) => {
    expect(await sweepTakeovers(base, 4, 9)).toBeGreaterThan(3);
  });
});

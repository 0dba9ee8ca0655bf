import { expect, it } from "vitest";
import { describeSweep, SWEEPS, sweepFaults } from "./faultSweep.fixture.ts";

// Each in steps that differ, so that together they come by most operations. `npm run torture` strikes at every one.
it.each(SWEEPS.map((sweep, at) => ({ name: describeSweep(sweep), sweep, at })))(
  "loses nothing acknowledged: $name",
  async ({ sweep, at }) => {
    const struck = await sweepFaults(sweep, 1 + (at % 11), 11);
    expect(struck).toBeGreaterThan(5);
  },
);

/** Every operation on files of an append goes wrong once, in every way, and the disk then forgets what it may forget. */
import {
  describeSweep,
  SWEEPS,
  sweepFaults,
} from "../../packages/anchorwatch/src/ledger/writer/faultSweep.fixture.ts";
import type { Place } from "./place.ts";

export async function everyFault({ signal, say, quick }: Place): Promise<string> {
  let struck = 0;
  for (const [at, sweep] of SWEEPS.entries()) {
    signal.throwIfAborted();
    const step = quick ? 11 : 1;
    struck += await sweepFaults(sweep, 1 + (at % step), step);
    say(`${at + 1} of ${SWEEPS.length}: ${describeSweep(sweep)}`);
  }
  return `${struck} faults and power cuts; nothing acknowledged was lost, nothing signed contradicted`;
}

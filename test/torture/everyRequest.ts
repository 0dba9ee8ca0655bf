/** The same as everyFault for a log in S3: every request of an append goes wrong once, in every way, and writers overtake each other. */
import {
  describeRequestSweep,
  REQUEST_SWEEPS,
  sweepRecoveries,
  sweepRequests,
  sweepTakeovers,
} from "../../packages/anchorwatch/src/ledger/storage/s3/s3FaultSweep.fixture.ts";
import type { Place } from "./place.ts";

/** An empty log, and one in which a tile gets full. */
const BASES = [0, 253] as const;

export async function everyRequest({ signal, say, quick }: Place): Promise<string> {
  const step = quick ? 7 : 1;
  let struck = 0;
  for (const [at, sweep] of REQUEST_SWEEPS.entries()) {
    signal.throwIfAborted();
    struck += await sweepRequests(sweep, 1 + (at % step), step);
    say(`${at + 1} of ${REQUEST_SWEEPS.length}: ${describeRequestSweep(sweep)}`);
  }
  let killed = 0;
  let overtaken = 0;
  for (const base of BASES) {
    signal.throwIfAborted();
    killed += await sweepRecoveries(base, 1, step);
    say(`two writers killed one after the other, in a log of ${base} entries: ${killed} so far`);
    signal.throwIfAborted();
    overtaken += await sweepTakeovers(base, 1, step);
    say(`requests that arrive after a takeover, in a log of ${base} entries: ${overtaken} so far`);
  }
  return `${struck} requests struck, ${killed} writers killed while they finished another's batch, ${overtaken} late requests; nothing acknowledged was lost, nothing signed contradicted, nothing locked written twice`;
}

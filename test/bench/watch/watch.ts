/** The watch's figures. */
import type { BenchEstate } from "../estate.ts";
import type { Section } from "../report.ts";
import type { CloudWorkplace } from "../workplace.ts";
import { measureLatency } from "./latency.ts";
import { measureMemory, measureSweep } from "./sweep.ts";
import { measureThroughput } from "./throughput.ts";

/** Tells each section as soon as it is measured. The estate is as it was afterwards. */
export async function measureWatch(
  place: CloudWorkplace,
  estate: BenchEstate,
  done: (section: Section) => void,
): Promise<void> {
  done(await measureLatency(place, estate));
  done(await measureThroughput(place, estate));
  done(await measureSweep(place, estate));
  done(await measureMemory(place, estate));
}

/** The watch's figures. */
import type { BenchEstate } from "../estate.ts";
import type { PartName } from "../options.ts";
import type { Section } from "../report.ts";
import type { CloudWorkplace } from "../workplace.ts";
import { measureLatency } from "./latency.ts";
import { measureMemory } from "./memory.ts";
import { measureSweep } from "./sweep.ts";
import { measureThroughput } from "./throughput.ts";

/** Tells each section as soon as it is measured. The estate is as it was afterwards. */
export async function measureWatch(
  place: CloudWorkplace,
  estate: BenchEstate,
  parts: ReadonlySet<PartName>,
  done: (section: Section) => void,
): Promise<void> {
  if (parts.has("latency")) done(await measureLatency(place, estate));
  if (parts.has("events")) done(await measureThroughput(place, estate));
  if (parts.has("sweep")) done(await measureSweep(place, estate));
  if (parts.has("memory")) done(await measureMemory(place, estate));
}

/** `anchorwatch worker`: the same work as `serve` on one more machine or processor, without its API. */
import { Place } from "../../server/access/place.ts";
import { createHealthServer } from "../../server/createHealthServer.ts";
import { listen } from "../../server/listen.ts";
import { createServerMetrics } from "../../server/metrics/serverMetrics.ts";
import { writeTo } from "../output.ts";
import type { Surroundings } from "../surroundings.ts";
import { runService, type Service, type ServiceFlags } from "./service.ts";
import { whatIsWatched } from "./words.ts";

export interface WorkerFlags extends ServiceFlags {
  /** Absent: it listens nowhere. */
  readonly port?: number;
}

export async function runWorker(flags: WorkerFlags, surroundings: Surroundings): Promise<number> {
  const { version, stdout, every, lasting } = surroundings;
  const { port } = flags;
  const metrics = createServerMetrics({ version });
  const begin = async ({ watch, configuration, logger }: Service) => {
    const { clock: now, newId } = lasting;
    const place = new Place({ tls: false, trustedProxies: [] });
    const health =
      port === undefined
        ? undefined
        : createHealthServer({ watch, metrics, logger, version, now, newId, place, every });
    try {
      const address = health && port !== undefined ? await listen(health, { port, place }) : undefined;
      const where =
        address === undefined
          ? []
          : [`Its health is at ${address}/readyz, its numbers at ${address}/metrics.`];
      const watched = whatIsWatched(configuration.current);
      const lines = [`Anchorwatch ${version} works.`, ...where, ...watched, "Ctrl-C stops it."];
      await writeTo(stdout, `${lines.join("\n")}\n`);
    } catch (error) {
      await health?.close();
      throw error;
    }
    return async () => health?.close();
  };
  return await runService(flags, surroundings, { meter: metrics.meter, begin });
}

/** `anchorwatch serve`: the watch and its server, in one process. */
import { createServer } from "../../server/createServer.ts";
import { listen } from "../../server/listen.ts";
import { createServerMetrics } from "../../server/metrics/serverMetrics.ts";
import { writeTo } from "../output.ts";
import type { Surroundings } from "../surroundings.ts";
import { runService, type Service, type ServiceFlags } from "./service.ts";
import { whatIsWatched } from "./words.ts";

export interface ServeFlags extends ServiceFlags {
  readonly port?: number;
}

export async function runServe(flags: ServeFlags, surroundings: Surroundings): Promise<number> {
  const { version, stdout, every, lasting } = surroundings;
  const metrics = createServerMetrics({ version });
  const begin = async ({ watch, configuration, logger }: Service) => {
    const { clock: now, newId } = lasting;
    const api = await createServer({ watch, metrics, logger, version, now, newId, every });
    try {
      const { watch: settings } = configuration.current;
      const address = await listen(api, { port: flags.port ?? settings.port });
      await writeTo(stdout, `Anchorwatch ${version} is at ${address}, for this machine alone.\n`);
    } catch (error) {
      await api.close();
      throw error;
    }
    await writeTo(stdout, `${whatIsWatched(configuration.current).join("\n")}\nCtrl-C stops it.\n`);
    return () => api.close();
  };
  return await runService(flags, surroundings, { meter: metrics.meter, begin });
}

/** `anchorwatch worker`: the same work as `serve` on one more machine or processor, without a server. */
import { NO_METER } from "../../watch/meter.ts";
import { writeTo } from "../output.ts";
import type { Surroundings } from "../surroundings.ts";
import { runService, type Service, type ServiceFlags } from "./service.ts";
import { whatIsWatched } from "./words.ts";

export async function runWorker(flags: ServiceFlags, surroundings: Surroundings): Promise<number> {
  const { version, stdout } = surroundings;
  const begin = async ({ configuration }: Service) => {
    const lines = [
      `Anchorwatch ${version} works.`,
      ...whatIsWatched(configuration.current),
      "Ctrl-C stops it.",
    ];
    await writeTo(stdout, `${lines.join("\n")}\n`);
    return async () => {};
  };
  return await runService(flags, surroundings, { meter: NO_METER, begin });
}

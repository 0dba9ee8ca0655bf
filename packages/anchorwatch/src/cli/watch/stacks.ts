/** Which stacks a folder holds, each as a request that can be made again and again. */
import { realpath } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { CheckRequest } from "../../app/checkRequest.ts";
import { chooseConfigured } from "../../app/configuration/stackChoice.ts";
import type { CheckFlags } from "../checkFlags.ts";
import { buildCheckRequest, loadNearest, requestFor } from "../checkRequest.ts";
import type { Surroundings } from "../surroundings.ts";

export interface NamedRequest {
  readonly name: string;
  readonly request: CheckRequest;
}

/**
 * All stacks of an `anchorwatch.yaml` that lies in the folder or was given, else the one stack that the folder is.
 * @throws AnchorwatchError of the configuration or of the choice of a stack
 */
export async function stacksIn(
  wanted: string | undefined,
  flags: CheckFlags,
  surroundings: Surroundings,
  folder: string,
): Promise<readonly NamedRequest[]> {
  const loaded = await loadNearest(wanted, flags.config, surroundings.workingDirectory);
  const isOverview =
    loaded !== undefined &&
    loaded.configuration.stacks.length > 0 &&
    (flags.config !== undefined || (await realpath(dirname(loaded.path))) === (await realpath(folder)));
  if (!isOverview) {
    const request = await buildCheckRequest(wanted, flags, surroundings);
    return [{ name: request.stackName ?? basename(request.dir), request }];
  }
  const { stacks } = loaded.configuration;
  return await Promise.all(
    stacks.map(async (stack) => ({
      name: stack.name,
      request: await requestFor({ ...(await chooseConfigured(stack, loaded)), loaded }, flags, surroundings),
    })),
  );
}

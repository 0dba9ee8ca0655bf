/** Which stacks a folder holds, each as a request that can be made again and again. */
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
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
 * All stacks of an `anchorwatch.yaml` that lies in the folder or was given, else the one stack that the folder is; a folder that is
 * none holds those further down.
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
    const below = flags.config === undefined ? await stacksBelow(folder, flags, surroundings) : [];
    if (below.length > 0) return below;
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

/** Of a folder that has no code of its own. */
async function stacksBelow(
  folder: string,
  flags: CheckFlags,
  surroundings: Surroundings,
): Promise<readonly NamedRequest[]> {
  const names = await readdir(folder).catch((): string[] => []);
  if (names.some((name) => /\.(?:tf|tofu)(?:\.json)?$/.test(name))) return [];
  if (!(await isFolder(folder))) return [];
  const { findStackPlaces } = await import("../../app/watch/stacks/find.ts");
  const { places } = await findStackPlaces(folder, { label: basename(folder), isOwn: true });
  return await Promise.all(
    places.map(async ({ name, path, declaration }) => {
      const wanted = join(folder, path);
      if (declaration === undefined)
        return { name, request: await buildCheckRequest(wanted, flags, surroundings) };
      const loaded = { path: join(folder, declaration.file), configuration: declaration.configuration };
      const chosen = await chooseConfigured(declaration.stack, loaded);
      return { name, request: await requestFor({ ...chosen, loaded }, flags, surroundings) };
    }),
  );
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

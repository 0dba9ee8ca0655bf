/** Labels of a stack that lies in one of the operator's folders. Which stacks a repository has, only a server knows. */
import { basename } from "node:path";
import type { Labels } from "../../domain/labels.ts";
import { findStackPlaces } from "../watch/stacks/find.ts";
import type { StackSource } from "../watch/watchSettings.ts";

/** Undefined: no folder has it. @throws AnchorwatchError `stack_folder_missing` for a folder that is gone */
export async function stackLabels(
  sources: readonly StackSource[],
  name: string,
): Promise<Labels | undefined> {
  for (const source of sources) {
    if (source.kind !== "folder") continue;
    const { places } = await findStackPlaces(source.path, { label: basename(source.path), isOwn: true });
    if (places.some((place) => place.name === name)) return source.labels ?? {};
  }
  return undefined;
}

import type { StateFile } from "../stateFile.ts";
import { openState } from "./openState.ts";
import type { StateSource, StateSurroundings } from "./source.ts";

/**
 * Fetches a state and scans it. Nothing is locked, and nothing is ever written.
 * @throws AnchorwatchError `state_*`; `state_absent` and `state_missing` when nothing was deployed yet
 */
export async function loadState(source: StateSource, surroundings: StateSurroundings): Promise<StateFile> {
  const opened = await openState(source, surroundings);
  try {
    return (await opened.load(undefined, surroundings.signal)).state;
  } finally {
    opened.close();
  }
}

import type { ResourceResult } from "../domain/check.ts";
import type { Targeting } from "../terraform/read/targets.ts";
import type { StateFile } from "../terraform/state/index.ts";
import type { CheckObserver } from "./checkRequest.ts";
import { isDrift } from "./exitStatus.ts";

/** Counts results for the progress line and hands them on. */
export function trackProgress(
  state: StateFile,
  isTargeted: Targeting,
  on: CheckObserver,
): (result: ResourceResult) => void {
  const total = state.instances.filter(
    (instance) => instance.mode === "managed" && isTargeted(instance),
  ).length;
  let done = 0;
  let drifted = 0;
  return (result) => {
    if (result.reason?.code !== "out_of_target") done += 1;
    if (isDrift(result)) drifted += 1;
    on.result(result);
    on.progress({ phase: "reading", text: "reading resources", done, total, drifted });
  };
}

import type { AnchorwatchError } from "../../../domain/errors.ts";
import { wholeStateError } from "../errors.ts";

/** The backend works, and has no state: nothing was deployed yet. */
export function absent(origin: string, hint: string): AnchorwatchError {
  return wholeStateError(origin, "state_absent", "does not exist yet: there is no state", hint);
}

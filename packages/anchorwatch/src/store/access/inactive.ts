import { AnchorwatchError } from "../../domain/errors.ts";

/** Whoever was shut out while he signed in. */
export function inactive(): AnchorwatchError {
  return new AnchorwatchError("user_inactive", "This user is disabled or removed.", {
    hint: "An administrator can enable a disabled user again.",
  });
}

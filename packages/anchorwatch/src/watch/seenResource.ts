/** What a drift is classified from, beside its record. Masked; kept as long as the drift is open, so that other rules can be asked later. */
import type { JsonObject } from "../domain/jsonValue.ts";
import type { ChangeFacts } from "../policy/facts.ts";

export interface SeenResource {
  /** All of the resource as it was recorded, and as it runs; {} where there is none, or nothing is known. */
  readonly recorded: JsonObject;
  readonly live: JsonObject;
  /** Values or changes are missing here, since there are too many. */
  readonly isCut: boolean;
  readonly changes: readonly ChangeFacts[];
}

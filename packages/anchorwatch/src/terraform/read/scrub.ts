import type { Change, PendingChange } from "../../domain/check.ts";
import { isArray, isObject, objectOf, type Value } from "../../domain/value.ts";

type Scrub = (text: string) => string;

/** The change without any known secret of the stack inside its values, keys included. */
export function scrubChange(change: Change, scrub: Scrub): Change {
  const { recorded, live, element, recordedJson, liveJson } = change;
  return {
    ...change,
    path: change.path.map((step) => (typeof step === "string" ? scrub(step) : step)),
    ...(recorded === undefined ? {} : { recorded: scrubValue(recorded, scrub) }),
    ...(live === undefined ? {} : { live: scrubValue(live, scrub) }),
    ...(element === undefined ? {} : { element: scrubValue(element, scrub) }),
    ...(recordedJson === undefined ? {} : { recordedJson: scrub(recordedJson) }),
    ...(liveJson === undefined ? {} : { liveJson: scrub(liveJson) }),
  };
}

export function scrubPending(pending: PendingChange, scrub: Scrub): PendingChange {
  const changes = pending.changes.map((change) => ({
    ...change,
    ...(change.recorded === undefined ? {} : { recorded: scrubValue(change.recorded, scrub) }),
    ...(change.declared === undefined ? {} : { declared: scrubValue(change.declared, scrub) }),
  }));
  return { ...pending, changes };
}

function scrubValue(value: Value, scrub: Scrub): Value {
  if (typeof value === "string") return scrub(value);
  if (isArray(value)) return value.map((element) => scrubValue(element, scrub));
  if (!isObject(value)) return value;
  return objectOf(Object.entries(value).map(([key, member]) => [scrub(key), scrubValue(member, scrub)]));
}

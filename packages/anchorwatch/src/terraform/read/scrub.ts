import type { Change, PendingChange, ResourceResult } from "../../domain/check.ts";
import type { Path } from "../../domain/path.ts";
import { isArray, isObject, objectOf, type Value } from "../../domain/value.ts";

type Scrub = (text: string) => string;

/** What has nothing to tell is as it is: looking for secrets goes through the whole state. */
export function scrubResult(result: ResourceResult, scrub: Scrub): ResourceResult {
  const { verdict, reason, id, changes = [] } = result;
  if ((verdict === "in_sync" || verdict === "not_checked") && changes.length === 0) return result;
  return {
    ...result,
    ...(id === undefined ? {} : { id: scrub(id) }),
    ...(reason === undefined ? {} : { reason: { ...reason, message: scrub(reason.message) } }),
    ...(result.changes === undefined ? {} : { changes: changes.map((change) => scrubChange(change, scrub)) }),
  };
}

/** The change without any known secret of the stack inside its values, keys included. */
export function scrubChange(change: Change, scrub: Scrub): Change {
  const { recorded, live, element, recordedJson, liveJson } = change;
  return {
    ...change,
    path: scrubPath(change.path, scrub),
    ...(recorded === undefined ? {} : { recorded: scrubValue(recorded, scrub) }),
    ...(live === undefined ? {} : { live: scrubValue(live, scrub) }),
    ...(element === undefined ? {} : { element: scrubValue(element, scrub) }),
    ...(recordedJson === undefined ? {} : { recordedJson: scrub(recordedJson) }),
    ...(liveJson === undefined ? {} : { liveJson: scrub(liveJson) }),
  };
}

function scrubPath(path: Path, scrub: Scrub): Path {
  const scrubStep = <T>(step: T) => (typeof step === "string" ? scrub(step) : step);
  return path.map((step) =>
    typeof step === "object" ? { json: step.json.map(scrubStep) } : scrubStep(step),
  );
}

export function scrubPending(pending: PendingChange, scrub: Scrub): PendingChange {
  const changes = pending.changes.map((change) => ({
    ...change,
    path: scrubPath(change.path, scrub),
    ...(change.recorded === undefined ? {} : { recorded: scrubValue(change.recorded, scrub) }),
    ...(change.declared === undefined ? {} : { declared: scrubValue(change.declared, scrub) }),
  }));
  return { ...pending, changes };
}

/** The value without any known secret of the stack inside its texts, keys included. */
export function scrubValue(value: Value, scrub: Scrub): Value {
  if (typeof value === "string") return scrub(value);
  if (isArray(value)) return value.map((element) => scrubValue(element, scrub));
  if (!isObject(value)) return value;
  return objectOf(Object.entries(value).map(([key, member]) => [scrub(key), scrubValue(member, scrub)]));
}

import { isArray, isObject, type Value } from "../domain/value.ts";
import { hasMember } from "./access.ts";
import { canonicalDynamic } from "./canonical.ts";
import { alignLists } from "./sequence.ts";

export interface JsonChange {
  /** From the document's root; a position is the live one in an addition, the recorded one otherwise. */
  readonly steps: readonly (string | number)[];
  readonly op: "replace" | "add" | "remove";
  readonly recorded?: Value;
  readonly live?: Value;
}

/** What changed between two JSON documents: members by key, array elements by the smallest edit. */
export function diffJson(recorded: Value, live: Value): readonly JsonChange[] {
  const changes: JsonChange[] = [];
  walk(recorded, live, [], changes);
  return changes;
}

type Steps = readonly (string | number)[];

function walk(recorded: Value, live: Value, steps: Steps, changes: JsonChange[]): void {
  if (isObject(recorded) && isObject(live)) {
    for (const key of new Set([...Object.keys(recorded), ...Object.keys(live)])) {
      member(recorded, live, key, [...steps, key], changes);
    }
  } else if (isArray(recorded) && isArray(live)) {
    elements(recorded, live, steps, changes);
  } else if (canonicalDynamic(recorded) !== canonicalDynamic(live)) {
    changes.push({ steps, op: "replace", recorded, live });
  }
}

function member(recorded: Value, live: Value, key: string, steps: Steps, changes: JsonChange[]): void {
  if (!hasMember(live, key)) {
    if (hasMember(recorded, key)) changes.push({ steps, op: "remove", recorded: recorded[key] ?? null });
  } else if (!hasMember(recorded, key)) changes.push({ steps, op: "add", live: live[key] ?? null });
  else walk(recorded[key] ?? null, live[key] ?? null, steps, changes);
}

function elements(
  recorded: readonly Value[],
  live: readonly Value[],
  steps: Steps,
  changes: JsonChange[],
): void {
  for (const change of alignLists(recorded.map(canonicalDynamic), live.map(canonicalDynamic))) {
    if (change.kind === "added") {
      changes.push({ steps: [...steps, change.live], op: "add", live: live[change.live] ?? null });
      continue;
    }
    const was = recorded[change.recorded] ?? null;
    const below = [...steps, change.recorded];
    if (change.kind === "removed") changes.push({ steps: below, op: "remove", recorded: was });
    else walk(was, live[change.live] ?? null, below, changes);
  }
}

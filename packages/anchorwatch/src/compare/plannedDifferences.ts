/** What differs between the values before and after a planned change, for which there is no schema. */
import type { Change } from "../domain/check.ts";
import type { DeclaredAttributes } from "../domain/shape.ts";
import { canonical, type Value } from "../domain/value.ts";
import { findDifferences } from "./findDifferences.ts";
import { inferredShape } from "./inferredShape.ts";

/**
 * Whether an array is a set or a list nobody can tell, so what differs is told both ways: a rule that looks for an element that was added
 * to a set finds it, and so does one that looks at a position of a list. As a set it comes first.
 */
export function plannedDifferences(before: Value, after: Value): readonly Change[] {
  const found = new Map<string, Change>();
  for (const arrays of ["set", "list"] as const) {
    const shape = inferredShape([before, after], arrays);
    const declared: DeclaredAttributes = new Map(
      [...shape.attributes.keys()].map((name) => [name, true] as const),
    );
    for (const difference of findDifferences({ shape, recorded: before, live: after, declared })) {
      const { path, op, recorded, live, element, recordedJson, liveJson } = difference;
      const key = JSON.stringify([path, op, element === undefined ? "" : canonical(element)]);
      if (found.has(key)) continue;
      found.set(key, {
        path,
        op,
        ...(recorded === undefined ? {} : { recorded }),
        ...(live === undefined ? {} : { live }),
        ...(element === undefined ? {} : { element }),
        ...(recordedJson === undefined ? {} : { recordedJson }),
        ...(liveJson === undefined ? {} : { liveJson }),
        settable: true,
      });
    }
  }
  return [...found.values()];
}

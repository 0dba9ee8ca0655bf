import { formatPath, type Path } from "../domain/path.ts";
import type { ObjectShape } from "../domain/shape.ts";
import { isEmpty, type Value } from "../domain/value.ts";
import { shapeAt, valueAt } from "./access.ts";
import { DYNAMIC, sameValue } from "./canonical.ts";
import type { Difference, Standing } from "./difference.ts";
import { sameButForZeros, sameWhenUnset } from "./fold.ts";

export interface Settlement {
  readonly shape: ObjectShape;
  readonly recorded: Value;
  readonly live: Value;
  /** The plan from `live` towards the recorded value; holds `Unknown` where only applying would tell. */
  readonly planned: Value;
  /** The plan of creating the resource anew from the same configuration, where one was made: it tells defaults. */
  readonly created?: Value;
}

/**
 * Rung 5: the differences that remain when the provider has said which values are one by its own rules. A difference
 * goes when the plan leaves the live value as it is, at the deepest place that the code sets, and only there:
 *
 * - Where the code sets nothing and the cloud has a say, a plan accepts anything, so it settles nothing. It teaches
 *   something else: a plan that would take the live value back proves that the cloud has no say (`unset`, settable).
 * - Where the code sets nothing and the cloud has no say, "no change" means that the live value is the default, or that
 *   the provider overlooks the attribute when it is not set. These are told apart by what a creation would bring;
 *   without one, only an attribute that was never recorded and is now false or 0 counts as a default.
 */
export function settle(differences: readonly Difference[], plan: Settlement): readonly Difference[] {
  // Elements of one set share their answer, and looking for it goes through the whole set.
  const answers = new Map<string, Standing | undefined>();
  return differences.flatMap((difference) => {
    const key = `${difference.standing} ${formatPath(difference.settleAt)}`;
    if (!answers.has(key)) answers.set(key, settledStanding(difference, plan));
    const standing = answers.get(key);
    if (standing === undefined) return [];
    return standing === difference.standing ? [difference] : [{ ...difference, standing }];
  });
}

/** Undefined where the difference goes. */
function settledStanding({ standing, settleAt }: Difference, plan: Settlement): Standing | undefined {
  switch (standing) {
    case "declared":
      return isUntouched(settleAt, plan) ? undefined : standing;
    case "unset":
      return isDefault(settleAt, plan) ? undefined : standing;
    case "unsetComputed":
      return isTakenBack(settleAt, plan) ? "unset" : standing;
    case "computedOnly":
      return standing;
  }
}

/** Whether the plan keeps what is live there. What only applying would tell equals nothing. */
function isUntouched(path: Path, { shape, planned, live }: Settlement): boolean {
  const before = valueAt(live, path);
  const after = valueAt(planned, path);
  if (before === undefined || after === undefined) return before === after;
  return sameValue(before, after, shapeAt(shape, path) ?? DYNAMIC);
}

function isTakenBack(path: Path, plan: Settlement): boolean {
  const after = valueAt(plan.planned, path) ?? null;
  if (isUntouched(path, plan)) return false;
  return sameWhenUnset(after, valueAt(plan.recorded, path) ?? null, shapeAt(plan.shape, path) ?? DYNAMIC);
}

function isDefault(path: Path, plan: Settlement): boolean {
  if (!isUntouched(path, plan)) return false;
  const live = valueAt(plan.live, path) ?? null;
  if (plan.created !== undefined) {
    const created = valueAt(plan.created, path) ?? null;
    const shape = shapeAt(plan.shape, path) ?? DYNAMIC;
    if (sameWhenUnset(live, created, shape)) return true;
    // A plan writes null where the cloud then answers 0; so it was recorded, too, before anybody read it again.
    const recorded = valueAt(plan.recorded, path) ?? null;
    return sameButForZeros(live, created, shape) && sameButForZeros(recorded, created, shape);
  }
  return isEmpty(valueAt(plan.recorded, path)) && (live === false || live === 0);
}

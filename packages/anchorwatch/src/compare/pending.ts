/** Pending changes: code that was never deployed, as far as the code tells by itself. */
import type { Change, DeclaredChange } from "../domain/check.ts";
import { formatPath, type Path } from "../domain/path.ts";
import type { ObjectShape, Shape } from "../domain/shape.ts";
import { isArray, isObject, Unknown, type Value } from "../domain/value.ts";
import {
  elementsOf,
  hasMember,
  holdsUnknown,
  isComputedOnly,
  keysOf,
  memberOf,
  shapeAt,
  valueAt,
} from "./access.ts";
import { DYNAMIC, sameValue } from "./canonical.ts";
import { canBe, holdsMore } from "./loose.ts";
import { comparePaths } from "./pathOrder.ts";

export interface DeclaredComparison {
  readonly shape: ObjectShape;
  readonly recorded: Value;
  /** What the code gives literally; {@link Unknown}, null or missing where it cannot be told. */
  readonly declaredValues: Value;
}

/** Where the record cannot be what came of the code. In the order of paths. */
export function declaredDifferences({
  shape,
  recorded,
  declaredValues,
}: DeclaredComparison): readonly DeclaredChange[] {
  const changes: DeclaredChange[] = [];
  compareObject(shape, recorded, declaredValues, [], changes);
  return changes.sort((a, b) => comparePaths(a.path, b.path));
}

function compareObject(
  shape: ObjectShape,
  recorded: Value,
  declared: Value,
  path: Path,
  changes: DeclaredChange[],
): void {
  for (const [name, attribute] of shape.attributes) {
    if (isComputedOnly(attribute) || attribute.writeOnly || name === "timeouts" || !hasMember(declared, name))
      continue;
    compareMember(
      attribute.shape,
      memberOf(recorded, name),
      memberOf(declared, name),
      [...path, name],
      changes,
    );
  }
}

function compareMember(
  shape: Shape,
  recorded: Value,
  declared: Value,
  path: Path,
  changes: DeclaredChange[],
): void {
  if (canBe(declared, recorded, shape)) return;
  if (shape.kind === "map" && isObject(declared)) {
    compareMap(shape.element, recorded, declared, path, changes);
  } else if (shape.kind === "object" && isObject(declared) && isObject(recorded)) {
    compareObject(shape, recorded, declared, path, changes);
  } else if (shape.kind === "list" && haveOneLength(recorded, declared)) {
    for (const [i, element] of elementsOf(declared).entries())
      compareMember(shape.element, elementsOf(recorded)[i] ?? null, element, [...path, i], changes);
  } else changes.push({ path, recorded, declared });
}

function haveOneLength(recorded: Value, declared: Value): boolean {
  return isArray(recorded) && isArray(declared) && recorded.length === declared.length;
}

function compareMap(
  shape: Shape,
  recorded: Value,
  declared: Value,
  path: Path,
  changes: DeclaredChange[],
): void {
  for (const key of new Set([...keysOf(recorded), ...keysOf(declared)])) {
    const here = [...path, key];
    const value = memberOf(declared, key);
    if (!hasMember(recorded, key)) {
      if (value !== null && !(value instanceof Unknown)) changes.push({ path: here, declared: value });
    } else if (!hasMember(declared, key)) changes.push({ path: here, recorded: memberOf(recorded, key) });
    else compareMember(shape, memberOf(recorded, key), value, here, changes);
  }
}

/**
 * The pending changes that remain when the provider has planned from the record towards the code: where it plans to
 * leave the record as it is, both are one value by its own rules.
 */
export function settleDeclared(
  pending: readonly DeclaredChange[],
  {
    shape,
    recorded,
    planned,
  }: { readonly shape: ObjectShape; readonly recorded: Value; readonly planned: Value },
): readonly DeclaredChange[] {
  return pending.filter(({ path }) => {
    const [before, after] = [valueAt(recorded, path), valueAt(planned, path)];
    if (before === undefined || after === undefined) return before !== after;
    return !sameValue(before, after, shapeAt(shape, path) ?? DYNAMIC);
  });
}

export interface Split {
  /** Drift that is left. */
  readonly changes: readonly Change[];
  /** Every declared value already runs: somebody made the change by hand first. */
  readonly alreadyLive: boolean;
}

/**
 * Takes out of the drift what is live as the code declares it: that is a pending change which somebody made by hand.
 * Where all three differ, or more is live than the code says, the change is both drift and pending.
 * @param changes drift before masking, or masked: only the paths are read
 */
export function splitPending({
  changes,
  pending,
  live,
  shape,
}: {
  readonly changes: readonly Change[];
  readonly pending: readonly DeclaredChange[];
  readonly live: Value;
  readonly shape: ObjectShape;
}): Split {
  const done = pending.filter((change) => isLive(change, live, shape));
  const only = done.filter((change) => !holdsStranger(change, live, shape));
  const isDone = (change: Change) => only.some(({ path }) => liesIn(change.path, path));
  return {
    changes: changes.filter((change) => !isDone(change)),
    alreadyLive: pending.length > 0 && done.length === pending.length,
  };
}

function isLive({ path, declared, unknown }: DeclaredChange, live: Value, shape: ObjectShape): boolean {
  const value = valueAt(live, path);
  if (declared === undefined) return value === undefined && !unknown;
  // What can be anything is not known to run.
  if (unknown || holdsUnknown(declared)) return false;
  return value !== undefined && canBe(declared, value, shapeAt(shape, path) ?? DYNAMIC);
}

function holdsStranger(
  { path, declared, recorded }: DeclaredChange,
  live: Value,
  shape: ObjectShape,
): boolean {
  const value = valueAt(live, path);
  if (declared === undefined || value === undefined) return false;
  return holdsMore(declared, value, shapeAt(shape, path) ?? DYNAMIC, [recorded ?? null]);
}

function liesIn(path: Path, outer: Path): boolean {
  return outer.length <= path.length && formatPath(path.slice(0, outer.length)) === formatPath(outer);
}

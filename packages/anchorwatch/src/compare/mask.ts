import type { Change, DeclaredChange } from "../domain/check.ts";
import type { Path } from "../domain/path.ts";
import { isArray, isObject, objectOf, type Value } from "../domain/value.ts";
import { hidesBelow, type Sensitivity, sensitiveDepth } from "./sensitivity.ts";

/** What stands where a secret was. */
export const MASK = "(sensitive)";

/**
 * The change without any secret. A change at or below a secret carries no value, and its path ends at the secret, since
 * the keys inside may be telling; one around a secret keeps the rest and has {@link MASK} in the secret's place.
 */
export function maskChange(change: Change, sensitivity: Sensitivity): Change {
  const hidden = hiddenPath(change, sensitivity);
  if (hidden !== undefined) {
    const { settable, informational, ignoredBy } = change;
    return {
      path: hidden,
      op: hidden.length < change.path.length ? "replace" : change.op,
      sensitive: true,
      settable,
      ...(informational === undefined ? {} : { informational }),
      ...(ignoredBy === undefined ? {} : { ignoredBy }),
    };
  }
  return { ...change, ...maskedMembers(change, sensitivity) };
}

/** As {@link maskChange}, for code that was not deployed. */
export function maskDeclaredChange(change: DeclaredChange, sensitivity: Sensitivity): DeclaredChange {
  const hidden = hiddenPath(change, sensitivity);
  if (hidden === undefined) return { ...change, ...maskedMembers(change, sensitivity) };
  return {
    path: hidden,
    sensitive: true,
    ...(change.unknown === undefined ? {} : { unknown: change.unknown }),
  };
}

/** All of a resource with {@link MASK} in the place of every secret. */
export function maskWhole(value: Value, sensitivity: Sensitivity): Value {
  return maskValue(value, [], sensitivity);
}

/** The value with {@link MASK} in the place of every secret. */
function maskValue(value: Value, path: Path, sensitivity: Sensitivity): Value {
  if (value === null) return value;
  if (sensitiveDepth(path, sensitivity) !== undefined) return MASK;
  if (isArray(value)) return value.map((element, i) => maskValue(element, [...path, i], sensitivity));
  if (isObject(value)) {
    return objectOf(
      Object.entries(value).map(([key, member]) => [key, maskValue(member, [...path, key], sensitivity)]),
    );
  }
  return typeof value === "string" && hidesBelow(path, sensitivity) ? MASK : value;
}

interface Values {
  readonly path: Path;
  readonly recorded?: Value;
  readonly live?: Value;
  readonly declared?: Value;
  readonly element?: Value;
}

/** Where the change lies in a secret, or in a text (JSON) that holds one. */
function hiddenPath(change: Values, sensitivity: Sensitivity): Path | undefined {
  const { path } = change;
  // The flat depth counts steps into JSON one by one: a secret among them hides the whole text.
  const text = path.findIndex((step) => typeof step === "object");
  const outside = text < 0 ? path : path.slice(0, text);
  const depth = sensitiveDepth(outside, sensitivity);
  if (depth !== undefined) return path.slice(0, depth);
  const isText =
    text >= 0 || [change.recorded, change.live, change.declared].some((value) => typeof value === "string");
  if (isText && hidesBelow(outside, sensitivity)) return outside;
  const inElement = [...path, 0];
  const whole = change.element !== undefined && sensitiveDepth(inElement, sensitivity) !== undefined;
  return whole || (typeof change.element === "string" && hidesBelow(inElement, sensitivity))
    ? path
    : undefined;
}

function maskedMembers(change: Values, sensitivity: Sensitivity): Omit<Values, "path"> {
  // Values in a JSON text are free of secrets here: a text with one is hidden whole.
  if (change.path.some((step) => typeof step === "object")) return {};
  const { path, recorded, live, declared, element } = change;
  return {
    ...(recorded === undefined ? {} : { recorded: maskValue(recorded, path, sensitivity) }),
    ...(live === undefined ? {} : { live: maskValue(live, path, sensitivity) }),
    ...(declared === undefined ? {} : { declared: maskValue(declared, path, sensitivity) }),
    ...(element === undefined ? {} : { element: maskValue(element, [...path, 0], sensitivity) }),
  };
}

import type { Change } from "../domain/check.ts";
import type { Path } from "../domain/path.ts";
import type { ObjectShape } from "../domain/shape.ts";
import type { Value } from "../domain/value.ts";
import { shapeAt, valueAt } from "./access.ts";
import { canonicalByShape, canonicalDynamic, DYNAMIC, elementShape } from "./canonical.ts";

/**
 * Tells whether a secret of one resource is the same as another, and not what it is: whoever asks for fingerprints
 * holds the key. `secret` is equal for equal values, whatever their spelling.
 */
export type Fingerprint = (path: Path, secret: string) => string;

export interface SecretValues {
  readonly shape: ObjectShape;
  /** The whole resource. */
  readonly recorded: Value;
  readonly live: Value;
  readonly fingerprint: Fingerprint;
}

/** The masked change with fingerprints of what was masked; as it is where nothing was. */
export function fingerprinted(change: Change, masked: Change, values: SecretValues): Change {
  const [recorded, live] = hiddenValues(change, masked, values);
  const recordedFingerprint = fingerprintOf(masked, recorded, values);
  const liveFingerprint = fingerprintOf(masked, live, values);
  return {
    ...masked,
    ...(recordedFingerprint === undefined ? {} : { recordedFingerprint }),
    ...(liveFingerprint === undefined ? {} : { liveFingerprint }),
  };
}

/** Both sides of what the masked change no longer tells. */
function hiddenValues(
  change: Change,
  masked: Change,
  { recorded, live }: SecretValues,
): readonly [recorded: Value | undefined, live: Value | undefined] {
  if (masked.sensitive === true) {
    // A path that was cut off ends at a secret around the change, and an element of a secret set is a part of one.
    const isWhole = masked.path.length === change.path.length && change.element === undefined;
    return isWhole
      ? [change.recorded, change.live]
      : [valueAt(recorded, masked.path), valueAt(live, masked.path)];
  }
  const { element } = change;
  if (element !== undefined) {
    if (isSame(element, masked.element)) return [undefined, undefined];
    return change.op === "add" ? [undefined, element] : [element, undefined];
  }
  if (isSame(change.recorded, masked.recorded) && isSame(change.live, masked.live))
    return [undefined, undefined];
  return [change.recorded, change.live];
}

function isSame(value: Value | undefined, masked: Value | undefined): boolean {
  return value === masked || canonicalDynamic(value ?? null) === canonicalDynamic(masked ?? null);
}

/** Nothing is no secret. */
function fingerprintOf(
  { path, element }: Change,
  secret: Value | undefined,
  { shape, fingerprint }: SecretValues,
): string | undefined {
  if (secret === undefined || secret === null) return undefined;
  const here = shapeAt(shape, path) ?? DYNAMIC;
  return fingerprint(path, canonicalByShape(secret, element === undefined ? here : elementShape(here, 0)));
}
